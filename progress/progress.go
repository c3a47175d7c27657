// Package progress keeps the plan in force and what is reported on it: updates,
// what each message changed, requests that an admin decides, and questions that
// wait for a person.
//
// Nothing that was said is overwritten. An [Update] is corrected by a newer one and
// marked when it is taken back, a plan stays when another comes into force, and an
// [Effect] remembers what each message changed, so that it can be undone. Beside the
// updates stands the [Latest] of each person on each measure, so that reports need
// not read the history.
package progress

import (
	"time"

	"duban/store"
)

// An Effect is what one message changed; it lets the message be taken back.
type Effect struct {
	Account  string    `json:"account"`
	Message  string    `json:"message"`
	Chat     string    `json:"chat"`
	Person   string    `json:"person"`
	At       time.Time `json:"at"`
	Items    []ItemRef `json:"items,omitempty"`    // items that it closed
	Updates  []string  `json:"updates,omitempty"`  // keys of the updates that it made
	Evidence []string  `json:"evidence,omitempty"` // keys of the updates that it attached to
	Leaves   []string  `json:"leaves,omitempty"`   // keys of the leaves that it began
	Question int       `json:"question,omitempty"` // number of what it put into the inbox
	Request  int       `json:"request,omitempty"`  // number of what it put before the admins
}

// An ItemRef names an item.
type ItemRef struct {
	Notice int    `json:"notice"`
	Person string `json:"person"`
}

// AddUpdate stores what somebody said about a measure and returns its key. It
// becomes that person's latest word on the measure, unless they said another
// later: messages of two chats may come in any order.
func AddUpdate(tx *store.Tx, u Update, id string) string {
	// Networks give times in seconds: what was said in the same one keeps the
	// order in which it arrived.
	k := store.Work + store.Key("progress", u.Measure, u.Person, store.Stamp(u.At)+"-"+store.Stamp(tx.Now())+"-"+id)
	store.Save(tx, k, u)
	if last, _ := LatestOf(tx.Snapshot, u.Measure, u.Person); last.Key < k {
		store.Save(tx, store.Work+store.Key("latest", u.Measure, u.Person), Latest{k, u})
	}
	return k
}

// A Latest is a person's newest update on a measure that was not taken back.
type Latest struct {
	Key    string `json:"key"`
	Update Update `json:"update"`
}

// FindUpdate returns the update with the key.
func FindUpdate(s *store.Snapshot, k string) (Update, bool) {
	return store.Load[Update](s, k)
}

// ChangeUpdate rewrites an update in place: only to mark it retracted, or for
// its evidence.
func ChangeUpdate(tx *store.Tx, k string, u Update) {
	store.Save(tx, k, u)
	refresh(tx, u.Measure, u.Person)
}

// refresh finds the person's latest update on a measure again.
func refresh(tx *store.Tx, measure, person string) {
	var last *Latest
	for rec := range store.Scan[Update](tx, store.Work+store.Key("progress", measure, person)+"/", 0) {
		if rec.Value.Retracted.IsZero() {
			last = &Latest{rec.Key, rec.Value}
		}
	}
	k := store.Work + store.Key("latest", measure, person)
	if last == nil {
		store.Delete(tx, k)
		return
	}
	store.Save(tx, k, last)
}

// LatestOf returns a person's newest update on a measure.
func LatestOf(s *store.Snapshot, measure, person string) (Latest, bool) {
	return store.Load[Latest](s, store.Work+store.Key("latest", measure, person))
}

// History returns all updates of a person on a measure, oldest first, with
// those that were taken back.
func History(s *store.Snapshot, measure, person string) []Update {
	return store.Collect(store.Scan[Update](s, store.Work+store.Key("progress", measure, person)+"/", 0))
}

// PutEffect remembers what a message changed, under the message and under the
// person.
func PutEffect(tx *store.Tx, e Effect) {
	store.Save(tx, store.Work+store.Key("by", e.Account, e.Message), e)
	store.Save(tx, store.Work+store.Key("mine", e.Person, store.Stamp(e.At)+"-"+e.Message), e)
}

// EffectOf returns what a message changed.
func EffectOf(s *store.Snapshot, account, message string) (Effect, bool) {
	return store.Load[Effect](s, store.Work+store.Key("by", account, message))
}

// Effects returns what a person's messages changed since a time, oldest first.
func Effects(s *store.Snapshot, person string, since time.Time) []Effect {
	prefix := store.Work + store.Key("mine", person) + "/"
	return store.Collect(store.ScanRange[Effect](s, []byte(prefix+store.Stamp(since)), store.PrefixEnd(prefix), 0))
}
