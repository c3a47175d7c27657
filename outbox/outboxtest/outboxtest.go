// Package outboxtest gives tests an office: a store with a clock that they turn,
// on every engine, with short words for what they do with its outbox.
package outboxtest

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
	"duban/store/bolt"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// An Office is a store in a test. Its one account is called web.
type Office struct {
	*testing.T
	*store.Store
	Engine store.Engine

	options store.Options
	engine  func() store.Engine // opens the engine again
	shut    func()

	mu  sync.Mutex
	now time.Time
}

// OnEngines runs test on every engine, and on every engine with each function run
// twice, side by side. The values are those of [store.Options].
func OnEngines(t *testing.T, values []any, test func(*Office)) {
	t.Helper()
	bare := func(e store.Engine) store.Engine { return e }
	for name, wrap := range map[string]func(store.Engine) store.Engine{"": bare, " twice": storetest.RunTwice} {
		t.Run("mem"+name, func(t *testing.T) {
			t.Parallel()
			test(On(t, wrap(enginetest.New(t)), values...))
		})
		t.Run("bolt"+name, func(t *testing.T) {
			t.Parallel() // they mostly wait for the disk
			path := filepath.Join(t.TempDir(), "duban.db")
			var e *bolt.Engine
			o := &Office{T: t, now: Start(), options: store.Options{Values: values}}
			o.engine = func() store.Engine {
				var err error
				e, err = bolt.Open(path)
				o.Must(err)
				return wrap(e)
			}
			o.shut = func() { o.Must(e.Close()) }
			o.open()
			test(o)
			o.shut()
		})
	}
}

// On returns an office on an engine that is not closed when the store is opened
// again.
func On(t *testing.T, e store.Engine, values ...any) *Office {
	t.Helper()
	o := &Office{T: t, now: Start(), engine: func() store.Engine { return e }, shut: func() {}, options: store.Options{Values: values}}
	o.open()
	return o
}

// Start is when the clock of an office begins: at nine on a Monday, in China.
func Start() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("CST", 8*3600)) }

func (o *Office) open() {
	o.Helper()
	o.Engine, o.options.Now = o.engine(), o.Now
	var err error
	o.Store, err = store.Open(o.Context(), o.Engine, o.options)
	o.Must(err)
}

// Reopen closes the store and opens it again, with the same clock.
func (o *Office) Reopen() {
	o.Helper()
	o.shut()
	o.open()
}

// Configure opens the store again with options, whose clock is the office's.
func (o *Office) Configure(options store.Options) {
	o.Helper()
	o.options = options
	o.Reopen()
}

// Now returns the time of the clock.
func (o *Office) Now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// Pass lets time pass.
func (o *Office) Pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// Must fails the test on an error.
func (o *Office) Must(err error) {
	o.Helper()
	if err != nil {
		o.Fatalf("got error %v, want none", err)
	}
}

// Change runs fn in an update that must be committed.
func (o *Office) Change(fn func(*store.Tx)) {
	o.Helper()
	o.Must(o.Write(o.Context(), fn))
}

// Look runs fn on a snapshot.
func (o *Office) Look(fn func(*store.Snapshot)) {
	o.Helper()
	o.Must(o.View(o.Context(), func(s *store.Snapshot) error {
		fn(s)
		return nil
	}))
}

// Say enqueues texts for a chat under keys that are the texts.
func (o *Office) Say(chat string, texts ...string) {
	o.Helper()
	for _, text := range texts {
		o.Enqueue(bot.Outgoing{Key: text, Chat: chat, Text: text})
	}
}

// Enqueue puts m into the outbox of web, unless it names another account.
func (o *Office) Enqueue(m bot.Outgoing) {
	o.Helper()
	if m.Account == "" {
		m.Account = "web"
	}
	o.Change(func(tx *store.Tx) {
		outbox.Enqueue(tx, m)
	})
}

// EnqueueMany puts n rows into the outbox of web in one transaction.
func (o *Office) EnqueueMany(n int, row func(i int) bot.Outgoing) {
	o.Helper()
	o.Change(func(tx *store.Tx) {
		for i := range n {
			m := row(i)
			m.Account = "web"
			outbox.Enqueue(tx, m)
		}
	})
}

// ErrEmpty is what [Claim] returns when nothing is due.
var ErrEmpty = errors.New("nothing is due")

// Claim returns the row of account that has been due longest, for a minute.
func Claim(ctx context.Context, s *store.Store, account string) (bot.Outgoing, error) {
	rows, err := outbox.Delivery{Store: s}.Exchange(ctx, account, nil, 1, time.Minute)
	if err != nil {
		return bot.Outgoing{}, err
	}
	if len(rows) == 0 {
		return bot.Outgoing{}, ErrEmpty
	}
	return rows[0], nil
}

// Settle says how the attempt on m ended.
func Settle(ctx context.Context, s *store.Store, m bot.Outgoing, r bot.Result) error {
	_, err := outbox.Delivery{Store: s}.Exchange(ctx, m.Account, []bot.Attempt{{Outgoing: m, Result: r}}, 0, time.Minute)
	return err
}

// Claim returns what is due, and fails the test if it is not the row with this key.
func (o *Office) Claim(key string) bot.Outgoing {
	o.Helper()
	m, err := Claim(o.Context(), o.Store, "web")
	if err != nil || m.Key != key {
		o.Fatalf("Claim: got %q, %v, want %q", m.Key, err, key)
	}
	return m
}

// Idle fails the test if something is due.
func (o *Office) Idle() {
	o.Helper()
	if m, err := Claim(o.Context(), o.Store, "web"); !errors.Is(err, ErrEmpty) {
		o.Fatalf("Claim: got %q, %v, want ErrEmpty", m.Key, err)
	}
}

// Settle says how the attempt on m ended.
func (o *Office) Settle(m bot.Outgoing, r bot.Result) {
	o.Helper()
	o.Must(Settle(o.Context(), o.Store, m, r))
}

// Sent settles m as sent.
func (o *Office) Sent(m bot.Outgoing) {
	o.Helper()
	o.Settle(m, bot.Result{Receipt: bot.Receipt{ID: "id of " + m.Key, Sent: o.Now()}})
}

// Send claims the rows with these keys in this order and settles each as sent.
func (o *Office) Send(keys ...string) {
	o.Helper()
	for _, k := range keys {
		o.Sent(o.Claim(k))
	}
}

// Drain sends what is due until nothing is, and returns it.
func (o *Office) Drain() (sent []bot.Outgoing) {
	o.DrainTo("web", func(m bot.Outgoing) { sent = append(sent, m) })
	return sent
}

// DrainTo lets send have what is due for an account until nothing is. It may run
// beside others, and therefore does not end the test.
func (o *Office) DrainTo(account string, send func(bot.Outgoing)) {
	for {
		m, err := Claim(o.Context(), o.Store, account)
		if errors.Is(err, ErrEmpty) {
			return
		}
		if err == nil {
			send(m)
			err = Settle(o.Context(), o.Store, m, bot.Result{})
		}
		if err != nil {
			o.Errorf("drain: got error %v, want none", err)
			return
		}
	}
}

// Cancel takes back a row and returns whether that is certain.
func (o *Office) Cancel(key string) bool {
	o.Helper()
	return Do(o, func(tx *store.Tx) bool { return outbox.Cancel(tx, "web", key) })
}

// A world is an [Office], or embeds one.
type world interface {
	Change(fn func(*store.Tx))
	Look(fn func(*store.Snapshot))
}

// Do runs fn in an update that must be committed, and returns its result.
func Do[T any](o world, fn func(*store.Tx) T) (result T) {
	o.Change(func(tx *store.Tx) { result = fn(tx) })
	return result
}

// See runs fn on a snapshot and returns its result.
func See[T any](o world, fn func(*store.Snapshot) T) (result T) {
	o.Look(func(s *store.Snapshot) { result = fn(s) })
	return result
}

// FirstSight tells whether the store sees a message for the first time.
func (o *Office) FirstSight(account, id string) bool {
	o.Helper()
	return Do(o, func(tx *store.Tx) bool { return tx.FirstSight(account, id) })
}

// Rows returns the rows in state.
func (o *Office) Rows(state outbox.State) (rows []outbox.Row) {
	o.Helper()
	o.Look(func(s *store.Snapshot) {
		rows = nil
		for r := range outbox.Rows(s, "web", state) {
			rows = append(rows, r)
		}
	})
	return rows
}

// Row returns the row with this key, which must be in state.
func (o *Office) Row(state outbox.State, key string) outbox.Row {
	o.Helper()
	rows := o.Rows(state)
	for _, r := range rows {
		if r.Key == key {
			return r
		}
	}
	o.Fatalf("rows that are %s: got %+v, want %q among them", state, rows, key)
	return outbox.Row{}
}
