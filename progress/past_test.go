package progress_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"duban/outbox/outboxtest"
	"duban/progress"
	"duban/store"
)

// TestPast: where a measure stood at a time is where Standing said then that it stands,
// whoever said what; and what is taken back never was.
func TestPast(t *testing.T) {
	states := []progress.Status{"", progress.Doing, progress.Blocked, progress.Finished, progress.NotStarted}
	for seed := range uint64(20) {
		onEngines(t, func(o *office) {
			rnd, owners := rand.New(rand.NewPCG(seed, 1)), map[string]bool{"ann": seed%2 == 0}
			var times []time.Time
			var want []string
			var keys []string
			stands := func(s *store.Snapshot) string {
				u, _ := progress.Standing(s, "m", nil, owners)
				return fmt.Sprint(u.Person, " ", u.Line(), " ", u.Seq)
			}
			for i := range 12 {
				u := progress.Update{Measure: "m", Person: []string{"ann", "bob", "eve"}[rnd.IntN(3)], At: o.Now(), Status: states[rnd.IntN(len(states))], Message: fmt.Sprint("web/", i)}
				if n := rnd.IntN(101); u.Status == progress.Doing && n > 30 {
					u.Percent = &n
				}
				keys = append(keys, outboxtest.Do(o, func(tx *store.Tx) string { return progress.AddUpdate(tx, u) }))
				o.Look(func(s *store.Snapshot) { times, want = append(times, o.Now()), append(want, stands(s)) })
				o.Pass(time.Hour)
			}
			check := func(times []time.Time, want []string) {
				o.Look(func(s *store.Snapshot) {
					for i, u := range progress.Past(s, "m", owners, times) {
						if got := fmt.Sprint(u.Person, " ", u.Line(), " ", u.Seq); got != want[i] {
							o.Errorf("seed %d: got %q after %d words, want %q", seed, got, i+1, want[i])
						}
					}
				})
			}
			check(times, want)
			check([]time.Time{times[0].Add(-time.Minute)}, []string{" 已记录 0"})
			outboxtest.Do(o, func(tx *store.Tx) bool {
				for _, k := range keys[8:] {
					u, _ := progress.FindUpdate(tx.Snapshot, k)
					u.Retracted = tx.Now()
					progress.ChangeUpdate(tx, k, u)
				}
				return true
			})
			check(times[:8], want[:8])
			o.Look(func(s *store.Snapshot) { check([]time.Time{o.Now()}, []string{stands(s)}) })
		})
	}
}
