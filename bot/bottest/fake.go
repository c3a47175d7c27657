package bottest

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// A Pipe is a listener whose connections stay in this process, so that what serves
// on it can be used in a synctest bubble.
type Pipe struct {
	conns chan net.Conn
	over  chan struct{}
	once  sync.Once
}

// NewPipe returns a pipe that is open.
func NewPipe() *Pipe { return &Pipe{conns: make(chan net.Conn), over: make(chan struct{})} }

// Transport leads to who serves on the pipe, whatever the address.
func (p *Pipe) Transport() http.RoundTripper {
	return &http.Transport{DialContext: p.dial, DialTLSContext: p.dial, DisableKeepAlives: true}
}

func (p *Pipe) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.over:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements [net.Listener].
func (p *Pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.over:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.over) })
	return nil
}

// Addr implements [net.Listener].
func (*Pipe) Addr() net.Addr { return &net.UnixAddr{Name: "fake", Net: "pipe"} }

// A Signal wakes those who wait for a change. The zero Signal is ready.
type Signal struct {
	mu      sync.Mutex
	changed chan struct{} // closed at the next change; nil while nobody waits
}

// Change wakes all who wait.
func (s *Signal) Change() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Await waits until done holds, or ctx ends. It is asked again after each change.
func (s *Signal) Await(ctx context.Context, done func() bool) error {
	for {
		s.mu.Lock()
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if done() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}
