package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duban/plan"
)

// What is kept about plans, under [Plans]:
//
//	plan/head                which plan is in force
//	plan/node/<rev>/<n>      the nodes of each version
//	plan/history/<time>      every version that came into force
//	plan/assign/<node>       owners and due dates that were set by hand
//	plan/alias/<word>        what people say for what the plan writes
//	plan/edits               names what was set by hand

// A PlanHead says which plan is in force and where it came from.
type PlanHead struct {
	Rev      string    `json:"rev"` // names the content
	Title    string    `json:"title"`
	Source   string    `json:"source"` // the file's name
	Imported time.Time `json:"imported"`
	By       string    `json:"by,omitempty"` // the person; "" for the command line
}

// A Plan is the plan in force, ready to be asked, with the owners and due dates
// that were set by hand. It is shared between transactions and must not be
// changed.
type Plan struct {
	*plan.Plan
	Index *plan.Index
}

// An Assignment is who is responsible for a node and until when, set by hand: it
// wins over what the plan's text says.
type Assignment struct {
	Owners []string `json:"owners,omitempty"`
	Due    string   `json:"due,omitempty"` // as people write it
	By     string   `json:"by"`
}

// PlanRev names the content of a plan.
func PlanRev(p *plan.Plan) (string, error) {
	data, err := json.Marshal(p.Nodes)
	return digest(string(data)), err
}

// SetPlan puts p in force. The plan before it is kept.
func (tx *Tx) SetPlan(p *plan.Plan, source, by string) error {
	rev, err := PlanRev(p)
	if err != nil {
		return err
	}
	for i, n := range p.Nodes {
		if err := save(tx, fmt.Sprintf("%s%06d", nodePrefix(rev), i), n); err != nil {
			return err
		}
	}
	return tx.enforce(PlanHead{rev, p.Title, source, tx.Now(), by})
}

func nodePrefix(rev string) string { return Plans + key("node", rev) + "/" }

// enforce makes a stored version the one in force.
func (tx *Tx) enforce(head PlanHead) error {
	if err := save(tx, Plans+"history/"+stamp(tx.Now()), head); err != nil {
		return err
	}
	return save(tx, Plans+"head", head)
}

// PlanHead says which plan is in force; ok is false if none is.
func (s *Snapshot) PlanHead() (PlanHead, bool, error) { return load[PlanHead](s, Plans+"head") }

// PlanHistory returns the versions in the order in which they came into force.
func (s *Snapshot) PlanHistory() ([]PlanHead, error) {
	var all []PlanHead
	for rec, err := range scan[PlanHead](s, Plans+"history/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// UndoPlan puts the version in force that was so before the present one came,
// and returns it; ok is false if there is none.
func (tx *Tx) UndoPlan(by string) (PlanHead, bool, error) {
	all, err := tx.PlanHistory()
	if err != nil || len(all) < 2 {
		return PlanHead{}, false, err
	}
	now := all[len(all)-1]
	for _, head := range slices.Backward(all) {
		if head.Rev != now.Rev {
			head.Imported, head.By = tx.Now(), by
			return head, true, tx.enforce(head)
		}
	}
	return PlanHead{}, false, nil
}

// PlanAt returns the nodes of a version, without what was set by hand.
func (s *Snapshot) PlanAt(head PlanHead) (*plan.Plan, error) {
	p := &plan.Plan{Title: head.Title}
	for rec, err := range scan[*plan.Node](s, nodePrefix(head.Rev), 0) {
		if err != nil {
			return nil, err
		}
		p.Nodes = append(p.Nodes, rec.Value)
	}
	return p, nil
}

// Plan returns the plan in force, an empty one if none was imported.
func (s *Snapshot) Plan() (*Plan, error) {
	head, _, err := s.PlanHead()
	if err != nil {
		return nil, err
	}
	edits, _, err := load[string](s, Plans+"edits")
	if err != nil {
		return nil, err
	}
	return Cached(s, "plan", "plan "+head.Rev+"/"+edits, func() (*Plan, error) { return s.readPlan(head) })
}

func (s *Snapshot) readPlan(head PlanHead) (*Plan, error) {
	p, err := s.PlanAt(head)
	if err != nil {
		return nil, err
	}
	for _, n := range p.Nodes {
		a, ok, err := load[Assignment](s, Plans+key("assign", n.ID))
		if err != nil {
			return nil, err
		}
		if ok && len(a.Owners) > 0 {
			n.Owners = a.Owners
		}
		if ok && a.Due != "" {
			n.Due = a.Due
		}
	}
	aliases, err := s.Aliases()
	if err != nil {
		return nil, err
	}
	return &Plan{p, plan.NewIndex(p, aliases)}, nil
}

// Assign sets who is responsible for a node, and until when. What is empty stays
// as it was.
func (tx *Tx) Assign(node string, a Assignment) error {
	at := Plans + key("assign", node)
	old, _, err := load[Assignment](tx, at)
	if err != nil {
		return err
	}
	if len(a.Owners) == 0 {
		a.Owners = old.Owners
	}
	if a.Due == "" {
		a.Due = old.Due
	}
	if err := save(tx, at, a); err != nil {
		return err
	}
	return tx.edited(at, a)
}

// edited gives what was set by hand a new name, made of all edits so far.
func (tx *Tx) edited(what string, v any) error {
	last, _, err := load[string](tx, Plans+"edits")
	if err != nil {
		return err
	}
	return save(tx, Plans+"edits", digest(fmt.Sprint(last, what, v)))
}

// Aliases returns what admins have said that people say for what plans write.
func (s *Snapshot) Aliases() (plan.Aliases, error) {
	all := plan.Aliases{}
	for rec, err := range scan[alias](s, Plans+"alias/", 0) {
		if err != nil {
			return nil, err
		}
		all[rec.Value.Word] = rec.Value.Means
	}
	return all, nil
}

type alias struct {
	Word  string   `json:"word"`
	Means []string `json:"means"`
}

// SetAlias says that people who say word mean what follows; nothing deletes it.
func (tx *Tx) SetAlias(word string, means []string) error {
	at := Plans + key("alias", word)
	if err := tx.edited(at, means); err != nil {
		return err
	}
	if len(means) == 0 {
		return tx.Delete([]byte(at))
	}
	return save(tx, at, alias{word, means})
}
