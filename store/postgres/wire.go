package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"duban/store"
)

// errHanded means that the owner who was asked is the owner no more.
var errHanded = errors.New("the office changed hands meanwhile: what became of the command is not known")

const (
	soonest = 50 * time.Millisecond // from one look for the other side's words to the next
	latest  = 500 * time.Millisecond
)

// The sides of a [wire].
const (
	caller int64 = iota
	called
)

// A wire is a connection of a process on any machine with the one that owns the office,
// through a table: each row is what one side wrote at once, and is gone when it is read.
type wire struct {
	sql   statements
	id    string
	side  int64
	epoch int64
	owner func() error // of who is called: whether it still owns the office
	end   func()       // releases the connection

	mu  sync.Mutex // one of both uses the connection
	c   *conn
	out int64 // rows written

	in     int64 // rows read
	rest   []byte
	until  time.Time // of reading; 0 is ever
	closed chan struct{}
	once   sync.Once
}

// Call returns a connection with the process that owns the office, which must live. It
// hears of it within a second.
func Call(_ context.Context, o Options) (net.Conn, error) {
	l := &link{}
	if err := l.open(o); err != nil {
		return nil, fmt.Errorf("call the owner: %w", err)
	}
	c, err := l.dial()
	if err != nil {
		return nil, fmt.Errorf("call the owner: %w", err)
	}
	w := newWire(statementsOf(o.Schema), c, rand.Text(), caller, func() { _ = l.shut() })
	now, err := c.owner(w.sql)
	if err == nil && now.process == "" {
		err = errors.New("nobody owns the office")
	}
	if err != nil {
		w.end()
		return nil, fmt.Errorf("call the owner: %w", err)
	}
	w.epoch = now.epoch
	return w, nil
}

func newWire(sql statements, c *conn, id string, side int64, end func()) *wire {
	return &wire{sql: sql, c: c, id: id, side: side, end: end, owner: func() error { return nil }, closed: make(chan struct{})}
}

// exec carries out a statement, unless the wire is closed.
func (w *wire) exec(s statement) ([][][]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if done(w.closed) {
		return nil, net.ErrClosed
	}
	if err := w.owner(); err != nil {
		return nil, err
	}
	return w.c.exec(s)
}

// Write implements [net.Conn].
func (w *wire) Write(p []byte) (int, error) {
	if _, err := w.exec(w.row(append([]byte{}, p...))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// row is the next row of this side; without bytes it is the last.
func (w *wire) row(p []byte) statement {
	w.out++
	return statement{w.sql.say, [][]byte{[]byte(w.id), num(w.side), num(w.out - 1), p}}
}

// Read implements [net.Conn].
func (w *wire) Read(p []byte) (int, error) {
	for wait := soonest; len(w.rest) == 0; wait = min(2*wait, latest) {
		row, err := w.next()
		switch {
		case err != nil:
			return 0, err
		case row != nil:
			w.rest = row
			continue
		}
		if !w.until.IsZero() && time.Now().After(w.until) {
			return 0, os.ErrDeadlineExceeded
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-w.closed:
		}
		t.Stop()
	}
	n := copy(p, w.rest)
	w.rest = w.rest[n:]
	return n, nil
}

// next takes the next row of the other side; nil if there is none.
func (w *wire) next() ([]byte, error) {
	rows, err := w.exec(statement{w.sql.hear, [][]byte{[]byte(w.id), num(1 - w.side), num(w.in)}})
	if err != nil {
		return nil, err
	}
	row := rows[0]
	switch there := row[0] != nil; {
	case there && row[1] == nil:
		return nil, io.EOF
	case there:
		w.in++
		return row[1], nil
	case w.side == caller && readNum(row[2]) != w.epoch:
		return nil, errHanded
	}
	return nil, nil
}

// Close tells the other side.
func (w *wire) Close() error {
	w.once.Do(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		close(w.closed)
		_, _ = w.c.exec(w.row(nil)) // else the other side finds out by its clock
		w.end()
	})
	return nil
}

// SetReadDeadline implements [net.Conn]. It does not end a Read that waits.
func (w *wire) SetReadDeadline(t time.Time) error {
	w.until = t
	return nil
}

// SetWriteDeadline implements [net.Conn]: a row waits for nobody.
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline implements [net.Conn].
func (w *wire) SetDeadline(t time.Time) error { return w.SetReadDeadline(t) }

// LocalAddr implements [net.Conn].
func (w *wire) LocalAddr() net.Addr { return address{} }

// RemoteAddr implements [net.Conn].
func (w *wire) RemoteAddr() net.Addr { return address{} }

type address struct{}

// Network implements [net.Addr].
func (address) Network() string { return "postgres" }

// String names the table.
func (address) String() string { return "duban_command" }

// Calls implements [store.Called].
func (e *Engine) Calls() net.Listener {
	return &calls{Engine: e, known: map[string]bool{}, ended: make(chan struct{})}
}

var _ store.Called = (*Engine)(nil)

// calls listens for who calls the owner.
type calls struct {
	*Engine
	known map[string]bool // that are being answered
	ended chan struct{}
	once  sync.Once
}

// Accept implements [net.Listener].
func (l *calls) Accept() (net.Conn, error) {
	for {
		select {
		case <-l.ended:
			return nil, net.ErrClosed
		case <-l.lost:
			return nil, net.ErrClosed
		case <-l.ring:
		}
		w, err := l.answer()
		if err != nil || w != nil {
			return w, err
		}
	}
}

// answer takes a call; nil if there is none.
func (l *calls) answer() (net.Conn, error) {
	c, err := l.dial()
	if err != nil {
		return nil, err
	}
	rows, err := c.exec(statement{sql: l.sql.forget}, statement{sql: l.sql.callers})
	if err != nil {
		c.close()
		return nil, err
	}
	waiting := map[string]bool{}
	for _, row := range rows {
		waiting[string(row[0])] = true
	}
	for id := range l.known {
		if !waiting[id] {
			delete(l.known, id)
		}
	}
	for id := range waiting {
		if l.known[id] {
			continue
		}
		l.known[id] = true
		l.rouseCalls() // there may be more
		w := newWire(l.sql, c, id, called, c.close)
		w.owner = l.Err
		return w, nil
	}
	c.close()
	return nil, nil
}

// rouseCalls says that somebody calls.
func (e *Engine) rouseCalls() {
	select {
	case e.ring <- struct{}{}:
	default:
	}
}

// Close implements [net.Listener].
func (l *calls) Close() error {
	l.once.Do(func() { close(l.ended) })
	return nil
}

// Addr implements [net.Listener].
func (l *calls) Addr() net.Addr { return address{} }
