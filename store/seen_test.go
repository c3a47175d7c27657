package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/storetest"
)

func TestFirstSight(t *testing.T) {
	onEngines(t, func(o *outboxtest.Office) {
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
			if got := o.FirstSight(tt.account, tt.id); got != tt.want {
				o.Errorf("FirstSight(%q, %q): got %v, want %v", tt.account, tt.id, got, tt.want)
			}
		}
		err := o.Update(o.Context(), func(tx *store.Tx) error {
			_, err := tx.FirstSight("web", "")
			return err
		})
		if err == nil {
			o.Errorf("FirstSight of a message without an id: got no error, want one")
		}
	})
}

// Whatever comes again, at the same moment or later, has one effect.
func TestFirstSight_replay(t *testing.T) {
	onEngines(t, func(o *outboxtest.Office) {
		const messages, copies = 50, 4
		var effects atomic.Int64
		storetest.Each(messages*copies, func(i int) {
			id := fmt.Sprint(i % messages)
			done := false
			err := o.Update(o.Context(), func(tx *store.Tx) error {
				first, err := tx.FirstSight("web", id)
				if done = first; err != nil || !first {
					return err
				}
				return outbox.Enqueue(tx, bot.Outgoing{Key: "answer/" + id + "/" + fmt.Sprint(i), Account: "web", Chat: id})
			})
			if err != nil {
				o.Errorf("Update: got error %v, want none", err)
			}
			if done {
				effects.Add(1)
			}
		})
		if got := effects.Load(); got != messages {
			o.Errorf("%d messages %d times: got %d effects, want one each", messages, copies, got)
		}
		if got := len(o.Rows(outbox.Waiting)); got != messages {
			o.Errorf("%d messages %d times: got %d answers, want one each", messages, copies, got)
		}
	})
}
