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
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

// AddUpdate stores what somebody says about a measure and returns its key. It
// becomes that person's latest word on the measure, unless what they said later on
// the same network came first: messages of two chats may come in any order. A time
// that has not come yet is not believed: neither that of this word, which is taken
// as said now, nor one that stands in the store since our clock was ahead.
func AddUpdate(tx *store.Tx, u Update) string {
	if u.At.After(tx.Now()) {
		u.At = tx.Now()
	}
	count := store.Work + store.Key("said", u.Measure)
	u.Seq, _ = store.Load[uint64](tx, count)
	u.Seq++
	store.Save(tx, count, u.Seq)
	prefix := historyPrefix(u.Measure, u.Person)
	last := prefix + fmt.Sprintf("n%012d", u.Seq) // behind those that begin with a date, as they once did
	if l, ok := follows(tx, u, prefix); ok {
		put(tx, last, u)
		store.Save(tx, latestKey(u.Measure, u.Person), Latest{last, u.After(l.Update)})
		return last
	}
	all := slices.Collect(store.Scan[Update](tx, prefix, 0))
	at := len(all)
	for at > 0 && u.precedes(all[at-1].Value, tx.Now()) {
		at--
	}
	k := last
	if at < len(all) {
		before := prefix
		if at > 0 {
			before = all[at-1].Key
		}
		k = fmt.Sprintf("%s+%012d", before, 999_999_999_999-u.Seq) // of two behind the same one, the second stands first
	}
	put(tx, k, u)
	refresh(tx, u, slices.Insert(all, at, store.Record[Update]{Key: k, Value: u}))
	return k
}

// follows returns a person's latest word if u, which comes now, stands behind all that
// they have said, which is so most of the time. It reads what stands behind that word
// only, however much there is before it.
func follows(tx *store.Tx, u Update, prefix string) (l Latest, ok bool) {
	l, ok = LatestOf(tx.Snapshot, u.Measure, u.Person)
	if !ok {
		return l, false
	}
	behind := slices.Collect(store.ScanRange[Update](tx, []byte(l.Key), store.PrefixEnd(prefix), 0))
	whole := len(behind) > 0 && behind[0].Key == l.Key
	return l, whole && !u.precedes(behind[len(behind)-1].Value, tx.Now())
}

// precedes tells whether a word that comes now was said before one of the same
// person that is here already: the clock of their network says so.
func (u Update) precedes(other Update, now time.Time) bool {
	network, _, _ := strings.Cut(u.Message, "/")
	same, _, _ := strings.Cut(other.Message, "/")
	return network == same && !other.At.After(now) && u.At.Before(other.At)
}

// A Latest is where a measure stands by a person's word: their newest update that was
// not taken back, with the figure of an earlier one if it has none of its own and does
// not correct that.
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
	put(tx, k, u)
	refresh(tx, u, slices.Collect(store.Scan[Update](tx, historyPrefix(u.Measure, u.Person), 0)))
}

func put(tx *store.Tx, k string, u Update) {
	store.Save(tx, k, u)
	proof := store.Work + store.Key("proof", u.Measure, k)
	if len(u.Evidence) > 0 && u.Retracted.IsZero() {
		store.Save(tx, proof, k)
	} else if store.Has(tx, proof) {
		store.Delete(tx, proof)
	}
}

// Proofs returns the updates on a measure that have evidence, person by person.
func Proofs(s *store.Snapshot, measure string) (all []Latest) {
	for rec := range store.Scan[string](s, store.Work+store.Key("proof", measure)+"/", 0) {
		if u, _ := FindUpdate(s, rec.Value); len(u.Evidence) > 0 { // some was erased
			all = append(all, Latest{rec.Value, u})
		}
	}
	return all
}

// refresh finds the latest word among all that the person of an update said on its
// measure.
func refresh(tx *store.Tx, of Update, all []store.Record[Update]) {
	var last *Latest
	for _, rec := range all {
		if u := rec.Value; u.Retracted.IsZero() {
			if last != nil {
				u = u.After(last.Update)
			}
			last = &Latest{rec.Key, u}
		}
	}
	k := latestKey(of.Measure, of.Person)
	if last == nil {
		store.Delete(tx, k)
		return
	}
	store.Save(tx, k, last)
}

// LatestOf returns a person's newest update on a measure.
func LatestOf(s *store.Snapshot, measure, person string) (Latest, bool) {
	return store.Load[Latest](s, latestKey(measure, person))
}

// History returns all updates of a person on a measure, oldest first, with
// those that were taken back.
func History(s *store.Snapshot, measure, person string) []Update {
	return store.Collect(store.Scan[Update](s, historyPrefix(measure, person), 0))
}

func historyPrefix(measure, person string) string {
	return store.Work + store.Key("progress", measure, person) + "/"
}

func latestKey(measure, person string) string {
	return store.Work + store.Key("latest", measure, person)
}

// PutEffect remembers what a message changed, under the person, and under the message
// where that is.
func PutEffect(tx *store.Tx, e Effect) {
	at := mineKey(e)
	store.Save(tx, causeKey(e.Account, e.Message), at)
	store.Save(tx, at, e)
}

// DropEffect forgets what a message changed.
func DropEffect(tx *store.Tx, e Effect) {
	store.Delete(tx, causeKey(e.Account, e.Message), mineKey(e))
}

func causeKey(account, message string) string { return store.Work + store.Key("by", account, message) }

func mineKey(e Effect) string {
	return store.Work + store.Key("mine", e.Person, store.Stamp(e.At)+"-"+e.Message)
}

// EffectOf returns what a message changed.
func EffectOf(s *store.Snapshot, account, message string) (e Effect, ok bool) {
	raw, ok := store.Load[json.RawMessage](s, causeKey(account, message))
	switch {
	case !ok:
		return e, false
	case raw[0] == '{': // it stood here itself once
		return store.Decode[Effect](s, raw), true
	}
	return store.Load[Effect](s, store.Decode[string](s, raw))
}

// Effects returns what a person's messages changed since a time, oldest first.
func Effects(s *store.Snapshot, person string, since time.Time) []Effect {
	prefix := store.Work + store.Key("mine", person) + "/"
	return store.Collect(store.ScanRange[Effect](s, []byte(prefix+store.Stamp(since)), store.PrefixEnd(prefix), 0))
}
