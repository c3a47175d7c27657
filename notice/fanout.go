package notice

import (
	"context"
	"time"

	"duban/roster"
	"duban/store"
)

// fanStep is how many people one transaction opens items for. A notice to more
// of them goes on in further transactions, and is posted by the last: nobody can
// answer before they are known to be asked.
const fanStep = 500

// A fanOut is a notice whose items are not all open yet.
type fanOut struct {
	Reason string          `json:"reason"`
	Number int             `json:"number"`
	To     []roster.Target `json:"to"`
	Roster string          `json:"roster"` // the roster that Next counts in
	Next   int             `json:"next"`   // the first person who has not been looked at

	Renew bool `json:"renew,omitempty"` // the notice was changed much: everybody is asked anew
}

func fanKey(number int) string { return store.Work + store.Key("fanout", ID(number)) }

// asks tells whether a notice asks a person for an answer.
func asks(n Notice, p roster.Person) bool {
	return n.Class.Asks() && p.Asked() && p.ID != n.By && len(intersect(n.Groups, p.Groups)) > 0
}

// fan takes one step of a fan-out.
func fan(tx *store.Tx, f fanOut, n Notice) {
	r := roster.Current(tx.Snapshot)
	rev := roster.Revision(tx.Snapshot)
	if f.Roster != rev { // new, or the roster was changed meanwhile
		f.Roster, f.Next = rev, 0
	}
	opened := 0
	for ; f.Next < len(r.People) && opened < fanStep; f.Next++ {
		if p := r.People[f.Next]; asks(n, p) {
			opened++
			openItem(tx, n, p, n.Created, f.Renew)
		}
	}
	if f.Next < len(r.People) {
		tx.Wake("")
		store.Save(tx, fanKey(f.Number), f)
		return
	}
	for _, t := range f.To {
		postIn(tx, f.Reason, n, t)
	}
	store.Delete(tx, fanKey(f.Number))
}

// openItem opens what a notice asks of one person, unless it is open already. If
// it is asked anew, an answer to its older text is none. Asked is from when they
// could know.
func openItem(tx *store.Tx, n Notice, p roster.Person, asked time.Time, renew bool) {
	item, known := FindItem(tx.Snapshot, n.Number, p.ID)
	if known && !renew {
		return
	}
	if !known {
		item = Item{
			Notice: n.Number, Person: p.ID, State: Open, Asked: asked, Groups: intersect(n.Groups, p.Groups), Version: n.Version,
		}
	}
	leave, away := roster.LeaveAt(tx.Snapshot, p.ID, n.Asked())
	item.Leave = ""
	if away {
		item.Leave = roster.LeaveKey(leave)
	}
	item.Renew(n)
	if !known && away {
		item.State = Absent
	}
	PutItem(tx, item)
}

// FanOut takes one step of every notice that is not posted yet because it asks
// many people, and tells whether there is more to do. It is to be called at the
// start, and whenever Options.Enqueued is called with an empty name.
func FanOut(ctx context.Context, s *store.Store) (more bool, err error) {
	waiting := func(sn *store.Snapshot) []fanOut {
		return store.Collect(store.Scan[fanOut](sn, store.Work+"fanout/", 0))
	}
	return work(ctx, s, "fan out", waiting, func(tx *store.Tx, f fanOut) { resume(tx, f.Number) })
}

// resume takes the next step of a fan-out, if it still waits.
func resume(tx *store.Tx, number int) {
	f, ok := store.Load[fanOut](tx, fanKey(number))
	if !ok {
		return
	}
	n, ok := Find(tx.Snapshot, number)
	if !ok || !n.Closed.IsZero() { // withdrawn before it was posted
		store.Delete(tx, fanKey(number))
		return
	}
	fan(tx, f, n)
}
