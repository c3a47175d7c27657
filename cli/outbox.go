package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"duban/app"
	"duban/outbox"
	"duban/store"
	"duban/zh"
)

// outboxList is `duban outbox`.
func outboxList(ctx context.Context, o *app.Office, s streams) error {
	rows, err := store.Read(ctx, o.Store, outbox.HeldRows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		to := r.Chat
		if r.Person != "" {
			to = r.Person
		}
		fmt.Fprintf(s.Out, "%d. %s  %s  %s: %s\n", r.Number, r.Enqueued.In(o.Zone).Format(time.DateTime), r.Account, to, zh.Brief(r.Text, 40))
	}
	if len(rows) == 0 {
		_, err = fmt.Fprintln(s.Out, "nothing is held")
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%d held since a restore; duban outbox send NUMBERS, duban outbox cancel NUMBERS, or all\n", len(rows))
	return err
}

// onHeld is an order that decides about held rows.
func onHeld(decide func(*store.Tx, []outbox.Row, string, store.Source) int, said string) func(context.Context, *app.Office, []string, streams) error {
	return func(ctx context.Context, o *app.Office, words []string, s streams) error {
		n := 0
		err := o.Store.Update(ctx, func(tx *store.Tx) error {
			rows, err := heldRows(tx.Snapshot, words)
			if err == nil {
				n = decide(tx, rows, "", store.CLI)
			}
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, said+"\n", n)
		return err
	}
}

// heldRows returns the held rows that are named by their numbers, or all.
func heldRows(s *store.Snapshot, words []string) (rows []outbox.Row, err error) {
	all := outbox.HeldRows(s)
	if len(words) == 1 && words[0] == "all" {
		return all, nil
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("say which: numbers of duban outbox, or all: %w", errUsage)
	}
	for _, w := range words {
		n, err := strconv.Atoi(w)
		i := slices.IndexFunc(all, func(r outbox.Row) bool { return r.Number == n })
		if err != nil || i < 0 {
			return nil, fmt.Errorf("%q is not held: duban outbox lists what is", w)
		}
		rows = append(rows, all[i])
	}
	return rows, nil
}
