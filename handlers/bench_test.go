package handlers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/bot"
	"duban/handlers"
	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/plan/outline"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
)

const (
	benchAccount = "web"
	benchGroup   = "学工群"
)

// benchOffice opens a store with a plan, people who are bound, and a group, and
// returns a router on it.
func benchOffice(b testing.TB, open func(string) (store.Engine, error), people int) (*store.Store, *handlers.Router) {
	b.Helper()
	e, err := open(filepath.Join(b.TempDir(), "duban.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = e.Close() })
	s, err := notice.OpenStore(b.Context(), e, store.Options{Values: []any{outbox.Limits{Answers: outbox.Answers{PerMinute: 1 << 30, Pause: time.Minute}}}}, nil)
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile("../examples/plan.txt")
	if err != nil {
		b.Fatal(err)
	}
	var r roster.Roster
	for i := range people {
		id := fmt.Sprintf("p%d", i)
		r.People = append(r.People, roster.Person{
			ID: id, Name: "老师" + id, College: "计算机学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{benchGroup},
		})
	}
	err = s.Update(b.Context(), func(tx *store.Tx) error {
		progress.SetPlan(tx, outline.Parse(string(text)), "plan.txt", "")
		roster.Replace(tx, &r)
		roster.BindGroup(tx, roster.Target{Account: benchAccount, Chat: benchGroup, Group: benchGroup})
		for _, p := range r.People {
			roster.Bind(tx, benchAccount, p.ID, roster.Binding{Person: p.ID, Chat: "private/" + p.ID, How: "code"})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s, route(s, chat.Options{Names: []string{"学工小助手"}})
}

// side lets so many chats share b.N messages, each chat one after the other, and
// reports how many were durable in a second.
func side(b *testing.B, chats int, say func(chat, i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	start := time.Now()
	for chat := range chats {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := say(chat, int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "msg/s")
}

// BenchmarkHandle is one message from the call of Handle to the moment at which
// everything that it changes is durable: a report of progress, in private or in
// the group, and an answer to a notice.
func BenchmarkHandle(b *testing.B) {
	for _, kind := range []string{"report", "group", "ack"} {
		for _, chats := range []int{1, 8, 64, 256} {
			b.Run(fmt.Sprintf("%s/chats=%d", kind, chats), func(b *testing.B) { benchHandle(b, kind, chats) })
		}
	}
}

func benchHandle(b *testing.B, kind string, chats int) {
	open := func(path string) (store.Engine, error) { return bolt.Open(path) }
	s, r := benchOffice(b, open, max(chats, 300))
	if kind == "ack" {
		ask(b, s)
	}
	side(b, chats, func(chat, i int) error {
		who := fmt.Sprintf("p%d", chat)
		m := bot.Message{
			Account: benchAccount, ID: fmt.Sprint("m", i), Sender: who, Name: who, Chat: "private/" + who, Mention: true,
			Text: fmt.Sprintf("第%d条完成%d%%，还差经费", 1+i%34, i%100), Sent: time.Now(),
		}
		switch kind {
		case "group": // as many groups; the bot is not addressed
			m.Chat, m.Group = fmt.Sprint("group", chat), true
			m.Text = "@学工小助手 " + m.Text
		case "ack": // of a second one only the time is looked at
			m.Text = "收到"
		}
		return r.Handle(b.Context(), m)
	})
}

// ask posts a notice that wants 收到 and sees it into its group.
func ask(t testing.TB, s *store.Store) (number int) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		p := notice.Post(tx, "notice/d9", notice.Notice{Class: notice.Receipt, Text: "请核对名单，收到请回复", Groups: []string{benchGroup}},
			[]roster.Target{{Account: benchAccount, Chat: benchGroup, Group: benchGroup}})
		number = p.Notice.Number
		return nil
	})
	for more := true; more && err == nil; {
		more, err = notice.FanOut(t.Context(), s)
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := outboxtest.Claim(t.Context(), s, benchAccount)
	if err != nil {
		t.Fatal(err)
	}
	if err := outboxtest.Settle(t.Context(), s, m, bot.Result{Receipt: bot.Receipt{ID: "1"}}); err != nil {
		t.Fatal(err)
	}
	return number
}
