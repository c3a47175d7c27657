package notice_test

import (
	"strings"
	"testing"
	"time"

	"duban/notice"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// Who joins is asked what is still asked, who leaves is not counted, and who changes
// the college or comes back keeps all.
func TestJoin(t *testing.T) {
	o := &office{outboxtest.On(t, storetest.RunTwice(enginetest.New(t)), notice.Hooks(nil))}
	person := func(id, name string) roster.Person {
		return roster.Person{ID: id, Name: name, College: "文学院", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"}}
	}
	one, two, three := person("A", "甲"), person("B", "乙"), person("C", "丙")
	people := func(all ...roster.Person) {
		t.Helper()
		o.Change(func(tx *store.Tx) { roster.Replace(tx, &roster.Roster{People: all}) })
		_, err := notice.Join(t.Context(), o.Store)
		o.Must(err)
	}
	sent := func() (texts []string) {
		for _, m := range o.Drain() {
			texts = append(texts, m.Chat+": "+m.Text)
		}
		return texts
	}
	counts := func(number int) notice.Tally {
		t.Helper()
		c := outboxtest.See(o, func(s *store.Snapshot) notice.Circumstances {
			n, _ := notice.Find(s, number)
			return notice.CircumstancesOf(s, n)
		})
		return c.Tally(o.items(number))
	}
	people(one, two)
	o.Change(func(tx *store.Tx) {
		roster.Bind(tx, "web", "u-C", roster.Binding{Person: "C", Chat: "p-C"})
		roster.BindGroup(tx, roster.Target{Account: "web", Chat: "g", Group: "群"})
	})
	const open, closed = 1, 3
	o.notify("open", notice.Notice{Class: notice.Receipt, Text: "查宿舍"}, "群")
	o.notify("over", notice.Notice{Class: notice.Receipt, Text: "已截止的", Due: o.Now().Add(time.Hour)}, "群")
	o.notify("closed", notice.Notice{Class: notice.Receipt, Text: "已关闭的"}, "群")
	o.Change(func(tx *store.Tx) { notice.Finish(tx, closed, notice.Closed) })
	sent()
	o.changeItem(open, "B", func(i *notice.Item) { i.Take(notice.Notice{}, notice.Answer{At: o.Now(), Message: "web/1"}) })
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
	o.Look(func(s *store.Snapshot) {
		item, _ := notice.FindItem(s, open, "B")
		if item.State != notice.Done || item.Message != "web/1" {
			t.Errorf("got %+v of who came back under another name, want the answer kept", item)
		}
	})
	if c := counts(open); c.Asked != 3 || c.Done != 1 || c.Open != 2 {
		t.Errorf("got %+v, want three asked again", c)
	}
}
