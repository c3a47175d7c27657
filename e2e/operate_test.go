package e2e_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duban/app"
	"duban/config"
	"duban/examples"
	"duban/roster"
)

// A logbook is a log that may be read while it is written.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// until asks an address until its answer holds a text.
func until(t *testing.T, url, text string) (body string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-time.After(50 * time.Millisecond) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			continue
		}
		got, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if body = string(got); strings.Contains(body, text) {
			return body
		}
	}
	t.Fatalf("%s: got %s, want %q in it", url, body, text)
	return ""
}

// TestOperate runs the program with all that an operator can watch: a person asks,
// sending is paused and goes on, and nothing that is said of it names anybody.
func TestOperate(t *testing.T) {
	t.Parallel()
	var pings atomic.Int64
	watcher := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { pings.Add(1) }))
	defer watcher.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c := config.Defaults()
	c.Path, c.Data = filepath.Join(dir, "config.yaml"), filepath.Join(dir, "data")
	c.Accounts = []config.Account{{Name: "console", Kind: "console"}}
	c.Operate.Listen = free.Addr().String()
	c.Operate.Ping.File = filepath.Base(write(t, dir, "ping.url", watcher.URL+"/secret-part\n"))
	_ = free.Close()

	var log logbook
	run := func() (say *io.PipeWriter, end func()) {
		in, say := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			ended <- app.Run(t.Context(), c, app.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), In: in, Out: io.Discard})
		}()
		return say, func() {
			_ = say.Close()
			if err := <-ended; err != nil {
				t.Errorf("the program ended with %v", err)
			}
		}
	}
	say, end := run()
	base := "http://" + c.Operate.Listen
	until(t, base+"/readyz", "ok")
	until(t, base+"/healthz", "ok")
	_, _ = io.WriteString(say, "王雪晴: 第3条\n")
	body := until(t, base+"/metrics", `duban_sends_total{account="console",outcome="sent"} 1`)
	for _, name := range []string{
		"duban_messages_received_total", "duban_firings_total", "duban_outbox_rows", "duban_outbox_oldest_seconds",
		"duban_store_commit_seconds_count", "duban_store_bytes", "duban_disk_free_bytes", "duban_records_aside", "duban_jobs_overdue",
		"duban_loop_last_success_timestamp_seconds", "process_resident_memory_bytes",
	} {
		if !strings.Contains(body, "\n"+name) {
			t.Errorf("/metrics: got no %s", name)
		}
	}
	for _, loop := range []string{"schedule", "notices", "fan out", "ping", "backup"} {
		if !strings.Contains(body, `{loop="`+loop+`"}`) {
			t.Errorf("/metrics: got nothing of the loop %s", loop)
		}
	}
	namesNobody(t, body)
	if pings.Load() == 0 || strings.Contains(log.String(), "secret-part") {
		t.Errorf("got %d pings, and this log, want some, and no address in it:\n%s", pings.Load(), log.String())
	}
	end()

	conf := write(t, dir, "config.yaml", "accounts: [{name: console, kind: console}]\n")
	if _, err := command(t, app.Outside{}, strings.NewReader(""), "pause", "-config", conf); err != nil {
		t.Fatal(err)
	}
	before := pings.Load()
	_, end = run()
	until(t, base+"/metrics", "duban_sending_paused 1")
	until(t, base+"/metrics", `{loop="ping"}`)
	end()
	if got := pings.Load() - before; got != 0 || !strings.Contains(log.String(), "no more pings") {
		t.Errorf("while sending is paused: got %d pings and this log, want none, and that there are no more:\n%s", got, log.String())
	}
}

// namesNobody fails the test if a line of the metrics has a label that may name
// somebody, or a value that does.
func namesNobody(t *testing.T, body string) {
	t.Helper()
	people, err := roster.Read("roster.xlsx", examples.Roster)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range people.People {
		names = append(names, p.ID, p.Name)
	}
	known := []string{"account", "outcome", "state", "loop", "le", "version", "quantile"}
	for _, m := range regexp.MustCompile(`(\w+)="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		if !slices.Contains(known, m[1]) {
			t.Errorf("/metrics: got the label %s, want one of %v", m[1], known)
		}
		if m[1] == "account" && m[2] != "console" || slices.Contains(names, m[2]) || slices.Contains(people.Groups(), m[2]) {
			t.Errorf("/metrics: got %s, which names somebody", m[0])
		}
	}
}
