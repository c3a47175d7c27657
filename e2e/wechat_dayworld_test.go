package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duban/app"
	"duban/bot"
	"duban/bot/wechat/webwxtest"
	"duban/config"
	"duban/outbox"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/store/enginetest"
)

// A lasting engine is what stays of the store between two runs of the program.
// Now and then it takes nothing, as a disk that is away.
type lasting struct {
	store.Engine
	away atomic.Bool
}

func (*lasting) Close() error { return nil }

func (e *lasting) Update(ctx context.Context, fn func(store.Writer) error) error {
	if e.away.Load() {
		return errors.New("the disk is away")
	}
	return e.Engine.Update(ctx, fn)
}

// What people say.
const (
	saysNothing = iota // what does not concern the bot, with a word that must be found nowhere
	saysReport
	saysReportInGroup
	asksAlone
	asksInGroup
	saysReceived
)

// A saying is something that was said, once.
type saying struct {
	id, person, chat string
	act              int
	notice           int
	recalled         bool
}

// townGroups are the groups of the town by their ids, and who is in them.
func townGroups() map[string][2]int {
	return map[string][2]int{"甲群": {1, 12}, "乙群": {11, 22}, "丙群": {21, 30}}
}

// groupsOf are the groups of somebody.
func groupsOf(who string) (in []string) {
	n := slices.Index(townPeople(), who) + 1
	for g, span := range townGroups() {
		if who == townAdmin || n >= span[0] && n <= span[1] {
			in = append(in, g)
		}
	}
	slices.Sort(in)
	return in
}

const townAdmin = "P01"

// A town is thirty people in three groups, of whom several share a name, and a
// program on WeChat among them, all of it in the bubble's own time.
type town struct {
	record
	dir    string
	logs   bytes.Buffer
	log    *slog.Logger
	engine *lasting
	rnd    *rand.Rand
	plant  bug

	stop func()

	firstAt   time.Time // when the account was first online
	bannedAt  time.Time
	asked     map[int]string // the groups of the notices that ask, as people see them
	looked    int            // how much of what was sent they have seen
	restarts  int
	ends      int // sessions that were ended by others
	outages   int
	duplicate int
}

func townPeople() []string {
	var all []string
	for i := range 30 {
		all = append(all, fmt.Sprintf("P%02d", i+1))
	}
	return all
}

// townName is what somebody is called: every fifth person like some others, and one
// like the admin.
func townName(i int) string {
	if i == 1 || i == 9 {
		return "周主任"
	}
	if i%5 == 0 {
		return "张伟"
	}
	if i%7 == 0 {
		return "李娜"
	}
	return "老师" + string([]rune("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒")[i-1])
}

func newTown(t *testing.T, seed uint64, plant bug) *town {
	w := &town{
		record: record{t: t, wx: webwxtest.New(webwxtest.Options{Seed: seed}), account: login, people: townPeople(), names: map[string]string{}},
		dir:    t.TempDir(), engine: &lasting{Engine: enginetest.New(t)}, rnd: rand.New(rand.NewPCG(seed, 6)), plant: plant,
		asked: map[int]string{},
	}
	w.log = slog.New(slog.NewTextHandler(&w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.wx.SetAccount(3141592653, login)
	var csv strings.Builder
	csv.WriteString("工号,姓名,学院/部门,角色,群\n")
	for i, id := range townPeople() {
		name, role := townName(i+1), "辅导员"
		if id == townAdmin {
			role = "管理员、学工处"
		}
		fmt.Fprintf(&csv, "%s,%s,第%d学院,%s,%s\n", id, name, i%6+1, role, strings.Join(groupsOf(id), "、"))
		w.wx.AddFriend(webwxtest.Friend{ID: id, Nick: name, Remark: name + "#" + id})
	}
	for g := range townGroups() {
		group := webwxtest.Group{ID: g, Name: g, Saved: true, Members: []webwxtest.Member{{ID: "guest" + g, Nick: "路人"}}}
		for _, id := range townPeople() {
			if slices.Contains(groupsOf(id), g) {
				group.Members = append(group.Members, webwxtest.Member{ID: id})
			}
		}
		w.names[g] = g
		w.wx.AddGroup(group)
	}
	w.wx.AutoLogin(true)
	write(t, w.dir, "roster.csv", csv.String())
	return w
}

func (w *town) config() config.Config {
	c := config.Defaults()
	c.Name, c.Data, c.Roster, c.Path = login, w.dir, filepath.Join(w.dir, "roster.csv"), filepath.Join(w.dir, "config.yaml")
	c.Accounts = []config.Account{{Name: login, Kind: "wechat"}}
	c.Answers.PerMinute = 1 << 20 // so that each question has an answer
	c.Jobs = []schedule.ConfigJob{
		{ID: "daily", Name: "晨会", When: "每天10点", Groups: []string{"甲群"}, Text: "请看今天的安排。"},
		{ID: "report", Name: "填报", When: "每天15点", Groups: []string{"乙群"}, Class: "填报", Text: "请填报进展。"},
		{ID: "weekly", Name: "周报", When: "每周一9点", Groups: []string{"丙群", "乙群"}, Class: "需回执", Text: "本周安排已发。"},
	}
	return w.plant.config(c)
}

// start runs the program until stop is called.
func (w *town) start() {
	w.stop = serve(w.t, w.config(), w.log, w.outside())
}

// outside is what the program meets: the network and the store, with the bug that
// is planted.
func (w *town) outside() app.Outside {
	return app.Outside{
		Transport: w.plant.network(w.wx.Transport()), Account: w.account,
		Engine: func(string) (store.Engine, error) { return w.plant.engine(w.engine), nil },
	}
}

// restart lets the program stop, pass some time, and start.
func (w *town) restart(d time.Duration) {
	w.restarts++
	w.stop()
	<-time.After(d)
	w.start()
}

// settleGroups makes the groups known to the program.
func (w *town) settleGroups() {
	err := open(w.t, w.engine).Write(w.t.Context(), func(tx *store.Tx) {
		for g := range townGroups() {
			roster.BindGroup(tx, roster.Target{Account: login, Chat: g, Group: g})
		}
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// disturb lets every endpoint fail, each in 5% of its requests.
func (w *town) disturb() {
	const each = 0.005
	for _, f := range []webwxtest.Fault{
		{DropBefore: true},
		{DropAfter: true},
		{Status: 502},
		{Status: 503},
		{Truncate: true},
		{WrongCharset: true},
		{ControlChar: true},
		{Delay: 20 * time.Second},
		{DelayAnswer: 45 * time.Second},
		{DelayAnswer: 70 * time.Second},
	} {
		f.Rate = each
		w.wx.Fault("*", f)
	}
	for endpoint, list := range map[string][]webwxtest.Fault{
		"synccheck":            {{Retcode: "1"}, {Selector: "7"}, {Selector: "5"}},
		"webwxsync":            {{NoSyncKey: true}, {WrongCount: true}, {Ret: 1}},
		"webwxbatchgetcontact": {{Reorder: true}, {Short: true}, {Long: true}, {Ret: 1205}},
		"webwxsendmsg":         {{Ret: -1}, {Ret: 1}},
		"login":                {{Code: "400"}, {Code: "500"}, {Code: "408"}},
		"webwxinit":            {{NoSyncKey: true}, {WrongCount: true}},
	} {
		for _, f := range list {
			f.Rate = each
			w.wx.Fault(endpoint, f)
		}
	}
	w.wx.Fault("webwxsendmsg", webwxtest.Fault{Ret: 1205, Rate: each, Times: 2})
}

func (w *town) say(s *saying, text string) {
	m := webwxtest.Text(s.person, webwxtest.Self, text)
	if s.chat != s.person {
		m = webwxtest.GroupText(s.chat, s.person, text)
	}
	s.id = w.wx.Push(m)
	w.said = append(w.said, s)
	if w.rnd.IntN(20) == 0 {
		w.duplicate++
		w.wx.Duplicate(s.id)
	}
}

// nobodys is the word in what is nobody's business.
const nobodys = "金丝雀"

// speak lets somebody say something.
func (w *town) speak() {
	who := townPeople()[1+w.rnd.IntN(29)]
	in := groupsOf(who)[w.rnd.IntN(len(groupsOf(who)))]
	measure, percent := 1+w.rnd.IntN(30), 1+w.rnd.IntN(98)
	report := fmt.Sprintf("第%d条完成%d%%", measure, percent)
	at := w.wx.Mention(in, webwxtest.Self)
	switch n := w.rnd.IntN(100); {
	case n < 35:
		w.say(&saying{person: who, chat: who, act: saysReport}, report)
	case n < 45:
		w.say(&saying{person: who, chat: in, act: saysReportInGroup}, at+report)
	case n < 55:
		w.say(&saying{person: who, chat: who, act: asksAlone}, fmt.Sprintf("第%d条", measure))
	case n < 60:
		w.say(&saying{person: who, chat: in, act: asksInGroup}, at+fmt.Sprintf("第%d条", measure))
	case n < 75:
		w.acknowledge(who)
	case n < 80:
		w.takeBack()
	default:
		w.say(&saying{person: who, chat: in, act: saysNothing}, fmt.Sprintf("%s%d，中午去食堂", nobodys, len(w.said)))
	}
}

// acknowledge answers a notice that somebody is asked by.
func (w *town) acknowledge(who string) {
	w.look()
	for n, g := range w.asked {
		if slices.Contains(groupsOf(who), g) && w.rnd.IntN(2) == 0 {
			w.say(&saying{person: who, chat: who, act: saysReceived, notice: n}, fmt.Sprintf("通知%d收到", n))
			return
		}
	}
}

// look reads what the groups were sent, as people do.
func (w *town) look() {
	all := w.wx.Sent()
	for _, s := range all[w.looked:] {
		if s.To == townAdmin && strings.Contains(s.Text, "回复“确认”") {
			w.order("确认")
		}
		n := 0
		if _, rest, ok := strings.Cut(s.Text, "【通知"); ok && strings.Contains(s.Text, "收到请回复") && w.names[s.To] != "" {
			if _, err := fmt.Sscanf(rest, "%d】", &n); err == nil && w.asked[n] == "" {
				w.asked[n] = s.To
			}
		}
	}
	w.looked = len(all)
}

// takeBack recalls one of the latest messages, if it is a report that was said
// alone.
func (w *town) takeBack() {
	if len(w.said) == 0 {
		return
	}
	if s := w.said[len(w.said)-1]; s.act == saysReport && !s.recalled {
		s.recalled = true
		w.wx.Recall(s.id)
		w.wx.Duplicate(s.id)
	}
}

// online tells whether the program is logged in.
func (w *town) online() bool { return w.wx.State().Login == webwxtest.StateOnline }

// barred tells whether the program knows that the account is.
func (w *town) barred() (is bool) {
	<-time.After(time.Second)
	look(w.t, open(w.t, w.engine), func(sn *store.Snapshot) {
		st, _ := outbox.StandingOf(sn, login)
		is = st.Word == bot.Restricted
	})
	return is
}

// ban bars the account from the network, and lets somebody scan a code all the
// same.
func (w *town) ban() {
	w.bannedAt = time.Now()
	w.wx.Ban()
	for range 40 {
		<-time.After(20 * time.Second)
		if w.wx.Scan() == nil && w.wx.Confirm() == nil && w.barred() {
			break
		}
	}
}

// tryAgain is the wish of an admin, as `duban login -again` has it.
func (w *town) tryAgain() {
	w.restarts++
	w.stop()
	path := write(w.t, w.dir, "login.yaml", "data: .\naccounts: [{name: "+login+", kind: wechat}]\n")
	var err error
	for range 10 { // the network fails now and then
		if _, err = command(w.t, w.outside(), strings.NewReader(""), "login", "-again", "-config", path); err == nil {
			break
		}
		<-time.After(time.Minute)
	}
	if err != nil {
		w.t.Errorf("duban login -again: %v", err)
	}
	w.start()
}

// order lets the admin write a command to the bot alone.
func (w *town) order(text string) { w.wx.Push(webwxtest.Text(townAdmin, webwxtest.Self, text)) }
