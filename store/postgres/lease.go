package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"time"

	"duban/store"
	"duban/store/mem"
)

const (
	renewEvery = 5 * time.Second
	leaseTime  = 18 * time.Second // of the owner, from before it sent its renewal
	deadAfter  = 20 * time.Second // without a renewal, by the clock of who stands by
	pollEvery  = time.Second
)

// An owning is what the owner's row says.
type owning struct {
	process     string
	epoch, beat int64
}

// Open waits until this process owns the office, and returns an engine on it. It takes
// over when the owner has given the office back, or has not renewed its lease for 20
// seconds; see [Options.StandBy].
func Open(ctx context.Context, o Options) (*Engine, error) {
	e := &Engine{
		sql: statementsOf(o.Schema), me: o.Process, log: o.Log, next: newGroup(), changed: make(chan struct{}, 1),
		lost: make(chan struct{}), closing: make(chan struct{}), ring: make(chan struct{}, 1),
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if err := e.open(o); err != nil {
		return nil, fmt.Errorf("open store: postgres: %w", err)
	}
	c, err := e.own(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open store: postgres: %w", errors.Join(err, e.shut()))
	}
	e.expiry = time.AfterFunc(time.Until(e.until), func() { _ = e.Err() })
	e.loops.Add(2)
	go e.commit(c)
	go e.renew()
	if err := e.load(); err != nil {
		return nil, fmt.Errorf("open store: postgres: %w", errors.Join(err, e.Close()))
	}
	return e, nil
}

// own waits for the ownership. The connection is then that of the groups.
func (e *Engine) own(ctx context.Context, o Options) (*conn, error) {
	w := &watch{Engine: e, o: o}
	for ctx.Err() == nil {
		taken, err := w.look()
		switch {
		case taken:
			return w.c, nil
		case err == nil:
		case errors.Is(err, store.ErrLocked), o.StandBy == nil:
			w.leave()
			return nil, err
		default:
			e.log.Warn("the database does not answer", "err", err)
			w.leave()
		}
		pause(ctx, pollEvery)
	}
	w.leave()
	return nil, ctx.Err()
}

// A watch is how a process stands by: it looks whether the owner renews its lease.
type watch struct {
	*Engine
	o     Options
	c     *conn
	seen  owning
	since time.Time // when it was seen so first
	told  bool
}

func (w *watch) leave() {
	if w.c != nil {
		w.c.close()
		w.c = nil
	}
}

// look looks once, and takes the office over if it is free.
func (w *watch) look() (taken bool, err error) {
	if w.c == nil {
		if w.c, err = w.dial(); err != nil {
			return false, err
		}
		if err := w.c.create(w.o.Schema); err != nil {
			return false, err
		}
	}
	now, err := w.c.owner(w.sql)
	if err != nil {
		return false, err
	}
	first := w.since.IsZero()
	if now != w.seen || first {
		if !first && w.o.StandBy == nil {
			return false, &store.OwnedError{Owner: now.process}
		}
		w.seen, w.since = now, time.Now()
		if err := w.knock(now); first && err != nil {
			return false, err
		}
	}
	if now.process == "" || now.process == w.me || time.Since(w.since) >= deadAfter {
		return w.take(w.c, now)
	}
	if !w.told && w.o.StandBy != nil {
		w.told = true
		w.o.StandBy(now.process)
	}
	return false, nil
}

// knock asks another owner to show at once that it lives, for who does not stand by.
func (w *watch) knock(now owning) error {
	if w.o.StandBy != nil || now.process == "" || now.process == w.me {
		return nil
	}
	_, err := w.c.exec(statement{w.sql.say, [][]byte{[]byte(rand.Text()), num(caller), num(-1), nil}})
	return err
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d - time.Duration(mrand.Int64N(int64(d)/4)))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

func (c *conn) owner(sql statements) (o owning, err error) {
	rows, err := c.exec(statement{sql: sql.owner})
	if err != nil {
		return o, err
	}
	if len(rows) == 0 {
		return o, errors.New("the row of the owner is missing: restore a backup of the database")
	}
	return owning{string(rows[0][0]), readNum(rows[0][1]), readNum(rows[0][2])}, nil
}

// take takes the office over from what was seen, if that still stands.
func (e *Engine) take(c *conn, seen owning) (bool, error) {
	before := time.Now()
	rows, err := c.exec(statement{e.sql.take, [][]byte{[]byte(e.me), num(seen.epoch), num(seen.beat)}})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	e.epoch, e.fence = readNum(rows[0][0]), readNum(rows[0][1])
	e.tried, e.until = e.fence, before.Add(leaseTime)
	return true, nil
}

// load reads the whole office.
func (e *Engine) load() error {
	c, err := e.dial()
	if err != nil {
		return err
	}
	defer c.close()
	tree := mem.NewTree()
	r := c.ExecParams(context.Background(), e.sql.all, nil, nil, nil, []int16{1})
	for r.NextRow() {
		row := r.Values()
		tree.Load(store.Pair{Key: append([]byte{}, row[0]...), Value: append([]byte{}, row[1]...)})
	}
	if _, err := r.Close(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.Lock()
	defer e.state.Unlock()
	e.head, e.committed = tree, tree.Copy()
	return e.down()
}

// renew renews the lease, on a connection of its own.
func (e *Engine) renew() {
	defer e.loops.Done()
	var c *conn
	renewed := time.Now()
	for {
		t := time.NewTimer(pollEvery)
		select {
		case <-e.closing:
		case <-e.lost:
		case <-t.C:
		}
		t.Stop()
		if done(e.closing) || done(e.lost) {
			if c != nil {
				c.close()
			}
			return
		}
		if time.Since(renewed) < renewEvery && !e.called(&c) {
			continue
		}
		if e.prolong(&c) {
			renewed = time.Now()
		}
	}
}

func done(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// called looks whether somebody calls, and tells whether somebody wants to see at once that
// this process lives, or that cannot be known.
func (e *Engine) called(c **conn) bool {
	if *c == nil {
		return true
	}
	rows, err := (*c).exec(statement{sql: e.sql.ringing})
	if err != nil {
		return true // prolong finds out why
	}
	if rows[0][1][0] == 1 {
		e.rouseCalls()
	}
	return rows[0][0][0] == 1
}

// prolong renews the lease once and reports whether that is certain.
func (e *Engine) prolong(c **conn) bool {
	var err error
	if *c == nil {
		if *c, err = e.dial(); err != nil {
			return false
		}
	}
	before := time.Now()
	rows, err := (*c).exec(statement{e.sql.renew, [][]byte{num(e.epoch)}})
	e.state.Lock()
	defer e.state.Unlock()
	switch {
	case err != nil:
		e.log.Warn("the lease was not renewed", "err", err)
		(*c).close()
		*c = nil
		return false
	case len(rows) == 0:
		e.lose("another process has taken over")
	case e.down() == nil:
		e.until = before.Add(leaseTime)
		e.expiry.Reset(time.Until(e.until))
	}
	return true
}

// Lease implements [store.Owner]. A machine that was suspended may not have counted that
// time, so that the clock on the wall counts too.
func (e *Engine) Lease() time.Duration {
	e.state.Lock()
	defer e.state.Unlock()
	if e.down() != nil {
		return 0
	}
	now := time.Now()
	return max(0, min(e.until.Sub(now), e.until.Round(0).Sub(now.Round(0))))
}

// Lost implements [store.Owner].
func (e *Engine) Lost() <-chan struct{} { return e.lost }
