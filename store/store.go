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
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"duban/roster"
)

// Prefixes of the keys of what belongs to no account.
const (
	Work   = "w/"      // the office's own work: notices, items, progress; it outlives an account
	Jobs   = "job/"    // recurring notices and their turns
	Plans  = "plan/"   // imported plans
	People = "roster/" // people, groups and their leave
	Revs   = "rev/"    // counters by which other processes learn of edits

	meta = "meta/" // what describes the store itself
)

// AccountPrefix begins the key of everything that belongs to account: its seen
// marks, its outbox, its audit entries.
func AccountPrefix(account string) string { return key("a", account) + "/" }

// schema is the version of what the records look like. It rises when an older
// duban could no longer read them.
const schema = 1

// ErrSchema means that the store was written by a newer duban.
var ErrSchema = errors.New("store was written by a newer duban")

// A Store keeps the state of one office. Its methods may be called by several
// goroutines at once.
type Store struct {
	engine   Engine
	now      func() time.Time
	enqueued func(account string)
	load     Load
	caps     map[string]Cap
	log      *slog.Logger

	files *files

	rosters memo[*roster.Roster]
	plans   memo[*Plan]
	places  memo[map[string]int] // of people on the roster
}

// Options change how a Store works. The zero value is usable.
type Options struct {
	Now      func() time.Time     // the clock; nil is time.Now
	Enqueued func(account string) // called after a commit that enqueued rows for account, or with "" if there is more for FanOut
	Log      *slog.Logger         // nil is silence
	Caps     map[string]Cap       // by account: how much it may say that nobody asked for; one that is missing may say anything
	Files    string               // the folder of pictures and documents; "" if there are none
	Load     Load                 // how much may be said that nobody asked for; the zero Load is anything
}

// Open returns a Store on e. A new store gets this program's schema version;
// one with a newer version is refused with ErrSchema and left as it is. Closing
// e stays the caller's duty.
func Open(ctx context.Context, e Engine, o Options) (*Store, error) {
	s := &Store{engine: e, now: o.Now, enqueued: o.Enqueued, load: o.Load, caps: o.Caps, log: o.Log}
	if s.now == nil {
		s.now = time.Now
	}
	if s.enqueued == nil {
		s.enqueued = func(string) {}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if s.files, err = openFiles(o.Files); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := s.checkSchema(ctx); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	return s, nil
}

// A version is the record that says how the others look.
type version struct {
	Schema int `json:"schema"`
}

func (s *Store) checkSchema(ctx context.Context) error {
	const at = meta + "version"
	var v version
	var known bool
	err := s.View(ctx, func(sn *Snapshot) (err error) {
		v, known, err = load[version](sn.r, at)
		return err
	})
	if err != nil {
		return err
	}
	if v.Schema > schema {
		return fmt.Errorf("%w: it has schema %d and this program knows up to %d; "+
			"start the newer program again, or restore a backup from before the upgrade", ErrSchema, v.Schema, schema)
	}
	if known {
		return nil
	}
	return s.Update(ctx, func(tx *Tx) error {
		return save(tx.w, at, version{schema})
	})
}

// A Snapshot is one consistent state of the store. It is valid inside the
// function that it was given to.
type Snapshot struct {
	r     Reader
	now   time.Time
	store *Store

	placed *roster.Roster // what places is of
	places map[string]int
	people *roster.Roster // what Roster returned before, as a message asks for it many times
}

// Now returns the time of the transaction, which is the same however often its
// function runs.
func (s *Snapshot) Now() time.Time { return s.now }

// A Tx is a [Snapshot] that can be changed. It sees its own changes.
type Tx struct {
	*Snapshot
	w     Writer
	woken []string // accounts that got new rows in their outbox
	ended []ending // rows that this function gave up
}

// View runs fn on one snapshot.
func (s *Store) View(ctx context.Context, fn func(*Snapshot) error) error {
	now := s.time()
	return s.engine.View(ctx, func(r Reader) error {
		return fn(&Snapshot{r: r, now: now, store: s})
	})
}

// Update runs fn and commits all that it changed, or nothing if it returns an
// error. fn is pure; see the package doc.
//
// An error that wraps [ErrUnknown] says that the changes may or may not have
// been kept.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	now := s.time()
	var done *Tx
	err := s.engine.Update(ctx, func(w Writer) error {
		done = &Tx{Snapshot: &Snapshot{r: w, now: now, store: s}, w: w}
		return fn(done)
	})
	if err != nil {
		return err
	}
	for _, e := range done.ended {
		s.log.Warn("outbox row given up", "account", e.account, "state", e.state)
	}
	for _, account := range done.woken {
		s.enqueued(account)
	}
	return nil
}

// time returns the clock's time without its monotonic part, which would get
// lost in a record anyway.
func (s *Store) time() time.Time { return s.now().Round(0) }

// wake remembers that account must be told of new rows after the commit.
func (tx *Tx) wake(account string) {
	if !slices.Contains(tx.woken, account) {
		tx.woken = append(tx.woken, account)
	}
}
