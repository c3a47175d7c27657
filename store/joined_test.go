package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// TestJoin is row D8 and what goes with it: who joins is asked what is still asked,
// who leaves is not counted, and who changes the college or comes back keeps all.
func TestJoin(t *testing.T) {
	l := newLife(t, func(e store.Engine) store.Engine { return e })
	one := roster.Person{ID: "A", Name: "甲", College: "文学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	two := roster.Person{ID: "B", Name: "乙", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	three := roster.Person{ID: "C", Name: "丙", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	people := func(all ...roster.Person) {
		t.Helper()
		l.update(func(tx *store.Tx) error { return roster.Replace(tx, &roster.Roster{People: all}) })
		_, err := notice.Join(t.Context(), l.s)
		l.must(err)
	}
	sent := func() (texts []string) {
		t.Helper()
		for {
			m, err := outbox.Claim(t.Context(), l.s, "wx", time.Minute)
			if errors.Is(err, bot.ErrEmpty) {
				return texts
			}
			l.must(err)
			l.must(outbox.Settle(t.Context(), l.s, m, bot.Result{Receipt: bot.Receipt{ID: m.Key, Sent: l.now}}))
			texts = append(texts, m.Chat+": "+m.Text)
		}
	}
	counts := func(number int) (tally notice.Tally) {
		t.Helper()
		l.must(l.s.View(t.Context(), func(s *store.Snapshot) error {
			n, _, err := notice.Find(s, number)
			if err != nil {
				return err
			}
			items, err := notice.Items(s, number)
			if err != nil {
				return err
			}
			c, err := notice.CircumstancesOf(s, n)
			tally = c.Tally(items)
			return err
		}))
		return tally
	}
	people(one, two)
	to := []roster.Target{{Account: "wx", Chat: "g", Group: "群"}}
	l.update(func(tx *store.Tx) error {
		l.must(roster.Bind(tx, "wx", "u-C", roster.Binding{Person: "C", Chat: "p-C"}))
		l.must(roster.BindGroup(tx, to[0]))
		for reason, n := range map[string]notice.Notice{
			"open": {Class: notice.Receipt, Text: "查宿舍"}, "over": {Class: notice.Receipt, Text: "已截止的", Due: l.now.Add(time.Hour)},
			"closed": {Class: notice.Receipt, Text: "已关闭的"},
		} {
			p, err := notice.Post(tx, reason, n, to)
			l.must(err)
			if reason == "closed" {
				l.must(notice.Close(tx, p.Notice.Number))
			}
		}
		return nil
	})
	sent()
	open := 0
	l.must(l.s.View(t.Context(), func(s *store.Snapshot) error {
		all, err := notice.From(s, 1)
		for _, n := range all {
			if n.Text == "查宿舍" {
				open = n.Number
			}
		}
		return err
	}))
	l.update(func(tx *store.Tx) error {
		item, _, err := notice.FindItem(tx.Snapshot, open, "B")
		l.must(err)
		item.Answer(l.now, time.Time{}, "wx/1", "")
		return notice.PutItem(tx, item)
	})
	l.now = l.now.Add(2 * time.Hour)

	people(one, two, three)
	got := sent()
	if len(got) != 1 || !strings.HasPrefix(got[0], "p-C: 您新加入群，") || !strings.Contains(got[0], "查宿舍") || strings.Contains(got[0], "已截止的") || strings.Contains(got[0], "已关闭的") {
		t.Errorf("got %q, want who joined told of the notice that is open and not due", got)
	}
	if c := counts(open); c.Asked != 3 || c.Done != 1 {
		t.Errorf("got %+v, want three asked", c)
	}
	moved := one
	moved.College = "理学院"
	people(moved, two, three)
	people(moved, two, three)
	if got := sent(); got != nil {
		t.Errorf("got %q, want nobody told twice", got)
	}
	people(moved, three) // 乙 has left
	if c := counts(open); c.Asked-c.Done > 2 || c.Open != 2 {
		t.Errorf("got %+v, want two who owe it", c)
	}
	two.Name = "乙乙"
	people(moved, three, two)
	l.must(l.s.View(t.Context(), func(s *store.Snapshot) error {
		item, _, err := notice.FindItem(s, open, "B")
		if item.State != notice.Done || item.Message != "wx/1" {
			t.Errorf("got %+v of who came back under another name, want the answer kept", item)
		}
		return err
	}))
	if c := counts(open); c.Asked != 3 || c.Done != 1 || c.Open != 2 {
		t.Errorf("got %+v, want three asked again", c)
	}
}
