package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"

	"duban/app"
	"duban/roster"
	"duban/store"
)

// rosterImport is `duban roster import`.
func rosterImport(f *flag.FlagSet) order {
	yes := f.Bool("yes", false, "do not ask")
	return func(ctx context.Context, o *app.Office, words []string, s streams) error {
		raw, err := oneFile(f, words, s, "a roster")
		if err != nil {
			return err
		}
		people, err := roster.Read(words[0], raw)
		if err != nil {
			return fmt.Errorf("%s: %w", words[0], err)
		}
		seen := ""
		old, err := store.Read(ctx, o.Store, func(sn *store.Snapshot) *roster.Roster {
			seen = roster.Revision(sn)
			return roster.Current(sn)
		})
		if err != nil {
			return err
		}
		changes := people.Compare(old)
		fmt.Fprintf(s.Out, "%s，共%d人。%s\n", filepath.Base(words[0]), len(people.People), changes)
		for _, line := range append(people.Remarks, people.Alarming(old)...) {
			fmt.Fprintln(s.Out, "注意："+line)
		}
		if changes.Empty() || !*yes && !agreed(s, "import it") {
			fmt.Fprintln(s.Out, "nothing was imported")
			return nil
		}
		err = o.Store.Update(ctx, func(tx *store.Tx) error {
			if roster.Revision(tx.Snapshot) != seen {
				return errors.New("the roster was changed by somebody else meanwhile, and nothing was imported: import it again and look at what changes now")
			}
			roster.Import(tx, people, store.Audit{Source: store.CLI})
			return nil
		})
		if err == nil {
			fmt.Fprintln(s.Out, "imported")
		}
		return err
	}
}
