package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Swept counts what [Store.Sweep] removed.
type Swept struct {
	Marks   int // of handled messages
	Texts   int // of the outbox
	Files   int
	Words   int // texts of records that stay
	Records int // that do not
	Audits  int
}

// Sweep removes what is older than r says. It works in small transactions beside
// everything else; an interrupted sweep is continued by the next.
func (s *Store) Sweep(ctx context.Context, r Retention) (Swept, error) {
	var done Swept
	if err := r.Check(); err != nil {
		return done, fmt.Errorf("sweep: %w", err)
	}
	accounts, err := s.accounts(ctx)
	err = errors.Join(err, s.Update(ctx, func(tx *Tx) error {
		_, err := tx.sweepStrays()
		return err
	}))
	now := s.time()
	for _, account := range accounts {
		n, sweepErr := s.sweepSeen(ctx, account, now.Add(-r.Seen))
		done.Marks, err = done.Marks+n, errors.Join(err, sweepErr)
		for _, state := range closedStates() {
			n, sweepErr := s.sweepRows(ctx, account, state, now.Add(-r.Outbox))
			done.Texts, err = done.Texts+n, errors.Join(err, sweepErr)
		}
	}
	err = errors.Join(err, s.retain(ctx, r, accounts, &done))
	n, sweepErr := s.sweepFiles(ctx)
	done.Files, err = n, errors.Join(err, sweepErr)
	return done, err
}

// sweepRows empties the rows of account that were closed in state before a time.
func (s *Store) sweepRows(ctx context.Context, account string, state State, before time.Time) (n int, err error) {
	prefix := shutPrefix(account, state)
	for {
		var old []Record[string]
		err := s.View(ctx, func(sn *Snapshot) error {
			old = nil
			for rec, err := range scanRange[string](sn, []byte(prefix), []byte(prefix+stamp(before)), Batch) {
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
		err = s.Update(ctx, func(tx *Tx) error {
			for _, rec := range old {
				if err := tx.empty(account, rec); err != nil {
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
func (tx *Tx) empty(account string, entry Record[string]) error {
	row, err := tx.row(account, entry.Value)
	if err != nil {
		return err
	}
	if shutKey(&row) == entry.Key { // else a late receipt has moved it
		if row.File != nil {
			if err := tx.ReleaseFile(AccountPrefix(account), row.File.Hash, row.Key); err != nil {
				return err
			}
		}
		row.Text, row.Reason, row.File, row.Parts = "", "", nil, nil
		if err := tx.saveRow(&row); err != nil {
			return err
		}
	}
	return tx.Delete([]byte(entry.Key))
}
