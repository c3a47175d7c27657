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

	More bool // the run has done its share; the next goes on
}

// Sweep removes what is older than r says, by [store.Snapshot.Settled] and not more
// than [store.SweepMost] of a kind, and notes in the audit log how much that was. It
// works in small transactions beside everything else; an interrupted sweep is
// continued by the next.
func Sweep(ctx context.Context, s *store.Store, r Retention) (Swept, error) {
	var done Swept
	if err := r.Check(); err != nil {
		return done, fmt.Errorf("sweep: %w", err)
	}
	accounts, all := store.Read(ctx, s, (*store.Snapshot).AccountNames)
	all = errors.Join(all, s.Write(ctx, roster.SweepStrays))
	into := func(count *int) func(int, error) {
		return func(n int, err error) {
			*count, all = *count+n, errors.Join(all, err)
			done.More = done.More || n >= store.SweepMost
		}
	}
	now := s.Settled()
	for _, account := range accounts {
		into(&done.Marks)(s.SweepSeen(ctx, account, now.Add(-days(r.Seen))))
		for _, state := range outbox.ClosedStates() {
			into(&done.Texts)(outbox.SweepRows(ctx, s, account, state, now.Add(-days(r.Outbox))))
		}
	}
	into(&done.Texts)(s.SweepAside(ctx, now.Add(-days(r.Outbox))))
	retain(ctx, s, r, accounts, into(&done.Words), into(&done.Records))
	for _, account := range append(accounts, "") {
		into(&done.Audits)(s.SweepAudit(ctx, account, now.Add(-days(r.Audit))))
	}
	into(&done.Files)(s.SweepFiles(ctx))
	if done != (Swept{More: done.More}) {
		all = errors.Join(all, s.Write(ctx, func(tx *store.Tx) {
			tx.Audit(store.Audit{Source: store.Clock, Action: "data.swept", Result: fmt.Sprintf(
				"marks %d, texts %d, files %d, words %d, records %d, audits %d",
				done.Marks, done.Texts, done.Files, done.Words, done.Records, done.Audits)})
		}))
	}
	return done, all
}
