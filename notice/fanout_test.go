package notice_test

import (
	"fmt"
	"testing"

	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// newCrowd is an office with n counselors in one group, of whom every tenth only reads
// along. A notice that wants 收到 from all was posted to it.
func newCrowd(t *testing.T, n int) *office {
	t.Helper()
	o := &office{outboxtest.On(t, storetest.RunTwice(enginetest.New(t)), notice.Hooks(nil))}
	r := &roster.Roster{}
	for i := range n {
		r.People = append(r.People, roster.Person{
			ID: fmt.Sprintf("p%06d", i), Name: "某人", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群0"}, Observer: i%10 == 9,
		})
	}
	o.Change(func(tx *store.Tx) {
		roster.BindGroup(tx, roster.Target{Account: "web", Chat: "群0", Group: "群0"})
		roster.Replace(tx, r)
	})
	if p := o.notify("reason", notice.Notice{Class: notice.Receipt, Text: "请查宿舍。"}, "群0"); p.Asked != n*9/10 {
		t.Errorf("got %d people asked, want %d", p.Asked, n*9/10)
	}
	return o
}

func (o *office) fanOut() {
	o.Helper()
	for more := true; more; {
		var err error
		more, err = notice.FanOut(o.Context(), o.Store)
		o.Must(err)
	}
}

// asked returns how many items there are, and whether the text waits to be sent.
func asked(o *office) (items int, posted bool) {
	o.Helper()
	return len(o.items(1)), len(o.Rows(outbox.Waiting)) > 0
}

// The process ends after every transaction: what goes on is what the store says, and
// nothing else.
func TestFanOut(t *testing.T) {
	o := newCrowd(t, 1700)
	for step, more := 1, true; more; step++ {
		items, posted := asked(o)
		if want := min(500*step, 1530); items != want || posted != (want == 1530) {
			t.Fatalf("after %d transactions: %d items, posted %v; want %d, and posted with the last only", step, items, posted, want)
		}
		o.Reopen()
		var err error
		more, err = notice.FanOut(t.Context(), o.Store)
		o.Must(err)
	}
}

func TestFanOut_whenTheRosterChanges(t *testing.T) {
	o := newCrowd(t, 1200)
	o.Change(func(tx *store.Tx) {
		r := roster.Current(tx.Snapshot)
		newcomer := roster.Person{ID: "new", Name: "新人", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群0"}}
		roster.Replace(tx, &roster.Roster{People: append([]roster.Person{newcomer}, r.People...)})
	})
	o.fanOut()
	if items, posted := asked(o); items != 1081 || !posted {
		t.Errorf("got %d items, posted %v; want 1081, and posted", items, posted)
	}
}

func TestFanOut_withdrawn(t *testing.T) {
	o := newCrowd(t, 1200)
	o.Change(func(tx *store.Tx) { notice.WithdrawPosting(tx, "reason") })
	o.fanOut()
	if _, posted := asked(o); posted {
		t.Error("a notice that was withdrawn before it was posted was posted")
	}
}

// A notice that cannot be read stops no other one.
func TestFanOut_broken(t *testing.T) {
	o := newCrowd(t, 1200)
	o.notify("another", notice.Notice{Class: notice.Receipt, Text: "请交表。"}, "群0")
	o.Change(func(tx *store.Tx) { store.Save(tx, store.Work+store.Key("notice", notice.ID(1)), "no notice") })
	var err error
	for more := true; more; {
		more, err = notice.FanOut(t.Context(), o.Store)
		if err == nil {
			t.Fatal("FanOut: got no error, want that of the first notice")
		}
	}
	if items := len(o.items(2)); items != 1080 || len(o.Rows(outbox.Waiting)) != 1 {
		t.Errorf("of the second notice: got %d items, %d texts; want 1080, and the text", items, len(o.Rows(outbox.Waiting)))
	}
}
