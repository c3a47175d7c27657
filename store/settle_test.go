package store_test

import (
	"errors"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
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
		{name: "unknown answer", answer: true, result: bot.Result{Err: bot.ErrUnknown}, again: time.Minute, state: outbox.Unknown},
		{name: "unknown and given up", result: bot.Result{Err: bot.ErrUnknown}, state: outbox.Unknown},
		{name: "answer to try again", answer: true, result: bot.Result{Err: fails}, again: time.Minute, state: outbox.Waiting, number: 2},
		{name: "held", result: bot.Result{Held: true}, again: time.Minute, state: outbox.Waiting, number: 1},
		{name: "held while out", result: bot.Result{Held: true, Err: bot.ErrOut}, again: time.Minute, state: outbox.Waiting, number: 1},
		{name: "held answer", answer: true, result: bot.Result{Held: true, Err: bot.ErrUnknown}, again: time.Minute, state: outbox.Waiting, number: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.enqueue(bot.Outgoing{Key: "k", Account: "web", Chat: "c", Text: "text", Answer: tt.answer})
				o.say("c", "behind")
				m, r := o.claim("k"), tt.result
				if tt.again > 0 {
					r.Again = o.clock.Now().Add(tt.again)
				}
				o.settle(m, r)
				row := o.row(tt.state, "k")
				if row.Text != "text" || (r.Err != nil) != (row.Reason != "") {
					o.t.Errorf("row: got %+v, want its text, and a reason for an error", row)
				}
				if tt.state != outbox.Waiting {
					o.send("behind")
					o.idle()
					return
				}
				o.idle()
				o.clock.add(tt.again)
				m = o.claim("k")
				if m.Attempt != tt.number || m.Repeat != tt.repeat {
					o.t.Errorf("next: got attempt %d, repeat %v, want %d, %v", m.Attempt, m.Repeat, tt.number, tt.repeat)
				}
				o.sent(m)
				o.send("behind")
			})
		})
	}
}

func TestSettle_noRow(t *testing.T) {
	onEngines(t, func(o *office) {
		if err := outbox.Settle(o.t.Context(), o.Store, bot.Outgoing{Key: "k", Account: "web"}, bot.Result{}); err == nil {
			o.t.Errorf("Settle of a row that is not there: got no error, want one")
		}
	})
}

// TestSettle_patience is row C6: a row that fails keeps the others of its chat
// behind it for 15 minutes in all, and no longer.
func TestSettle_patience(t *testing.T) {
	onEngines(t, func(o *office) {
		fails := errors.New("connection reset")
		o.say("chat", "bad", "good 1", "good 2")
		o.say("other", "other")
		after := func(wait time.Duration) {
			o.t.Helper()
			o.settle(o.claim("bad"), bot.Result{Err: fails, Again: o.clock.Now().Add(wait)})
		}
		after(4 * time.Minute)
		o.send("other") // other chats are not blocked
		o.idle()
		o.clock.add(4 * time.Minute)
		after(6 * time.Minute)
		o.clock.add(6 * time.Minute)
		m := o.claim("bad")
		o.settle(m, bot.Result{Held: true, Again: o.clock.Now().Add(time.Hour)}) // does not count
		o.idle()
		o.clock.add(time.Hour)
		after(time.Hour) // 10 minutes are used up
		o.clock.add(5*time.Minute - 1)
		o.idle()
		o.clock.add(1)
		o.send("good 1", "good 2")
		o.idle()
		o.say("chat", "good 3")
		o.send("good 3")
		o.clock.add(55 * time.Minute)
		after(time.Hour)
		o.say("chat", "good 4")
		o.send("good 4") // its patience is used up
		o.idle()
		o.clock.add(time.Hour)
		o.send("bad")
		o.idle()
	})
}

// TestSettle_outage is row C16: an account that is out for three days.
func TestSettle_outage(t *testing.T) {
	onEngines(t, func(o *office) {
		o.say("chat", "1", "2")
		o.enqueue(bot.Outgoing{Key: "late", Account: "web", Chat: "chat", Expires: o.clock.Now().Add(day)})
		o.say("chat", "3")
		for range 3 * 24 {
			m := o.claim("1")
			if m.Attempt != 1 || m.Repeat {
				o.t.Fatalf("claim while the account is out: got attempt %d, repeat %v, want 1, false", m.Attempt, m.Repeat)
			}
			o.settle(m, bot.Result{Err: bot.ErrOut, Held: true, Again: o.clock.Now().Add(time.Hour)})
			o.idle()
			o.clock.add(time.Hour)
		}
		o.say("chat", "4")
		o.send("1", "2", "3", "4")
		o.row(outbox.Expired, "late")
		for _, r := range o.rows(outbox.Sent) {
			if r.Attempt != 1 || r.Repeat {
				o.t.Errorf("row %q after the outage: got attempt %d, repeat %v, want 1, false", r.Key, r.Attempt, r.Repeat)
			}
		}
	})
}
