package progress

import (
	"fmt"
	"time"

	"duban/roster"
	"duban/store"
)

// A RequestKind says what a [Request] is for.
type RequestKind string

// The kinds.
const (
	OpenLeave  RequestKind = "leave"  // a leave without an end
	Postponing RequestKind = "extend" // a later due day
)

// A Request is something that an admin must agree to before it counts.
type Request struct {
	Number  int         `json:"number"`
	Kind    RequestKind `json:"kind"`
	Person  string      `json:"person"`  // who asks
	Account string      `json:"account"` // where they asked, and are told
	Chat    string      `json:"chat"`
	Message string      `json:"message"` // account/id
	Asked   time.Time   `json:"asked"`
	Reason  string      `json:"reason,omitempty"` // in the asker's words

	Leave    *roster.Leave `json:"leave,omitempty"`
	Measures []string      `json:"measures,omitempty"` // node ids
	Due      string        `json:"due,omitempty"`      // as people read it

	Decided time.Time `json:"decided,omitzero"`
	By      string    `json:"by,omitempty"`
	Granted bool      `json:"granted,omitempty"`
	Answer  string    `json:"answer,omitempty"` // the admin's reason
}

// Requests are those that were put before the admins.
var Requests = queue[Request]{last: store.Work + "requests", all: store.Work + "request/", waiting: store.Work + "undecided/"}

// PutRequest stores a new request and returns its number.
func PutRequest(tx *store.Tx, r Request) int {
	return Requests.add(tx, func(number int) Request {
		r.Number, r.Asked = number, tx.Now()
		return r
	})
}

// Decide stores what was decided on a request.
func Decide(tx *store.Tx, number int, by string, granted bool, answer string) {
	Requests.close(tx, number, func(r *Request) bool {
		r.Decided, r.By, r.Granted, r.Answer = tx.Now(), by, granted, answer
		return true
	})
}

// WithdrawRequest takes back a request that nobody has decided. It returns false if
// somebody has.
func WithdrawRequest(tx *store.Tx, number int) bool {
	return Requests.close(tx, number, func(r *Request) bool {
		if !r.Decided.IsZero() {
			return false
		}
		r.Decided, r.By, r.Reason = tx.Now(), r.Person, ""
		return true
	})
}

// A Postponement is one change of a measure's due day that was asked for. They are
// kept, so that it can be seen how often a day was put off.
type Postponement struct {
	Measure string    `json:"measure"` // node id
	Was     string    `json:"was"`     // as it stood before; "" if none was set
	Due     string    `json:"due"`
	Person  string    `json:"person"` // who asked
	By      string    `json:"by"`     // who agreed
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
}

// Postpone puts the due day of a measure off.
func Postpone(tx *store.Tx, p Postponement) {
	p.At = tx.Now()
	before := Postponements(tx.Snapshot, p.Measure)
	Assign(tx, p.Measure, Assignment{Due: p.Due, By: p.By})
	store.Save(tx, store.Work+store.Key("postponed", p.Measure, fmt.Sprintf("%06d", len(before)+1)), p)
}

// Postponements returns how the due day of a measure was put off, oldest first.
func Postponements(s *store.Snapshot, measure string) []Postponement {
	return store.Collect(store.Scan[Postponement](s, store.Work+store.Key("postponed", measure)+"/", 0))
}
