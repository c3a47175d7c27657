package outbox_test

import (
	"errors"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
)

func TestBacklogOf(t *testing.T) {
	night := outbox.Limits{Quiet: func(at time.Time) time.Time {
		if end := outboxtest.Start().Add(8 * time.Hour); at.Before(end) {
			return end
		}
		return time.Time{}
	}}
	outboxtest.OnEngines(t, []any{night}, func(o *outboxtest.Office) {
		want := func(what string, rows int, waited time.Duration) {
			t.Helper()
			o.Look(func(s *store.Snapshot) {
				b := outbox.BacklogOf(s, "web")
				got := time.Duration(0)
				if !b.Oldest.IsZero() {
					got = s.Now().Sub(b.Oldest)
				}
				if b.Rows != rows || got != waited {
					t.Errorf("%s: got %d rows, the oldest waiting for %v, want %d, %v", what, b.Rows, got, rows, waited)
				}
			})
		}
		want("of an empty outbox", 0, 0)
		o.Enqueue(bot.Outgoing{Key: "notice", Chat: "group", Text: "notice", Rank: bot.Ordinary})
		o.Enqueue(bot.Outgoing{Key: "later", Chat: "other", Text: "later", Due: o.Now().Add(24 * time.Hour)})
		o.Idle()
		o.Pass(7 * time.Hour)
		want("in quiet hours", 2, 0)
		o.Pass(65 * time.Minute)
		want("after quiet hours", 2, 5*time.Minute)
		o.Send("notice")
		want("when it was sent", 1, 0)

		o.Say("chat", "a", "b")
		o.Pass(time.Minute)
		o.Settle(o.Claim("a"), bot.Result{Err: bot.ErrOut, Held: true, Again: o.Now()})
		o.Pass(time.Minute)
		want("while the account is out", 3, 2*time.Minute)
		for range 3 {
			o.Settle(o.Claim("a"), bot.Result{Err: errors.New("network"), Again: o.Now().Add(5 * time.Minute)})
			o.Pass(5 * time.Minute)
		}
		want("while one text keeps its chat waiting", 3, 17*time.Minute)
		o.Settle(o.Claim("a"), bot.Result{Err: errors.New("network"), Again: o.Now().Add(time.Hour)})
		o.Send("b")
		want("when the others have passed it", 2, 0)
	})
}
