package store

import (
	"cmp"
	"fmt"
	"time"
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

	Leave    *Leave   `json:"leave,omitempty"`
	Measures []string `json:"measures,omitempty"` // node ids
	Due      string   `json:"due,omitempty"`      // as people read it

	Decided time.Time `json:"decided,omitzero"`
	By      string    `json:"by,omitempty"`
	Granted bool      `json:"granted,omitempty"`
	Answer  string    `json:"answer,omitempty"` // the admin's reason
}

func requestKey(number int) string { return Work + fmt.Sprintf("request/%08d", number) }

func undecidedKey(number int) string { return Work + fmt.Sprintf("undecided/%08d", number) }

// PutRequest stores a new request and returns its number.
func (tx *Tx) PutRequest(r Request) (int, error) {
	last, _, err := load[int](tx, Work+"requests")
	if err != nil {
		return 0, err
	}
	r.Number, r.Asked = last+1, tx.Now()
	return r.Number, cmp.Or(
		save(tx, Work+"requests", r.Number),
		save(tx, undecidedKey(r.Number), r.Number),
		save(tx, requestKey(r.Number), r),
	)
}

// Request returns the request of that number.
func (s *Snapshot) Request(number int) (Request, bool, error) {
	return load[Request](s, requestKey(number))
}

// Undecided returns the requests that wait, oldest first.
func (s *Snapshot) Undecided() ([]Request, error) {
	var all []Request
	for rec, err := range scan[int](s, Work+"undecided/", 0) {
		if err != nil {
			return nil, err
		}
		r, ok, err := s.Request(rec.Value)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, r)
		}
	}
	return all, nil
}

// Decide stores what was decided on a request.
func (tx *Tx) Decide(number int, by string, granted bool, answer string) error {
	r, ok, err := tx.Request(number)
	if err != nil || !ok {
		return err
	}
	r.Decided, r.By, r.Granted, r.Answer = tx.Now(), by, granted, answer
	return cmp.Or(save(tx, requestKey(number), r), tx.Delete([]byte(undecidedKey(number))))
}

// WithdrawRequest takes back a request that nobody has decided. It returns false if
// somebody has.
func (tx *Tx) WithdrawRequest(number int) (bool, error) {
	r, ok, err := tx.Request(number)
	if err != nil || !ok || !r.Decided.IsZero() {
		return false, err
	}
	r.Decided, r.By, r.Reason = tx.Now(), r.Person, ""
	return true, cmp.Or(save(tx, requestKey(number), r), tx.Delete([]byte(undecidedKey(number))))
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
func (tx *Tx) Postpone(p Postponement) error {
	p.At = tx.Now()
	before, err := tx.Postponements(p.Measure)
	if err != nil {
		return err
	}
	if err := tx.Assign(p.Measure, Assignment{Due: p.Due, By: p.By}); err != nil {
		return err
	}
	return save(tx, Work+key("postponed", p.Measure, fmt.Sprintf("%06d", len(before)+1)), p)
}

// Postponements returns how the due day of a measure was put off, oldest first.
func (s *Snapshot) Postponements(measure string) ([]Postponement, error) {
	var all []Postponement
	for rec, err := range scan[Postponement](s, Work+key("postponed", measure)+"/", 0) {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}
