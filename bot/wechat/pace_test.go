package wechat_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// An endless is an outbox that always has one more text, while it is open.
type endless struct {
	text string

	mu    sync.Mutex
	open  bool
	n     int
	ended []error
}

// Exchange implements [bot.Outbox].
func (e *endless) Exchange(_ context.Context, _ string, ended []bot.Attempt, most int, _ time.Duration) ([]bot.Outgoing, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range ended {
		if !a.Held {
			e.ended = append(e.ended, a.Err)
		}
	}
	if !e.open || most == 0 {
		return nil, nil
	}
	e.n++
	return []bot.Outgoing{{Key: fmt.Sprint(e.n), Account: "wechat", Chat: "remark/F001", Text: e.text, Attempt: 1}}, nil
}

func (e *endless) set(open bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open = open
}

// nobody handles nothing.
type nobody struct{}

// Handle implements [bot.Handler].
func (nobody) Handle(context.Context, bot.Message) error { return nil }

// paced runs a bot with the account at its pace, a quarter of it if it is slow.
func paced(t *testing.T, s *webwxtest.Server, slow bool, out *endless) {
	t.Helper()
	pace := new(wechat.Account).Limits().Pace
	pace.Slow = func() bool { return slow }
	a := open(t, s, loggedIn(t, s), atWork, func(o *wechat.Options) { o.Apart = pace.Apart })
	ctx, cancel := context.WithCancel(t.Context())
	b := bot.New(bot.Options{Accounts: []bot.Account{a}, Handler: nobody{}, Outbox: out, Pace: map[string]bot.Pace{"wechat": pace}})
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	await(t, a, bot.Online)
}

// most returns the most messages that any 60 seconds saw.
func most(s *webwxtest.Server) (n int) {
	all := s.Sent()
	for i, from := range all {
		in := 0
		for _, m := range all[i:] {
			if m.At.Sub(from.At) < time.Minute {
				in++
			}
		}
		n = max(n, in)
	}
	return n
}

// What the account writes to itself may be long on its way, and counts where it arrives.
func TestPace_withASlowSelfCheck(t *testing.T) {
	for _, slow := range []bool{false, true} {
		limit := map[bool]int{false: 12, true: 3}[slow]
		subtest(t, fmt.Sprint("at most ", limit), func(t *testing.T, s *webwxtest.Server) {
			out := &endless{text: "通知"}
			paced(t, s, slow, out)
			seen := 0
			for range 5 {
				s.Fault("webwxsendmsg", webwxtest.Fault{Delay: 20 * time.Second, Times: 1})
				for before := s.Requests()["webwxsendmsg"]; s.Requests()["webwxsendmsg"] == before; {
					pass(time.Second)
				}
				out.set(true) // while the account writes to itself
				pass(3 * time.Minute)
				out.set(false)
				seen = len(s.Sent())
			}
			if n := most(s); n > limit {
				t.Errorf("60 seconds saw %d messages, want at most %d", n, limit)
			}
			if seen < 5*limit {
				t.Errorf("%d messages left in 15 minutes of work, want that they leave at all", seen)
			}
		})
	}
}

// A long text goes in several messages, each of which counts.
func TestPace_ofLongTexts(t *testing.T) {
	for _, slow := range []bool{false, true} {
		limit := map[bool]int{false: 12, true: 3}[slow]
		subtest(t, fmt.Sprint("at most ", limit), func(t *testing.T, s *webwxtest.Server) {
			out := &endless{text: strings.Repeat("长", 9000)}
			out.set(true)
			paced(t, s, slow, out)
			pass(20 * time.Minute)
			out.set(false)
			pass(5 * time.Minute)
			synctest.Wait()
			if n := most(s); n > limit || len(s.Sent()) < 10 {
				t.Errorf("60 seconds saw %d of %d messages, want at most %d", n, len(s.Sent()), limit)
			}
			for _, err := range out.ended {
				if err != nil {
					t.Errorf("a text of five messages: %v", err)
				}
			}
		})
	}
}
