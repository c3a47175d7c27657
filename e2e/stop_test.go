package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"duban/outbox"
	"duban/store"
)

// A process is duban as somebody else starts it: this test binary by that name.
type process struct {
	*exec.Cmd
	out bytes.Buffer // standard error
}

func spawn(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(t.Context(), self)}
	p.Args, p.Stderr = append([]string{"duban"}, args...), &p.out
	return p
}

// page starts the process and returns the address of its chat page.
func (p *process) page(t testing.TB) string {
	t.Helper()
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); said += lines.Text() + "\n" {
		if address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(lines.Text()); address != "" {
			return address
		}
	}
	_ = p.Process.Kill()
	t.Fatalf("got %q on standard output, want the address of the page\n%s", said, p.out.Bytes())
	return ""
}

// end stops the process, which must end well, and returns how long that took.
func (p *process) end(t testing.TB) time.Duration {
	t.Helper()
	began := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the program ended with %v, want status 0\n%s", err, p.out.Bytes())
	}
	return time.Since(began)
}

// chatter lets a person say something until ctx ends, as fast as the page takes it.
func chatter(ctx context.Context, page, person string, said *atomic.Int64) {
	for i := 0; ctx.Err() == nil; i++ {
		body, _ := json.Marshal(map[string]string{
			"as": person, "client": fmt.Sprintf("%s-%08d", person, i), "chat": "@" + person, "text": fmt.Sprintf("第%d条完成%d%%", 1+i%34, i%100),
		})
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, page+"api/say", bytes.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return
		}
		_ = answer.Body.Close()
		if answer.StatusCode < 300 {
			said.Add(1)
		}
	}
}

// TestStop_underLoad is row C15 with the whole program: told to stop while people
// talk and pages are open, it ends soon, with status 0 and nothing in flight.
func TestStop_underLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := spawn(t, "run", "-config", shipped(t, dir))
	page := p.page(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said atomic.Int64
	var wg sync.WaitGroup
	for _, person := range []string{"XG003", "JS002", "JS003", "WY001", "JX002", "HC001"} {
		wg.Go(func() { chatter(ctx, page, person, &said) })
	}
	wg.Go(func() { // a page that stays open
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"api/events?as=XG004", nil)
		if err != nil {
			return
		}
		if stream, err := http.DefaultClient.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, stream.Body)
			_ = stream.Body.Close()
		}
	})
	for said.Load() < 60 {
		<-time.After(10 * time.Millisecond)
	}
	took := p.end(t)
	cancel()
	wg.Wait()
	if took > 10*time.Second {
		t.Errorf("the program took %v to end, want at most 10 s", took)
	}
	sending, rows := flights(t, filepath.Join(dir, "data"))
	if sending > 0 || rows == 0 {
		t.Errorf("%d of %d rows are left in flight, want none", sending, rows)
	}
	t.Logf("stopped after %v, with %d messages said and %d rows in the outbox", took.Round(time.Millisecond), said.Load(), rows)
}

// TestBroken_underLoad: the same program ends much faster, and says so by its status,
// when its store fails; whoever supervises it starts it anew. What people say, a page
// that stays open and one whose request never ends do not keep it.
func TestBroken_underLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fault := filepath.Join(dir, "fault")
	p := spawn(t, "run", "-config", shipped(t, dir))
	p.Env = append(os.Environ(), faultVar+"="+fault)
	page := p.page(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said atomic.Int64
	var wg sync.WaitGroup
	for _, person := range []string{"XG003", "JS002"} {
		wg.Go(func() { chatter(ctx, page, person, &said) })
	}
	for _, request := range []string{
		"GET /api/events?as=XG004 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"POST /api/say HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.Trim(strings.TrimPrefix(page, "http://"), "/"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
	}
	for said.Load() < 20 {
		<-time.After(10 * time.Millisecond)
	}
	write(t, dir, "fault", "")
	began := time.Now()
	err := p.Wait()
	took := time.Since(began)
	cancel()
	wg.Wait()
	if got := p.ProcessState.ExitCode(); got != 74 {
		t.Errorf("got exit status %d, %v, want 74\n%s", got, err, p.out.Bytes())
	}
	if took > 10*time.Second { // two, as TestServe_endsSoon sees, and more on a busy machine; it was fifteen
		t.Errorf("the program took %v to end, want 2 s", took)
	}
	t.Logf("ended %v after its store failed", took.Round(time.Millisecond))
}

// flights counts the rows of the outbox, and those that are being sent.
func flights(t *testing.T, dir string) (sending, rows int) {
	t.Helper()
	view(t, dir, func(sn *store.Snapshot) {
		for _, r := range everyRow(sn, "webchat") {
			rows++
			if r.State == outbox.Sending {
				sending++
			}
		}
	})
	return sending, rows
}
