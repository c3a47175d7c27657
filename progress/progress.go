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
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/store"
)

// An Effect is what one message changed; it lets the message be taken back.
type Effect struct {
	Account  string    `json:"account"`
	Message  string    `json:"message,omitempty"`
	Chat     string    `json:"chat"`
	Person   string    `json:"person,omitempty"`
	At       time.Time `json:"at,omitzero"`
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
	Person string `json:"person,omitempty"`
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
	last := prefix + place12(u.Seq)
	if before, ok := follows(tx, u, prefix); ok {
		put(tx, last, u)
		setLatest(tx, last, u.After(before))
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

// follows returns where a person's latest word stands if u, which comes now, stands
// behind all that they have said, which is so most of the time. It reads what stands
// behind that word only, however much there is before it.
func follows(tx *store.Tx, u Update, prefix string) (before Update, ok bool) {
	l, ok := store.Load[word](tx, latestKey(u.Measure, u.Person))
	if !ok {
		return before, false
	}
	before.Status, before.Percent = l.Status, l.Percent
	behind := slices.Collect(store.ScanRange[Update](tx, []byte(prefix+l.Key), store.PrefixEnd(prefix), 0))
	whole := len(behind) > 0 && behind[0].Key == prefix+l.Key
	return before, whole && !u.precedes(behind[len(behind)-1].Value, tx.Now())
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
	Key    string
	Update Update
}

// A word is how a [Latest] is stored: which update it is, and what of it says where the
// measure stands.
type word struct {
	Key     string `json:"key"` // its last part
	Seq     uint64 `json:"seq,omitempty"`
	Percent *int   `json:"percent,omitempty"`
	Status  Status `json:"status,omitempty"`
}

// latest returns the word of a person on a measure with the update that it is.
func (w word) latest(s *store.Snapshot, measure, person string) Latest {
	l := Latest{Key: historyPrefix(measure, person) + w.Key}
	l.Update, _ = FindUpdate(s, l.Key)
	l.Update.Percent, l.Update.Status = w.Percent, w.Status
	return l
}

// setLatest makes an update, with the figure that it may have from an earlier one, the
// latest word of its person.
func setLatest(tx *store.Tx, k string, u Update) {
	last := k[strings.LastIndexByte(k, '/')+1:]
	store.Save(tx, latestKey(u.Measure, u.Person), word{last, u.Seq, u.Percent, u.Status})
}

// place12 is the last part of the key of an update that stands behind all before it,
// also behind those that begin with a date, as they once did.
func place12(seq uint64) string { return fmt.Sprintf("n%012d", seq) }

// Bare implements [store.Keyed].
func (u Update) Bare(key string) any {
	u.Measure, u.Person = "", ""
	if strings.HasSuffix(key, "/"+place12(u.Seq)) {
		u.Seq = 0
	}
	return u
}

// FromKey fills in what the key says.
func (u *Update) FromKey(key string) {
	parts := strings.Split(strings.TrimPrefix(key, store.Work), "/") // progress, measure, person, place
	if len(parts) != 4 {
		return
	}
	u.Measure, u.Person = store.Unescape(parts[1]), store.Unescape(parts[2])
	if n, ok := strings.CutPrefix(parts[3], "n"); ok && u.Seq == 0 {
		u.Seq, _ = strconv.ParseUint(n, 10, 64)
	}
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
	if last == nil {
		store.Delete(tx, latestKey(of.Measure, of.Person))
		return
	}
	setLatest(tx, last.Key, last.Update)
}

// LatestOf returns a person's newest update on a measure.
func LatestOf(s *store.Snapshot, measure, person string) (Latest, bool) {
	w, ok := store.Load[word](s, latestKey(measure, person))
	if !ok {
		return Latest{}, false
	}
	return w.latest(s, measure, person), true
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

// PutEffect remembers what a message changed, under the person, and beside the mark of
// the message where that is.
func PutEffect(tx *store.Tx, e Effect) {
	tx.Note(e.Account, e.Message, mineOf(e))
	store.Save(tx, mineKey(mineOf(e), e.Message), e)
}

// DropEffect forgets what a message changed.
func DropEffect(tx *store.Tx, e Effect) {
	tx.Note(e.Account, e.Message, "")
	store.Delete(tx, mineKey(mineOf(e), e.Message))
}

// mineOf says whose an effect is and of when.
func mineOf(e Effect) string { return store.Key(e.Person, store.Stamp(e.At)) }

func mineKey(of, message string) string {
	return store.Work + "mine/" + of + "-" + store.Key(message)
}

// inHistory is how the keys of updates begin, which is left out where only such stand.
const inHistory = store.Work + "progress/"

// Bare implements [store.Keyed].
func (e Effect) Bare(string) any {
	e.Message, e.At = "", time.Time{}
	e.Items, e.Updates, e.Evidence = slices.Clone(e.Items), slices.Clone(e.Updates), slices.Clone(e.Evidence)
	for i := range e.Items {
		if e.Items[i].Person == e.Person {
			e.Items[i].Person = ""
		}
	}
	for _, keys := range [][]string{e.Updates, e.Evidence} {
		for i := range keys {
			keys[i] = strings.TrimPrefix(keys[i], inHistory)
		}
	}
	e.Person = ""
	return e
}

// FromKey fills in what the key says.
func (e *Effect) FromKey(key string) {
	person, rest, _ := strings.Cut(strings.TrimPrefix(key, store.Work+"mine/"), "/")
	at, message, _ := strings.Cut(rest, "-")
	e.Person, e.Message = store.Unescape(person), store.Unescape(message)
	e.At, _ = store.ParseStamp(at)
	for i := range e.Items {
		e.Items[i].Person = cmp.Or(e.Items[i].Person, e.Person)
	}
	for _, keys := range [][]string{e.Updates, e.Evidence} {
		for i := range keys {
			if !strings.HasPrefix(keys[i], inHistory) {
				keys[i] = inHistory + keys[i]
			}
		}
	}
}

// EffectOf returns what a message changed that came in the last days.
func EffectOf(s *store.Snapshot, account, message string) (e Effect, ok bool) {
	of := s.Noted(account, message)
	if of == "" {
		return e, false
	}
	return store.Load[Effect](s, mineKey(of, message))
}

// Effects returns what a person's messages changed since a time, oldest first.
func Effects(s *store.Snapshot, person string, since time.Time) []Effect {
	prefix := store.Work + store.Key("mine", person) + "/"
	return store.Collect(store.ScanRange[Effect](s, []byte(prefix+store.Stamp(since)), store.PrefixEnd(prefix), 0))
}
