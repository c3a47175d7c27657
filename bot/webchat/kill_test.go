package webchat_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/webchat"
)

const childEnv = "WEBCHAT_CHILD"

// TestChild is the process that TestKill kills. It notes what it is told in a
// file, answers once, and now and then refuses a batch after half the work.
func TestChild(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("runs only inside TestKill")
	}
	o := options(dir)
	o.Listen = os.Getenv(childEnv + "_LISTEN")
	a, err := webchat.New(o)
	if err != nil {
		t.Fatal(err)
	}
	told, err := os.OpenFile(filepath.Join(dir, "told"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(os.Stdout, "listening", a.Addr())
	calls := 0
	err = a.Run(t.Context(), func(ctx context.Context, ms []bot.Message) error {
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
	})
	t.Fatal(err)
}

// A victim is a child that listens.
type victim struct {
	cmd     *exec.Cmd
	address string
}

func spawn(t *testing.T, dir, listen string) victim {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childEnv+"="+dir, childEnv+"_LISTEN="+listen)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), "listening "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return victim{cmd, address}
		}
	}
	t.Fatalf("child ended: %v", cmd.Wait())
	return victim{}
}

func (v victim) kill() {
	_ = v.cmd.Process.Kill()
	_ = v.cmd.Wait()
}

// try posts the n-th message, and reports whether it was taken.
func (v victim) try(ctx context.Context, n int) (id string, ok bool) {
	who := people()[n%3].ID
	body := fmt.Sprintf(`{"as":"%s","chat":"%s","text":"%d","client":"kill-client-%d"}`, who, group, n, n)
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+v.address+"/api/say", strings.NewReader(body))
	if err != nil {
		return "", false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", false
	}
	defer res.Body.Close()
	var s said
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil || res.StatusCode > http.StatusAccepted {
		return "", false
	}
	return s.ID, true
}

// TestKill kills the process again and again while messages come in one after
// the other, each posted until it is taken. None may be lost, stand there
// twice, or be answered twice.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("no killing in short tests")
	}
	const rounds = 25
	dir := t.TempDir()
	v := spawn(t, dir, "127.0.0.1:0")
	var ids []string
	for round := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		dead := make(chan struct{})
		time.AfterFunc(time.Duration(round*7%40)*time.Millisecond, func() { // at some moment of its work
			v.kill()
			cancel()
			close(dead)
		})
		for ctx.Err() == nil {
			if id, ok := v.try(ctx, len(ids)); ok {
				ids = append(ids, id)
			}
		}
		<-dead
		v = spawn(t, dir, v.address)
	}
	v.settle(t, len(ids))
	v.kill()
	check(t, dir, ids)
}

// settle posts one last message until it is taken by the bot: what was said
// before it was, too.
func (v victim) settle(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+v.address+"/api/events?as=p1&after="+v.epoch(ctx, t)+"-0", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	v.try(ctx, n)
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if strings.Contains(lines.Text(), fmt.Sprintf(`"text":"答%d"`, n)) {
			return
		}
	}
	t.Fatalf("the last message was not answered: %v", lines.Err())
}

func (v victim) epoch(ctx context.Context, t *testing.T) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+v.address+"/api/state?as=p1", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var s state
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s.Epoch
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
	for page := b.state("p1").chat(group); ; {
		for _, m := range slices.Backward(page.Messages) {
			if m.From == "" {
				answers = append(answers, m.Text)
			} else {
				said = append(said, m.ID)
			}
		}
		if !page.More {
			break
		}
		_, _, body := b.do("GET", "/api/history"+query("as", "p1", "chat", group, "before", fmt.Sprint(page.Messages[0].Seq)), "", nil)
		page = chatState{}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatal(err)
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
	t.Logf("%d messages were taken", len(ids))
}
