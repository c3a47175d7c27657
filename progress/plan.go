package progress

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"duban/plan"
	"duban/store"
)

// What is kept about plans, under [store.Plans]:
//
//	plan/head                which plan is in force
//	plan/node/<rev>/<n>      the nodes of each version
//	plan/history/<time>      every version that came into force
//	plan/assign/<node>       owners and due dates that were set by hand
//	plan/alias/<word>        what people say for what the plan writes
//	plan/edits               names what was set by hand

// A Head says which plan is in force and where it came from.
type Head struct {
	Rev      string    `json:"rev"` // names the content
	Title    string    `json:"title"`
	Source   string    `json:"source"` // the file's name
	Imported time.Time `json:"imported"`
	By       string    `json:"by,omitempty"` // the person; "" for the command line
}

// An Assignment is who is responsible for a node and until when, set by hand: it
// wins over what the plan's text says.
type Assignment struct {
	Owners []string `json:"owners,omitempty"`
	Due    string   `json:"due,omitempty"` // as people write it
	By     string   `json:"by"`
}

// Revision names the content of a plan.
func Revision(p *plan.Plan) string {
	data, _ := json.Marshal(p.Nodes) // texts and numbers: it cannot fail
	return store.Digest(string(data))
}

// SetPlan puts p in force. The plan before it is kept.
func SetPlan(tx *store.Tx, p *plan.Plan, source, by string) {
	rev := Revision(p)
	for i, n := range p.Nodes {
		store.Save(tx, fmt.Sprintf("%s%06d", nodePrefix(rev), i), n)
	}
	enforce(tx, Head{rev, p.Title, source, tx.Now(), by})
}

func nodePrefix(rev string) string { return store.Plans + store.Key("node", rev) + "/" }

// enforce makes a stored version the one in force.
func enforce(tx *store.Tx, head Head) {
	store.Save(tx, store.Plans+"history/"+store.Stamp(tx.Now()), head)
	store.Save(tx, store.Plans+"head", head)
}

// HeadOf says which plan is in force; ok is false if none is.
func HeadOf(s *store.Snapshot) (Head, bool) { return store.LoadCached[Head](s, store.Plans+"head") }

// PlanHistory returns the versions in the order in which they came into force.
func PlanHistory(s *store.Snapshot) []Head {
	return store.Collect(store.Scan[Head](s, store.Plans+"history/", 0))
}

// PlanOf returns the last version of the plan of a year that was in force; ok is false
// if there was none.
func PlanOf(s *store.Snapshot, y Year) (head Head, ok bool) {
	for _, head := range slices.Backward(PlanHistory(s)) {
		if YearOf(head.Title, 0) == y {
			return head, true
		}
	}
	return Head{}, false
}

// UndoPlan puts the version in force that was so before the present one came,
// and returns it; ok is false if there is none.
func UndoPlan(tx *store.Tx, by string) (Head, bool) {
	all := PlanHistory(tx.Snapshot)
	if len(all) < 2 {
		return Head{}, false
	}
	now := all[len(all)-1]
	for _, head := range slices.Backward(all) {
		if head.Rev != now.Rev {
			head.Imported, head.By = tx.Now(), by
			enforce(tx, head)
			return head, true
		}
	}
	return Head{}, false
}

// PlanAt returns the nodes of a version, without what was set by hand. A node whose
// record is damaged leaves a gap, so that the others still find their parents.
func PlanAt(s *store.Snapshot, head Head) *plan.Plan {
	p := &plan.Plan{Title: head.Title}
	for r := range store.Scan[*plan.Node](s, nodePrefix(head.Rev), 0) {
		at, err := strconv.Atoi(r.Key[len(nodePrefix(head.Rev)):])
		for err == nil && len(p.Nodes) < at {
			gap := fmt.Sprint("损坏", len(p.Nodes))
			p.Nodes = append(p.Nodes, &plan.Node{ID: gap, Path: gap, Title: "（这一条的记录已损坏）", Parent: -1})
		}
		p.Nodes = append(p.Nodes, r.Value)
	}
	return p
}

// Current returns the plan in force, an empty one if none was imported, with the
// owners and due dates that were set by hand. It is shared between transactions
// and must not be changed.
func Current(s *store.Snapshot) *plan.Plan {
	head, _ := HeadOf(s)
	return store.Cached(s, "plan", "plan "+RevisionNow(s), func() *plan.Plan { return readPlan(s, head) })
}

func readPlan(s *store.Snapshot, head Head) *plan.Plan {
	p := PlanAt(s, head)
	for _, n := range p.Nodes {
		a, _ := store.Load[Assignment](s, store.Plans+store.Key("assign", n.ID))
		if len(a.Owners) > 0 {
			n.Owners = a.Owners
		}
		n.Due = cmp.Or(a.Due, n.Due)
	}
	return p
}

// Assign sets who is responsible for a node, and until when. What is empty stays
// as it was.
func Assign(tx *store.Tx, node string, a Assignment) {
	at := store.Plans + store.Key("assign", node)
	old, _ := store.Load[Assignment](tx, at)
	if len(a.Owners) == 0 {
		a.Owners = old.Owners
	}
	a.Due = cmp.Or(a.Due, old.Due)
	store.Save(tx, at, a)
	edited(tx, at, a)
}

// edited gives what was set by hand a new name, made of all edits so far.
func edited(tx *store.Tx, what string, v any) {
	last, _ := store.Load[string](tx, store.Plans+"edits")
	store.Save(tx, store.Plans+"edits", store.Digest(fmt.Sprint(last, what, v)))
}

// Aliases returns what admins have said that people say for what plans write.
func Aliases(s *store.Snapshot) map[string][]string {
	all := map[string][]string{}
	for rec := range store.Scan[alias](s, store.Plans+"alias/", 0) {
		all[rec.Value.Word] = rec.Value.Means
	}
	return all
}

type alias struct {
	Word  string   `json:"word"`
	Means []string `json:"means"`
}

// SetAlias says what people mean who say word, or nothing to delete that.
func SetAlias(tx *store.Tx, word string, means []string) {
	at := store.Plans + store.Key("alias", word)
	edited(tx, at, means)
	if len(means) == 0 {
		store.Delete(tx, at)
		return
	}
	store.Save(tx, at, alias{word, means})
}

// Choices returns what people have decided about how the office's plan is read.
func Choices(s *store.Snapshot) []plan.Choice {
	all, _ := store.Load[[]plan.Choice](s, store.Plans+"choices")
	return all
}

// SetChoices keeps such decisions for the next version of the plan.
func SetChoices(tx *store.Tx, all []plan.Choice) { store.Save(tx, store.Plans+"choices", all) }

// RevisionNow names the plan in force with what was set by hand; it changes with
// every change of either.
func RevisionNow(s *store.Snapshot) string {
	head, _ := HeadOf(s)
	edits, _ := store.LoadCached[string](s, store.Plans+"edits")
	return head.Rev + "/" + edits
}
