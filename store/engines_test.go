package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
	"duban/store/mem"
	"duban/store/storetest"
)

// An office is a store with a clock that tests turn.
type office struct {
	*store.Store
	t      *testing.T
	engine store.Engine
	reopen func() *office // closes the store and opens it again, with the same clock

	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// onEngines runs test on every engine, and on every engine with each function
// run twice, side by side.
func onEngines(t *testing.T, test func(o *office)) {
	t.Helper()
	bare := func(e store.Engine) store.Engine { return e }
	for name, wrap := range map[string]func(store.Engine) store.Engine{"": bare, " twice": storetest.RunTwice} {
		t.Run("mem"+name, func(t *testing.T) {
			t.Parallel()
			e := mem.New() // what it holds survives, as nothing is closed
			test(open(t, newClock(), func() store.Engine { return wrap(e) }, func() {}))
		})
		t.Run("bolt"+name, func(t *testing.T) {
			t.Parallel() // they mostly wait for the disk
			path := filepath.Join(t.TempDir(), "duban.db")
			var e *bolt.Engine
			shut := func() {
				if err := e.Close(); err != nil {
					t.Errorf("Close: got error %v, want none", err)
				}
			}
			test(open(t, newClock(), func() store.Engine {
				var err error
				if e, err = bolt.Open(path); err != nil {
					t.Fatalf("Open: got error %v, want none", err)
				}
				return wrap(e)
			}, shut))
			shut()
		})
	}
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))}
}

func open(t *testing.T, c *clock, engine func() store.Engine, shut func()) *office {
	t.Helper()
	o := &office{t: t, engine: engine(), clock: c}
	var err error
	if o.Store, err = notice.OpenStore(t.Context(), o.engine, store.Options{Now: c.Now}, tellParked); err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	o.reopen = func() *office {
		t.Helper()
		shut()
		return open(t, c, engine, shut)
	}
	return o
}

// must fails the test on an error.
func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatalf("got error %v, want none", err)
	}
}

// update runs fn and expects it to be committed.
func (o *office) update(fn func(*store.Tx) error) {
	o.t.Helper()
	o.must(o.Update(o.t.Context(), fn))
}

// say enqueues texts for a chat under keys that are the texts.
func (o *office) say(chat string, texts ...string) {
	o.t.Helper()
	for _, text := range texts {
		o.enqueue(bot.Outgoing{Key: text, Account: "web", Chat: chat, Text: text})
	}
}

func (o *office) enqueue(m bot.Outgoing) {
	o.t.Helper()
	o.update(func(tx *store.Tx) error { return outbox.Enqueue(tx, m) })
}

// claim returns what is due, failing the test if it is not the row with this key.
func (o *office) claim(want string) bot.Outgoing {
	o.t.Helper()
	m, err := outbox.Claim(o.t.Context(), o.Store, "web", time.Minute)
	if err != nil || m.Key != want {
		o.t.Fatalf("Claim: got %q, %v, want %q", m.Key, err, want)
	}
	return m
}

// idle fails the test if something is due.
func (o *office) idle() {
	o.t.Helper()
	if m, err := outbox.Claim(o.t.Context(), o.Store, "web", time.Minute); !errors.Is(err, bot.ErrEmpty) {
		o.t.Fatalf("Claim: got %q, %v, want ErrEmpty", m.Key, err)
	}
}

func (o *office) settle(m bot.Outgoing, r bot.Result) {
	o.t.Helper()
	o.must(outbox.Settle(o.t.Context(), o.Store, m, r))
}

// sent settles m as sent.
func (o *office) sent(m bot.Outgoing) {
	o.t.Helper()
	o.settle(m, bot.Result{Receipt: bot.Receipt{ID: "id of " + m.Key, Sent: o.clock.Now()}})
}

// send claims, expecting these keys in this order, and settles each as sent.
func (o *office) send(keys ...string) {
	o.t.Helper()
	for _, k := range keys {
		o.sent(o.claim(k))
	}
}

func (o *office) cancel(key string) (done bool) {
	o.t.Helper()
	o.update(func(tx *store.Tx) (err error) {
		done, err = outbox.Cancel(tx, "web", key)
		return err
	})
	return done
}

// rows returns the rows of the account in state.
func (o *office) rows(state outbox.State) (rows []outbox.Row) {
	o.t.Helper()
	o.must(o.View(o.t.Context(), func(s *store.Snapshot) error {
		for r, err := range outbox.Rows(s, "web", state) {
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return nil
	}))
	return rows
}

// row returns the row with this key in state.
func (o *office) row(state outbox.State, key string) outbox.Row {
	o.t.Helper()
	rows := o.rows(state)
	for _, r := range rows {
		if r.Key == key {
			return r
		}
	}
	o.t.Fatalf("rows that are %s: got %+v, want %q among them", state, rows, key)
	return outbox.Row{}
}

// counting counts what is asked of an engine.
type counting struct {
	store.Engine
	mu             sync.Mutex
	updates, reads int
}

func (c *counting) count(n *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*n++
}

func (c *counting) View(ctx context.Context, fn func(store.Reader) error) error {
	return c.Engine.View(ctx, func(r store.Reader) error { return fn(countingReader{r, c}) })
}

func (c *counting) Update(ctx context.Context, fn func(store.Writer) error) error {
	c.count(&c.updates)
	return c.Engine.Update(ctx, func(w store.Writer) error {
		return fn(struct {
			countingReader
			changer
		}{countingReader{w, c}, w})
	})
}

// A changer is the part of a Writer that a Reader lacks.
type changer interface {
	Put(key, value []byte) error
	Delete(key []byte) error
}

// A countingReader counts the pairs that are read.
type countingReader struct {
	r store.Reader
	c *counting
}

func (r countingReader) Get(key []byte) ([]byte, error) {
	r.c.count(&r.c.reads)
	return r.r.Get(key)
}

func (r countingReader) Scan(from, to []byte, limit int) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		for p, err := range r.r.Scan(from, to, limit) {
			r.c.count(&r.c.reads)
			if !yield(p, err) {
				return
			}
		}
	}
}

// tellParked tells the admins of a parked lane, as the program does in its words.
func tellParked(tx *store.Tx, l outbox.ParkedLane) error {
	text := fmt.Sprintf("%s%s: %d", l.Person, l.Chat, l.Waiting)
	_, err := roster.Raise(tx, roster.Alarm{Text: text, Outside: true})
	return err
}
