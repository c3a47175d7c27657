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
	accounts, all := store.Read(ctx, s, (*store.Snapshot).AccountNames)
	all = errors.Join(all, s.Write(ctx, roster.SweepStrays))
	into := func(count *int) func(int, error) {
		return func(n int, err error) { *count, all = *count+n, errors.Join(all, err) }
	}
	now := s.Time()
	for _, account := range accounts {
		into(&done.Marks)(s.SweepSeen(ctx, account, now.Add(-days(r.Seen))))
		for _, state := range outbox.ClosedStates() {
			into(&done.Texts)(outbox.SweepRows(ctx, s, account, state, now.Add(-days(r.Outbox))))
		}
	}
	retain(ctx, s, r, accounts, into(&done.Words), into(&done.Records))
	for _, account := range append(accounts, "") {
		into(&done.Audits)(s.SweepAudit(ctx, account, now.Add(-days(r.Audit))))
	}
	into(&done.Files)(s.SweepFiles(ctx))
	return done, all
}
