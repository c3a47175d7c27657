package wecomtest

import (
	"context"
	"net"
	"sync"
)

// A pipe is a listener whose connections stay in this process.
type pipe struct {
	conns chan net.Conn
	over  chan struct{}
	once  sync.Once
}

func newPipe() *pipe { return &pipe{conns: make(chan net.Conn), over: make(chan struct{})} }

func (p *pipe) dial(ctx context.Context) (net.Conn, error) {
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
func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.over:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (p *pipe) Close() error {
	p.once.Do(func() { close(p.over) })
	return nil
}

// Addr implements [net.Listener].
func (*pipe) Addr() net.Addr { return &net.UnixAddr{Name: "wecomtest", Net: "pipe"} }
