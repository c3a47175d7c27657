package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// An Engine keeps bytes in order and changes them in serializable transactions.
// It knows no rule of duban's: those are in [Tx], written once for all engines.
//
// The functions that it is given are pure: no I/O, clock or random inside (times
// and ids are passed in), because an engine may run one again. Slices passed to
// or returned from a Reader are valid inside the function only and must not be
// changed. A function that returns an error, or panics, leaves no write behind,
// also when it was committed in a group with others.
//
// They do not call the engine that runs them. An engine passes them through
// [Guarded], which checks the sizes of keys and values.
//
// storetest.TestEngine checks all of this, and storetest.TestUnknown what an
// engine does when a commit fails.
type Engine interface {
	// View runs fn on one snapshot.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn and commits its writes, all or none. When Update returns nil the writes are durable. An error that
	// wraps ErrUnknown says that they may or may not be. If ctx ends before fn
	// has begun, fn is not run; later it changes nothing.
	Update(ctx context.Context, fn func(Writer) error) error

	// Close waits for running transactions and releases the engine.
	Close() error
}

// A Compacter is an [Engine] that can write itself anew, without a trace of what
// was deleted or replaced.
type Compacter interface {
	Compact(ctx context.Context) error
}

// A Copier is an [Engine] that can write what it holds at one moment into a new
// file, while it is being used.
type Copier interface {
	CopyTo(ctx context.Context, path string) error
}

// A Reader reads one consistent state.
type Reader interface {
	// Get returns the value of key, or nil if there is none.
	Get(key []byte) ([]byte, error)

	// Scan returns the pairs with from <= key < to in the order of their
	// keys. An empty to means no upper bound. Stopping early is legal. A scan sees the state at the time
	// it began; writes made while it runs may or may not appear.
	Scan(from, to []byte) iter.Seq2[Pair, error]
}

// A Writer reads and writes one consistent state; it sees its own writes.
type Writer interface {
	Reader
	Put(key, value []byte) error
	Delete(key []byte) error // of a missing key: no error
}

// A DamagedError is what reading a value gives that is not what was written. A scan
// goes on behind it.
type DamagedError struct{ Key, Raw []byte }

// Error implements error. It names the kind of the record only, because the rest of a
// key may name a person.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("record under %q is damaged", family(e.Key))
}

// A Pair is a key and its value.
type Pair struct{ Key, Value []byte }

// Limits that every engine enforces, in bytes.
const (
	MaxKey   = 512
	MaxValue = 64 << 10
)

var (
	// ErrUnknown means that a commit failed in a way that leaves its outcome
	// open. Nothing may be assumed; running the function again is safe only
	// because of the seen mark or key that it writes.
	ErrUnknown = errors.New("outcome of the commit is unknown")

	// ErrFull means that the disk has no room. Nothing was written, and the
	// engine goes on: the same may be tried again.
	ErrFull = errors.New("no room on the disk")

	// ErrTooLarge means that a key or value is over MaxKey or MaxValue, or
	// that a key is empty.
	ErrTooLarge = errors.New("key or value is too large")

	// ErrBroken means that an earlier commit failed and the engine takes no
	// more work: the process must be restarted, so that it reads anew what
	// is there.
	ErrBroken = errors.New("store takes no more work until it is opened again")

	// ErrClosed means that the engine was closed.
	ErrClosed = errors.New("store is closed")

	// ErrNoCopy means that the engine cannot copy itself.
	ErrNoCopy = errors.New("this engine cannot be copied")

	// ErrLocked means that another process has the store open.
	ErrLocked = errors.New("store is in use by another process")
)
