package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
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
				errs = append(errs, outbox.Enqueue(tx, bot.Outgoing{Key: fmt.Sprint("batch ", i), Account: "web", Chat: "chat"}))
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
		o.update(func(tx *store.Tx) error {
			if err := outbox.Enqueue(tx, m); err == nil {
				t.Errorf("Enqueue with %s: got no error, want one", name)
			}
			return nil
		})
	}
	o.idle()
	// What is accepted can also be closed, with all that closing adds.
	m := bot.Outgoing{Key: strings.Repeat("k", 450), Account: "web", Chat: long, Text: strings.Repeat("\x01", 10000)}
	o.enqueue(m)
	o.settle(o.claim(m.Key), bot.Result{Err: errors.New(strings.Repeat("\x01", 1000)), Again: o.clock.Now()})
	if !o.cancel(m.Key) {
		t.Errorf("Cancel of the largest row: got false, want true")
	}
}

func TestCancel(t *testing.T) {
	fails := errors.New("connection reset")
	tests := []struct {
		name  string
		bring func(o *office) // the row "k" into some state
		want  bool
		state outbox.State
	}{
		{"waiting", func(*office) {}, true, outbox.Cancelled},
		{"cancelled", func(o *office) { o.cancel("k") }, true, outbox.Cancelled},
		{"in flight", func(o *office) { o.claim("k") }, false, outbox.Sending},
		{"sent", func(o *office) { o.send("k") }, false, outbox.Sent},
		{"refused", func(o *office) { o.settle(o.claim("k"), bot.Result{Err: bot.ErrRefused}) }, true, outbox.Dead},
		{"waiting for a retry", func(o *office) {
			o.settle(o.claim("k"), bot.Result{Err: fails, Again: o.clock.Now().Add(time.Minute)})
		}, true, outbox.Cancelled},
		{"perhaps sent", func(o *office) {
			o.settle(o.claim("k"), bot.Result{Err: bot.ErrUnknown, Again: o.clock.Now().Add(time.Minute)})
		}, false, outbox.Unknown},
		{"perhaps sent, then given up", func(o *office) {
			o.settle(o.claim("k"), bot.Result{Err: bot.ErrUnknown, Again: o.clock.Now()})
			o.settle(o.claim("k"), bot.Result{Err: bot.ErrRefused})
		}, false, outbox.Dead},
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
				if tt.state == outbox.Sending {
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
