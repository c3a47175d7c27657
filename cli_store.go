package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"duban/store"
)

// withStore runs a command on the store, which no running duban may have open.
func withStore(name string, run func(context.Context, Config, *store.Store, streams) error) func(context.Context, []string, streams) error {
	return func(ctx context.Context, args []string, s streams) error {
		c, _, err := setup(name, args, s)
		if err != nil {
			return err
		}
		st, closeStore, err := openStore(ctx, c, openBolt, store.Options{})
		if err != nil {
			return err
		}
		return errors.Join(run(ctx, c, st, s), closeStore())
	}
}

// compactStore is `duban compact`.
func compactStore(ctx context.Context, c Config, st *store.Store, s streams) error {
	path := filepath.Join(c.near(c.Data), "duban.db")
	before, err := size(path)
	if err != nil {
		return err
	}
	if err := st.Compact(ctx); err != nil {
		return err
	}
	after, err := size(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "compacted: %d KiB before, %d KiB after\n", before>>10, after>>10)
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
func verifyAudit(ctx context.Context, _ Config, st *store.Store, s streams) error {
	return st.View(ctx, func(sn *store.Snapshot) error {
		logs, err := sn.VerifyAudits()
		for _, l := range logs {
			name := "account " + l.Account
			if l.Account == "" {
				name = "office"
			}
			fmt.Fprintf(s.out, "%s: %d entries, the last is %d with hash %s\n", name, l.Entries, l.Last, l.Hash)
		}
		if err == nil {
			fmt.Fprintln(s.out, "audit logs are whole")
		}
		return err
	})
}
