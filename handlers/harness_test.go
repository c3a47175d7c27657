package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/config"
	"duban/handlers"
	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/handlers/people"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/plan"
	"duban/plan/outline"
	"duban/progress"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/store/bolt"
	"duban/store/enginetest"
	"duban/store/storetest"
)

const (
	account = "wx"
	botName = "学工小助手"
)

// samplePlan has six measures; the number 3 stands in it twice.
const samplePlan = `临江大学2026年工作要点
一、学风建设
目标任务：形成发现、谈话、帮扶的闭环。
工作措施：
1. 抓好课堂考勤。每周抽查两次。责任单位：学工处
2. 建立重点学生台账。每月更新。
3. 开展诚信教育。考前逐班开展。
二、安全稳定
目标任务：隐患清零。
工作措施：
4. 开展宿舍消防检查。每月一次。
5. 深化反诈宣传。每月发布案例。
3. 抓好防溺水教育。周末逐班提醒。
`

// people are the office of the tests. Two of them are called 张伟.
func staff() *roster.Roster {
	row := func(id, name, college string, groups []string, roles ...roster.Role) roster.Person {
		return roster.Person{ID: id, Name: name, College: college, Groups: groups, Roles: roles}
	}
	one, both := []string{"学工群"}, []string{"学工群", "安全群"}
	r := &roster.Roster{People: []roster.Person{
		row("A1", "周明远", "学工处", both, roster.Admin, roster.Office),
		row("A2", "何志勤", "学工处", one, roster.Office),
		row("L1", "郭建平", "机械工程学院", both, roster.Lead),
		row("C1", "张伟", "机械工程学院", one, roster.Counselor),
		row("C2", "张伟", "经济管理学院", one, roster.Counselor),
		row("C3", "王雪晴", "计算机学院", both, roster.Counselor),
		row("C4", "刘畅", "计算机学院", one, roster.Counselor),
		row("C5", "孙静怡", "外国语学院", one, roster.Counselor),
		row("O1", "徐慎行", "党政办公室", one),
	}}
	r.People[8].Observer = true
	return r
}

// An office is a router on a store, with people, a plan, two groups and a clock
// that only the test turns.
type office struct {
	news bool // that a question came is listed among what is sent because of it
	*testing.T
	store  *store.Store
	engine *counted
	router *handlers.Router
	log    *bytes.Buffer
	file   string // of the database; "" in memory
	close  func()

	now  time.Time
	last map[string]string // chat → the bot's newest text there
	said map[string]string // handle → id of their newest message
	n    int
}

// monday is a quarter past nine on a Monday morning in the zone of the tests.
var zone = time.FixedZone("CST", 8*3600)

func monday() time.Time { return time.Date(2026, 11, 23, 9, 15, 0, 0, zone) }

// offices runs test on both engines; in memory every function runs twice.
func offices(t *testing.T, test func(o *office)) {
	t.Helper()
	t.Run("mem", func(t *testing.T) { test(newOffice(t, storetest.RunTwice(enginetest.New(t)), "")) })
	t.Run("bolt", func(t *testing.T) { test(boltOffice(t)) })
}

func boltOffice(t *testing.T) *office {
	t.Helper()
	file := filepath.Join(t.TempDir(), "duban.db")
	e, err := bolt.Open(file)
	if err != nil {
		t.Fatalf("bolt.Open: got error %v, want none", err)
	}
	o := newOffice(t, e, file)
	shut := false
	o.close = func() {
		if shut {
			return
		}
		shut = true
		o.must(e.Close())
	}
	t.Cleanup(o.close)
	return o
}

func newOffice(t *testing.T, e store.Engine, file string) *office {
	t.Helper()
	o := &office{T: t, engine: &counted{Engine: e}, file: file, now: monday(), last: map[string]string{}, said: map[string]string{}, log: &bytes.Buffer{}}
	o.open(t)
	o.router = route(o.store, options(slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	o.must(o.store.Update(o.Context(), func(tx *store.Tx) error { return furnish(tx) }))
	return o
}

// open opens the store of an office on its engine.
func (o *office) open(t *testing.T) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	o.store, err = notice.OpenStore(t.Context(), o.engine, store.Options{Now: func() time.Time { return o.now }, Log: log, Files: filepath.Join(t.TempDir(), "files"), Values: []any{limits(outbox.Limits{})}}, people.TellParked)
	o.must(err)
}

// limits returns l, with room for more answers than people would ever ask for.
func limits(l outbox.Limits) outbox.Limits {
	l.Answers.PerMinute = cmp.Or(l.Answers.PerMinute, 50)
	return l
}

func options(log *slog.Logger) chat.Options {
	return chat.Options{
		Names: []string{botName, "小助手"}, Bots: []string{"u-robot"}, Zone: zone, Log: log, CrisisWords: config.Defaults().Crisis.Words,
		Document: func(context.Context, ...plan.Choice) chat.Document {
			return chat.Document{Complaint: "文件读不了"}
		},
		Sheet: func(context.Context) chat.Sheet { return chat.Sheet{Complaint: "名单读不了"} },
	}
}

// route returns a router on s and on the reminders in it.
func route(s *store.Store, o chat.Options) *handlers.Router {
	return handlers.New(s, &jobs.Desk{Schedule: schedule.New(s, schedule.Options{Zone: zone}), Zone: zone}, o)
}

// A counted engine counts its updates.
type counted struct {
	store.Engine
	mu      sync.Mutex
	updates int
}

func (c *counted) Update(ctx context.Context, fn func(store.Writer) error) error {
	c.mu.Lock()
	c.updates++
	c.mu.Unlock()
	return c.Engine.Update(ctx, fn)
}

func newMem(t testing.TB) store.Engine { return storetest.RunTwice(enginetest.New(t)) }

// outbox yields the rows of an account that wait.
func (o *office) outbox(name string) iter.Seq[outbox.Row] {
	return func(yield func(outbox.Row) bool) {
		o.view(func(s *store.Snapshot) {
			for r := range outbox.Rows(s, name, outbox.Waiting) {
				if !yield(r) {
					return
				}
			}
		})
	}
}

// dump returns everything that a store holds.
func dump(t *testing.T, e store.Engine) string {
	t.Helper()
	var all strings.Builder
	err := e.View(t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan([]byte{0}, nil) {
			if err != nil {
				return err
			}
			fmt.Fprintf(&all, "%s = %s\n", p.Key, p.Value)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("View: got error %v, want none", err)
	}
	return all.String()
}

var parsed = sync.OnceValue(func() *plan.Plan { return outline.Parse(samplePlan) })

// furnish fills an empty store: the roster, everybody's private chat, the groups
// and the plan.
func furnish(tx *store.Tx) error {
	roster.Replace(tx, staff())
	progress.SetPlan(tx, parsed(), "plan.txt", "")
	for _, p := range staff().People {
		roster.Bind(tx, account, "u-"+p.ID, roster.Binding{Person: p.ID, Chat: "p-" + p.ID, How: "test"})
	}
	for _, g := range staff().Groups() {
		roster.BindGroup(tx, roster.Target{Account: account, Chat: "g-" + g, Group: g})
	}
	return nil
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatalf("got error %v, want none", err)
	}
}

func (o *office) update(fn func(*store.Tx)) {
	o.Helper()
	o.must(o.store.Write(o.Context(), fn))
}

// roster replaces the roster.
func (o *office) roster(r *roster.Roster) {
	o.Helper()
	o.update(func(tx *store.Tx) { roster.Replace(tx, r) })
}

func (o *office) view(fn func(*store.Snapshot)) {
	o.Helper()
	o.must(o.store.View(o.Context(), func(s *store.Snapshot) error {
		fn(s)
		return nil
	}))
}

// id returns the roster id of a person of the stories: a name, or a name with the
// college where two have it.
func id(name string) string {
	name, college, _ := strings.Cut(name, "·")
	for _, p := range staff().People {
		if p.Name == name && strings.HasPrefix(p.College, college) {
			return p.ID
		}
	}
	return name // somebody whom the roster does not know
}

// message makes what somebody says in a chat.
func (o *office) message(who, where, text string) bot.Message {
	o.n++
	m := bot.Message{
		Account: account, ID: fmt.Sprintf("m%04d", o.n), Sender: "u-" + id(who), Name: who, Text: text, Sent: o.now,
		Chat: "p-" + id(who), Mention: true,
	}
	if where != "私" {
		m.Chat, m.Group, m.Mention = "g-"+where, true, false
	}
	return m
}

// hear hands a message to the router and returns what is sent because of it.
func (o *office) hear(m bot.Message) []bot.Outgoing {
	o.Helper()
	if err := o.router.Handle(o.Context(), m); err != nil {
		o.Fatalf("Handle: got error %v, want none\ninput: %q", err, m.Text)
	}
	if m.Kind != bot.Recall {
		o.said[m.Sender] = m.ID
	}
	return slices.DeleteFunc(o.drain(), func(m bot.Outgoing) bool { return !o.news && strings.HasPrefix(m.Key, "inbox/told/") })
}

// drain sends what is due and returns it.
func (o *office) drain() []bot.Outgoing {
	o.Helper()
	return o.sends(account)
}

// sends is drain for any account.
func (o *office) sends(account string) (sent []bot.Outgoing) {
	o.Helper()
	for {
		m, err := outboxtest.Claim(o.Context(), o.store, account)
		if errors.Is(err, outboxtest.ErrEmpty) {
			return sent
		}
		o.must(err)
		o.must(outboxtest.Settle(context.WithoutCancel(o.Context()), o.store, m, bot.Result{Receipt: bot.Receipt{ID: "s-" + m.Key, Sent: o.now}}))
		o.last[m.Chat] = m.Text
		sent = append(sent, m)
	}
}

// post sends a notice to groups, as a job or an admin would.
func (o *office) post(n notice.Notice, groups ...string) notice.Notice {
	o.Helper()
	o.n++
	var p notice.Posting
	o.update(func(tx *store.Tx) {
		to := roster.Targets(tx.Snapshot, groups)
		p = notice.Post(tx, fmt.Sprintf("test/%d", o.n), n, to)
	})
	o.drain()
	return p.Notice
}

// chatName says in the words of the stories where a text was sent.
func chatName(chat, speaker string) string {
	switch {
	case chat == "p-"+id(speaker) && id(speaker) != speaker:
		return "私"
	case strings.HasPrefix(chat, "g-"):
		return chat[2:]
	}
	p, _ := staff().Person(strings.TrimPrefix(chat, "p-"))
	return cmp.Or(p.Name, strings.TrimPrefix(chat, "p-"))
}

// state says how a person's item of a notice stands.
func (o *office) state(number int, who string) (state string) {
	o.Helper()
	o.view(func(s *store.Snapshot) {
		i, ok := notice.FindItem(s, number, id(who))
		state = string(i.State)
		if !ok {
			state = "none"
		}
		if i.Late {
			state += " late"
		}
	})
	return state
}

// item checks how a person's item of a notice stands.
func (o *office) item(number int, who, want string) {
	o.Helper()
	if got := o.state(number, who); got != want {
		o.Errorf("%s is %q for notice %d, want %q", who, got, number, want)
	}
}

// has checks that a text holds each of parts.
func (o *office) has(text string, parts ...string) {
	o.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			o.Errorf("got %q, want %q in it", text, part)
		}
	}
}

// node returns the id of the nth measure that is printed with a number.
func (o *office) node(number string, nth int) (found string) {
	o.Helper()
	o.view(func(s *store.Snapshot) {
		p := progress.Current(s)
		for _, n := range p.Nodes {
			if n.Kind == plan.Measure && n.Number == number {
				if nth--; nth == 0 {
					found = n.ID
				}
			}
		}
	})
	if found == "" {
		o.Fatalf("no measure %s", number)
	}
	return found
}

// latest is a person's newest word on a measure, "-" if there is none.
func (o *office) latest(measure, who string) (line string) {
	o.Helper()
	o.view(func(s *store.Snapshot) {
		l, ok := progress.LatestOf(s, measure, id(who))
		line = l.Update.Line()
		if l.Update.Note != "" {
			line += "，" + l.Update.Note
		}
		if !ok {
			line = "-"
		}
	})
	return line
}

// history is all that a person said on a measure, what was taken back with a ×.
func (o *office) history(measure, who string) string {
	o.Helper()
	var all []string
	o.view(func(s *store.Snapshot) {
		updates := progress.History(s, measure, id(who))
		for _, u := range updates {
			line := u.Line()
			if u.Corrects != "" {
				line = "改为" + line
			}
			if !u.Retracted.IsZero() {
				line += "×"
			}
			all = append(all, line)
		}
	})
	return strings.Join(all, " ")
}

// waiting is how many questions wait in the inbox.
func (o *office) waiting() (n int) {
	o.Helper()
	o.view(func(s *store.Snapshot) {
		all := progress.Questions.Open(s)
		n = len(all)
	})
	return n
}

// texts are the texts of what was sent, with where.
func texts(sent []bot.Outgoing, speaker string) []string {
	var all []string
	for _, m := range sent {
		all = append(all, chatName(m.Chat, speaker)+": "+strings.ReplaceAll(m.Text, "\n", "⏎"))
	}
	slices.Sort(all)
	return all
}
