package webchat_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"duban/lobby"
)

// halves are requests of which more never comes.
var halves = []string{
	"",
	"GET /api/people HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
	"POST /api/say HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"as\":",
	"POST /api/file?as=p1&chat=x&name=a.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
}

func dial(t *testing.T, b *bench, request string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", b.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, _ = io.WriteString(conn, request) // it may be closed already
	return conn
}

// held counts the connections that the page has not closed.
func held(conns []net.Conn) (n int) {
	for _, c := range conns {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
			n++
		}
	}
	return n
}

// TestRun_slowClients: two hundred clients that never say their whole request keep
// nobody out, and no open page is closed for them.
func TestRun_slowClients(t *testing.T) {
	b := start(t, options(t.TempDir()))
	b.awaitOpen()
	stream := dial(t, b, "GET /api/events?as=p1&after="+b.position()+" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
	events := bufio.NewReader(stream)
	if _, err := events.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	var slow []net.Conn
	for i := range 200 {
		slow = append(slow, dial(t, b, halves[i%len(halves)]))
		if i%20 != 0 {
			continue
		}
		fresh := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.URL()+"api/people", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := fresh.Do(r)
		if err != nil {
			t.Fatalf("beside %d slow clients: got error %v, want an answer", i+1, err)
		}
		_ = answer.Body.Close()
		if code, _ := b.post("/api/say", fields{"as": "p1", "chat": group, "text": fmt.Sprint(i), "client": fmt.Sprint("beside-slow-", i)}); code >= 300 {
			t.Errorf("beside %d slow clients: status %d, want it taken", i+1, code)
		}
	}
	if n := held(slow); n > lobby.MostWaiting {
		t.Errorf("%d of 200 slow clients are held, want at most %d", n, lobby.MostWaiting)
	}
	for {
		line, err := events.ReadString('\n')
		if err != nil {
			t.Fatalf("the page that was open got %v, want what was said", err)
		}
		if line == "event: say\n" {
			break
		}
	}
}

// TestRun_manyConnections: also connections that are all busy have a bound.
func TestRun_manyConnections(t *testing.T) {
	b := start(t, options(t.TempDir()))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var all []net.Conn
	for range lobby.Most + 50 {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", b.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		all = append(all, conn)
		_, _ = io.WriteString(conn, "GET /api/events?as=p1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
	}
	if n := held(all); n > lobby.Most {
		t.Errorf("%d connections are held, want at most %d", n, lobby.Most)
	}
}
