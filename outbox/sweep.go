package outbox

import (
	"context"
	"time"

	"duban/store"
)

// SweepRows empties the rows of account that were closed in state before a time.
func SweepRows(ctx context.Context, s *store.Store, account string, state State, before time.Time) (int, error) {
	prefix := shutPrefix(account, state)
	old := func(entry, _ string) bool { return entry < prefix+store.Stamp(before) }
	return store.Sweep(ctx, s, prefix, old, func(tx *store.Tx, entry, _ string) {
		row := RowOf(tx.Snapshot, account, shutRow(prefix, entry))
		if shutKey(&row) == entry { // else a late receipt has moved it
			Empty(tx, &row)
		}
		store.Delete(tx, entry)
	})
}

// Empty drops the text of a row that is closed, and what it holds.
func Empty(tx *store.Tx, row *Row) {
	if row.File != nil {
		tx.ReleaseFile(store.AccountPrefix(row.Account), row.File.Hash, row.Key)
	}
	row.Text, row.Reason, row.File, row.Parts = "", "", nil, nil
	SaveRow(tx, row)
}

func (r *Row) isEmpty() bool { return r.Text == "" && r.File == nil }

// EachRow looks at all rows of all outboxes.
func EachRow(s *store.Snapshot, look func(*Row)) {
	for _, account := range s.AccountNames() {
		for rec := range store.Scan[Row](s, store.AccountPrefix(account)+"out/", 0) {
			look(&rec.Value)
		}
	}
}
