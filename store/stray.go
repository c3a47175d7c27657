package store

import (
	"cmp"
	"fmt"
	"time"

	"duban/bot"
)

// A Stray is a sender whom nobody knows yet, although what they said answers
// something. An admin says who it is, or the sender uses a binding code.
type Stray struct {
	Number  int    `json:"number"`
	Account string `json:"account"`
	Sender  string `json:"sender"`
	Chat    string `json:"chat"` // where they spoke last
	Group   bool   `json:"group"`
	Name    string `json:"name"`           // as the network shows them
	Card    string `json:"card,omitempty"` // in the group
	Why     Doubt  `json:"why"`

	First time.Time     `json:"first"`
	Last  time.Time     `json:"last"`
	Said  []bot.Message `json:"said,omitempty"` // what is to be read again when it is known who they are
}

// A Doubt is why a sender is not taken for somebody.
type Doubt string

// The doubts.
const (
	NobodyElse Doubt = "unknown" // nothing tells who they are
	SeveralFit Doubt = "several" // several people of the roster are called so
	OtherThere Doubt = "taken"   // somebody else speaks for the person that they are called like
	NameGone   Doubt = "changed" // they were known by a name that they do not have any more
)

// strayKept is how many messages of a stray are kept, and strayLife for how long
// the stray is.
const (
	strayKept = 20
	strayLife = 7 * 24 * time.Hour
)

func strayKey(number int) string { return Work + fmt.Sprintf("stray/%08d", number) }

func strayOfKey(account, sender string) string { return AccountPrefix(account) + key("stray", sender) }

// PutStray keeps what a stray said, and returns whether they were not in the list
// before. The fields Number, First and Last are filled in.
func (tx *Tx) PutStray(s Stray, m bot.Message) (fresh bool, err error) {
	number, known, err := load[int](tx, strayOfKey(s.Account, s.Sender))
	if err != nil {
		return false, err
	}
	old, there := Stray{}, false
	if known {
		if old, there, err = tx.Stray(number); err != nil {
			return false, err
		}
	}
	if !there {
		if number, _, err = load[int](tx, Work+"strays"); err != nil {
			return false, err
		}
		number++
		old = Stray{First: tx.Now()}
		if err := cmp.Or(save(tx, Work+"strays", number), save(tx, strayOfKey(s.Account, s.Sender), number)); err != nil {
			return false, err
		}
	}
	m.File = nil // it must be fetched while the session lasts
	s.Number, s.First, s.Last = number, old.First, tx.Now()
	s.Said = append(old.Said, m)
	s.Said = s.Said[max(len(s.Said)-strayKept, 0):]
	return !there, save(tx, strayKey(number), s)
}

// Stray returns the stray of that number.
func (s *Snapshot) Stray(number int) (Stray, bool, error) {
	return load[Stray](s, strayKey(number))
}

// Strays returns those who were not claimed, oldest first.
func (s *Snapshot) Strays() ([]Stray, error) {
	var all []Stray
	for rec, err := range scan[Stray](s, Work+"stray/", 0) {
		if err != nil {
			return nil, err
		}
		if s.Now().Sub(rec.Value.Last) < strayLife {
			all = append(all, rec.Value)
		}
	}
	return all, nil
}

// DropStray takes a stray off the list.
func (tx *Tx) DropStray(s Stray) error {
	return cmp.Or(tx.Delete([]byte(strayKey(s.Number))), tx.Delete([]byte(strayOfKey(s.Account, s.Sender))))
}

// RecallStray forgets a message of a stray that the sender took back.
func (tx *Tx) RecallStray(account, sender, id string) error {
	s, ok, err := tx.StrayOf(account, sender)
	if err != nil || !ok {
		return err
	}
	var left []bot.Message
	for _, m := range s.Said {
		if m.ID != id {
			left = append(left, m)
		}
	}
	if len(left) == 0 {
		return tx.DropStray(s)
	}
	s.Said = left
	return save(tx, strayKey(s.Number), s)
}

// StrayOf returns the stray that a sender is, if they are one.
func (s *Snapshot) StrayOf(account, sender string) (st Stray, ok bool, err error) {
	number, ok, err := load[int](s, strayOfKey(account, sender))
	if err != nil || !ok {
		return st, false, err
	}
	return s.Stray(number)
}

// sweepStrays removes those whom nobody claimed in a week, and what they said.
func (tx *Tx) sweepStrays() (n int, err error) {
	var old []Stray
	for rec, err := range scan[Stray](tx, Work+"stray/", 0) {
		if err != nil {
			return 0, err
		}
		if tx.Now().Sub(rec.Value.Last) >= strayLife {
			old = append(old, rec.Value)
		}
	}
	for _, s := range old {
		if err := tx.DropStray(s); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
