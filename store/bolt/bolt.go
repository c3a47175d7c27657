// Package bolt is the store engine that needs nothing else: one file, through
// bbolt.
//
// An fsync is what a durable commit costs, so updates share them. One goroutine
// owns the bbolt transaction: it takes the update that came first and all that
// have come by then, without waiting for more, lets one after the other run, and
// commits once. A caller runs its function in its own goroutine when its turn
// comes, so that a panic is the caller's own. A function that fails is undone
// inside the group; the others do not notice.
//
// After a commit that failed nobody knows what the file holds, so the engine
// takes no more work: restart the process, which reads the file afresh. A full disk
// is no such failure, if it can be seen that the commit did not begin to count.
package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"duban/store"
)

// group bounds how many updates share a commit, and so how long the first of
// them waits for the others.
const group = 1024

// An Engine is a [store.Engine] in one file.
type Engine struct {
	path string
	db   *bbolt.DB
	file *os.File     // the one that db writes to
	swap sync.RWMutex // held by views, and by Compact while it changes db and file

	calls    chan *call
	compacts chan chan error
	closing  chan struct{} // closed by Close
	stopped  chan struct{} // closed when the writer has ended
	once     sync.Once
	stuck    bool // bbolt did not come out of a transaction and cannot be closed; set by the writer

	mu  sync.Mutex
	err error // why the engine takes no more work
}

// bucketName is that of the only bucket. Its number rises with the form in which it
// holds values; 2 is the first with checksums.
func bucketName() []byte { return []byte("duban/2") }

// View runs fn on one snapshot. It must not call Update: the update might have
// to wait for the view to end.
func (e *Engine) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := e.down(); err != nil {
		return err
	}
	e.swap.RLock()
	defer e.swap.RUnlock()
	err := e.db.View(func(tx *bbolt.Tx) error {
		return fn(&txn{bucket: tx.Bucket(bucketName())})
	})
	if errors.Is(err, bbolterrors.ErrDatabaseNotOpen) {
		return store.ErrClosed
	}
	return err
}

// Update runs fn when its turn comes and returns when its group is committed.
// After ctx ends it does not start fn, but once started it waits for the end.
func (e *Engine) Update(ctx context.Context, fn func(store.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := &call{turn: make(chan turn), ran: make(chan result)}
	select {
	case e.calls <- c:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return e.down()
	}
	return c.serve(ctx, store.Guarded(fn))
}

// Close waits for the updates that have begun and for open views, and releases
// the file.
func (e *Engine) Close() error {
	e.once.Do(func() { close(e.closing) })
	<-e.stopped
	if e.stuck {
		return e.down()
	}
	return e.db.Close()
}

// down returns why the engine takes no more work, or nil.
func (e *Engine) down() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

func (e *Engine) stop(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		e.err = err
	}
}

// write is the goroutine that owns the transactions.
func (e *Engine) write() {
	defer close(e.stopped)
	for e.down() == nil {
		select {
		case first := <-e.calls:
			e.commit(e.gather(first))
		case done := <-e.compacts:
			done <- e.compact()
		case <-e.closing:
			e.stop(store.ErrClosed)
		}
	}
}

// gather returns first and the calls that wait behind it.
func (e *Engine) gather(first *call) []*call {
	calls := []*call{first}
	for len(calls) < group {
		select {
		case c := <-e.calls:
			calls = append(calls, c)
		default:
			return calls
		}
	}
	return calls
}

// commit lets calls run one after the other in one transaction and tells them
// how it ended.
func (e *Engine) commit(calls []*call) {
	tx, err := e.db.Begin(true)
	if err != nil {
		for _, c := range calls {
			c.turn <- turn{err: fmt.Errorf("begin: %w", err)}
		}
		return
	}
	wrote, spoiled := false, false
	for _, c := range calls {
		c.turn <- turn{bucket: tx.Bucket(bucketName())}
		r := <-c.ran
		wrote, spoiled = wrote || r.wrote, spoiled || r.spoiled
	}
	err = e.end(tx, wrote, spoiled)
	for _, c := range calls {
		if !c.gone {
			c.turn <- turn{err: err}
		}
	}
}

// end commits tx if there is something to commit.
func (e *Engine) end(tx *bbolt.Tx, wrote, spoiled bool) error {
	switch {
	case spoiled:
		e.stop(fmt.Errorf("%w: a function could not be undone", store.ErrBroken))
		e.abandon(tx)
		return e.down()
	case !wrote: // nothing to sync
		e.abandon(tx)
		return e.down()
	}
	before, readable := e.metas()
	err := guarded(tx.Commit)
	if err == nil {
		return nil
	}
	if after, _ := e.metas(); readable && store.NoRoom(err) && bytes.Equal(before, after) {
		return fmt.Errorf("%w: nothing was written: %w", store.ErrFull, err)
	}
	e.stop(fmt.Errorf("%w: a commit failed", store.ErrBroken))
	e.abandon(tx)
	return fmt.Errorf("%w: commit: %w; %w", store.ErrUnknown, err, store.ErrBroken)
}

// metas returns the two pages by which bbolt knows which of its commits counts. It
// writes one of them last, when all that it points to is durable. So a commit that
// left both alone never happened: whatever it wrote before lies on free pages.
func (e *Engine) metas() (pages []byte, readable bool) {
	pages = make([]byte, 2*e.db.Info().PageSize)
	_, err := e.file.ReadAt(pages, 0)
	return pages, err == nil
}

// abandon ends tx without a commit, if bbolt has not done so.
func (e *Engine) abandon(tx *bbolt.Tx) {
	if err := guarded(tx.Rollback); err != nil && !errors.Is(err, bbolterrors.ErrTxClosed) {
		e.stuck = true
		e.stop(fmt.Errorf("%w: a transaction could not be ended", store.ErrBroken))
	}
}
