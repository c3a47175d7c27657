package notice_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
	"duban/store/mem"
	"duban/store/storetest"
)

// crowd opens a store with n counselors in one group, of whom every tenth only
// reads along.
func crowd(t testing.TB, e store.Engine, n int) *store.Store {
	t.Helper()
	s, err := notice.OpenStore(t.Context(), e, store.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &roster.Roster{}
	for i := range n {
		r.People = append(r.People, roster.Person{
			ID: fmt.Sprintf("p%06d", i), Name: "某人", Roles: []roster.Role{roster.Counselor}, Groups: []string{"大群"}, Observer: i%10 == 9,
		})
	}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		if err := roster.BindGroup(tx, roster.Target{Account: "a", Chat: "大群", Group: "大群"}); err != nil {
			return err
		}
		return roster.Replace(tx, r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// announce posts a notice that wants 收到 in the group.
func announce(t testing.TB, s *store.Store) (p notice.Posting) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		to, err := roster.Targets(tx.Snapshot, []string{"大群"})
		if err != nil {
			return err
		}
		p, err = notice.Post(tx, "reason", notice.Notice{Class: notice.Receipt, Text: "请查宿舍。"}, to)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// asked returns how many items are open, and whether the text is in the outbox.
func asked(t testing.TB, s *store.Store) (items int, posted bool) {
	t.Helper()
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		all, err := notice.Items(sn, 1)
		items = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	m, err := outbox.Claim(t.Context(), s, "a", time.Millisecond)
	if err == nil {
		err = outbox.Settle(context.Background(), s, m, bot.Result{Held: true, Again: time.Now()})
	}
	return items, err == nil
}

// TestStore_FanOut ends the process after every transaction: what goes on is what
// the store says, and nothing else.
func TestStore_FanOut(t *testing.T) {
	e := storetest.RunTwice(mem.New())
	s := crowd(t, e, 1700)
	if p := announce(t, s); p.Asked != 1530 {
		t.Errorf("got %d people asked, want 1530", p.Asked)
	}
	for step := 1; ; step++ {
		items, posted := asked(t, s)
		if want := min(500*step, 1530); items != want || posted != (want == 1530) {
			t.Fatalf("after %d transactions: %d items, posted %v; want %d, and posted with the last only", step, items, posted, want)
		}
		s, err := notice.OpenStore(t.Context(), e, store.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		more, err := notice.FanOut(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
}

func TestStore_FanOut_whenTheRosterChanges(t *testing.T) {
	s := crowd(t, mem.New(), 1200)
	announce(t, s)
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		r, err := roster.Current(tx.Snapshot)
		if err != nil {
			return err
		}
		next := &roster.Roster{People: append([]roster.Person{{
			ID: "new", Name: "新人", Roles: []roster.Role{roster.Counselor}, Groups: []string{"大群"},
		}}, r.People...)}
		return roster.Replace(tx, next)
	})
	if err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		if more, err = notice.FanOut(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if items, posted := asked(t, s); items != 1081 || !posted {
		t.Errorf("got %d items, posted %v; want 1081, and posted", items, posted)
	}
}

func TestStore_FanOut_withdrawn(t *testing.T) {
	s := crowd(t, mem.New(), 1200)
	announce(t, s)
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		return notice.WithdrawPosting(tx, "reason")
	})
	if err != nil {
		t.Fatal(err)
	}
	for more := true; more; {
		if more, err = notice.FanOut(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if _, posted := asked(t, s); posted {
		t.Error("a notice that was withdrawn before it was posted was posted")
	}
}

// BenchmarkFanOut is a job that asks many people: from the decision to the text
// in the outbox.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{5_000, 240_000} {
		b.Run(fmt.Sprint(n, "-people"), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				e, err := bolt.Open(b.TempDir() + "/duban.db")
				if err != nil {
					b.Fatal(err)
				}
				s := crowd(b, e, n)
				b.StartTimer()
				announce(b, s)
				for more := true; more; {
					if more, err = notice.FanOut(b.Context(), s); err != nil {
						b.Fatal(err)
					}
				}
				b.StopTimer()
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// BenchmarkMissing counts who has not answered a notice to 240,000 people, each
// with the reason, and lets the clock look for whom to ask again.
func BenchmarkMissing(b *testing.B) {
	const people = 240_000
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s, err := notice.OpenStore(b.Context(), mem.New(), store.Options{Now: func() time.Time { return now }}, nil)
	if err != nil {
		b.Fatal(err)
	}
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	update := func(fn func(*store.Tx) error) { must(s.Update(b.Context(), fn)) }
	r := &roster.Roster{}
	for i := range people {
		r.People = append(r.People, roster.Person{
			ID: fmt.Sprintf("%06d", i), Name: "老师", College: fmt.Sprint(i%40, "学院"), Groups: []string{fmt.Sprint("群", i%400)}, Roles: []roster.Role{roster.Counselor},
		})
	}
	var groups []string
	update(func(tx *store.Tx) error {
		for i := range 400 {
			g := fmt.Sprint("群", i)
			groups = append(groups, g)
			if err := roster.BindGroup(tx, roster.Target{Account: "web", Chat: g, Group: g}); err != nil {
				return err
			}
		}
		return roster.Replace(tx, r)
	})
	groups = groups[:400]
	update(func(tx *store.Tx) error {
		to, err := roster.Targets(tx.Snapshot, groups)
		if err != nil {
			return err
		}
		_, err = notice.Post(tx, "bench", notice.Notice{Class: notice.Receipt, Text: "一"}, to)
		return err
	})
	for more := true; more; {
		more, err = notice.FanOut(b.Context(), s)
		must(err)
	}
	for {
		m, err := outbox.Claim(b.Context(), s, "web", time.Minute)
		if err != nil {
			break
		}
		must(outbox.Settle(b.Context(), s, m, bot.Result{}))
	}
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			must(s.View(b.Context(), func(sn *store.Snapshot) error {
				n, _, err := notice.Find(sn, 1)
				if err != nil {
					return err
				}
				items, err := notice.Items(sn, 1)
				if err != nil {
					return err
				}
				c, err := notice.CircumstancesOf(sn, n)
				if t := c.Tally(items); t.Asked != people || t.Unbound != people {
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
				must(err)
			}
		}
	})
}
