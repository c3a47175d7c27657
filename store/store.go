// Package store keeps the bot's state: which messages it has handled, what
// people reported, when each job last ran and what is still to be sent.
//
// A [Store] is a concrete type on top of an [Engine]. Everything that one
// message or one tick changes is changed in one [Store.Update]: the mark that it
// was seen, what it changes, and the texts that must be said because of it. So
// there is no moment at which one of them is there without the others.
//
// The functions given to View and Update are pure, because an engine may run
// one again: they read the clock from [Snapshot.Now] only.
//
// Reads and writes inside such a function have no error to check. When the engine
// fails, or a record cannot be read, the function ends there, as a test ends at
// [testing.T.Fatal], and View or Update returns the error. So an error that the
// code above the store does handle is always one of its own.
package store

import (
	"context"
	"crypto/cipher"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"time"
)

// Prefixes of the keys of what belongs to no account.
const (
	Work   = "w/"      // the office's own work: notices, items, progress; it outlives an account
	Jobs   = "job/"    // recurring notices and their turns
	Plans  = "plan/"   // imported plans
	People = "roster/" // people, groups and their leave

	Meta = "meta/" // what describes the store itself
)

// AccountPrefix begins the key of everything that belongs to account: its seen
// marks, its outbox, its audit entries.
func AccountPrefix(account string) string { return Key("a", account) + "/" }

// A Store keeps the state of one office. Its methods may be called by several
// goroutines at once.
type Store struct {
	engine   Engine
	clock    clock
	enqueued func(account string)
	ended    func(took time.Duration, err error)
	values   map[reflect.Type]any
	log      *slog.Logger
	key      key // of the audit logs
	seal     cipher.AEAD

	files *files

	cache  cache
	damage damage
}

// Options change how a Store works. The zero value is usable.
type Options struct {
	Now      func() time.Time           // the clock; nil is time.Now
	Enqueued func(account string)       // called after a commit that enqueued rows for account that are due, or with "" if there is more for FanOut
	Ended    func(time.Duration, error) // called after each Update: how long it took until it was durable, and how it ended
	Upgrade  func(schema int) error     // called before records of an older schema are changed, to keep a copy; an error keeps them as they are
	Log      *slog.Logger               // nil is silence
	Files    string                     // the folder of pictures and documents, unless the engine is a [Filer]; "" if there are none
	Key      Keyring                    // of the audit logs; nil has logs that anybody can write
	Values   []any                      // what the packages above find again by its type; see [Value]
}

// Open returns a Store on e. A new store gets this program's schema. An older one is
// brought to it, after o.Upgrade; one that a newer program has written is refused
// with ErrSchema, one of another key with ErrKey, and left as it is. Closing e stays
// the caller's duty.
func Open(ctx context.Context, e Engine, o Options) (*Store, error) {
	return open(ctx, e, o, steps())
}

func open(ctx context.Context, e Engine, o Options, steps []Step) (*Store, error) {
	s := &Store{engine: e, clock: clock{machine: o.Now}, enqueued: o.Enqueued, ended: o.Ended, values: map[reflect.Type]any{}, log: o.Log}
	if s.clock.machine == nil {
		s.clock.machine = time.Now
	}
	if s.enqueued == nil {
		s.enqueued = func(string) {}
	}
	if s.ended == nil {
		s.ended = func(time.Duration, error) {}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, v := range o.Values {
		s.values[reflect.TypeOf(v)] = v
	}
	var err error
	if s.files, err = openFiles(e, o.Files); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if _, _, err = s.VerifyRecords(ctx); err == nil {
		err = s.stand(ctx, o, steps)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

// A Snapshot is one consistent state of the store. It is valid inside the
// function that it was given to.
type Snapshot struct {
	reader Reader
	writer Writer // nil in a View
	now    time.Time
	store  *Store

	settled time.Time // see [Snapshot.Settled]

	damaged int // records that were found damaged
}

// Value returns the value of type T that was given to [Open], or the zero T. It
// is how packages above the store reach what an office configured.
func Value[T any](s *Snapshot) T {
	v, _ := s.store.values[reflect.TypeFor[T]()].(T)
	return v
}

// Now returns the time of the transaction, which is the same however often its
// function runs.
func (s *Snapshot) Now() time.Time { return s.now }

// A Tx is a [Snapshot] that can be changed. It sees its own changes.
type Tx struct {
	*Snapshot
	woken   []string // names for Options.Enqueued
	after   []func(kept bool)
	encoder encoder
	lines   []func(*slog.Logger)
	trusted time.Time // what the machine's clock says, if it is right from now on
}

// Log calls write with the logger of the store once the transaction is committed.
// A function that may run more than once must not log by itself.
func (tx *Tx) Log(write func(*slog.Logger)) { tx.lines = append(tx.lines, write) }

// After calls ended once this run of the function is over for good: kept says whether
// what it wrote is committed.
func (tx *Tx) After(ended func(kept bool)) { tx.after = append(tx.after, ended) }

func (tx *Tx) end(kept bool) {
	if tx == nil {
		return
	}
	for _, ended := range tx.after {
		ended(kept)
	}
	tx.after = nil
}

// An abort is the panic by which [Check] ends a function.
type abort struct{ err error }

// Check ends the function that View or Update runs, if err is not nil. It is for what
// no caller could mend: a failed read or write, or a record that is missing although
// another one points to it.
func Check(err error) {
	if err != nil {
		panic(abort{err})
	}
}

// Must returns v, or ends the running function like [Check].
func Must[T any](v T, err error) T {
	Check(err)
	return v
}

// Catch is to be deferred: it sets err to what ended the function early, if [Check] did.
func Catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case abort:
		*err = p.err
	default:
		panic(p)
	}
}

// View runs fn on one snapshot.
func (s *Store) View(ctx context.Context, fn func(*Snapshot) error) error {
	at := s.clock.read()
	return s.engine.View(ctx, func(r Reader) (err error) {
		defer Catch(&err)
		return fn(&Snapshot{reader: r, now: at.Now, settled: at.Settled, store: s})
	})
}

// Read returns what fn reads on one snapshot.
func Read[T any](ctx context.Context, s *Store, fn func(*Snapshot) T) (v T, err error) {
	err = s.View(ctx, func(sn *Snapshot) error {
		v = fn(sn)
		return nil
	})
	return v, err
}

// Update runs fn and commits all that it changed, or nothing if it returns an
// error. fn is pure; see the package doc.
//
// An error that wraps [ErrUnknown] says that the changes may or may not have
// been kept.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	at, began := s.clock.read(), time.Now()
	var done *Tx
	kept := false
	defer func() { done.end(kept) }()
	err := s.engine.Update(ctx, func(w Writer) (err error) {
		defer Catch(&err)
		done.end(false) // it ran before
		done = &Tx{Snapshot: &Snapshot{reader: w, writer: w, now: at.Now, settled: at.Settled, store: s}}
		return fn(done)
	})
	s.ended(time.Since(began), err)
	if err != nil {
		return err
	}
	kept = true
	if done.damaged > 0 {
		s.log.Error("damaged records were set aside", "records", done.damaged)
	}
	if !done.trusted.IsZero() {
		s.clock.trust(done.trusted)
	}
	for _, write := range done.lines {
		write(s.log)
	}
	for _, account := range done.woken {
		s.enqueued(account)
	}
	return nil
}

// Write is [Store.Update] for what refuses nothing.
func (s *Store) Write(ctx context.Context, fn func(*Tx)) error {
	return s.Update(ctx, func(tx *Tx) error {
		fn(tx)
		return nil
	})
}

// Compact removes what was deleted or replaced from the bytes of the engine, if it
// keeps such bytes.
func (s *Store) Compact(ctx context.Context) error {
	c, ok := s.engine.(Compacter)
	if !ok {
		return nil
	}
	if err := c.Compact(ctx); err != nil {
		return fmt.Errorf("compact store: %w", err)
	}
	return nil
}

// CopyTo writes the records of one moment into a new file, which an engine of the
// same kind can open. Pictures and documents are not part of it.
func (s *Store) CopyTo(ctx context.Context, path string) error {
	c, ok := s.engine.(Copier)
	if !ok {
		return ErrNoCopy
	}
	if err := c.CopyTo(ctx, path); err != nil {
		return fmt.Errorf("copy store: %w", err)
	}
	return nil
}

// Time returns the time of the store, which is the machine's as long as that is
// believed; see [Store.Guard].
func (s *Store) Time() time.Time { return s.clock.read().Now }

// Wake calls Options.Enqueued with a name after the commit, once for each name:
// an account that has new rows to send now, or "" if a loop has more to do.
func (tx *Tx) Wake(account string) {
	if !slices.Contains(tx.woken, account) {
		tx.woken = append(tx.woken, account)
	}
}
