package notice_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
	"duban/store/mem"
	"duban/store/storetest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got error %v, want none", err)
	}
}

// crowd gives a store n counselors in so many groups, of whom every tenth only reads
// along, and posts a notice that wants 收到 from all.
func crowd(t testing.TB, s *store.Store, n, groups int) (p notice.Posting) {
	t.Helper()
	r := &roster.Roster{}
	names := make([]string, groups)
	for i := range names {
		names[i] = fmt.Sprint("群", i)
	}
	for i := range n {
		r.People = append(r.People, roster.Person{
			ID: fmt.Sprintf("p%06d", i), Name: "某人", College: fmt.Sprint(i%40, "学院"), Roles: []roster.Role{roster.Counselor},
			Groups: names[i%groups : i%groups+1], Observer: i%10 == 9,
		})
	}
	check(t, s.Update(t.Context(), func(tx *store.Tx) error {
		for _, g := range names {
			if err := roster.BindGroup(tx, roster.Target{Account: "web", Chat: g, Group: g}); err != nil {
				return err
			}
		}
		return roster.Replace(tx, r)
	}))
	check(t, s.Update(t.Context(), func(tx *store.Tx) error {
		to, err := roster.Targets(tx.Snapshot, names)
		if err != nil {
			return err
		}
		p, err = notice.Post(tx, "reason", notice.Notice{Class: notice.Receipt, Text: "请查宿舍。"}, to)
		return err
	}))
	return p
}

func fanOut(t testing.TB, s *store.Store) {
	t.Helper()
	for more := true; more; {
		var err error
		more, err = notice.FanOut(t.Context(), s)
		check(t, err)
	}
}

// asked returns how many items there are, and whether the text waits to be sent.
func asked(o *office) (items int, posted bool) {
	o.Helper()
	o.Look(func(s *store.Snapshot) error {
		all, err := notice.Items(s, 1)
		items = len(all)
		return err
	})
	return items, len(o.Rows(outbox.Waiting)) > 0
}

func newCrowd(t *testing.T, n int) *office {
	t.Helper()
	o := &office{outboxtest.On(t, storetest.RunTwice(mem.New()), notice.Hooks(nil))}
	if p := crowd(t, o.Store, n, 1); p.Asked != n*9/10 {
		t.Errorf("got %d people asked, want %d", p.Asked, n*9/10)
	}
	return o
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
	o.Change(func(tx *store.Tx) error {
		r, err := roster.Current(tx.Snapshot)
		if err != nil {
			return err
		}
		newcomer := roster.Person{ID: "new", Name: "新人", Roles: []roster.Role{roster.Counselor}, Groups: []string{"群0"}}
		return roster.Replace(tx, &roster.Roster{People: append([]roster.Person{newcomer}, r.People...)})
	})
	fanOut(t, o.Store)
	if items, posted := asked(o); items != 1081 || !posted {
		t.Errorf("got %d items, posted %v; want 1081, and posted", items, posted)
	}
}

func TestFanOut_withdrawn(t *testing.T) {
	o := newCrowd(t, 1200)
	o.Change(func(tx *store.Tx) error { return notice.WithdrawPosting(tx, "reason") })
	fanOut(t, o.Store)
	if _, posted := asked(o); posted {
		t.Error("a notice that was withdrawn before it was posted was posted")
	}
}

// BenchmarkFanOut is a job that asks many people: from the decision to the text in
// the outbox.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{5_000, 240_000} {
		b.Run(fmt.Sprint(n, "-people"), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				e, err := bolt.Open(b.TempDir() + "/duban.db")
				check(b, err)
				s, err := notice.OpenStore(b.Context(), e, store.Options{}, nil)
				check(b, err)
				b.StartTimer()
				crowd(b, s, n, 1)
				fanOut(b, s)
				b.StopTimer()
				check(b, e.Close())
				b.StartTimer()
			}
		})
	}
}

// BenchmarkMissing counts who has not answered a notice to 240,000 people, each with
// the reason, and lets the clock look for whom to ask again.
func BenchmarkMissing(b *testing.B) {
	const people = 240_000
	now := outboxtest.Start()
	s, err := notice.OpenStore(b.Context(), mem.New(), store.Options{Now: func() time.Time { return now }}, nil)
	check(b, err)
	crowd(b, s, people, 400)
	fanOut(b, s)
	for d := (outbox.Delivery{Store: s}); ; {
		m, err := d.Claim(b.Context(), "web", time.Minute)
		if err != nil {
			break
		}
		check(b, d.Settle(context.WithoutCancel(b.Context()), m, bot.Result{}))
	}
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			check(b, s.View(b.Context(), func(sn *store.Snapshot) error {
				n, _, err := notice.Find(sn, 1)
				if err != nil {
					return err
				}
				items, err := notice.Items(sn, 1)
				if err != nil {
					return err
				}
				c, err := notice.CircumstancesOf(sn, n)
				if t := c.Tally(items); t.Asked != people*9/10 || t.Unbound != t.Asked {
					b.Fatalf("got %+v", t)
				}
				return err
			}))
		}
	})
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			now = now.Add(24 * time.Hour)
			for more := true; more; {
				more, err = notice.Attend(b.Context(), s, notice.DefaultRules())
				check(b, err)
			}
		}
	})
}
