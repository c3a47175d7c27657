package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/store"
	"duban/store/mem"
)

// each runs fn n times side by side and waits.
func each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

func TestEnqueue_order(t *testing.T) {
	onEngines(t, func(o *office) {
		now := o.clock.Now()
		at := func(key string, d time.Duration) {
			o.enqueue(bot.Outgoing{Key: key, Account: "web", Chat: "chat", Due: now.Add(d)})
		}
		at("in an hour", time.Hour)
		o.say("chat", "now 1", "now 2")
		at("a minute ago", -time.Minute)
		o.update(func(tx *store.Tx) error {
			var errs []error
			for i := range 12 {
				errs = append(errs, tx.Enqueue(bot.Outgoing{Key: fmt.Sprint("batch ", i), Account: "web", Chat: "chat"}))
			}
			return errors.Join(errs...)
		})
		o.say("chat", "now 3")
		o.send("a minute ago", "now 1", "now 2")
		for i := range 12 {
			o.send(fmt.Sprint("batch ", i))
		}
		o.send("now 3")
		o.idle()
		o.clock.add(time.Hour - 1)
		o.idle()
		o.clock.add(1)
		o.send("in an hour")
	})
}

func TestEnqueue_beforeTheHead(t *testing.T) {
	onEngines(t, func(o *office) {
		past := o.clock.Now().Add(-time.Minute)
		o.say("chat", "first")
		m := o.claim("first")
		o.enqueue(bot.Outgoing{Key: "earlier", Account: "web", Chat: "chat", Due: past})
		o.idle() // one of a chat is on its way: nothing passes it
		o.sent(m)
		o.send("earlier")
		o.idle()
	})
}

func TestEnqueue_key(t *testing.T) {
	onEngines(t, func(o *office) {
		o.say("chat", "a", "a")
		o.enqueue(bot.Outgoing{Key: "a", Account: "web", Chat: "another chat"})
		o.send("a")
		o.idle()
		o.say("chat", "a")
		o.idle()
		o = o.reopen()
		o.say("chat", "a")
		o.idle()
	})
}

func TestEnqueue_refuses(t *testing.T) {
	o := open(t, newClock(), func() store.Engine { return mem.New() }, func() {})
	long := strings.Repeat("长", 100)
	for name, m := range map[string]bot.Outgoing{
		"no key":          {Account: "web", Chat: "c"},
		"no account":      {Key: "k", Chat: "c"},
		"no chat":         {Key: "k", Account: "web"},
		"a key too long":  {Key: strings.Repeat("k", 470), Account: "web", Chat: "c"},
		"a chat too long": {Key: "k", Account: "web", Chat: long + long},
		"a text too long": {Key: "k", Account: "web", Chat: "c", Text: strings.Repeat("x", store.MaxValue-1000)},
	} {
		err := o.Update(t.Context(), []string{""}, func(tx *store.Tx) error { return tx.Enqueue(m) })
		if err == nil {
			t.Errorf("Enqueue with %s: got no error, want one", name)
		}
	}
	// What is accepted can also be closed, with all that closing adds.
	m := bot.Outgoing{Key: strings.Repeat("k", 450), Account: "web", Chat: long, Text: strings.Repeat("\x01", 10000)}
	o.enqueue(m)
	o.settle(o.claim(m.Key), bot.Result{Err: errors.New(strings.Repeat("\x01", 1000)), Again: o.clock.Now()})
	if !o.cancel(m.Key) {
		t.Errorf("Cancel of the largest row: got false, want true")
	}
}

func TestClaim_chats(t *testing.T) {
	onEngines(t, func(o *office) {
		o.say("a/b", "1", "2")
		o.clock.add(time.Second)
		o.say("a", "3")
		o.clock.add(time.Second)
		o.say("b%2F", "4")
		first := o.claim("1")
		third, fourth := o.claim("3"), o.claim("4")
		o.idle()
		o.sent(first)
		o.send("2")
		o.sent(fourth)
		o.sent(third)
		o.idle()
	})
}

func TestClaim_accounts(t *testing.T) {
	onEngines(t, func(o *office) {
		o.must(o.Update(o.t.Context(), []string{store.AccountScope("we")}, func(tx *store.Tx) error {
			return tx.Enqueue(bot.Outgoing{Key: "k", Account: "we", Chat: "c"})
		}))
		o.idle()
		if m, err := o.Claim(o.t.Context(), "we", time.Minute); m.Key != "k" || err != nil {
			o.t.Errorf("Claim of the other account: got %q, %v, want its row", m.Key, err)
		}
	})
}

func TestClaim_writesNothingWhenIdle(t *testing.T) {
	e := &counting{Engine: mem.New()}
	o := open(t, newClock(), func() store.Engine { return e }, func() {})
	o.enqueue(bot.Outgoing{Key: "k", Account: "web", Chat: "c", Due: o.clock.Now().Add(1)})
	before := e.updates
	o.idle()
	if e.updates != before {
		t.Errorf("Claim with nothing due: got %d updates, want none", e.updates-before)
	}
}

// TestClaim_load holds the reads of a claim and a settle down, however many rows
// wait in one chat or in how many chats.
func TestClaim_load(t *testing.T) {
	const rows, most = 5000, 12
	for name, chats := range map[string]int{"one chat": 1, "as many chats": rows} {
		e := &counting{Engine: mem.New()}
		o := open(t, newClock(), func() store.Engine { return e }, func() {})
		o.update(func(tx *store.Tx) error {
			for i := range rows {
				m := bot.Outgoing{Key: fmt.Sprint(i), Account: "web", Chat: fmt.Sprint(i % chats)}
				if err := tx.Enqueue(m); err != nil {
					return err
				}
			}
			return nil
		})
		before := e.reads
		m, err := o.Claim(t.Context(), "web", time.Minute)
		o.must(err)
		o.sent(m)
		if got := e.reads - before; got > most {
			t.Errorf("Claim and Settle with %d rows in %s: got %d reads, want at most %d", rows, name, got, most)
		}
	}
}

func TestClaim_lease(t *testing.T) {
	onEngines(t, func(o *office) {
		o.say("chat", "notice", "next")
		m := o.claim("notice")
		if m.Attempt != 1 || m.Repeat {
			o.t.Errorf("first claim: got attempt %d, repeat %v, want 1, false", m.Attempt, m.Repeat)
		}
		o.clock.add(time.Minute - 1)
		o.idle()
		o.clock.add(1)
		again := o.claim("notice")
		if again.Attempt != 2 || !again.Repeat {
			o.t.Errorf("claim after the lease: got attempt %d, repeat %v, want 2, true", again.Attempt, again.Repeat)
		}
		o.settle(m, bot.Result{Err: errors.New("late"), Again: o.clock.Now()})
		o.settle(m, bot.Result{Err: errors.New("late")})
		o.settle(m, bot.Result{Held: true})
		o.idle() // the old claim has no say
		o.sent(m)
		o.sent(again)
		o.send("next")
		if r := o.row(store.Sent, "notice"); r.Receipt.ID != "id of notice" || r.Attempt != 2 {
			o.t.Errorf("row that was sent twice: got %+v, want the first receipt", r)
		}
	})
}

// TestClaim_answer: an answer whose fate is unknown is not sent again.
func TestClaim_answer(t *testing.T) {
	onEngines(t, func(o *office) {
		answer := func(key string) bot.Outgoing {
			o.enqueue(bot.Outgoing{Key: key, Account: "web", Chat: "chat", Text: key, Answer: true})
			return o.claim(key)
		}
		late := answer("lease ran out")
		o.clock.add(time.Minute)
		o.idle()
		o.settle(answer("lost reply"), bot.Result{Err: bot.ErrUnknown, Again: o.clock.Now()})
		o.idle()
		answer("interrupted")
		o = o.reopen()
		if n, err := o.Recover(o.t.Context(), "web"); n != 1 || err != nil {
			o.t.Errorf("Recover: got %d, %v, want 1", n, err)
		}
		o.idle()
		if got := o.rows(store.Unknown); len(got) != 3 {
			o.t.Errorf("unknown rows: got %+v, want all three", got)
		}
		o.sent(late)
		if r := o.row(store.Sent, late.Key); r.Receipt.ID == "" {
			o.t.Errorf("answer whose receipt came late: got %+v, want it", r)
		}
		if got := o.rows(store.Unknown); len(got) != 2 {
			o.t.Errorf("unknown rows after a late receipt: got %+v, want two", got)
		}
	})
}

func TestRecover(t *testing.T) {
	onEngines(t, func(o *office) {
		o.say("a", "flying", "behind")
		o.say("b", "waiting")
		o.claim("flying")
		o.send("waiting")
		o = o.reopen()
		o.idle()
		n, err := o.Recover(o.t.Context(), "web")
		if n != 1 || err != nil {
			o.t.Errorf("Recover: got %d, %v, want 1", n, err)
		}
		m := o.claim("flying")
		if m.Attempt != 2 || !m.Repeat {
			o.t.Errorf("claim after Recover: got attempt %d, repeat %v, want 2, true", m.Attempt, m.Repeat)
		}
		o.sent(m)
		o.send("behind")
		if n, err = o.Recover(o.t.Context(), "web"); n != 0 || err != nil {
			o.t.Errorf("Recover with nothing in flight: got %d, %v, want 0", n, err)
		}
	})
}

// TestClaim_expired is row C7: what is late is not sent, and is on record.
func TestClaim_expired(t *testing.T) {
	onEngines(t, func(o *office) {
		const n = 200 // more than one transaction closes
		o.update(func(tx *store.Tx) error {
			for i := range n {
				m := bot.Outgoing{
					Key: fmt.Sprint(i), Account: "web", Chat: fmt.Sprint(i % 7),
					Expires: tx.Now().Add(time.Duration(i) * time.Second),
				}
				if err := tx.Enqueue(m); err != nil {
					return err
				}
			}
			return nil
		})
		o.clock.add(150 * time.Second)
		sent := 0
		for {
			m, err := o.Claim(o.t.Context(), "web", time.Minute)
			if errors.Is(err, bot.ErrEmpty) {
				break
			}
			o.must(err)
			if m.Expires.Before(o.clock.Now()) {
				o.t.Errorf("Claim at %v: got a row that expired at %v", o.clock.Now(), m.Expires)
			}
			o.sent(m)
			sent++
		}
		if got := len(o.rows(store.Expired)); got != 150 || sent != 50 {
			o.t.Errorf("got %d expired, %d sent, want 150 and 50", got, sent)
		}
	})
}

func TestClaim_expiredAfterAnUnknownAttempt(t *testing.T) {
	onEngines(t, func(o *office) {
		o.enqueue(bot.Outgoing{Key: "k", Account: "web", Chat: "c", Expires: o.clock.Now().Add(time.Second)})
		o.claim("k")
		o.clock.add(time.Minute)
		o.idle()
		o.row(store.Unknown, "k") // it may have been sent in time
	})
}

func TestSettle(t *testing.T) {
	fails := errors.New("connection reset")
	tests := []struct {
		name   string
		answer bool
		result bot.Result // Again counts from the zero time and is moved to now
		again  time.Duration
		state  store.State
		repeat bool // of the next attempt
		number int  // of the next attempt
	}{
		{name: "sent", state: store.Sent},
		{name: "try again", result: bot.Result{Err: fails}, again: time.Minute, state: store.Waiting, number: 2},
		{name: "given up", result: bot.Result{Err: bot.ErrRefused}, state: store.Dead},
		{name: "unknown notice", result: bot.Result{Err: bot.ErrUnknown}, again: time.Minute, state: store.Waiting, repeat: true, number: 2},
		{name: "unknown answer", answer: true, result: bot.Result{Err: bot.ErrUnknown}, again: time.Minute, state: store.Unknown},
		{name: "unknown and given up", result: bot.Result{Err: bot.ErrUnknown}, state: store.Unknown},
		{name: "answer to try again", answer: true, result: bot.Result{Err: fails}, again: time.Minute, state: store.Waiting, number: 2},
		{name: "held", result: bot.Result{Held: true}, again: time.Minute, state: store.Waiting, number: 1},
		{name: "held while out", result: bot.Result{Held: true, Err: bot.ErrOut}, again: time.Minute, state: store.Waiting, number: 1},
		{name: "held answer", answer: true, result: bot.Result{Held: true, Err: bot.ErrUnknown}, again: time.Minute, state: store.Waiting, number: 1},
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
				if tt.state != store.Waiting {
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
		if err := o.Settle(o.t.Context(), bot.Outgoing{Key: "k", Account: "web"}, bot.Result{}); err == nil {
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
		for range 3 * 24 * 6 {
			m := o.claim("1")
			if m.Attempt != 1 || m.Repeat {
				o.t.Fatalf("claim while the account is out: got attempt %d, repeat %v, want 1, false", m.Attempt, m.Repeat)
			}
			o.settle(m, bot.Result{Err: bot.ErrOut, Held: true, Again: o.clock.Now().Add(10 * time.Minute)})
			o.idle()
			o.clock.add(10 * time.Minute)
		}
		o.say("chat", "4")
		o.send("1", "2", "3", "4")
		o.row(store.Expired, "late")
		for _, r := range o.rows(store.Sent) {
			if r.Attempt != 1 || r.Repeat {
				o.t.Errorf("row %q after the outage: got attempt %d, repeat %v, want 1, false", r.Key, r.Attempt, r.Repeat)
			}
		}
	})
}

func TestCancel(t *testing.T) {
	fails := errors.New("connection reset")
	tests := []struct {
		name  string
		bring func(o *office) // the row "k" into some state
		want  bool
		state store.State
	}{
		{"waiting", func(*office) {}, true, store.Cancelled},
		{"cancelled", func(o *office) { o.cancel("k") }, true, store.Cancelled},
		{"in flight", func(o *office) { o.claim("k") }, false, store.Sending},
		{"sent", func(o *office) { o.send("k") }, false, store.Sent},
		{"refused", func(o *office) { o.settle(o.claim("k"), bot.Result{Err: bot.ErrRefused}) }, true, store.Dead},
		{"waiting for a retry", func(o *office) {
			o.settle(o.claim("k"), bot.Result{Err: fails, Again: o.clock.Now().Add(time.Minute)})
		}, true, store.Cancelled},
		{"perhaps sent", func(o *office) {
			o.settle(o.claim("k"), bot.Result{Err: bot.ErrUnknown, Again: o.clock.Now().Add(time.Minute)})
		}, false, store.Unknown},
		{"perhaps sent, then given up", func(o *office) {
			o.settle(o.claim("k"), bot.Result{Err: bot.ErrUnknown, Again: o.clock.Now()})
			o.settle(o.claim("k"), bot.Result{Err: bot.ErrRefused})
		}, false, store.Dead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.say("chat", "k", "behind")
				tt.bring(o)
				if got := o.cancel("k"); got != tt.want {
					o.t.Errorf("Cancel: got %v, want %v", got, tt.want)
				}
				o.row(tt.state, "k")
				if tt.state == store.Sending {
					o.idle()
					return
				}
				o.send("behind")
				o.idle()
			})
		})
	}
	onEngines(t, func(o *office) {
		if o.cancel("k") {
			o.t.Errorf("Cancel of a key that is not there: got true, want false")
		}
		o.say("chat", "1", "2", "3")
		o.cancel("2")
		o.send("1", "3")
		o.idle()
	})
}
