package bolt

import (
	"go.etcd.io/bbolt"

	"duban/store"
)

// Break makes every later commit fail.
func (e *Engine) Break() { _ = e.file.Close() }

// Commits returns a number that rises by one with each commit.
func (e *Engine) Commits() (n int) {
	_ = e.db.View(func(tx *bbolt.Tx) error {
		n = tx.ID()
		return nil
	})
	return n
}

// Group is how many updates share a commit at most.
const Group = group

// Writer returns what a function of an update is given.
func Writer(b *bbolt.Bucket) store.Writer { return &txn{bucket: b} }

// BBolt returns the database below e.
func (e *Engine) BBolt() *bbolt.DB { return e.db }
