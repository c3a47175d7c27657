package outbox_test

import (
	"errors"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// TestAgain: what was given up, expired or may have arrived leaves once more when a person
// wants it, the latter marked; what was sent, waits or was taken back does not.
func TestAgain(t *testing.T) {
	for name, c := range map[string]struct {
		result bot.Result
		want   bool
		repeat bool
	}{
		"given up":      {bot.Result{Err: bot.ErrRefused}, true, false},
		"unknown":       {bot.Result{Err: bot.ErrUnknown}, true, true},
		"sent":          {bot.Result{}, false, false},
		"to be retried": {bot.Result{Err: errors.New("reset"), Again: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.Enqueue(bot.Outgoing{Key: "k", Chat: "c", Text: "text", Expires: o.Now().Add(time.Hour)})
				o.Settle(o.Claim("k"), c.result)
				o.Pass(2 * time.Hour)
				var got bool
				o.Change(func(tx *store.Tx) { got = outbox.Again(tx, "web", "k", "boss", store.Page) })
				if got != c.want {
					o.Fatalf("got %v, want %v", got, c.want)
				}
				if !got {
					return
				}
				m := o.Claim("k")
				if m.Attempt != 1 || m.Repeat != c.repeat || m.Text != "text" {
					o.Errorf("got %+v, want the text in its first attempt, repeat %v", m, c.repeat)
				}
				o.Sent(m)
				o.Row(outbox.Sent, "k")
				o.Idle()
			})
		})
	}
}

// TestArrived: a person who has seen a text of which nobody knew whether it arrived can
// say so; it is counted like one that was sent.
func TestArrived(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Enqueue(bot.Outgoing{Key: "k", Chat: "c", Text: "text", Rank: bot.Ordinary})
		o.Settle(o.Claim("k"), bot.Result{Err: bot.ErrUnknown})
		arrived := func() (ok bool) {
			o.Change(func(tx *store.Tx) { ok = outbox.Arrived(tx, "web", "k", "boss", store.Page) })
			return ok
		}
		if !arrived() || arrived() {
			o.Error("want it to be said once")
		}
		o.Row(outbox.Sent, "k")
		o.Look(func(s *store.Snapshot) {
			if c := outbox.CostOf(s, "web", "c", s.Now()); c.Notices != 1 {
				o.Errorf("got the cost %+v of the month, want one notice", c)
			}
		})
		o.Idle()
	})
}
