package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// TestPlan: the plan in force is the one that was put last; earlier ones are kept
// and come back; what was set by hand wins over the text and outlives an import.
func TestPlan(t *testing.T) {
	onEngines(t, func(o *office) {
		rev := func() (title, rev string) {
			o.look(func(s *store.Snapshot) error {
				head, _, err := progress.HeadOf(s)
				p, planErr := progress.Current(s)
				if p.Title != head.Title {
					o.t.Errorf("got plan %q under head %q, want the same", p.Title, head.Title)
				}
				return errors.Join(err, planErr)
			})
			o.look(func(s *store.Snapshot) error {
				head, _, err := progress.HeadOf(s)
				title, rev = head.Title, head.Rev
				return err
			})
			return title, rev
		}
		o.look(func(s *store.Snapshot) error {
			p, err := progress.Current(s)
			if p == nil || len(p.Nodes) != 0 || len(p.Index.Find("第1条").Hits) != 0 {
				o.t.Errorf("got %+v, want an empty plan that can be asked", p)
			}
			return err
		})
		first := plan.Parse("某大学2025年要点\n一、学风\n1. 抓考勤。每周两次。\n2. 抓课堂。人人上课。\n")
		second := plan.Parse("某大学2026年要点\n一、学风\n1. 抓考勤。每周三次。\n2. 抓课堂。人人上课。\n")
		for _, p := range []*plan.Plan{first, second} {
			o.clock.add(time.Hour)
			o.update(func(tx *store.Tx) error { return progress.SetPlan(tx, p, "plan.txt", "boss") })
		}
		if title, _ := rev(); title != "某大学2026年要点" {
			o.t.Errorf("got %q, want the newer", title)
		}
		node := second.Nodes[1].ID
		o.update(func(tx *store.Tx) error {
			return errors.Join(
				progress.Assign(tx, node, progress.Assignment{Owners: []string{"安然"}, Due: "6月底", By: "boss"}),
				progress.Assign(tx, node, progress.Assignment{Due: "7月底", By: "boss"}), progress.SetAlias(tx, "签到", []string{"考勤"}),
			)
		})
		o = o.reopen()
		o.look(func(s *store.Snapshot) error {
			p, err := progress.Current(s)
			if err != nil {
				return err
			}
			n := p.NodeByID(node)
			if !slices.Equal(n.Owners, []string{"安然"}) || n.Due != "7月底" {
				o.t.Errorf("got owners %v until %s, want what was set by hand", n.Owners, n.Due)
			}
			if hits := p.Index.Find("签到").Hits; len(hits) == 0 || hits[0].Node.ID != node {
				o.t.Errorf("got %+v by the alias, want the measure", hits)
			}
			return nil
		})
		o.clock.add(time.Hour)
		undo := func() (ok bool) {
			o.update(func(tx *store.Tx) (err error) {
				_, ok, err = progress.UndoPlan(tx, "boss")
				return err
			})
			return ok
		}
		if !undo() {
			o.t.Fatal("got nothing to undo, want the first plan")
		}
		if title, _ := rev(); title != "某大学2025年要点" {
			o.t.Errorf("got %q, want the first plan again", title)
		}
		o.look(func(s *store.Snapshot) error {
			all, err := progress.PlanHistory(s)
			if len(all) != 3 {
				o.t.Errorf("got %d versions, want 3: two imports and the undoing", len(all))
			}
			return err
		})
	})
}

// TestRoster_memo: what a transaction that fails has put is never seen.
func TestRoster_memo(t *testing.T) {
	onEngines(t, func(o *office) {
		o.staffed()
		undo := errors.New("undo")
		r := staff()
		r.People[1].Name = "安安"
		err := o.Update(o.t.Context(), func(tx *store.Tx) error {
			if err := roster.Replace(tx, r); err != nil {
				return err
			}
			got, err := roster.Current(tx.Snapshot)
			if err != nil || got.People[1].Name != "安安" {
				o.t.Errorf("got %+v, %v, want its own change", got, err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			o.t.Fatalf("got %v, want the error", err)
		}
		o.look(func(s *store.Snapshot) error {
			got, err := roster.Current(s)
			if got.People[1].Name != "安然" {
				o.t.Errorf("got %s, want what was there before", got.People[1].Name)
			}
			return err
		})
	})
}
