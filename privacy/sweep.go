package privacy

import (
	"context"
	"errors"
	"fmt"

	"duban/outbox"
	"duban/roster"
	"duban/store"
)

// Swept counts what [Sweep] removed.
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
func Sweep(ctx context.Context, s *store.Store, r Retention) (Swept, error) {
	var done Swept
	if err := r.Check(); err != nil {
		return done, fmt.Errorf("sweep: %w", err)
	}
	accounts, err := store.Read(ctx, s, (*store.Snapshot).AccountNames)
	err = errors.Join(err, s.Update(ctx, func(tx *store.Tx) error {
		roster.SweepStrays(tx)
		return nil
	}))
	now := s.Time()
	for _, account := range accounts {
		n, sweepErr := s.SweepSeen(ctx, account, now.Add(-days(r.Seen)))
		done.Marks, err = done.Marks+n, errors.Join(err, sweepErr)
		for _, state := range outbox.ClosedStates() {
			n, sweepErr := outbox.SweepRows(ctx, s, account, state, now.Add(-days(r.Outbox)))
			done.Texts, err = done.Texts+n, errors.Join(err, sweepErr)
		}
	}
	err = errors.Join(err, retain(ctx, s, r, accounts, &done))
	n, sweepErr := s.SweepFiles(ctx)
	done.Files, err = n, errors.Join(err, sweepErr)
	return done, err
}
