package roster

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duban/bot"
	"duban/store"
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

func strayKey(number int) string { return store.Work + fmt.Sprintf("stray/%08d", number) }

func strayOfKey(account, sender string) string {
	return store.AccountPrefix(account) + store.Key("stray", sender)
}

// PutStray keeps what a stray said, and returns whether they were not in the list
// before. The fields Number, First and Last are filled in.
func PutStray(tx *store.Tx, s Stray, m bot.Message) (fresh bool) {
	old, there := StrayOf(tx.Snapshot, s.Account, s.Sender)
	if !there {
		number, _ := store.Load[int](tx, store.Work+"strays")
		old = Stray{Number: number + 1, First: tx.Now()}
		store.Save(tx, store.Work+"strays", number+1)
		store.Save(tx, strayOfKey(s.Account, s.Sender), number+1)
	}
	m.File = nil // it must be fetched while the session lasts
	s.Number, s.First, s.Last = old.Number, old.First, tx.Now()
	s.Said = append(old.Said, m)
	s.Said = s.Said[max(len(s.Said)-strayKept, 0):]
	store.Save(tx, strayKey(s.Number), s)
	return !there
}

// FindStray returns the stray of that number.
func FindStray(s *store.Snapshot, number int) (Stray, bool) {
	return store.Load[Stray](s, strayKey(number))
}

// Likely returns who a stray may be by what they are called: those whose full name stands
// there, or else those of a surname with a title, 老韩 or 韩老师; in a group its people only,
// if any of them fits. Nobody is taken for somebody by it.
func (s Stray) Likely(r *Roster, group string) []Person {
	called := s.Card + " " + s.Name
	found := r.Spoken(called)
	if len(found) == 0 {
		found = slices.DeleteFunc(slices.Clone(r.People), func(p Person) bool {
			surname, size := utf8.DecodeRuneInString(p.Name)
			if size == len(p.Name) || !unicode.Is(unicode.Han, surname) {
				return true
			}
			return !strings.Contains(called, "老"+string(surname)) && !strings.Contains(called, string(surname)+"老师")
		})
	}
	here := slices.DeleteFunc(slices.Clone(found), func(p Person) bool { return !slices.Contains(p.Groups, group) })
	if len(here) > 0 {
		return here
	}
	return found
}

// Strays returns those who were not claimed, oldest first.
func Strays(s *store.Snapshot) []Stray {
	all := store.Collect(store.Scan[Stray](s, store.Work+"stray/", 0))
	return slices.DeleteFunc(all, func(st Stray) bool { return st.old(s.Now()) })
}

// old tells whether a stray has said nothing for so long that they are forgotten.
func (s Stray) old(now time.Time) bool { return now.Sub(s.Last) >= strayLife }

// DropStray takes a stray off the list.
func DropStray(tx *store.Tx, s Stray) {
	store.Delete(tx, strayKey(s.Number), strayOfKey(s.Account, s.Sender))
}

// RecallStray forgets a message of a stray that the sender took back.
func RecallStray(tx *store.Tx, account, sender, id string) {
	s, ok := StrayOf(tx.Snapshot, account, sender)
	if !ok {
		return
	}
	if s.Said = slices.DeleteFunc(s.Said, func(m bot.Message) bool { return m.ID == id }); len(s.Said) == 0 {
		DropStray(tx, s)
		return
	}
	store.Save(tx, strayKey(s.Number), s)
}

// StrayOf returns the stray that a sender is, if they are one.
func StrayOf(s *store.Snapshot, account, sender string) (st Stray, ok bool) {
	number, ok := store.Load[int](s, strayOfKey(account, sender))
	if !ok {
		return st, false
	}
	return FindStray(s, number)
}

// SweepStrays removes those whom nobody claimed in a week, and what they said.
func SweepStrays(tx *store.Tx) {
	for _, s := range store.Collect(store.Scan[Stray](tx, store.Work+"stray/", 0)) {
		if s.old(tx.Settled()) {
			DropStray(tx, s)
		}
	}
}
