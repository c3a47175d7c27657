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

	"github.com/jackc/pgx/v5/pgconn"

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
	lost  func() // called when the answer to a commit is lost, before the client can ask again
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
	if !strings.Contains(string(message), "set seq =") || p.lost == nil && (!p.sharp || mrand.IntN(3) > 0) {
		return false, false, 0
	}
	if p.lost != nil {
		return true, true, 0
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
			p.lose(client)
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

// lose ends a connection whose client waits for an answer.
func (p *proxy) lose(client net.Conn) {
	p.mu.Lock() // so that nothing passes
	defer p.mu.Unlock()
	_ = client.Close()
	if p.lost != nil {
		p.lost()
		p.lost = nil
	}
}

// TestUpdate_refusedLater loses the answer to a commit, and lets the database refuse
// what is sent then: the update has happened.
func TestUpdate_refusedLater(t *testing.T) {
	t.Parallel()
	c := pgtest.Start(t)
	p, schema := newProxy(t, c), c.Schema()
	e, err := postgres.Open(t.Context(), postgres.Options{URL: p.url(c), Schema: schema, Process: rand.Text()})
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	defer func() { _ = e.Close() }()
	other, err := pgconn.Connect(t.Context(), c.URL())
	if err != nil {
		t.Fatalf("Connect: got error %v, want none", err)
	}
	defer func() { _ = other.Close(context.Background()) }()
	table := schema + ".duban_kv"
	p.mu.Lock()
	p.lost = func() {
		for there := 0; there == 0; {
			r, err := other.Exec(context.Background(), "select from "+table).ReadAll()
			if err != nil {
				t.Errorf("select: got error %v, want none", err)
				return
			}
			there = len(r[0].Rows)
		}
		if _, err := other.Exec(context.Background(), "alter table "+table+" add check (false) not valid").ReadAll(); err != nil {
			t.Errorf("alter table: got error %v, want none", err)
		}
	}
	p.mu.Unlock()
	add := func(mark string) error {
		return e.Update(t.Context(), func(w store.Writer) error { return count(w, mark) })
	}
	if err := add("a"); err != nil {
		t.Errorf("Update whose answer was lost: got error %v, want none", err)
	}
	if err := add("b"); err == nil || errors.Is(err, store.ErrFenced) || errors.Is(err, store.ErrUnknown) {
		t.Errorf("Update that the database refuses: got error %v, want that it is refused", err)
	}
	if total, marks := counted(t, e); total != 1 || marks != 1 {
		t.Errorf("got a count of %d and %d marks, want 1 of both", total, marks)
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
	const workers = 4
	storetest.Each(workers, func(i int) {
		for n := 0; ; n++ {
			p.mu.Lock()
			enough := p.n >= *cuts
			p.mu.Unlock()
			if enough {
				return
			}
			err := e.Update(context.Background(), func(w store.Writer) error {
				last := fmt.Sprintf("last/%d/", i) // one that comes too late leaves its own behind
				return errors.Join(count(w, fmt.Sprintf("%d/%d", i, n)), w.Put(fmt.Append(nil, last, n), nil), w.Delete(fmt.Append(nil, last, n-1)))
			})
			if err != nil {
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
	there := own(t, c, schema)
	total, marks := counted(t, there)
	if total != said || marks != said {
		t.Errorf("after %d cuts: got a count of %d and %d marks, want %d of both", p.n, total, marks, said)
	}
	err = there.View(context.Background(), func(r store.Reader) error {
		lasts := 0
		var err error
		for _, scanErr := range r.Scan([]byte("last/"), []byte("last0")) {
			err = errors.Join(err, scanErr)
			lasts++
		}
		if lasts != workers {
			t.Errorf("got %d updates that are the last of their worker, want %d", lasts, workers)
		}
		return err
	})
	if err != nil {
		t.Errorf("View: got error %v, want none", err)
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
