// Package webtest gives tests an office with a page: its people, a plan, a store in
// memory and a server on loopback. Somebody is played by a [Visitor], who is logged in.
package webtest

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duban/bot"
	"duban/handlers"
	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/notice"
	"duban/outbox"
	"duban/plan"
	"duban/plan/outline"
	"duban/progress"
	"duban/roster"
	"duban/schedule"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
	"duban/web"
	"duban/web/door"
	"duban/web/page"
)

// Account is the name of the account in which everybody has a private chat, and both
// groups meet.
const Account = "wx"

// People of the office by their ids.
const (
	Admin     = "A1" // 周明远
	Office    = "A2" // 何志勤
	Lead      = "L1" // 郭建平, of 机械工程学院
	Counselor = "C3" // 王雪晴, of 计算机学院
)

// Plan is the plan in force.
const Plan = `临江大学2026年工作要点
一、学风建设
目标任务：形成发现、谈话、帮扶的闭环。
工作措施：
1. 抓好课堂考勤。每周抽查两次。责任单位：学工处
2. 建立重点学生台账。每月更新。
二、安全稳定
目标任务：隐患清零。
工作措施：
3. 开展宿舍消防检查。每月一次。
4. 深化反诈宣传。每月发布案例。
`

// Staff are the people of the office. Two of them are called 张伟.
func Staff() *roster.Roster {
	row := func(id, name, college string, groups []string, roles ...roster.Role) roster.Person {
		return roster.Person{ID: id, Name: name, College: college, Groups: groups, Roles: roles}
	}
	one, both := []string{"学工群"}, []string{"学工群", "安全群"}
	return &roster.Roster{People: []roster.Person{
		row(Admin, "周明远", "学工处", both, roster.Admin, roster.Office),
		row(Office, "何志勤", "学工处", one, roster.Office),
		row(Lead, "郭建平", "机械工程学院", both, roster.Lead),
		row("C1", "张伟", "机械工程学院", one, roster.Counselor),
		row("C2", "张伟", "经济管理学院", one, roster.Counselor),
		row(Counselor, "王雪晴", "计算机学院", both, roster.Counselor),
	}}
}

// A House is an office with a page.
type House struct {
	*testing.T
	*page.House
	Server *httptest.Server
	Router *handlers.Router
}

// New returns an office whose page is served until the test ends. With alter the house
// and the options can be changed before.
func New(t *testing.T, alter ...func(*page.House, *web.Options)) *House {
	t.Helper()
	o := &House{T: t}
	changed := &page.Bell{}
	zone, err := time.LoadLocation("Asia/Shanghai")
	o.must(err)
	s, err := notice.OpenStore(t.Context(), storetest.RunTwice(enginetest.New(t)), store.Options{Log: slog.New(slog.DiscardHandler), Files: t.TempDir(), Ended: func(time.Duration, error) { changed.Ring() }}, nil)
	o.must(err)
	desk := &jobs.Desk{Schedule: schedule.New(s, schedule.Options{Zone: zone}), Zone: zone}
	o.Router = handlers.New(s, desk, chat.Options{Names: []string{"学工小助手"}, Zone: zone, Changed: func() { o.recalendar(desk.Schedule) }})
	o.House = &page.House{
		Store: s, Zone: zone, Log: slog.New(slog.DiscardHandler), Office: "临江大学学工处", Bot: "学工小助手",
		Desk: o.Router.Desk, Jobs: desk.Schedule, Order: o.Router.Order, Ordered: o.Router.Ordered, Attach: o.Router.Attach, Machine: &machine{}, Changed: changed, KeepFiles: 30,
	}
	options := web.Options{}
	for _, a := range alter {
		a(o.House, &options)
	}
	o.recalendar(desk.Schedule)
	o.Change(hire)
	o.Server = httptest.NewServer(web.New(o.House, options))
	t.Cleanup(func() {
		o.Server.CloseClientConnections() // a window may still listen
		o.Server.Close()
	})
	return o
}

// hire gives the store its people, groups, account and plan.
func hire(tx *store.Tx) {
	outbox.SetChannels(tx, []outbox.Channel{{Account: Account, Kind: "webchat"}})
	roster.Replace(tx, Staff())
	for _, g := range []string{"学工群", "安全群"} {
		roster.BindGroup(tx, roster.Target{Account: Account, Chat: "group/" + g, Group: g})
	}
	for _, p := range Staff().People {
		roster.Bind(tx, Account, "h/"+p.ID, roster.Binding{Person: p.ID, Chat: "p/" + p.ID, How: roster.ByCode})
	}
	progress.SetPlan(tx, outline.Parse(Plan), "examples/plan.txt", "")
}

// recalendar puts the calendar in force that the office has entered.
func (o *House) recalendar(s *schedule.Scheduler) {
	own, err := store.Read(context.WithoutCancel(o.Context()), o.Store, schedule.OwnOf)
	o.must(err)
	c, err := s.CalendarOf(own)
	o.must(err)
	_, err = s.SetCalendar(context.WithoutCancel(o.Context()), c)
	o.must(err)
}

func (o *House) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// Change changes the store.
func (o *House) Change(fn func(*store.Tx)) {
	o.Helper()
	o.must(o.Store.Write(context.WithoutCancel(o.Context()), fn))
}

// View looks into the store.
func (o *House) View(fn func(*store.Snapshot)) {
	o.Helper()
	o.must(o.Store.View(context.WithoutCancel(o.Context()), func(s *store.Snapshot) error {
		fn(s)
		return nil
	}))
}

// Say lets somebody say something to the bot alone.
func (o *House) Say(person, text string) {
	o.Helper()
	o.must(o.Router.Handle(o.Context(), bot.Message{
		Account: Account, ID: door.Token(), Chat: "p/" + person, Sender: "h/" + person, Text: text, Mention: true, Sent: o.Store.Time(),
	}))
}

// Bring lets somebody bring a file to the bot alone, as evidence of what they said last.
func (o *House) Bring(person, name string, data []byte) {
	o.Helper()
	f := &bot.FileInfo{Name: name, Size: int64(len(data)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
	o.must(o.Router.Handle(o.Context(), bot.Message{
		Account: Account, ID: door.Token(), Chat: "p/" + person, Sender: "h/" + person, Kind: bot.File, Text: name, File: f, Sent: o.Store.Time(),
	}))
}

// Ask lets somebody say something to the bot alone and returns what they are told.
func (o *House) Ask(person, text string) (told []outbox.Row) {
	o.Helper()
	before := map[string]bool{}
	all := func(look func(outbox.Row)) {
		o.View(func(s *store.Snapshot) {
			outbox.EachRow(s, func(row *outbox.Row) {
				if row.Chat == "p/"+person {
					look(*row)
				}
			})
		})
	}
	all(func(row outbox.Row) { before[row.Key] = true })
	o.Say(person, text)
	all(func(row outbox.Row) {
		if !before[row.Key] {
			told = append(told, row)
		}
	})
	return told
}

// Measure returns the id of the measure that is printed with a number.
func (o *House) Measure(number int) (id string) {
	o.Helper()
	o.View(func(s *store.Snapshot) {
		for _, n := range progress.Current(s).Nodes {
			if n.Kind == plan.Measure && n.Number == strconv.Itoa(number) {
				id = n.ID
			}
		}
	})
	return id
}

// Order gives a command for somebody, and confirms it if it is previewed.
func (o *House) Order(person, command, rest string) (answer string) {
	o.Helper()
	p, ok := Staff().Person(person)
	if !ok {
		o.Fatalf("nobody has the id %s", person)
	}
	answer, err := o.House.Order(o.Context(), p, command, rest)
	o.must(err)
	var code string
	o.View(func(s *store.Snapshot) {
		if d := o.Ordered(s, p).Kept(); d != nil {
			code = d.Code
		}
	})
	if code != "" {
		answer, err = o.House.Order(o.Context(), p, "confirm", code)
		o.must(err)
	}
	return answer
}

// Shows fails the test if a page does not have all of some texts.
func (o *House) Shows(text string, all ...string) {
	o.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			o.Errorf("the page lacks %q; it is:\n%s", want, text)
		}
	}
}

// A machine is the process of a House.
type machine struct{ copied atomic.Bool }

// Accounts implements [page.Machine].
func (*machine) Accounts() []page.Account {
	return []page.Account{{Name: Account, Kind: "webchat", Simulated: true}}
}

func (*machine) Code(string) []byte { return nil }

func (*machine) Version() string { return "v1.2.3" }

func (*machine) Disk() (used, free uint64) { return 3 << 20, 41 << 30 }

func (m *machine) Backup(context.Context) error {
	m.copied.Store(true)
	return nil
}

func (m *machine) Copies() ([]page.Copy, string) {
	if !m.copied.Load() {
		return nil, "backups"
	}
	return []page.Copy{{Name: "duban-20260918T020000Z-abcdefgh.age", Made: time.Date(2026, 9, 18, 2, 0, 0, 0, time.UTC), Size: 18 << 20}}, "backups"
}

func (*machine) Drill(_ context.Context, name, key string) (page.Drilled, error) {
	if key != "AGE-SECRET-KEY-1TEST" {
		return page.Drilled{}, page.ErrCopy
	}
	return page.Drilled{Records: len(name)}, nil
}

func (*machine) Doctor(context.Context) ([]page.Finding, error) {
	return []page.Finding{{How: "well", What: "时钟", Text: "2026-09-18 16:20"}, {How: "bad", What: "备份", Text: "还没有"}}, nil
}
