package cli

import (
	"context"
	"fmt"
	"os"

	"duban/app"
	"duban/store"
)

// compactStore is `duban compact`.
func compactStore(ctx context.Context, o *app.Office, s streams) error {
	path := app.StoreFile(o.Config.Near(o.Config.Data))
	before, err := size(path)
	if err != nil {
		return err
	}
	if err := o.Store.Compact(ctx); err != nil {
		return err
	}
	after, err := size(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "compacted: %d KiB before, %d KiB after\n", before>>10, after>>10)
	return nil
}

func size(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// verifyAudit is `duban audit verify`.
func verifyAudit(ctx context.Context, o *app.Office, s streams) error {
	var logs []store.AuditState
	err := o.Store.View(ctx, func(sn *store.Snapshot) (err error) {
		logs, err = sn.VerifyAudits()
		return err
	})
	for _, l := range logs {
		name := "account " + l.Account
		if l.Account == "" {
			name = "office"
		}
		fmt.Fprintf(s.Out, "%s: %d entries, the last is %d with hash %s\n", name, l.Entries, l.Seq, l.Hash)
	}
	if err == nil {
		fmt.Fprintln(s.Out, "audit logs are whole")
	}
	return err
}

// throws is an order that stops or resumes all sending.
func throws(do func(*store.Tx, string, store.Source) bool, said string) func(context.Context, *app.Office, streams) error {
	return func(ctx context.Context, o *app.Office, s streams) error {
		changed, before := false, ""
		err := o.Store.Write(ctx, func(tx *store.Tx) { changed = do(tx, "", store.CLI) })
		if err != nil {
			return err
		}
		if !changed {
			before = " (as before)"
		}
		_, err = fmt.Fprintln(s.Out, said+before)
		return err
	}
}
