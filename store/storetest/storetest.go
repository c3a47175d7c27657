// Package storetest holds what every store engine must do.
//
// [TestEngine] is run by each engine's own tests. [RunTwice] is for the tests of
// code that uses a store: it shows a function that is not pure.
package storetest

import (
	"context"
	"errors"
	"iter"

	"duban/store"
)

// RunTwice returns an engine that runs every update function twice, like one
// that met a conflict: the writes of the first run are discarded. A function
// that changes something outside of its transaction, or that reads a clock,
// shows by what it leaves.
func RunTwice(e store.Engine) store.Engine { return twice{e} }

type twice struct{ store.Engine }

// errDiscard undoes a first run.
var errDiscard = errors.New("first run of two")

func (e twice) Update(ctx context.Context, fn func(store.Writer) error) error {
	err := e.Engine.Update(ctx, func(w store.Writer) error {
		_ = fn(w) // the second run says it again
		return errDiscard
	})
	if !errors.Is(err, errDiscard) {
		return err
	}
	return e.Engine.Update(context.WithoutCancel(ctx), fn) // it has begun
}

// Audits returns the audit log of account, or of the office if it is "".
func Audits(s store.State, account string) iter.Seq[store.Audit] {
	return store.Values(store.Scan[store.Audit](s, store.AuditPrefix(account), 0))
}
