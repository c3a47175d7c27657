package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/privacy"
	"duban/store"
)

func (o *office) firstSight(account, id string) (first bool) {
	o.t.Helper()
	o.must(o.Update(o.t.Context(), func(tx *store.Tx) (err error) {
		first, err = tx.FirstSight(account, id)
		return err
	}))
	return first
}

func TestFirstSight(t *testing.T) {
	onEngines(t, func(o *office) {
		for _, tt := range []struct {
			account, id string
			want        bool
		}{
			{"web", "1", true},
			{"web", "1", false},
			{"web", "2", true},
			{"other", "1", true},
			{"other", "1", false},
			{"web", "a/b", true},
			{"web/a", "b", true},
			{"web%2Fa", "b", true},
		} {
			if got := o.firstSight(tt.account, tt.id); got != tt.want {
				o.t.Errorf("FirstSight(%q, %q): got %v, want %v", tt.account, tt.id, got, tt.want)
			}
		}
		err := o.Update(o.t.Context(), func(tx *store.Tx) error {
			_, err := tx.FirstSight("web", "")
			return err
		})
		if err == nil {
			o.t.Errorf("FirstSight of a message without an id: got no error, want one")
		}
	})
}

// TestFirstSight_replay is row A2: whatever comes again, at the same moment or
// later, has one effect.
func TestFirstSight_replay(t *testing.T) {
	onEngines(t, func(o *office) {
		const messages, copies = 50, 4
		var effects atomic.Int64
		each(messages*copies, func(i int) {
			id := fmt.Sprint(i % messages)
			done := false
			err := o.Update(o.t.Context(), func(tx *store.Tx) error {
				first, err := tx.FirstSight("web", id)
				if done = first; err != nil || !first {
					return err
				}
				return outbox.Enqueue(tx, bot.Outgoing{Key: "answer/" + id + "/" + fmt.Sprint(i), Account: "web", Chat: id})
			})
			if err != nil {
				o.t.Errorf("Update: got error %v, want none", err)
			}
			if done {
				effects.Add(1)
			}
		})
		if got := effects.Load(); got != messages {
			o.t.Errorf("%d messages %d times: got %d effects, want one each", messages, copies, got)
		}
		if got := len(o.rows(outbox.Waiting)); got != messages {
			o.t.Errorf("%d messages %d times: got %d answers, want one each", messages, copies, got)
		}
	})
}

// TestFirstSight_late is row A3: a message is recognised for as long as the
// retention says, across restarts and sweeps.
func TestFirstSight_late(t *testing.T) {
	onEngines(t, func(o *office) {
		o.firstSight("web", "old")
		const hour, day = time.Hour, 24 * time.Hour
		gone := time.Duration(0)
		for _, age := range []time.Duration{hour, day, 3 * day, 7*day - 1, 8 * day, 29 * day, 30 * day} {
			o.clock.add(age - gone)
			gone = age
			o = o.reopen()
			_, err := privacy.Sweep(o.t.Context(), o.Store, privacy.DefaultRetention())
			o.must(err)
			o.firstSight("web", fmt.Sprint("newer", age))
			if o.firstSight("web", "old") {
				o.t.Errorf("the same message %v later: got first sight, want it known", age)
			}
		}
		o.clock.add(1)
		swept, err := privacy.Sweep(o.t.Context(), o.Store, privacy.DefaultRetention())
		o.must(err)
		if swept.Marks != 1 || !o.firstSight("web", "old") {
			o.t.Errorf("after the retention: got %d marks swept, want the old one", swept.Marks)
		}
	})
}
