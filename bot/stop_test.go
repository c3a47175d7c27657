package bot_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
)

func TestStop_aSendInFlight(t *testing.T) {
	cases := map[string]struct {
		takes time.Duration
		want  time.Duration
		shown []string
	}{
		"is finished if it ends in time":      {4 * time.Second, 3 * time.Second, []string{"甲"}},
		"is cut off after ten seconds if not": {25 * time.Second, 10 * time.Second, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inOffice(t, ignore, func(t *testing.T, o *office) {
				d := o.keep()
				o.net.Delay(c.takes)
				o.say(bot.Outgoing{Chat: "学工群", Text: "甲"})
				o.say(bot.Outgoing{Chat: "学工群", Text: "乙"})
				o.start()
				pass(time.Second)
				if got := o.stop(); got != c.want {
					t.Errorf("stopped after %v, want %v", got, c.want)
				}
				if len(d.claims) != 1 || len(d.ends) != 1 {
					t.Errorf("%d claims and %d results, want 1 and 1", len(d.claims), len(d.ends))
				}
				o.shows("学工群", c.shown...)
				if n, err := (outbox.Delivery{Store: o.store}).Recover(t.Context(), login); n != 0 || err != nil {
					t.Errorf("%d rows (%v) are left as being sent, want 0", n, err)
				}
			})
		})
	}
}

func TestStop_underLoadLeavesNothingInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o *office
		o = newOffice(t, handlerFunc(func(ctx context.Context, m bot.Message) error {
			return o.store.Update(ctx, func(tx *store.Tx) error {
				if !tx.FirstSight(m.Account, m.ID) {
					return nil
				}
				outbox.Enqueue(tx, bot.Outgoing{Key: "answer/" + m.ID, Account: login, Chat: m.Chat, Text: "答" + m.Text, Answer: true})
				return nil
			})
		}))
		o.net.Delay(7 * time.Millisecond)
		var want []string
		for stop := range 200 {
			for i := range 5 {
				m := o.net.Say("学工群", "张三", fmt.Sprint(stop, "-", i))
				want = append(want, "答"+m.Text)
			}
			o.start()
			pass(time.Duration(1+stop*13%40) * time.Millisecond)
			if d := o.stop(); d > 10*time.Second {
				t.Errorf("stop %d took %v", stop, d)
			}
			if n, err := (outbox.Delivery{Store: o.store}).Recover(t.Context(), login); n != 0 || err != nil {
				t.Fatalf("stop %d left %d rows (%v) in flight", stop, n, err)
			}
		}
		o.start()
		pass(time.Minute)
		o.stop()
		o.shows("学工群", want...)
	})
}

func TestRun_takesUpWhatADeadProcessWasSending(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.say(bot.Outgoing{Chat: "学工群", Text: "请回复", Notice: "7"})
		if _, err := outboxtest.Claim(t.Context(), o.store, login); err != nil {
			t.Fatal(err)
		}
		o.start()
		pass(time.Second)
		o.shows("学工群", "【可能重复】通知7：请回复")
	})
}

// An account that does not end with its context is waited for, and what it says then is
// recorded: a text that has arrived must not be sent again.
func TestStop_aSendThatCannotBeCutOff(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		over := func(ctx context.Context, _ func(context.Context, []bot.Message) error) error {
			<-ctx.Done()
			return nil
		}
		o.options.Accounts = []bot.Account{odd{run: over, send: func(context.Context, bot.Outgoing) (bot.Receipt, error) {
			pass(time.Minute)
			return bot.Receipt{}, nil
		}}}
		o.say(bot.Outgoing{Chat: "学工群", Text: "甲"})
		o.start()
		pass(time.Second)
		if took := o.stop(); took != 59*time.Second {
			t.Errorf("stopped after %v, want 59s", took)
		}
		if n, err := (outbox.Delivery{Store: o.store}).Recover(t.Context(), login); n != 0 || err != nil {
			t.Errorf("%d rows (%v) are left as being sent, want 0", n, err)
		}
	})
}

// A dropping account's network drops a second message for one key for an hour.
type dropping struct {
	*bottest.Account
	taken map[string]time.Time
}

// Can implements [bot.Capable].
func (dropping) Can() bot.Capabilities { return bot.Capabilities{Dedupes: time.Hour} }

// Send implements [bot.Account].
func (d dropping) Send(ctx context.Context, chat string, m bot.Outgoing) (bot.Receipt, error) {
	if at, again := d.taken[m.Key]; again && time.Since(at) < time.Hour {
		return bot.Receipt{ID: "the first"}, nil
	}
	d.taken[m.Key] = time.Now()
	return d.Account.Send(ctx, chat, m)
}

// An answer of which nobody knows whether it was sent is sent again only where people
// would see it once; another text is always, with a mark if they may see it twice.
func TestDeliver_whatMayHaveBeenSent(t *testing.T) {
	interrupted := func(o *office) {
		if _, err := outboxtest.Claim(o.Context(), o.store, login); err != nil {
			o.Fatal(err)
		}
	}
	lost := func(o *office) { o.net.Fail(bottest.LostReply) }
	cases := map[string]struct {
		drops  bool
		answer bool
		before func(*office)
		away   time.Duration
		shown  []string
		state  outbox.State
	}{
		"an answer before a death":               {true, true, interrupted, time.Minute, []string{"甲"}, outbox.Sent},
		"an answer whose receipt was lost":       {true, true, lost, 0, []string{"甲"}, outbox.Sent},
		"an answer long before":                  {true, true, interrupted, 2 * time.Hour, nil, outbox.Unknown},
		"an answer where two would be shown":     {false, true, interrupted, time.Minute, nil, outbox.Unknown},
		"an answer that would be shown twice":    {false, true, lost, 0, []string{"甲"}, outbox.Unknown},
		"a text before a death":                  {true, false, interrupted, time.Minute, []string{"甲"}, outbox.Sent},
		"a text long before":                     {true, false, interrupted, 2 * time.Hour, []string{bot.RepeatMark + "甲"}, outbox.Sent},
		"a text whose receipt was lost":          {true, false, lost, 0, []string{"甲"}, outbox.Sent},
		"a text that the network may show twice": {false, false, lost, 0, []string{"甲", bot.RepeatMark + "甲"}, outbox.Sent},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inOffice(t, ignore, func(t *testing.T, o *office) {
				if c.drops {
					o.options.Accounts = []bot.Account{dropping{o.net.Account(), map[string]time.Time{}}}
				}
				o.say(bot.Outgoing{Chat: "学工群", Text: "甲", Answer: c.answer})
				c.before(o)
				pass(c.away)
				o.start()
				pass(time.Minute)
				o.shows("学工群", c.shown...)
				o.is(c.state, "甲")
			})
		})
	}
}

// is fails the test unless the row of a key is in a state.
func (o *office) is(want outbox.State, key string) {
	o.Helper()
	row, err := store.Read(o.Context(), o.store, func(sn *store.Snapshot) outbox.Row { return outbox.RowOf(sn, login, key) })
	if err != nil || row.State != want {
		o.Errorf("the row is %s (%v), want %s", row.State, err, want)
	}
}

// A person who sees on the page that nobody knows whether an answer arrived can have it
// sent again.
func TestDeliver_anAnswerThatAPersonWantsSentAgain(t *testing.T) {
	inOffice(t, ignore, func(t *testing.T, o *office) {
		o.net.Fail(bottest.LostReply, bottest.LostReply)
		o.say(bot.Outgoing{Chat: "学工群", Text: "甲", Answer: true})
		o.start()
		pass(time.Minute)
		o.is(outbox.Unknown, "甲")
		err := o.store.Update(t.Context(), func(tx *store.Tx) error {
			if !outbox.Again(tx, login, "甲", "boss", store.Page) {
				t.Error("it is not sent again")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		o.shows("学工群", "甲", bot.RepeatMark+"甲", bot.RepeatMark+"甲") // until it is known
		o.is(outbox.Sent, "甲")
	})
}
