package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"duban/app"
	"duban/bot"
	"duban/cli"
	"duban/config"
	"duban/outbox"
	"duban/store"
	"duban/store/enginetest"
)

// A flaky engine fails its n-th commit as a disk does: nobody knows whether it
// happened.
type flaky struct {
	store.Engine
	n atomic.Int64
}

func (f *flaky) Update(ctx context.Context, fn func(store.Writer) error) error {
	if f.n.Add(-1) == 0 {
		return fmt.Errorf("%w: input/output error", store.ErrUnknown)
	}
	return f.Engine.Update(ctx, fn)
}

// An immovable account does not end when it is told to, nor does its Send: as if it
// waited for a server, a slow browser or a terminal.
type immovable struct {
	bot.Account
	takes time.Duration
	sends chan struct{} // one for each send that has begun
}

func (s immovable) Run(ctx context.Context, receive func(context.Context, []bot.Message) error) error {
	<-ctx.Done()
	<-time.After(s.takes)
	return nil
}

func (s immovable) Send(context.Context, string, bot.Outgoing) (bot.Receipt, error) {
	s.sends <- struct{}{}
	<-time.After(s.takes)
	return bot.Receipt{ID: "1"}, nil
}

// A breaking engine fails every commit from a moment on, which it notes.
type breaking struct {
	store.Engine
	on    atomic.Bool
	first sync.Once
	at    time.Time
}

func (b *breaking) Update(ctx context.Context, fn func(store.Writer) error) error {
	if b.on.Load() {
		b.first.Do(func() { b.at = time.Now() })
		return fmt.Errorf("%w: input/output error", store.ErrUnknown)
	}
	return b.Engine.Update(ctx, fn)
}

// TestServe_endsSoon: two seconds after a commit that failed the program has ended,
// whatever it is doing, and a stop that nothing has failed keeps its grace.
func TestServe_endsSoon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes          time.Duration // the account, for a send and to end
		fails, stopped bool
		least, most    time.Duration
	}{
		"everybody ends at once":                   {0, true, false, 0, 0},
		"a send and an account take a minute":      {time.Minute, true, false, time.Second, 2 * time.Second},
		"a result comes after it was told to stop": {5 * time.Second, true, true, 0, 2 * time.Second},
		"a normal stop waits for a send":           {8 * time.Second, false, true, 7 * time.Second, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			conf, err := config.Parse(filepath.Join(dir, "config.yaml"), []byte("quiet_hours: \"\"\naccounts: [{name: console, kind: console}]\n"))
			if err != nil {
				t.Fatal(err)
			}
			conf.Data = filepath.Join(dir, "data")
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				e := &breaking{Engine: enginetest.New(t)}
				slow := immovable{takes: c.takes, sends: make(chan struct{}, 9)}
				ended := make(chan error, 1)
				go func() {
					ended <- app.Run(ctx, conf, app.Options{Log: slog.New(slog.DiscardHandler), In: strings.NewReader(""), Out: io.Discard, Outside: app.Outside{
						Engine: func(string) (store.Engine, error) { return e, nil },
						Account: func(_ config.Account, open func() (bot.Account, error)) (bot.Account, error) {
							a, err := open()
							slow.Account = a
							return slow, err
						},
					}})
				}()
				<-time.After(time.Second)
				say(t, e, "学工工作群")
				<-slow.sends
				began := time.Now()
				e.on.Store(c.fails)
				if c.stopped {
					stop()
				}
				err := <-ended
				if c.fails {
					began = e.at
				}
				if took := time.Since(began); took < c.least || took > c.most {
					t.Errorf("it took %v to end, want between %v and %v", took, c.least, c.most)
				}
				if want := map[bool]int{true: 74}[c.fails]; cli.ExitStatus(err) != want {
					t.Errorf("got exit status %d from %v, want %d", cli.ExitStatus(err), err, want)
				}
				stop()
				<-time.After(2 * time.Minute) // for what was left behind
			})
		})
	}
}

// say puts a text into the outbox beside the running program.
func say(t *testing.T, e store.Engine, group string) {
	t.Helper()
	err := open(t, e).Write(t.Context(), func(tx *store.Tx) {
		outbox.Enqueue(tx, bot.Outgoing{Key: "test", Account: "console", Chat: group, Text: "甲"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestServe_endsWhenTheStoreCannotBeTrusted(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 12; n++ {
		t.Run(fmt.Sprint("commit ", n), func(t *testing.T) {
			c := config.Defaults()
			c.Data, c.Key = t.TempDir(), filepath.Join(t.TempDir(), c.Key)
			c.Accounts = []config.Account{{Name: "console", Kind: "console"}}
			in, say := io.Pipe()
			defer say.Close()
			go func() { _, _ = io.WriteString(say, strings.Repeat("王雪晴: 第3条\n", 20)) }()
			err := app.Run(t.Context(), c, app.Options{
				Log: slog.New(slog.DiscardHandler), In: in, Out: io.Discard,
				Outside: app.Outside{Engine: func(string) (store.Engine, error) {
					f := &flaky{Engine: enginetest.New(t)}
					f.n.Store(int64(n))
					return f, nil
				}},
			})
			if !errors.Is(err, store.ErrUnknown) {
				t.Fatalf("got %v, want the failure of the store", err)
			}
			if got := cli.ExitStatus(err); got != 74 {
				t.Errorf("got exit status %d from %v, want 74", got, err)
			}
		})
	}
}
