package outbox

import (
	"cmp"
	"context"
	"time"

	"duban/store"
)

// SweepRows empties the rows of account that were closed in state before a time.
func SweepRows(ctx context.Context, s *store.Store, account string, state State, before time.Time) (int, error) {
	prefix := shutPrefix(account, state)
	all := func(string, string) bool { return true }
	return store.Sweep(ctx, s, []byte(prefix), []byte(prefix+store.Stamp(before)), all, func(tx *store.Tx, entry, key string) error {
		row, err := RowOf(tx.Snapshot, account, key)
		if err == nil && shutKey(&row) == entry { // else a late receipt has moved it
			err = Empty(tx, &row)
		}
		return cmp.Or(err, tx.Delete([]byte(entry)))
	})
}

// Empty drops the text of a row that is closed, and what it holds.
func Empty(tx *store.Tx, row *Row) error {
	if row.File != nil {
		if err := tx.ReleaseFile(store.AccountPrefix(row.Account), row.File.Hash, row.Key); err != nil {
			return err
		}
	}
	row.Text, row.Reason, row.File, row.Parts = "", "", nil, nil
	return SaveRow(tx, row)
}

// EachRow looks at all rows of all outboxes.
func EachRow(s *store.Snapshot, look func(*Row) error) error {
	names, err := s.AccountNames()
	if err != nil {
		return err
	}
	for _, account := range names {
		for rec, err := range store.Scan[Row](s, store.AccountPrefix(account)+"out/", 0) {
			if err != nil {
				return err
			}
			if err := look(&rec.Value); err != nil {
				return err
			}
		}
	}
	return nil
}
