package webchat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/webchat"
)

// What the child is told through its environment.
const (
	dirVar    = "WEBCHAT_DIR"
	listenVar = "WEBCHAT_LISTEN"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(dirVar); dir != "" {
		if err := child(dir, os.Getenv(listenVar)); err != nil {
			panic(err)
		}
		return
	}
	m.Run()
}

// child is the process that is killed. It notes what it is told in a file,
// answers once, and now and then refuses a batch after half the work.
func child(dir, listen string) error {
	ctx, stop := bottest.Life()
	defer stop()
	o := options(dir)
	o.Listen = listen
	a, err := webchat.New(o)
	if err != nil {
		return err
	}
	told, err := os.OpenFile(filepath.Join(dir, "told"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	calls := 0
	receive := func(ctx context.Context, ms []bot.Message) error {
		calls++
		for _, m := range ms {
			if _, err := a.Send(ctx, m.Chat, bot.Outgoing{Key: "answer/" + m.ID, Text: "答" + m.Text}); err != nil {
				return fmt.Errorf("answer: %w", err)
			}
			if calls%4 == 0 {
				return errors.New("store is away")
			}
			if _, err := fmt.Fprintln(told, m.ID); err != nil {
				return fmt.Errorf("note: %w", err)
			}
		}
		return nil
	}
	for ctx.Err() == nil {
		err = a.Run(ctx, receive)
	}
	return errors.Join(err, a.Close())
}

// A victim is the address of the child, at which people say things.
type victim struct {
	address string
	ids     []string // of what was taken
}

// ask sends what must be taken, and reads the answer into out.
func (v *victim) ask(ctx context.Context, method, path, body string, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+v.address+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode > http.StatusAccepted {
		return errors.New(res.Status)
	}
	return json.NewDecoder(res.Body).Decode(out)
}

// try posts the n-th message, and reports whether it was taken.
func (v *victim) try(ctx context.Context, n int) (id string, ok bool) {
	var s said
	err := v.ask(ctx, "POST", "/api/say", fmt.Sprintf(`{"as":"%s","chat":"%s","text":"%d","client":"kill-client-%d"}`, people()[n%3].ID, group, n, n), &s)
	return s.ID, err == nil
}

// talk posts one message after the other, each until it is taken.
func (v *victim) talk(ctx context.Context) {
	for ctx.Err() == nil {
		if id, ok := v.try(ctx, len(v.ids)); ok {
			v.ids = append(v.ids, id)
			continue
		}
		<-time.After(time.Millisecond)
	}
}

// listens waits until somebody does at an address.
func listens(ctx context.Context, address string) error {
	for ctx.Err() == nil {
		if c, err := new(net.Dialer).DialContext(ctx, "tcp", address); err == nil {
			return c.Close()
		}
		<-time.After(time.Millisecond)
	}
	return ctx.Err()
}

// settles posts one last message and waits for its answer: what was said before
// it was heard, too.
func (v *victim) settles(ctx context.Context) error {
	n := len(v.ids)
	for ok := false; ctx.Err() == nil; <-time.After(10 * time.Millisecond) {
		if !ok {
			_, ok = v.try(ctx, n)
		}
		var s state
		if err := v.ask(ctx, "GET", "/api/state?as=p1", "", &s); err != nil {
			return err
		}
		if strings.Contains(texts(s.chat(group).Messages), fmt.Sprint("答", n)) {
			return nil
		}
	}
	return ctx.Err()
}

// TestKill kills the process again and again while messages come in one after
// the other, each posted until it is taken. None may be lost, stand there
// twice, or be answered twice.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("no killing in short tests")
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir, v := t.TempDir(), &victim{address: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var talking sync.WaitGroup
	talking.Go(func() { v.talk(ctx) })
	ends, err := bottest.KillLoop{
		Lives: 25, Longest: 80 * time.Millisecond, Rand: bottest.Rand(t), Signal: os.Kill,
		Env: []string{dirVar + "=" + dir, listenVar + "=" + v.address}, Started: func(ctx context.Context) error { return listens(ctx, v.address) },
		Settled: func(ctx context.Context) error {
			stop()
			talking.Wait()
			return v.settles(ctx)
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(t, dir, v.ids)
	t.Logf("faults tried  kill -9: %d  messages taken %d", ends.Lives, len(v.ids))
}

// check looks at what is on disk after the last kill.
func check(t *testing.T, dir string, ids []string) {
	t.Helper()
	told, err := os.ReadFile(filepath.Join(dir, "told"))
	if err != nil {
		t.Fatal(err)
	}
	b := start(t, options(dir))
	var said, answers []string
	for _, m := range slices.Backward(b.all("p1", group)) {
		if m.From == "" {
			answers = append(answers, m.Text)
		} else {
			said = append(said, m.ID)
		}
	}
	if len(said) != len(ids)+1 || len(answers) != len(ids)+1 {
		t.Errorf("%d messages and %d answers stand there, want %d", len(said), len(answers), len(ids)+1)
	}
	for i, id := range ids {
		if at := len(said) - 1 - i; at < 0 || said[at] != id {
			t.Fatalf("message %d is not where it was said", i)
		}
		if !strings.Contains(string(told), id+"\n") {
			t.Errorf("message %d was taken and the bot was never told", i)
		}
	}
}
