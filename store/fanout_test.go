package store_test

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
