package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"

	"duban/progress"
	"duban/roster"
	"duban/store"
)

// The samples make duban run with nothing but its binary.
var (
	//go:embed examples/plan.txt
	samplePlan []byte
	//go:embed examples/roster.xlsx
	sampleRoster []byte
)

// source returns the file that the configuration names, or the sample if it
// names none.
func source(c Config, path, sample string, embedded []byte) (name string, data []byte, err error) {
	if path == "" {
		return sample, embedded, nil
	}
	data, err = os.ReadFile(c.near(path))
	return path, data, err
}

// seed puts the plan into an empty store, and the roster whenever its file says
// something else than the store.
func (p *program) seed(ctx context.Context) (*roster.Roster, error) {
	if err := p.seedPlan(ctx); err != nil {
		return nil, err
	}
	name, data, err := source(p.config, p.config.Roster, "examples/roster.xlsx", sampleRoster)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	people, err := roster.Read(name, data)
	if err != nil {
		return nil, fmt.Errorf("roster %s: %w", name, err)
	}
	return people, p.store.Update(ctx, func(tx *store.Tx) error {
		old, err := roster.Current(tx.Snapshot)
		if err != nil {
			return err
		}
		d := people.Compare(old)
		if d.Empty() {
			return nil
		}
		if err := roster.Replace(tx, people); err != nil {
			return err
		}
		result := fmt.Sprintf("%d added, %d changed, %d gone", len(d.Added), len(d.Changed), len(d.Gone))
		p.log.Info("roster taken from its file", "people", len(people.People), "changes", result)
		return tx.Audit(store.Audit{Source: store.Config, Action: "roster.import", Result: result})
	})
}

// seedPlan imports the configured plan if none is in force. A plan in force is
// only changed by an import that somebody looks at, so that its file is not even
// read then: one that was replaced by a .doc must not keep duban from starting.
func (p *program) seedPlan(ctx context.Context) error {
	there := false
	err := p.store.View(ctx, func(s *store.Snapshot) (err error) {
		_, there, err = progress.HeadOf(s)
		return err
	})
	if err != nil || there {
		return err
	}
	name, data, err := source(p.config, p.config.Plan, "examples/plan.txt", samplePlan)
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	doc, err := readDocument(ctx, name, data)
	if err != nil {
		return fmt.Errorf("plan %s: %w", name, err)
	}
	return p.store.Update(ctx, func(tx *store.Tx) error {
		if _, ok, err := progress.HeadOf(tx.Snapshot); err != nil || ok {
			return err
		}
		p.log.Info("plan imported", "nodes", len(doc.Nodes))
		if err := progress.SetPlan(tx, doc, name, ""); err != nil {
			return err
		}
		return tx.Audit(store.Audit{Source: store.Config, Action: "plan.import", Object: name})
	})
}
