// Package postgres is the store engine for a second machine that takes over, and for
// many offices on one database cluster. An office has a schema of its own.
//
// One process at a time owns an office, under a lease that it renews; the others wait in
// [Open]. The owner holds the whole office in memory, so that reading costs no trip. Functions run one after
// the other on that memory; what those that came together wrote leaves as one message,
// which is one transaction. It first looks, under the lock of a row, whether the fence
// still stands, so that a process that lost the office changes nothing any more.
//
// While a message is on its way, the functions of the next one run on what it will have
// written. Views see only what is committed.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"duban/store"
	"duban/store/mem"
)

// Options say which office is opened, and by whom.
type Options struct {
	URL      string // connection string, see [Check]; the environment of libpq counts too
	Password string // "": that of the environment, or none
	Schema   string // of the office; it is made if it is missing and the role may
	Process  string // names this process, as no other one is named; it opens again at once what it lost

	// StandBy is called once if another process owns the office, with its name, before
	// Open waits for it. nil does not wait: Open returns [store.ErrLocked] as soon as the
	// other process is seen alive.
	StandBy func(owner string)

	Log *slog.Logger // nil is silence
}

// An Engine is a [store.Engine] and a [store.Owner] on one schema.
type Engine struct {
	link
	log   *slog.Logger
	sql   statements
	me    string
	epoch int64

	mu      sync.Mutex // held while a function runs
	head    *mem.Tree  // with what is not committed yet
	next    *group     // gathers what the functions write
	flying  *group     // is being committed; nil if none is
	changed chan struct{}

	state     sync.Mutex // guards what follows
	committed *mem.Tree
	until     time.Time // of the lease
	expiry    *time.Timer
	err       error // why it takes no more work

	fence, seq int64 // of the committer alone
	tried      int64 // the last fence that was tried

	lost    chan struct{} // closed when the office is lost
	closing chan struct{}
	ring    chan struct{} // somebody calls
	once    sync.Once
	loops   sync.WaitGroup
	views   sync.RWMutex // held for reading while a View runs, for writing by Close
}

// A group is what goes into one message.
type group struct {
	writes map[string][]byte // nil deletes
	tree   *mem.Tree         // the state with them
	done   chan struct{}     // closed when err says how it ended
	err    error
}

func newGroup() *group { return &group{writes: map[string][]byte{}, done: make(chan struct{})} }

// View runs fn on what is committed.
func (e *Engine) View(ctx context.Context, fn func(store.Reader) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.views.RLock()
	defer e.views.RUnlock()
	e.state.Lock()
	err := e.down()
	var tree *mem.Tree
	if err == nil {
		tree = e.committed.Copy()
	}
	e.state.Unlock()
	if err != nil {
		return err
	}
	return fn(&mem.Txn{Tree: tree})
}

// Update runs fn on the newest state and returns when what it read and wrote is
// committed.
func (e *Engine) Update(ctx context.Context, fn func(store.Writer) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g, failed := e.apply(ctx, fn)
	if g == nil {
		return failed
	}
	<-g.done
	if g.err != nil {
		return g.err // also for a failed function: it may have read what did not come to be
	}
	return failed
}

// apply runs fn and adds its writes to the next group. It returns the group on whose
// outcome fn depends, nil if there is none.
func (e *Engine) apply(ctx context.Context, fn func(store.Writer) error) (_ *group, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := e.Err(); err != nil {
		return nil, err
	}
	t := &txn{Txn: mem.Txn{Tree: e.head.Copy()}, writes: map[string][]byte{}}
	err = store.Guarded(fn)(t)
	if err == nil && len(t.writes) > 0 {
		maps.Copy(e.next.writes, t.writes)
		e.head = t.Tree
		e.next.tree = t.Tree
		e.rouse()
		return e.next, nil
	}
	if len(e.next.writes) > 0 {
		return e.next, err
	}
	return e.flying, err
}

// rouse tells the committer of a group that waits.
func (e *Engine) rouse() {
	select {
	case e.changed <- struct{}{}:
	default:
	}
}

// A txn notes what it writes.
type txn struct {
	mem.Txn
	writes map[string][]byte
}

// Put sets the value and notes it.
func (t *txn) Put(key, value []byte) error {
	value = append([]byte{}, value...)
	t.writes[string(key)] = value
	return t.Txn.Put(key, value)
}

// Delete removes the key and notes it.
func (t *txn) Delete(key []byte) error {
	t.writes[string(key)] = nil
	return t.Txn.Delete(key)
}

// Err returns why the engine takes no more work, or nil.
func (e *Engine) Err() error {
	e.state.Lock()
	defer e.state.Unlock()
	return e.down()
}

// down is [Engine.Err] for who holds e.state.
func (e *Engine) down() error {
	if e.err == nil && !time.Now().Before(e.until) {
		e.lose("the lease ran out")
	}
	return e.err
}

// lose ends the ownership. The caller holds e.state.
func (e *Engine) lose(why string) {
	if e.err != nil {
		return
	}
	e.err = fmt.Errorf("%w: %s", store.ErrFenced, why)
	e.log.Warn("the office was lost, its owner stands by", "why", why)
	close(e.lost)
	e.cut()
}

// Close lets running functions be committed, gives the office back and releases the
// connections.
func (e *Engine) Close() error {
	e.once.Do(func() {
		e.mu.Lock()
		close(e.closing)
		e.mu.Unlock()
	})
	e.loops.Wait()
	e.views.Lock()
	defer e.views.Unlock()
	e.expiry.Stop()
	return e.shut()
}

// stop says that the engine was closed, if nothing has ended it before.
func (e *Engine) stop() (lost bool) {
	e.state.Lock()
	defer e.state.Unlock()
	if e.err == nil {
		e.err = store.ErrClosed
	}
	return errors.Is(e.err, store.ErrFenced)
}

// Compact writes the table anew, without a trace of what was deleted or replaced. What
// the archive of the database's log holds goes with that archive. It fails while somebody
// reads the table for long, as a dump does.
func (e *Engine) Compact(context.Context) error {
	if err := e.Err(); err != nil {
		return err
	}
	c, err := e.dial()
	if err != nil {
		return err
	}
	defer c.close()
	_, err = c.exec(e.sql.compact...)
	return err
}
