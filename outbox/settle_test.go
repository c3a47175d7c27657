package outbox_test

import (
	"errors"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
)

func TestSettle(t *testing.T) {
	fails := errors.New("connection reset")
	tests := []struct {
		name   string
		answer bool
		result bot.Result // Again counts from the zero time and is moved to now
		again  time.Duration
		state  outbox.State
		repeat bool // of the next attempt
		number int  // of the next attempt
	}{
		{name: "sent", state: outbox.Sent},
		{name: "try again", result: bot.Result{Err: fails}, again: time.Minute, state: outbox.Waiting, number: 2},
		{name: "given up", result: bot.Result{Err: bot.ErrRefused}, state: outbox.Dead},
		{name: "unknown notice", result: bot.Result{Err: bot.ErrUnknown}, again: time.Minute, state: outbox.Waiting, repeat: true, number: 2},
		{name: "unknown answer", answer: true, result: bot.Result{Err: bot.ErrUnknown}, state: outbox.Unknown},
		{name: "unknown answer that is shown once", answer: true, result: bot.Result{Err: bot.ErrUnknown}, again: time.Minute, state: outbox.Waiting, repeat: true, number: 2},
		{name: "unknown and given up", result: bot.Result{Err: bot.ErrUnknown}, state: outbox.Unknown},
		{name: "answer to try again", answer: true, result: bot.Result{Err: fails}, again: time.Minute, state: outbox.Waiting, number: 2},
		{name: "held", result: bot.Result{Held: true}, again: time.Minute, state: outbox.Waiting, number: 1},
		{name: "held while out", result: bot.Result{Held: true, Err: bot.ErrOut}, again: time.Minute, state: outbox.Waiting, number: 1},
		// They can ask again.
		{name: "answer to somebody who is gone", answer: true, result: bot.Result{Held: true, Parked: true, Err: bot.ErrUnresolved}, again: time.Minute, state: outbox.Dead},
		{name: "held answer", answer: true, result: bot.Result{Held: true, Err: bot.ErrUnknown}, again: time.Minute, state: outbox.Waiting, number: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.Enqueue(bot.Outgoing{Key: "k", Chat: "c", Text: "text", Answer: tt.answer})
				o.Say("c", "behind")
				m, r := o.Claim("k"), tt.result
				if tt.again > 0 {
					r.Again = o.Now().Add(tt.again)
				}
				o.Settle(m, r)
				row := o.Row(tt.state, "k")
				if row.Text != "text" || (r.Err != nil) != (row.Reason != "") {
					o.Errorf("row: got %+v, want its text, and a reason for an error", row)
				}
				if tt.state != outbox.Waiting {
					o.Send("behind")
					o.Idle()
					return
				}
				o.Idle()
				o.Pass(tt.again)
				m = o.Claim("k")
				if m.Attempt != tt.number || m.Repeat != tt.repeat {
					o.Errorf("next: got attempt %d, repeat %v, want %d, %v", m.Attempt, m.Repeat, tt.number, tt.repeat)
				}
				o.Sent(m)
				o.Send("behind")
			})
		})
	}
}

func TestSettle_noRow(t *testing.T) {
	onEngines(t, func(o *office) {
		if err := outboxtest.Settle(o.Context(), o.Store, bot.Outgoing{Key: "k", Account: "web"}, bot.Result{}); err == nil {
			o.Errorf("Settle of a row that is not there: got no error, want one")
		}
	})
}

// A row that fails keeps the others of its chat behind it for 15 minutes in all,
// and no longer.
func TestSettle_patience(t *testing.T) {
	onEngines(t, func(o *office) {
		fails := errors.New("connection reset")
		o.Say("chat", "bad", "good 1", "good 2")
		o.Say("other", "other")
		after := func(wait time.Duration) {
			o.Helper()
			o.Settle(o.Claim("bad"), bot.Result{Err: fails, Again: o.Now().Add(wait)})
		}
		after(4 * time.Minute)
		o.Send("other") // other chats are not blocked
		o.Idle()
		o.Pass(4 * time.Minute)
		after(6 * time.Minute)
		o.Pass(6 * time.Minute)
		m := o.Claim("bad")
		o.Settle(m, bot.Result{Held: true, Again: o.Now().Add(time.Hour)}) // does not count
		o.Idle()
		o.Pass(time.Hour)
		after(time.Hour) // 10 minutes are used up
		o.Pass(5*time.Minute - 1)
		o.Idle()
		o.Pass(1)
		o.Send("good 1", "good 2")
		o.Idle()
		o.Say("chat", "good 3")
		o.Send("good 3")
		o.Pass(55 * time.Minute)
		after(time.Hour)
		o.Say("chat", "good 4")
		o.Send("good 4") // its patience is used up
		o.Idle()
		o.Pass(time.Hour)
		o.Send("bad")
		o.Idle()
	})
}
