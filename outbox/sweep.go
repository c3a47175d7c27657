package outbox

import (
	"context"
	"time"

	"duban/store"
)

// SweepRows empties the rows of account that were closed in state before a time.
func SweepRows(ctx context.Context, s *store.Store, account string, state State, before time.Time) (n int, err error) {
	prefix := shutPrefix(account, state)
	for {
		var old []store.Record[string]
		err := s.View(ctx, func(sn *store.Snapshot) error {
			old = nil
			for rec, err := range store.ScanRange[string](sn, []byte(prefix), []byte(prefix+store.Stamp(before)), store.Batch) {
				if err != nil {
					return err
				}
				old = append(old, rec)
			}
			return nil
		})
		if err != nil || len(old) == 0 {
			return n, err
		}
		err = s.Update(ctx, func(tx *store.Tx) error {
			for _, rec := range old {
				if err := empty(tx, account, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(old)
	}
}

// empty drops the text of the row that an entry of the closed ones names, and the
// entry.
func empty(tx *store.Tx, account string, entry store.Record[string]) error {
	row, err := RowOf(tx.Snapshot, account, entry.Value)
	if err != nil {
		return err
	}
	if shutKey(&row) == entry.Key { // else a late receipt has moved it
		if row.File != nil {
			if err := tx.ReleaseFile(store.AccountPrefix(account), row.File.Hash, row.Key); err != nil {
				return err
			}
		}
		row.Text, row.Reason, row.File, row.Parts = "", "", nil, nil
		if err := SaveRow(tx, &row); err != nil {
			return err
		}
	}
	return tx.Delete([]byte(entry.Key))
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
