package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"duban/plan"
)

// A PlanHead says which plan is in force and where it came from.
type PlanHead struct {
	Rev      string    `json:"rev"` // names the content
	Title    string    `json:"title"`
	Source   string    `json:"source"` // the file's name
	Imported time.Time `json:"imported"`
	By       string    `json:"by,omitempty"` // the person; "" for the command line
}

// A Plan is the plan in force, ready to be asked. It is shared between
// transactions and must not be changed.
type Plan struct {
	*plan.Plan
	Index *plan.Index
}

// SetPlan puts p in force. The plan before it is kept.
func (tx *Tx) SetPlan(p *plan.Plan, source, by string) error {
	sum := sha256.New()
	for _, n := range p.Nodes {
		data, err := json.Marshal(n)
		if err != nil {
			return err
		}
		sum.Write(data)
	}
	head := PlanHead{hex.EncodeToString(sum.Sum(nil)), p.Title, source, tx.Now(), by}
	for i, n := range p.Nodes {
		if err := save(tx.w, fmt.Sprintf("%s%s/node/%06d", Plans, head.Rev, i), n); err != nil {
			return err
		}
	}
	if err := save(tx.w, Plans+"history/"+stamp(tx.Now()), head); err != nil {
		return err
	}
	return save(tx.w, Plans+"head", head)
}

// PlanHead says which plan is in force; ok is false if none is.
func (s *Snapshot) PlanHead() (PlanHead, bool, error) { return load[PlanHead](s.r, Plans+"head") }

// Plan returns the plan in force, an empty one if none was imported.
func (s *Snapshot) Plan() (*Plan, error) {
	head, ok, err := s.PlanHead()
	if err != nil {
		return nil, err
	}
	if !ok {
		head.Rev = "none"
	}
	return s.store.plans.of(head.Rev, func() (*Plan, error) {
		p := &plan.Plan{Title: head.Title}
		for rec, err := range scan[*plan.Node](s.r, Plans+head.Rev+"/node/", 0) {
			if err != nil {
				return nil, err
			}
			p.Nodes = append(p.Nodes, rec.Value)
		}
		return &Plan{p, plan.NewIndex(p)}, nil
	})
}
