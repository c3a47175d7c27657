package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/store"
	"duban/store/postgres"
	"duban/store/postgres/pgtest"
	"duban/store/storetest"
)

var cuts = flag.Int("cuts", 40, "how often connections are cut around commits")

// A proxy stands before a database. It cuts connections around what leaves, and delivers
// some of that late, when the client has given it up.
type proxy struct {
	net.Listener
	to string

	mu    sync.Mutex
	sharp bool // connections are cut
	n     int
}

func newProxy(t *testing.T, c *pgtest.Cluster) *proxy {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("Listen: got error %v, want none", err)
	}
	p := &proxy{Listener: l, to: fmt.Sprintf("127.0.0.1:%d", c.Port)}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

func (p *proxy) url(c *pgtest.Cluster) string {
	port := netip.MustParseAddrPort(p.Addr().String()).Port()
	return strings.Replace(c.URL(), fmt.Sprint(c.Port), fmt.Sprint(port), 1)
}

// cut tells what happens to a message: nothing, or how late it is delivered after the
// client has lost its connection, and whether the answer would have come.
func (p *proxy) cut(message []byte) (cut, answered bool, late time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.sharp || !strings.Contains(string(message), "set seq =") || mrand.IntN(3) > 0 {
		return false, false, 0
	}
	p.n++
	return true, mrand.IntN(2) == 0, time.Duration(mrand.IntN(150)) * time.Millisecond
}

func (p *proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.to)
	if err != nil {
		_ = client.Close()
		return
	}
	go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
	buf := make([]byte, 1<<20)
	for {
		n, err := client.Read(buf)
		if err != nil {
			_ = server.Close()
			return
		}
		cut, answered, late := p.cut(buf[:n])
		if !cut {
			if _, err := server.Write(buf[:n]); err != nil {
				_ = client.Close()
				return
			}
			continue
		}
		if answered { // the server carries it out, and its answer is lost
			_, _ = server.Write(buf[:n])
			_ = client.Close()
		} else {
			_ = client.Close()
			time.Sleep(late) //nolint:forbidigo // a message that is late
			_, _ = server.Write(buf[:n])
		}
		time.Sleep(50 * time.Millisecond) //nolint:forbidigo // the server takes it before the connection ends
		_ = server.Close()
		return
	}
}

// TestUpdate_cut cuts connections around commits, with messages that are delivered late:
// each update has its one effect.
func TestUpdate_cut(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	p, schema := newProxy(t, c), c.Schema()
	e, err := postgres.Open(t.Context(), postgres.Options{URL: p.url(c), Schema: schema, Process: rand.Text()})
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	p.mu.Lock()
	p.sharp = true
	p.mu.Unlock()
	var mu sync.Mutex
	said := 0
	storetest.Each(4, func(i int) {
		for n := 0; ; n++ {
			p.mu.Lock()
			enough := p.n >= *cuts
			p.mu.Unlock()
			if enough {
				return
			}
			if err := e.Update(context.Background(), func(w store.Writer) error { return count(w, fmt.Sprintf("%d/%d", i, n)) }); err != nil {
				t.Errorf("Update: got error %v, want none", err)
				return
			}
			mu.Lock()
			said++
			mu.Unlock()
		}
	})
	p.mu.Lock()
	p.sharp = false
	p.mu.Unlock()
	if err := e.Close(); err != nil {
		t.Errorf("Close: got error %v, want none", err)
	}
	total, marks := counted(t, own(t, c, schema))
	if total != said || marks != said {
		t.Errorf("after %d cuts: got a count of %d and %d marks, want %d of both", p.n, total, marks, said)
	}
	t.Logf("%d updates, %d cuts", said, p.n)
}

// count adds one to a number and leaves a mark. It adds to the mark too, so that a second
// effect shows.
func count(w store.Writer, mark string) error {
	for _, key := range []string{"n", "mark/" + mark} {
		v, err := w.Get([]byte(key))
		if err != nil {
			return err
		}
		n := 0
		_, _ = fmt.Sscan(string(v), &n)
		if err := w.Put([]byte(key), []byte(fmt.Sprint(n+1))); err != nil {
			return err
		}
	}
	return nil
}

func counted(t *testing.T, e store.Engine) (total, marks int) {
	t.Helper()
	err := e.View(context.Background(), func(r store.Reader) error {
		v, err := r.Get([]byte("n"))
		_, _ = fmt.Sscan(string(v), &total)
		for p, scanErr := range r.Scan([]byte("mark/"), []byte("mark0")) {
			err = errors.Join(err, scanErr)
			marks++
			if string(p.Value) != "1" {
				t.Errorf("%s: got %s effects, want 1", p.Key, p.Value)
			}
		}
		return err
	})
	if err != nil {
		t.Errorf("View: got error %v, want none", err)
	}
	return total, marks
}
