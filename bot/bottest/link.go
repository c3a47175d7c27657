package bottest

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// A Link is a long connection, as a fake has it. The zero Link has not begun.
type Link struct {
	Silent atomic.Bool // half-open: it stays, and nothing comes any more

	// Ping is what is written each time that Every has passed; nil is nothing.
	Ping  func() []byte
	Every time.Duration

	conn *websocket.Conn
	out  chan Frame
	over chan struct{}
}

// A Frame is what is written to a link.
type Frame struct {
	Data    []byte // nil is nothing
	Binary  bool
	Written func() // nil, or what follows when the whole was written
	Last    bool   // the link ends behind it
}

// Serve makes a request the link, until that ends. Begun is called before anything is
// read.
func (l *Link) Serve(w http.ResponseWriter, r *http.Request, begun func(), hear func(data []byte)) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	conn.SetReadLimit(4 << 20)
	l.conn, l.out, l.over = conn, make(chan Frame, 30000), make(chan struct{})
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	go l.write(ctx)
	begun()
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			break
		}
		hear(data)
	}
	close(l.over)
	_ = conn.CloseNow()
}

// write writes what is put, and a ping now and then, until the link ends.
func (l *Link) write(ctx context.Context) {
	var ping <-chan time.Time
	if l.Ping != nil {
		t := time.NewTicker(l.Every)
		defer t.Stop()
		ping = t.C
	}
	for {
		var f Frame
		select {
		case f = <-l.out:
		case <-ping:
			f.Data = l.Ping()
		case <-l.over:
			return
		}
		if l.Silent.Load() {
			continue
		}
		kind := websocket.MessageText
		if f.Binary {
			kind = websocket.MessageBinary
		}
		if f.Data != nil && l.conn.Write(ctx, kind, f.Data) != nil {
			return
		}
		if f.Written != nil {
			f.Written()
		}
		if f.Last {
			l.Cut()
			return
		}
	}
}

// Put lets a frame be written behind those that were put before.
func (l *Link) Put(f Frame) {
	select {
	case l.out <- f:
	case <-l.over:
	}
}

// Cut ends the link. What was written before can still be read.
func (l *Link) Cut() { _ = l.conn.CloseNow() }
