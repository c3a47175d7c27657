package store_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/store"
	"duban/store/mem"
	"duban/store/storetest"
)

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
		o.must(o.Update(o.t.Context(), func(tx *store.Tx) error {
			return outbox.Enqueue(tx, bot.Outgoing{Key: "k", Account: "we", Chat: "c"})
		}))
		o.idle()
		if m, err := outbox.Claim(o.t.Context(), o.Store, "we", time.Minute); m.Key != "k" || err != nil {
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
				if err := outbox.Enqueue(tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		before := e.reads
		m, err := outbox.Claim(t.Context(), o.Store, "web", time.Minute)
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
		o.settle(again, bot.Result{Receipt: bot.Receipt{ID: "of the repeat"}})
		o.settle(again, bot.Result{Err: bot.ErrRefused})
		o.send("next")
		if r := o.row(outbox.Sent, "notice"); r.Receipt.ID != "id of notice" || r.Attempt != 2 {
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
		if n, err := outbox.Recover(o.t.Context(), o.Store, "web"); n != 1 || err != nil {
			o.t.Errorf("Recover: got %d, %v, want 1", n, err)
		}
		o.idle()
		if got := o.rows(outbox.Unknown); len(got) != 3 {
			o.t.Errorf("unknown rows: got %+v, want all three", got)
		}
		o.sent(late)
		if r := o.row(outbox.Sent, late.Key); r.Receipt.ID == "" {
			o.t.Errorf("answer whose receipt came late: got %+v, want it", r)
		}
		if got := o.rows(outbox.Unknown); len(got) != 2 {
			o.t.Errorf("unknown rows after a late receipt: got %+v, want two", got)
		}
		(&world{office: o}).check()
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
		n, err := outbox.Recover(o.t.Context(), o.Store, "web")
		if n != 1 || err != nil {
			o.t.Errorf("Recover: got %d, %v, want 1", n, err)
		}
		m := o.claim("flying")
		if m.Attempt != 2 || !m.Repeat {
			o.t.Errorf("claim after Recover: got attempt %d, repeat %v, want 2, true", m.Attempt, m.Repeat)
		}
		o.sent(m)
		o.send("behind")
		if n, err = outbox.Recover(o.t.Context(), o.Store, "web"); n != 0 || err != nil {
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
				if err := outbox.Enqueue(tx, m); err != nil {
					return err
				}
			}
			return nil
		})
		o.clock.add(150 * time.Second)
		sent := 0
		for {
			m, err := outbox.Claim(o.t.Context(), o.Store, "web", time.Minute)
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
		if got := len(o.rows(outbox.Expired)); got != 150 || sent != 50 {
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
		o.row(outbox.Unknown, "k") // it may have been sent in time
	})
}

func TestClaim_logsWhatItGivesUp(t *testing.T) {
	var log strings.Builder
	c := newClock()
	s, err := notice.OpenStore(t.Context(), storetest.RunTwice(mem.New()), store.Options{
		Now: c.Now, Log: slog.New(slog.NewTextHandler(&log, nil)),
	}, nil)
	o := &office{Store: s, t: t, clock: c}
	o.must(err)
	o.enqueue(bot.Outgoing{Key: "key of it", Account: "web", Chat: "a name", Text: "some text", Expires: c.Now()})
	c.add(1)
	o.idle()
	if got := strings.Count(log.String(), "\n"); got != 1 || !strings.Contains(log.String(), "state=expired") {
		t.Errorf("log: got %q, want one line about the row that expired", log.String())
	}
	for _, secret := range []string{"key of it", "a name", "some text"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("log: got %q, want nothing of the row itself", log.String())
		}
	}
}
