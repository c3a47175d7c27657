package outbox_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
	"duban/store/enginetest"
)

func TestClaim_chats(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Say("a/b", "1", "2")
		o.Pass(time.Second)
		o.Say("a", "3")
		o.Pass(time.Second)
		o.Say("b%2F", "4")
		first := o.Claim("1")
		third, fourth := o.Claim("3"), o.Claim("4")
		o.Idle()
		o.Sent(first)
		o.Send("2")
		o.Sent(fourth)
		o.Sent(third)
		o.Idle()
	})
}

func TestClaim_accounts(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Enqueue(bot.Outgoing{Key: "k", Account: "we", Chat: "c"})
		o.Idle()
		if m, err := outboxtest.Claim(o.Context(), o.Store, "we"); m.Key != "k" || err != nil {
			o.Errorf("Claim of the other account: got %q, %v, want its row", m.Key, err)
		}
	})
}

func TestClaim_writesNothingWhenIdle(t *testing.T) {
	e := &counting{Engine: enginetest.New(t)}
	o := outboxtest.On(t, e)
	o.Enqueue(bot.Outgoing{Key: "k", Account: "web", Chat: "c", Due: o.Now().Add(1)})
	before := e.updates.Load()
	o.Idle()
	if got := e.updates.Load() - before; got != 0 {
		t.Errorf("Claim with nothing due: got %d updates, want none", got)
	}
}

// A claim and a settle read little, however many rows wait in however many chats.
func TestClaim_load(t *testing.T) {
	const rows, most = 5000, 12
	for name, chats := range map[string]int{"one chat": 1, "as many chats": rows} {
		e := &counting{Engine: enginetest.New(t)}
		o := outboxtest.On(t, e)
		o.EnqueueMany(rows, func(i int) bot.Outgoing { return bot.Outgoing{Key: fmt.Sprint(i), Chat: fmt.Sprint(i % chats)} })
		before := e.reads.Load()
		m, err := outboxtest.Claim(t.Context(), o.Store, "web")
		o.Must(err)
		o.Sent(m)
		if got := e.reads.Load() - before; got > most {
			t.Errorf("Claim and Settle with %d rows in %s: got %d reads, want at most %d", rows, name, got, most)
		}
	}
}

func TestClaim_lease(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Say("chat", "notice", "next")
		m := o.Claim("notice")
		if m.Attempt != 1 || m.Repeat {
			o.Errorf("first claim: got attempt %d, repeat %v, want 1, false", m.Attempt, m.Repeat)
		}
		o.Pass(time.Minute - 1)
		o.Idle()
		o.Pass(1)
		again := o.Claim("notice")
		if again.Attempt != 2 || !again.Repeat {
			o.Errorf("claim after the lease: got attempt %d, repeat %v, want 2, true", again.Attempt, again.Repeat)
		}
		o.Settle(m, bot.Result{Err: errors.New("late"), Again: o.Now()})
		o.Settle(m, bot.Result{Err: errors.New("late")})
		o.Settle(m, bot.Result{Held: true})
		o.Idle() // the old claim has no say
		o.Sent(m)
		o.Settle(again, bot.Result{Receipt: bot.Receipt{ID: "of the repeat"}})
		o.Settle(again, bot.Result{Err: bot.ErrRefused})
		o.Send("next")
		if r := o.Row(outbox.Sent, "notice"); r.Receipt.ID != "id of notice" || r.Attempt != 2 {
			o.Errorf("row that was sent twice: got %+v, want the first receipt", r)
		}
	})
}

// An answer whose fate is unknown is claimed once more, as a repeat: whether it is sent
// again is for the account to say.
func TestClaim_answer(t *testing.T) {
	onEngines(t, func(o *office) {
		answer := func(key string) bot.Outgoing {
			o.Enqueue(bot.Outgoing{Key: key, Account: "web", Chat: "chat", Text: key, Answer: true})
			return o.Claim(key)
		}
		late := answer("lease ran out")
		again := func(key string) {
			o.Helper()
			m := o.Claim(key)
			if !m.Repeat || !m.Answer || m.Attempt != 2 {
				o.Errorf("got %+v, want the second attempt of an answer", m)
			}
			o.Settle(m, bot.Result{Err: bot.ErrUnknown})
			o.Idle()
		}
		o.Pass(time.Minute)
		again(late.Key)
		o.Settle(answer("lost reply"), bot.Result{Err: bot.ErrUnknown})
		o.Idle()
		answer("interrupted")
		o.Reopen()
		if n, err := (outbox.Delivery{Store: o.Store}).Recover(o.Context(), "web"); n != 1 || err != nil {
			o.Errorf("Recover: got %d, %v, want 1", n, err)
		}
		again("interrupted")
		if got := o.Rows(outbox.Unknown); len(got) != 3 {
			o.Errorf("unknown rows: got %+v, want all three", got)
		}
		o.Sent(late)
		if r := o.Row(outbox.Sent, late.Key); r.Receipt.ID == "" {
			o.Errorf("answer whose receipt came late: got %+v, want it", r)
		}
		if got := o.Rows(outbox.Unknown); len(got) != 2 {
			o.Errorf("unknown rows after a late receipt: got %+v, want two", got)
		}
		(&world{office: o}).check()
	})
}

func TestRecover(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Say("a", "flying", "behind")
		o.Say("b", "waiting")
		o.Claim("flying")
		o.Send("waiting")
		o.Reopen()
		o.Idle()
		n, err := outbox.Delivery{Store: o.Store}.Recover(o.Context(), "web")
		if n != 1 || err != nil {
			o.Errorf("Recover: got %d, %v, want 1", n, err)
		}
		m := o.Claim("flying")
		if m.Attempt != 2 || !m.Repeat {
			o.Errorf("claim after Recover: got attempt %d, repeat %v, want 2, true", m.Attempt, m.Repeat)
		}
		o.Sent(m)
		o.Send("behind")
		if n, err = (outbox.Delivery{Store: o.Store}).Recover(o.Context(), "web"); n != 0 || err != nil {
			o.Errorf("Recover with nothing in flight: got %d, %v, want 0", n, err)
		}
	})
}

// What is late is not sent, and is on record.
func TestClaim_expired(t *testing.T) {
	onEngines(t, func(o *office) {
		const n = 200 // more than one transaction closes
		now := o.Now()
		o.EnqueueMany(n, func(i int) bot.Outgoing {
			return bot.Outgoing{Key: fmt.Sprint(i), Chat: fmt.Sprint(i % 7), Expires: now.Add(time.Duration(i) * time.Second)}
		})
		o.Pass(150 * time.Second)
		sent := o.Drain()
		for _, m := range sent {
			if m.Expires.Before(o.Now()) {
				o.Errorf("Claim at %v: got a row that expired at %v", o.Now(), m.Expires)
			}
		}
		if got := len(o.Rows(outbox.Expired)); got != 150 || len(sent) != 50 {
			o.Errorf("got %d expired, %d sent, want 150 and 50", got, len(sent))
		}
	})
}

func TestClaim_expiredAfterAnUnknownAttempt(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Enqueue(bot.Outgoing{Key: "k", Account: "web", Chat: "c", Expires: o.Now().Add(time.Second)})
		o.Claim("k")
		o.Pass(time.Minute)
		o.Idle()
		o.Row(outbox.Unknown, "k") // it may have been sent in time
	})
}

func TestClaim_logsWhatItGivesUp(t *testing.T) {
	var log strings.Builder
	o := limited(t, outbox.Limits{})
	o.Configure(store.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	o.Enqueue(bot.Outgoing{Key: "key of it", Chat: "a name", Text: "some text", Expires: o.Now()})
	o.Pass(1)
	o.Idle()
	if got := strings.Count(log.String(), "\n"); got != 1 || !strings.Contains(log.String(), "state=expired") {
		t.Errorf("log: got %q, want one line about the row that expired", log.String())
	}
	for _, secret := range []string{"key of it", "a name", "some text"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("log: got %q, want nothing of the row itself", log.String())
		}
	}
}

// While sending is stopped, the answers of an admin still leave, one after the other:
// one that is in flight is left alone.
func TestExchange_stopped(t *testing.T) {
	onEngines(t, func(o *office) {
		for _, key := range []string{"a", "b"} {
			o.Enqueue(bot.Outgoing{Key: key, Chat: "boss", Answer: true})
		}
		o.Say("chat", "c")
		o.Change(func(tx *store.Tx) { outbox.PauseSending(tx, "boss", store.Chat) })
		m := o.Claim("a")
		o.Idle()
		o.Sent(m)
		o.Send("b")
		o.Idle()
	})
}
