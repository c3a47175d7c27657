package store_test

import (
	"fmt"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/store/mem"
)

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
