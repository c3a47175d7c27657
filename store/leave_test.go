package store_test

import (
	"testing"
	"time"

	"duban/notice"
	"duban/roster"
	"duban/store"
)

// TestBeginLeaves: a leave that was booked ahead excuses from what is owed when it
// begins, not before; a booking that overlaps replaces it, and taking that back brings
// the earlier one back.
func TestBeginLeaves(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		o.notify("before", notice.Notice{Class: notice.Receipt, Text: "开会"}, "一群", "二群")
		now := o.clock.Now()
		book := func(from, to time.Duration, delegate string) (key string) {
			o.update(func(tx *store.Tx) (err error) {
				key, err = notice.PutLeave(tx, roster.Leave{Person: "ann", From: now.Add(from), To: now.Add(to), Delegate: delegate})
				return err
			})
			return key
		}
		begin := func(want string) {
			o.t.Helper()
			_, err := notice.BeginLeaves(o.t.Context(), o.Store)
			o.must(err)
			if got := o.states(1); got != want {
				o.t.Errorf("got %s, want %s", got, want)
			}
		}
		stands := func(want bool) {
			o.t.Helper()
			o.look(func(s *store.Snapshot) error {
				got, err := roster.StandsIn(s, "bob", "ann", o.clock.Now())
				if got != want {
					o.t.Errorf("got %v, want %v: bob stands in for ann", got, want)
				}
				return err
			})
		}
		book(24*time.Hour, 48*time.Hour, "bob")
		begin("ann open, bob open, cat open")
		stands(false)
		o.clock.add(25 * time.Hour)
		begin("ann absent, bob open, cat open")
		stands(true)
		longer := book(25*time.Hour, 96*time.Hour, "") // keeps its beginning and bob
		begin("ann absent, bob open, cat open")
		o.clock.add(40 * time.Hour)
		stands(true)
		o.update(func(tx *store.Tx) error {
			_, _, err := notice.DropLeave(tx, longer)
			return err
		})
		stands(false) // the earlier one was over after 48 hours
		begin("ann open, bob open, cat open")
	})
}
