package e2e_test

import (
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

// TestWeChat_day lets the whole program live through a day on WeChat in which
// everything goes wrong now and then, and counts by itself what became of what
// was said and sent.
func TestWeChat_day(t *testing.T) {
	t.Parallel()
	hours := 24
	if testing.Short() {
		hours = 3
	}
	for _, d := range []struct {
		name  string
		seed  uint64
		age   time.Duration // of the account in the morning, beyond a Monday
		hours int
	}{
		{"of an account that is known", 1, 7 * 24 * time.Hour, hours},
		{"of an account that is new", 2, 0, min(hours, 8)},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := liveADay(newTown(t, d.seed, ""), d.age, d.hours)
				v.print(t)
				if v.failed() {
					t.Errorf("seed %d: something was lost, repeated without a mark, sent to somebody else, or too fast", d.seed)
				}
			})
		})
	}
}

// monday is from the bubble's first moment, a Saturday at eight, to Monday at
// seven.
const monday = 47 * time.Hour

// liveADay returns what there is to say about a day from seven to seven, or less.
func liveADay(w *town, age time.Duration, hours int) *dayVerdict {
	w.start()
	<-time.After(10 * time.Minute)
	if !w.online() {
		w.t.Fatalf("the program did not log in:\n%s", w.logs.String())
	}
	w.firstAt = time.Now()
	w.settleGroups()
	w.stop()
	<-time.After(monday + age - 10*time.Minute)
	w.start()
	<-time.After(time.Minute)
	w.disturb()
	if w.plant != "" {
		w.wx.Fault("webwxsendmsg", webwxtest.Fault{DropAfter: true, Rate: 0.15})
	}
	for minute := range hours * 60 {
		w.minute(minute)
	}
	w.wx.ClearFaults()
	w.order("恢复发送")
	<-time.After(3 * time.Hour)
	w.stop()
	return w.judge()
}

// minute lets one minute of the day pass.
func (w *town) minute(n int) {
	busy := 2
	if n > 12*60 {
		busy = w.rnd.IntN(10) / 9
	}
	for range busy {
		<-time.After(time.Duration(w.rnd.Int64N(int64(time.Minute) / int64(busy))))
		w.speak()
	}
	w.happen(n)
	<-time.After(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)))
}

// happen lets happen what belongs to a minute, and what happens by chance.
func (w *town) happen(minute int) {
	switch minute {
	case 20:
		w.order("发通知 需回执 甲群：请核对离校名单，收到请回复")
	case 50:
		w.wx.SetRemark("P08", "李娜#P07")
	case 60:
		w.wx.SetRemark("P08", "周主任#P01")
		w.ends++
		w.wx.LoginElsewhere()
	case 75:
		w.wx.SetRemark("P08", townName(8)+"#P08")
	case 80:
		w.wx.RenameFriend("P09", "周主任")
	case 90:
		w.names["甲群（新）"] = "甲群"
		w.wx.RenameGroup("甲群", "甲群（新）")
	case 130:
		w.wx.RenameGroup("甲群", "甲群")
	case 100, 500, 900:
		w.outages++
		w.engine.away.Store(true)
	case 101, 501, 901:
		w.engine.away.Store(false)
	case 150, 420:
		w.restart(time.Duration(w.rnd.Int64N(int64(time.Minute))))
	case 170:
		w.crowd("丙群")
	case 200:
		w.order("确认群 丙群")
	case 240:
		w.ban()
	case 270:
		w.wx.Unban()
		w.tryAgain()
	}
	if minute%20 == 5 && w.plant != "" {
		w.order("发通知 需回执 乙群：请检查宿舍，收到请回复") // more that is repeated if it failed
	}
	for range 40 {
		if minute%60 == 50 && w.plant != "" { // more at once than may leave in a minute
			w.speak()
		}
	}
	w.look()
	w.mischief(w.rnd.IntN(400))
}

// crowd lets four strangers into a group.
func (w *town) crowd(group string) {
	for i := range 4 {
		w.wx.AddMember(group, stranger(i))
	}
}

// mischief ends sessions in all ways, or gives friends the names of others.
func (w *town) mischief(n int) {
	switch {
	case n < 3:
		w.ends++
		[]func(){w.wx.LoginElsewhere, w.wx.LogoutFromPhone, w.wx.ExpireSession}[n]()
	case n < 5:
		people := townPeople()
		w.wx.RenameFriend(people[w.rnd.IntN(30)], townName(1+w.rnd.IntN(30)))
	}
}
