package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// outside makes the office's account one beside which others tell of alarms: the
// page, where the admin is too, and e-mail.
func (o *office) outside() {
	o.Helper()
	o.must(o.store.Update(o.Context(), func(tx *store.Tx) error {
		outbox.SetChannels(tx, []outbox.Channel{{Account: account, Kind: "wechat"}, {Account: "page", Kind: "webchat"}, {Account: "mail", Kind: "email", Alarm: "alarm"}})
		roster.Bind(tx, "page", "A1", roster.Binding{Person: "A1", Chat: "page/A1", How: roster.BySimulator})
		return nil
	}))
}

func (o *office) stands(word bot.StateWord, detail string) {
	o.Helper()
	s := bot.State{Word: word, Detail: detail, Since: o.now}
	for range 2 { // it may be called again
		o.must(o.router.AccountState(o.Context(), account, s))
	}
}

// told returns what is due in an account, and takes it as sent.
func (o *office) told(name string) (texts []string) {
	o.Helper()
	for _, m := range o.sends(name) {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestAccountState_alarms(t *testing.T) {
	offices(t, func(o *office) {
		o.outside()
		o.stands(bot.Online, "")
		o.now = o.now.Add(time.Hour)
		o.stands(bot.Scanning, "请用手机微信扫描二维码登录")
		for _, name := range []string{"page", "mail"} {
			got := o.told(name)
			want := "账号“wx”等待扫码：请用手机微信扫描二维码登录。（11月23日 10:15起）"
			if len(got) != 1 || !strings.HasPrefix(got[0], want) {
				o.Errorf("%s: got %q, want one text that begins with %q", name, got, want)
			}
		}
		if got := o.told(account); len(got) != 0 {
			o.Errorf("the account that is out was given %q, want nothing", got)
		}
		o.now = o.now.Add(10 * time.Minute)
		o.stands(bot.Offline, "连不上")
		o.now = o.now.Add(3 * time.Minute)
		o.stands(bot.Scanning, "请扫码")
		if got := o.told("mail"); len(got) != 0 {
			o.Errorf("got %q, want that nothing is said twice in one outage", got)
		}
		o.stands(bot.Restricted, "请停用两周")
		if got := o.told("mail"); len(got) != 1 || !strings.Contains(got[0], "受限") {
			o.Errorf("got %q, want that it is restricted", got)
		}
		o.told("page")
		o.now = o.now.Add(2 * time.Hour)
		o.stands(bot.Online, "")
		for _, name := range []string{"page", "mail", account} {
			if got := o.told(name); len(got) != 1 || !strings.Contains(got[0], "恢复在线（中断2小时13分钟）") {
				o.Errorf("%s: got %q, want that it is back", name, got)
			}
		}
		o.audited("online", "scanning", "offline", "scanning", "restricted", "online")
	})
}

// audited checks the states in the account's audit log.
func (o *office) audited(want ...string) {
	o.Helper()
	var got []string
	o.view(func(s *store.Snapshot) {
		for a := range storetest.Audits(s, account) {
			if a.Action == report.AccountState && a.Object == account {
				got = append(got, a.Result)
			}
		}
	})
	if !slices.Equal(got, want) {
		o.Errorf("audited %q, want %q", got, want)
	}
}

func TestAccountState_short(t *testing.T) {
	for name, c := range map[string]struct {
		away time.Duration
		want int // texts by mail
	}{
		"shorter than two minutes, nobody is told":      {110 * time.Second, 0},
		"longer, they are told of it and that it ended": {130 * time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			offices(t, func(o *office) {
				o.outside()
				o.stands(bot.Online, "")
				var got []string
				o.stands(bot.Suspect, "没有心跳")
				got = append(got, o.told("mail")...)
				o.now = o.now.Add(c.away / 2)
				o.stands(bot.Offline, "连不上")
				got = append(got, o.told("mail")...)
				o.now = o.now.Add(c.away / 2)
				got = append(got, o.told("mail")...)
				o.stands(bot.Online, "")
				if got = append(got, o.told("mail")...); len(got) != c.want {
					o.Errorf("got %q, want %d texts", got, c.want)
				}
			})
		})
	}
}

func TestAccountState_returns(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{Merge: 10 * time.Minute})
		o.outside()
		o.stands(bot.Online, "")
		o.now = o.now.Add(time.Hour)
		o.stands(bot.Offline, "")
		post := func(n int, life time.Duration, rank bot.Rank) {
			m := bot.Outgoing{
				Key: fmt.Sprint("n", n), Account: account, Chat: "g-学工群", Text: fmt.Sprintf("【通知%d】", n), Notice: fmt.Sprint(n), Rank: rank,
			}
			if life > 0 {
				m.Expires = o.now.Add(life)
			}
			o.update(func(tx *store.Tx) { outbox.Enqueue(tx, m) })
		}
		post(11, time.Hour, bot.Ordinary)
		post(12, 0, bot.Ordinary)
		post(13, 0, bot.Ordinary)
		post(14, 0, bot.Urgent)
		o.update(func(tx *store.Tx) {
			outbox.Enqueue(tx, bot.Outgoing{Key: "late", Account: account, Chat: "p-C1", Text: "答复", Answer: true, Expires: o.now.Add(time.Minute)})
		})
		o.told("mail")
		o.now = o.now.Add(26 * time.Hour)
		o.told("mail")
		o.stands(bot.Online, "")
		want := "账号“wx”恢复在线（中断1天2小时）。\n有2条消息过了时间，没有再发：通知11、不属于通知的1条。需要的请重新发。\n还有3条等着，按先后陆续发出。"
		if got := o.told("mail"); len(got) != 1 || got[0] != want {
			o.Errorf("by mail: got %q, want one list: %q", got, want)
		}
		got := o.told(account)
		if want := []string{"【通知12】\n\n【通知13】", "【通知14】"}; !slices.Equal(got[:2], want) {
			o.Errorf("then left %q, want %q first", got, want)
		}
	})
}

// A stateful account is one of a test network that says how it stands.
type stateful struct {
	bot.Account
	states chan bot.State
}

func (s stateful) States() <-chan bot.State { return s.states }

// TestAccountState_outForDays is row C16: an account that is out for three days
// spends no attempt, keeps the order, drops what is too late, and comes back
// without a burst.
func TestAccountState_outForDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := bottest.NewNetwork("wx")
		n.Group("学工群", "李老师")
		n.Group("安全群", "李老师")
		s, err := notice.OpenStore(t.Context(), enginetest.New(t), store.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := route(s, chat.Options{Names: []string{"wx"}})
		a := stateful{n.Account(), make(chan bot.State, 8)}
		b := bot.New(bot.Options{
			Accounts: []bot.Account{a}, Handler: r, Outbox: outbox.Delivery{Store: s},
			Pace: map[string]bot.Pace{"wx": {PerMinute: 12, Burst: 3, Gap: 3 * time.Second, ChatGap: 10 * time.Second}},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		a.states <- bot.State{Word: bot.Online, Since: time.Now()}
		<-time.After(time.Minute)
		n.Leave()
		a.states <- bot.State{Word: bot.Scanning, Since: time.Now()}
		for i := range 3 * 24 {
			enqueueHour(t, s, i)
			<-time.After(time.Hour)
		}
		unspent(t, s)
		n.Return(true)
		back := time.Now()
		a.states <- bot.State{Word: bot.Online, Since: back}
		<-time.After(4 * time.Hour)
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		checkReturn(t, n, back)
	})
}

// enqueueHour posts one text an hour in each of two groups; every third is only good
// for a day.
func enqueueHour(t *testing.T, s *store.Store, i int) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		for _, g := range []string{"学工群", "安全群"} {
			m := bot.Outgoing{Key: fmt.Sprintf("%s/%03d", g, i), Account: "wx", Chat: g, Text: fmt.Sprintf("%03d", i), Rank: bot.Urgent}
			if i%3 == 0 {
				m.Expires = tx.Now().Add(24 * time.Hour)
			}
			outbox.Enqueue(tx, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// unspent checks that no row has spent an attempt.
func unspent(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		waiting := 0
		for row := range outbox.Rows(sn, "wx", outbox.Waiting) {
			waiting++
			if row.Attempt != 0 || row.Repeat {
				t.Errorf("row %s: attempt %d, repeat %v, want none spent", row.Key, row.Attempt, row.Repeat)
			}
		}
		if waiting == 0 {
			t.Error("nothing waits")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkReturn(t *testing.T, n *bottest.Network, back time.Time) {
	t.Helper()
	last := map[string]string{}
	var times []time.Time
	for _, m := range n.Sent() {
		if m.Text <= last[m.Chat] {
			t.Errorf("%s came after %s in %s, want the order kept", m.Text, last[m.Chat], m.Chat)
		}
		last[m.Chat] = m.Text
		var i int
		if _, err := fmt.Sscan(strings.TrimLeft(m.Text, "0")+" ", &i); m.Text != "000" && err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 && i <= 2*24 {
			t.Errorf("%s was sent, want that it expired", m.Text)
		}
		times = append(times, m.At)
	}
	// Of 72 for each group the 17 are gone that expired before the return.
	if want := 2 * (72 - 17); len(times) != want {
		t.Errorf("%d texts arrived, want %d", len(times), want)
	}
	for i := 12; i < len(times); i++ {
		if d := times[i].Sub(times[i-12]); d < time.Minute {
			t.Errorf("13 texts within %v, want at most 12 within a minute", d)
		}
	}
	if len(times) > 0 && times[0].Sub(back) > 5*time.Minute {
		t.Errorf("the first text came %v after the return", times[0].Sub(back))
	}
}

// asks returns what is answered to a text in private.
func (o *office) asks(who, text string) string {
	o.Helper()
	return o.answers(o.message(who, "私", text))
}

// answers returns what is answered to a message.
func (o *office) answers(m bot.Message) string {
	o.Helper()
	var said []string
	for _, s := range o.hear(m) {
		if s.Answer && s.Chat == m.Chat {
			said = append(said, s.Text)
		}
	}
	return strings.Join(said, "\n")
}

func TestAccountList(t *testing.T) {
	offices(t, func(o *office) {
		o.outside()
		o.stands(bot.Deaf, "请在手机上打开微信")
		o.told("page")
		o.update(func(tx *store.Tx) {
			notice.Post(tx, "r", notice.Notice{Class: notice.Receipt, Text: "开会"}, []roster.Target{{Account: account, Chat: "g-学工群", Group: "学工群"}})
		})
		got := o.asks("周明远", "账号状态")
		o.has(got, "wx：收不到消息（11月23日 09:15起），请在手机上打开微信；待发1条。", "page：在用。", "mail：报警用；待发1条。")
		o.now = o.now.Add(5 * time.Minute)
		o.has(o.asks("周明远", "账号状态"), "mail：报警用；待发1条，最早的已等5分钟。")
		o.has(o.asks("王雪晴", "账号状态"), "需要管理员")
	})
}
