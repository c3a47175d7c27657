package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"duban/app"
	"duban/plan"
	"duban/progress"
	"duban/store"
)

// planImport is `duban plan import`.
func planImport(f *flag.FlagSet) order {
	yes := f.Bool("yes", false, "do not ask")
	return func(ctx context.Context, o *app.Office, words []string, s streams) error {
		raw, err := oneFile(f, words, s, "a work plan")
		if err != nil {
			return err
		}
		doc, err := app.ReadDocument(ctx, words[0], raw)
		if err != nil {
			return fmt.Errorf("%s: %w", words[0], err)
		}
		return importInto(ctx, o.Store, doc, filepath.Base(words[0]), *yes, s)
	}
}

// oneFile reads the one file that a command is given.
func oneFile(f *flag.FlagSet, words []string, s streams, what string) ([]byte, error) {
	if len(words) != 1 {
		return nil, fmt.Errorf("%s needs one FILE, %s: %w", strings.TrimPrefix(f.Name(), "duban "), what, errUsage)
	}
	return s.read(words[0])
}

// importInto shows what was found and what changes, asks, and takes it.
func importInto(ctx context.Context, st *store.Store, doc *plan.Plan, name string, yes bool, s streams) error {
	next, changes := doc, "还没有现行的要点，这是第一次导入。"
	same, seen := false, ""
	err := st.View(ctx, func(sn *store.Snapshot) error {
		head, ok := progress.HeadOf(sn)
		if !ok {
			return nil
		}
		seen = head.Rev
		merged, diff := plan.Merge(progress.PlanAt(sn, head), doc)
		next, changes = merged, diff.String()
		same = progress.Revision(next) == head.Rev
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "《%s》\n%s\n%s\n", next.Title, next.Findings(), changes)
	if same || !yes && !agreed(s, "import it") {
		fmt.Fprintln(s.Out, "nothing was imported")
		return nil
	}
	err = st.Update(ctx, func(tx *store.Tx) error {
		if head, _ := progress.HeadOf(tx.Snapshot); head.Rev != seen {
			return errors.New("the plan was changed by somebody else meanwhile, and nothing was imported: import it again and look at what changes now")
		}
		progress.SetPlan(tx, next, name, "")
		tx.Audit(store.Audit{Source: store.CLI, Action: "plan.import", Object: name})
		return nil
	})
	if err == nil {
		fmt.Fprintln(s.Out, "imported")
	}
	return err
}
