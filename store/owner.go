package store

import (
	"errors"
	"math"
	"net"
	"time"
)

// ErrFenced means that this process does not own the store any more: it lost its lease,
// or another process has taken over. Nothing that it still does changes the store; what
// it was changing at that moment may have been kept. It opens the store again, which
// stands by until the store is free.
var ErrFenced = errors.New("this process does not own the store any more")

// An Owner is an [Engine] on a store that several processes can reach. One at a time owns
// it, under a lease that it renews; the others wait in the engine's Open.
type Owner interface {
	// Lease returns for how long it is certain that no other process owns the store, 0 if
	// one may.
	Lease() time.Duration

	// Lost returns a channel that is closed when this process does not own the store any
	// more; all calls return [ErrFenced] then.
	Lost() <-chan struct{}
}

// A Called is an [Owner] that processes on other machines can call.
type Called interface {
	// Calls returns what accepts their connections.
	Calls() net.Listener
}

// An OwnedError says which process owns a store. It is an [ErrLocked].
type OwnedError struct{ Owner string }

// Error names the owner.
func (e *OwnedError) Error() string { return ErrLocked.Error() + ": " + e.Owner }

// Unwrap returns ErrLocked.
func (e *OwnedError) Unwrap() error { return ErrLocked }

// OwnerOf returns e if it is an Owner, and else one that owns for ever.
func OwnerOf(e Engine) Owner {
	if o, ok := e.(Owner); ok {
		return o
	}
	return sole{}
}

// A sole owner holds its store until it closes it.
type sole struct{}

// Lease implements [Owner].
func (sole) Lease() time.Duration { return math.MaxInt64 }

// Lost implements [Owner].
func (sole) Lost() <-chan struct{} { return nil }
