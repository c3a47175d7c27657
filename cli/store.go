package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"duban/app"
	"duban/store"
)

// compactStore is `duban compact`.
func compactStore(ctx context.Context, o *app.Office, s streams) error {
	if o.Config.Store.Postgres != "" {
		if err := o.Store.Compact(ctx); err != nil {
			return err
		}
		fmt.Fprintln(s.Out, "compacted")
		return nil
	}
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

// verifyAudit is `duban audit verify`. It can compare heads that were noted earlier.
func verifyAudit(f *flag.FlagSet) order {
	noted := f.String("head", "", "`HEADS` that were noted earlier, as in the daily word: 12:6f… or wechat:12:6f…")
	return func(ctx context.Context, o *app.Office, words []string, s streams) error {
		if len(words) > 0 {
			return fmt.Errorf("audit verify takes no argument %q; write -head before it: %w", words[0], errUsage)
		}
		heads, err := store.ParseHeads(*noted)
		if err != nil {
			return fmt.Errorf("%w: %w", err, errUsage)
		}
		var logs []store.AuditState
		err = o.Store.View(ctx, func(sn *store.Snapshot) (err error) {
			logs, err = sn.VerifyAudits()
			for _, h := range heads {
				err = errors.Join(err, sn.VerifyHead(h))
			}
			return err
		})
		for _, l := range logs {
			name := "account " + l.Account
			if l.Account == "" {
				name = "office"
			}
			fmt.Fprintf(s.Out, "%s: %d entries, head %v\n", name, l.Entries, l.Head)
		}
		switch {
		case err != nil:
		case len(heads) > 0:
			fmt.Fprintln(s.Out, "audit logs are whole, and hold all that the given heads say")
		default:
			fmt.Fprintln(s.Out, "audit logs are whole")
		}
		return err
	}
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
