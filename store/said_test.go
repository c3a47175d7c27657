package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"duban/progress"
	"duban/store"
)

// Newest reads out of the records what Progress decodes: they must not differ,
// whatever people are called and whichever zone a time is written in.
func TestSnapshot_Newest(t *testing.T) {
	onEngines(t, func(o *office) {
		zones := []*time.Location{time.UTC, time.FixedZone("CST", 8*3600), time.FixedZone("PST", -8*3600)}
		noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		people := []string{"ann", "a/b", `a"b`, "a%2Fb", "王雪晴", "x\x00y"}
		o.update(func(tx *store.Tx) error {
			for i, p := range people {
				for j, days := range []int{3, 1, 2} {
					at := noon.AddDate(0, 0, -days).Add(time.Duration((i*7)%5) * time.Hour).In(zones[(i+j)%len(zones)])
					if _, err := progress.AddUpdate(tx, progress.Update{Measure: "m/1", Person: p, At: at, Note: fmt.Sprint(p, days)}, fmt.Sprint(i, j)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		o.look(func(s *store.Snapshot) error {
			for _, want := range [][]string{people, people[:3], people[1:2], {}} {
				chosen := func(p string) bool { return slices.Contains(want, p) }
				got, n, err := progress.Newest(s, "m/1", chosen)
				if err != nil {
					return err
				}
				all, err := progress.Progress(s, "m/1")
				if err != nil {
					return err
				}
				all = slices.DeleteFunc(all, func(u progress.Update) bool { return !chosen(u.Person) })
				if n != len(want) || n != len(all) {
					o.t.Errorf("%q: got %d people, want %d", want, n, len(want))
				}
				if n == 0 {
					continue
				}
				last := slices.MaxFunc(all, func(a, b progress.Update) int { return a.At.Compare(b.At) })
				if !got.At.Equal(last.At) {
					o.t.Errorf("%q: got what was said at %v, want at %v", want, got.At, last.At)
				}
			}
			return nil
		})
	})
}

func TestSnapshot_Said(t *testing.T) {
	onEngines(t, func(o *office) {
		o.update(func(tx *store.Tx) error {
			for i := range 3 {
				u := progress.Update{Measure: "m", Person: []string{"bob", "ann"}[i%2], At: o.clock.Now().Add(time.Duration(i) * time.Hour), Note: fmt.Sprint(i)}
				if _, err := progress.AddUpdate(tx, u, fmt.Sprint(i)); err != nil {
					return err
				}
			}
			_, err := progress.AddUpdate(tx, progress.Update{Measure: "m2", Person: "ann", At: o.clock.Now(), Note: "of another"}, "x")
			return err
		})
		o.look(func(s *store.Snapshot) error {
			var got []string
			for said, err := range progress.Said(s, "m") {
				if err != nil {
					return err
				}
				if u, ok, err := progress.FindUpdate(s, said.Key); err != nil || !ok || u.Note != said.Update.Note {
					o.t.Errorf("got %q under the key of %q, %v", u.Note, said.Update.Note, err)
				}
				got = append(got, said.Update.Person+said.Update.Note)
			}
			if want := []string{"ann1", "bob0", "bob2"}; !slices.Equal(got, want) {
				o.t.Errorf("got %q, want %q", got, want)
			}
			return nil
		})
	})
}
