package pgtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Gate stands before a database, on the way of one process to it.
type Gate struct {
	of       *Cluster
	listener net.Listener

	mu      sync.Mutex
	state   state
	changed chan struct{} // closed when the state changes
	delay   time.Duration
	conns   map[net.Conn]bool
}

type state int

const (
	open   state = iota
	shut         // connections break, and none is made
	frozen       // what is sent stays on its way
)

// Gate returns a gate before the cluster. Each message that passes it takes delay longer.
func (c *Cluster) Gate(t testing.TB, delay time.Duration) *Gate {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: got error %v, want none", err)
	}
	g := &Gate{of: c, listener: l, changed: make(chan struct{}), delay: delay, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); g.Shut() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go g.serve(client)
		}
	}()
	return g
}

// URL is the connection string through the gate.
func (g *Gate) URL() string {
	port := netip.MustParseAddrPort(g.listener.Addr().String()).Port()
	return strings.Replace(g.of.URL(), fmt.Sprintf(":%d/", g.of.Port), fmt.Sprintf(":%d/", port), 1)
}

// Open lets everything pass, also what was on its way.
func (g *Gate) Open() { g.set(open) }

// Freeze keeps what is sent on its way, as a network does that will deliver it late.
func (g *Gate) Freeze() { g.set(frozen) }

// Shut breaks all connections and lets none pass.
func (g *Gate) Shut() {
	g.set(shut)
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		_ = c.Close()
	}
}

func (g *Gate) set(s state) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.state = s
	close(g.changed)
	g.changed = make(chan struct{})
}

// pass waits until a message may pass, and tells whether it may.
func (g *Gate) pass() bool {
	if g.delay > 0 {
		<-time.After(g.delay)
	}
	for {
		g.mu.Lock()
		s, changed := g.state, g.changed
		g.mu.Unlock()
		if s != frozen {
			return s == open
		}
		<-changed
	}
}

func (g *Gate) hold(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.conns[c] = true
}

func (g *Gate) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	if !g.pass() {
		return
	}
	server, err := new(net.Dialer).DialContext(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", g.of.Port))
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	g.hold(client)
	go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
	buf := make([]byte, 1<<20)
	for {
		n, err := client.Read(buf)
		if n > 0 && !g.pass() {
			return
		}
		if _, failed := server.Write(buf[:n]); failed != nil {
			return
		}
		if err != nil {
			<-time.After(50 * time.Millisecond) // the server takes what came before the end
			return
		}
	}
}
