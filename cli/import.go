package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"

	"duban/app"
	"duban/handlers/plans"
	"duban/plan"
	"duban/progress"
	"duban/store"
)

// planImport is `duban plan import`.
func planImport(f *flag.FlagSet) order {
	yes := f.Bool("yes", false, "do not ask")
	table := f.Int("table", 0, "the `number` of a table that counts too; it is remembered, and so is -start")
	start := f.String("start", "", "the first `words` of the heading at which the plan begins; 头 for the first line")
	return func(ctx context.Context, o *app.Office, words []string, s streams) error {
		raw, err := oneFile(f, words, s, "a work plan")
		if err != nil {
			return err
		}
		choices, err := store.Read(ctx, o.Store, progress.Choices)
		if err != nil {
			return err
		}
		var said []string
		if *table > 0 {
			said = append(said, fmt.Sprintf("表%d也算", *table))
		}
		if *start != "" {
			said = append(said, "从"+*start+"开始")
		}
		doc, choices, err := readChosen(ctx, words[0], raw, choices, said)
		if err != nil {
			return fmt.Errorf("%s: %w", words[0], err)
		}
		if len(said) > 0 {
			if err := o.Store.Write(ctx, func(tx *store.Tx) {
				progress.SetChoices(tx, choices)
				tx.Audit(store.Audit{Source: store.CLI, Action: "plan.choose", Object: filepath.Base(words[0])})
			}); err != nil {
				return err
			}
		}
		return importInto(ctx, o.Store, doc, filepath.Base(words[0]), *yes, s)
	}
}

// readChosen reads a plan by choices, and by those that are said of it as in a chat, and
// returns all of them.
func readChosen(ctx context.Context, name string, raw []byte, choices []plan.Choice, said []string) (*plan.Plan, []plan.Choice, error) {
	doc, err := plans.Read(ctx, name, raw, choices...)
	for _, text := range said {
		if err != nil {
			break
		}
		now, complaint := plans.Choose(doc, choices, text)
		if complaint != "" {
			return nil, nil, errors.New(complaint)
		}
		choices = now
		doc, err = plans.Read(ctx, name, raw, choices...)
	}
	return doc, choices, err
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
	v, err := store.Read(ctx, st, func(sn *store.Snapshot) plans.Preview { return plans.PreviewOf(sn, doc) })
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "《%s》\n%s\n", v.Plan.Title, strings.Join(v.Lines(), "\n"))
	if v.Empty() {
		return errors.New(plans.NoStructure)
	}
	if v.Same() || !yes && !agreed(s, "import it") {
		fmt.Fprintln(s.Out, "nothing was imported")
		return nil
	}
	err = st.Update(ctx, func(tx *store.Tx) error {
		if !v.Take(tx, name, "") {
			return errors.New("the plan was changed by somebody else meanwhile, and nothing was imported: import it again and look at what changes now")
		}
		tx.Audit(store.Audit{Source: store.CLI, Action: "plan.import", Object: name})
		return nil
	})
	if err == nil {
		fmt.Fprintln(s.Out, "imported")
	}
	return err
}
