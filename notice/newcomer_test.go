package notice_test

import (
	"strings"
	"testing"
	"time"

	"duban/notice"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
	"duban/store/mem"
	"duban/store/storetest"
)

// Who joins is asked what is still asked, who leaves is not counted, and who changes
// the college or comes back keeps all.
func TestJoin(t *testing.T) {
	o := &office{outboxtest.On(t, storetest.RunTwice(mem.New()), notice.Hooks(nil))}
	one := roster.Person{ID: "A", Name: "甲", College: "文学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	two := roster.Person{ID: "B", Name: "乙", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	three := roster.Person{ID: "C", Name: "丙", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	people := func(all ...roster.Person) {
		t.Helper()
		o.Change(func(tx *store.Tx) error { return roster.Replace(tx, &roster.Roster{People: all}) })
		_, err := notice.Join(t.Context(), o.Store)
		o.Must(err)
	}
	sent := func() (texts []string) {
		for _, m := range o.Drain() {
			texts = append(texts, m.Chat+": "+m.Text)
		}
		return texts
	}
	counts := func(number int) (tally notice.Tally) {
		t.Helper()
		o.Look(func(s *store.Snapshot) error {
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
		})
		return tally
	}
	people(one, two)
	to := []roster.Target{{Account: "web", Chat: "g", Group: "群"}}
	o.Change(func(tx *store.Tx) error {
		o.Must(roster.Bind(tx, "web", "u-C", roster.Binding{Person: "C", Chat: "p-C"}))
		o.Must(roster.BindGroup(tx, to[0]))
		for reason, n := range map[string]notice.Notice{
			"open": {Class: notice.Receipt, Text: "查宿舍"}, "over": {Class: notice.Receipt, Text: "已截止的", Due: o.Now().Add(time.Hour)},
			"closed": {Class: notice.Receipt, Text: "已关闭的"},
		} {
			p, err := notice.Post(tx, reason, n, to)
			o.Must(err)
			if reason == "closed" {
				o.Must(notice.Close(tx, p.Notice.Number))
			}
		}
		return nil
	})
	sent()
	open := 0
	o.Look(func(s *store.Snapshot) error {
		all, err := notice.From(s, 1)
		for _, n := range all {
			if n.Text == "查宿舍" {
				open = n.Number
			}
		}
		return err
	})
	o.Change(func(tx *store.Tx) error {
		item, _, err := notice.FindItem(tx.Snapshot, open, "B")
		o.Must(err)
		item.Answer(o.Now(), time.Time{}, "web/1", "")
		return notice.PutItem(tx, item)
	})
	o.Pass(2 * time.Hour)

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
	o.Look(func(s *store.Snapshot) error {
		item, _, err := notice.FindItem(s, open, "B")
		if item.State != notice.Done || item.Message != "web/1" {
			t.Errorf("got %+v of who came back under another name, want the answer kept", item)
		}
		return err
	})
	if c := counts(open); c.Asked != 3 || c.Done != 1 || c.Open != 2 {
		t.Errorf("got %+v, want three asked again", c)
	}
}
