package bolt

import "go.etcd.io/bbolt"

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
