package outbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/outbox/outboxtest"
	"duban/store"
)

func TestEnqueue_order(t *testing.T) {
	onEngines(t, func(o *office) {
		now := o.Now()
		at := func(key string, d time.Duration) {
			o.Enqueue(bot.Outgoing{Key: key, Account: "web", Chat: "chat", Due: now.Add(d)})
		}
		at("in an hour", time.Hour)
		o.Say("chat", "now 1", "now 2")
		at("a minute ago", -time.Minute)
		o.EnqueueMany(12, func(i int) bot.Outgoing { return bot.Outgoing{Key: fmt.Sprint("batch ", i), Chat: "chat"} })
		o.Say("chat", "now 3")
		o.Send("a minute ago", "now 1", "now 2")
		for i := range 12 {
			o.Send(fmt.Sprint("batch ", i))
		}
		o.Send("now 3")
		o.Idle()
		o.Pass(time.Hour - 1)
		o.Idle()
		o.Pass(1)
		o.Send("in an hour")
	})
}

func TestEnqueue_beforeTheHead(t *testing.T) {
	onEngines(t, func(o *office) {
		past := o.Now().Add(-time.Minute)
		o.Say("chat", "first")
		m := o.Claim("first")
		o.Enqueue(bot.Outgoing{Key: "earlier", Account: "web", Chat: "chat", Due: past})
		o.Idle() // one of a chat is on its way: nothing passes it
		o.Sent(m)
		o.Send("earlier")
		o.Idle()
	})
}

func TestEnqueue_key(t *testing.T) {
	onEngines(t, func(o *office) {
		o.Say("chat", "a", "a")
		o.Enqueue(bot.Outgoing{Key: "a", Account: "web", Chat: "another chat"})
		o.Send("a")
		o.Idle()
		o.Say("chat", "a")
		o.Idle()
		o.Reopen()
		o.Say("chat", "a")
		o.Idle()
	})
}

func TestEnqueue_refuses(t *testing.T) {
	o := limited(t, outbox.Limits{})
	long := strings.Repeat("长", 100)
	for name, m := range map[string]bot.Outgoing{
		"no key":          {Account: "web", Chat: "c"},
		"no account":      {Key: "k", Chat: "c"},
		"no chat":         {Key: "k", Account: "web"},
		"a key too long":  {Key: strings.Repeat("k", 470), Account: "web", Chat: "c"},
		"a chat too long": {Key: "k", Account: "web", Chat: long + long},
		"a text too long": {Key: "k", Account: "web", Chat: "c", Text: strings.Repeat("x", store.MaxValue-1000)},
	} {
		err := o.Update(o.Context(), func(tx *store.Tx) error {
			outbox.Enqueue(tx, m)
			return nil
		})
		if err == nil {
			t.Errorf("Enqueue with %s: got no error, want one", name)
		}
	}
	o.Idle()
	// What is accepted can also be closed, with all that closing adds.
	m := bot.Outgoing{Key: strings.Repeat("k", 450), Account: "web", Chat: long, Text: strings.Repeat("\x01", 10000)}
	o.Enqueue(m)
	o.Settle(o.Claim(m.Key), bot.Result{Err: errors.New(strings.Repeat("\x01", 1000)), Again: o.Now()})
	if !o.Cancel(m.Key) {
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
		{"cancelled", func(o *office) { o.Cancel("k") }, true, outbox.Cancelled},
		{"in flight", func(o *office) { o.Claim("k") }, false, outbox.Sending},
		{"sent", func(o *office) { o.Send("k") }, false, outbox.Sent},
		{"refused", func(o *office) { o.Settle(o.Claim("k"), bot.Result{Err: bot.ErrRefused}) }, true, outbox.Dead},
		{"waiting for a retry", func(o *office) {
			o.Settle(o.Claim("k"), bot.Result{Err: fails, Again: o.Now().Add(time.Minute)})
		}, true, outbox.Cancelled},
		{"perhaps sent", func(o *office) {
			o.Settle(o.Claim("k"), bot.Result{Err: bot.ErrUnknown, Again: o.Now().Add(time.Minute)})
		}, false, outbox.Unknown},
		{"parked", func(o *office) { o.park(o.Claim("k")); o.told() }, true, outbox.Cancelled},
		{"perhaps sent, then given up", func(o *office) {
			o.Settle(o.Claim("k"), bot.Result{Err: bot.ErrUnknown, Again: o.Now()})
			o.Settle(o.Claim("k"), bot.Result{Err: bot.ErrRefused})
		}, false, outbox.Dead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onEngines(t, func(o *office) {
				o.Say("chat", "k", "behind")
				tt.bring(o)
				if got := o.Cancel("k"); got != tt.want {
					o.Errorf("Cancel: got %v, want %v", got, tt.want)
				}
				o.Row(tt.state, "k")
				if tt.state == outbox.Sending {
					o.Idle()
					return
				}
				o.Send("behind")
				o.Idle()
			})
		})
	}
	onEngines(t, func(o *office) {
		if o.Cancel("k") {
			o.Errorf("Cancel of a key that is not there: got true, want false")
		}
		o.Say("chat", "1", "2", "3")
		o.Cancel("2")
		o.Send("1", "3")
		o.Idle()
	})
}

// What replaces a text waits once, however often that changes.
func TestReplace(t *testing.T) {
	onEngines(t, func(o *office) {
		show := func(card, text string) {
			o.Helper()
			o.Change(func(tx *store.Tx) {
				outbox.Replace(tx, bot.Outgoing{Account: "web", Chat: "chat", Replaces: card, Text: text, Buttons: []bot.Button{{Label: text}}})
			})
		}
		shown := func(want string) bot.Outgoing {
			o.Helper()
			m, err := outboxtest.Claim(o.Context(), o.Store, "web")
			o.Must(err)
			if got := fmt.Sprint(m.Replaces, " ", m.Text, " ", m.Buttons); got != want {
				o.Errorf("got %s, want %s", got, want)
			}
			return m
		}
		for i := range 300 {
			show("a", fmt.Sprint(i))
		}
		show("b", "x")
		show("a/0", "y")
		m := shown("a 299 [{299 }]")
		show("a", "301") // while the one before is on its way
		show("a", "302")
		o.Settle(m, bot.Result{Err: bot.ErrOut, Again: o.Now().Add(time.Minute), Held: true})
		show("a", "303")
		o.Idle()
		o.Pass(time.Minute)
		o.Sent(shown("a 299 [{299 }]"))
		o.Sent(shown("b x [{x }]"))
		o.Sent(shown("a/0 y [{y }]"))
		o.Sent(shown("a 303 [{303 }]"))
		o.Idle()
		show("a", "304")
		o.Sent(shown("a 304 [{304 }]"))
		o.Idle()
	})
}
