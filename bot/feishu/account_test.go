package feishu_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/feishu"
	"duban/bot/feishu/feishutest"
)

// open returns a network with a group of two, and the account in it.
func open(t *testing.T, o feishu.Options) (*feishutest.Network, *feishu.Account) {
	t.Helper()
	n := feishutest.New()
	t.Cleanup(n.Shut)
	n.Group("学工群", "张三", "李四")
	o.Name, o.ID, o.Domain = "feishu", feishutest.AppID, n.URL
	if o.Secret == "" {
		o.Secret = feishutest.Secret
	}
	a, err := feishu.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return n, a
}

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		n, a := open(t, feishu.Options{Dir: t.TempDir(), Urgent: true})
		// What is no text of a known chat is nowhere to be read later.
		connected := func() { await(t, "it has caught up", n.CaughtUp) }
		return bottest.Scene{
			Account: a, Group: "oc_学工群", People: [2]string{"张三", "李四"}, Mention: "@学工小助手 ",
			Private: n.Person,
			Say: func(chat, person, text string) {
				if chat != "oc_学工群" {
					connected()
				}
				n.Say(chat, person, text, "")
			},
			Shown:  n.Shown,
			Quote:  func(chat, person, quoted, text string) { n.Say(chat, person, text, quoted) },
			Recall: func(chat, _, text string) { n.Recall(chat, text) },
			Press:  func(chat, person, label string) { connected(); n.Press(chat, person, label) },
			Read:   n.Read,
			Join:   func(chat, person string) { connected(); n.Join(chat, person) },
			Attach: func(chat, person string, f bottest.File) { connected(); n.Attach(chat, person, f) },
			Files:  n.Files,
			Rung:   n.Rung,
		}
	})
}

// run runs the account as the bot does until the test ends.
func run(t *testing.T, a *feishu.Account, receive func(context.Context, []bot.Message) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			if err := a.Run(ctx, receive); err != nil && ctx.Err() == nil {
				bot.Sleep(ctx, 5*time.Millisecond)
			}
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for late := time.Now().Add(30 * time.Second); !so(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// Connections are cut and the store fails, and still each message is there once. Only
// what was brought again may come after a younger one.
func TestRun_losesNothing(t *testing.T) {
	n, a := open(t, feishu.Options{Dir: t.TempDir()})
	var mu sync.Mutex
	heard := map[string]int{}
	calls := 0
	run(t, a, func(_ context.Context, batch []bot.Message) error {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls%37 == 0 {
			return errors.New("the store is away")
		}
		for _, m := range batch {
			heard[m.ID]++
		}
		return nil
	})
	await(t, "it is connected", func() bool { return n.Connected() == 1 })
	const all = 10_000
	said := make([]string, 0, all)
	for i := range all {
		said = append(said, n.Say("oc_学工群", "张三", fmt.Sprint("第", i, "句"), ""))
		switch rand.IntN(1000) {
		case 0:
			n.Cut() // and what follows is said while nobody listens
		case 1:
			n.Cut()
			await(t, "it is connected again", func() bool { return n.Connected() == 1 })
		}
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(heard) }
	await(t, fmt.Sprint(all, " messages were heard"), func() bool { return count() == all })
	mu.Lock()
	defer mu.Unlock()
	for _, id := range said {
		if heard[id] != 1 {
			t.Errorf("%s was taken %d times, want once", id, heard[id])
		}
	}
	t.Logf("%d events came while no connection was open, and were read from the history", n.Lost())
}

// An event is answered when it is durable, and not before.
func TestRun_answersWhatIsDurable(t *testing.T) {
	n, a := open(t, feishu.Options{})
	away := make(chan struct{})
	got := make(chan bot.Message, 10)
	run(t, a, func(_ context.Context, batch []bot.Message) error {
		select {
		case <-away:
		default:
			return errors.New("the store is away")
		}
		for _, m := range batch {
			got <- m
		}
		return nil
	})
	await(t, "it is connected", func() bool { return n.Connected() == 1 })
	n.Say("oc_学工群", "张三", "第3条80%", "")
	for range 20 {
		if n.Unanswered() == 0 {
			t.Fatal("the event was answered, and the store was away")
		}
		<-time.After(5 * time.Millisecond)
	}
	close(away)
	if m := <-got; m.Text != "第3条80%" {
		t.Errorf("got %q", m.Text)
	}
	await(t, "it is answered", func() bool { return n.Unanswered() == 0 })
	if len(got) > 0 {
		t.Errorf("%d messages were brought twice", len(got))
	}
}

func TestSend(t *testing.T) {
	m := bot.Outgoing{Key: "k", Account: "feishu", Text: "通知"}
	for name, c := range map[string]struct {
		fault feishutest.Fault
		want  error // nil: sent
		shown int
	}{
		"fine":                     {feishutest.Fine, nil, 1},
		"an answer that was lost":  {feishutest.LostReply, bot.ErrUnknown, 1},
		"a page with 502":          {feishutest.Busy, errors.ErrUnsupported, 0},
		"too often":                {feishutest.Often, bot.ErrTooOften, 0},
		"too often for a chat":     {feishutest.ChatFull, bot.ErrTooOften, 0},
		"a token that is not good": {feishutest.Expired, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			n, a := open(t, feishu.Options{})
			n.Fail(c.fault)
			_, err := a.Send(t.Context(), "oc_学工群", m)
			switch shown := len(n.Shown("oc_学工群")); {
			case shown != c.shown:
				t.Errorf("the chat shows %d texts, want %d", shown, c.shown)
			case c.want == nil && err != nil, c.want != nil && err == nil:
				t.Errorf("got %v, want %v", err, c.want)
			case errors.Is(c.want, errors.ErrUnsupported): // any error that promises that it was not taken
				for _, e := range []error{bot.ErrUnknown, bot.ErrOut, bot.ErrRefused, bot.ErrTooOften} {
					if errors.Is(err, e) {
						t.Errorf("got %v, which is %v", err, e)
					}
				}
			case !errors.Is(err, c.want):
				t.Errorf("got %v, want %v", err, c.want)
			}
			if often, ok := errors.AsType[*bot.TooOften](err); ok != errors.Is(err, bot.ErrTooOften) || ok && often.Chat != (c.fault == feishutest.ChatFull) {
				t.Errorf("got %+v of %v", often, err)
			}
			// The same key again is the same message.
			m.Repeat, m.Attempt = true, 2
			if _, err := a.Send(t.Context(), "oc_学工群", m); err != nil {
				t.Errorf("again: %v", err)
			}
			if shown := n.Shown("oc_学工群"); len(shown) != 1 {
				t.Errorf("the chat shows %q after a second attempt, want it once", shown)
			}
		})
	}
}

func TestDoctor(t *testing.T) {
	bad := func(all []bot.Finding) (texts string) {
		for _, f := range all {
			if f.Bad {
				texts += f.Text
			}
		}
		return texts
	}
	n, a := open(t, feishu.Options{})
	if got := bad(a.Doctor(t.Context())); got != "" {
		t.Errorf("a good app: got %q", got)
	}
	n.Forbid("/open-apis/im/v1/chats")
	if got := bad(a.Doctor(t.Context())); !strings.Contains(got, "im:chat:readonly") || strings.Contains(got, "机器人") {
		t.Errorf("an app that may not see its groups: got %q", got)
	}
	_, a = open(t, feishu.Options{Secret: "wrong"})
	if got := bad(a.Doctor(t.Context())); !strings.Contains(got, "secret") {
		t.Errorf("a wrong secret: got %q", got)
	}
}

// What people say, who they are and what lets the app in stand in no log and no error.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	var mu sync.Mutex
	n, a := open(t, feishu.Options{Dir: t.TempDir(), Log: slog.New(slog.NewTextHandler(&locked{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	ear := bottest.NewEar()
	ear.Refuse(1)
	var errs []string
	run(t, a, func(ctx context.Context, batch []bot.Message) error { return ear.Receive(ctx, batch) })
	await(t, "it is connected", func() bool { return n.Connected() == 1 })
	n.Say("oc_学工群", "张三", "麻辣烫", "")
	ear.Await(t, 1)
	n.Forbid("/open-apis/im/v1/messages")
	for _, chat := range []string{"oc_学工群", n.Person("张三"), "x"} {
		if _, err := a.Send(t.Context(), chat, bot.Outgoing{Key: "k" + chat, Text: "只给你看"}); err != nil {
			errs = append(errs, err.Error())
		}
	}
	n.Cut()
	await(t, "the log says that a history is not read", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(log.String(), "history of a chat is not read")
	})
	n.Shut()
	_, err := a.Send(t.Context(), "oc_学工群", bot.Outgoing{Key: "z", Text: "只给你看"})
	mu.Lock()
	defer mu.Unlock()
	all := log.String() + strings.Join(errs, "\n") + fmt.Sprint(err)
	for _, canary := range []string{"geheim", "麻辣烫", "张三", "只给你看", "ou_1", feishutest.AppID, "access_key"} {
		if strings.Contains(all, canary) {
			t.Errorf("%q stands in %s", canary, all)
		}
	}
	if err == nil || len(errs) != 3 {
		t.Errorf("got %d errors and %v, want all to fail", len(errs), err)
	}
}

type locked struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
