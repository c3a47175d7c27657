package roster

import (
	"slices"
	"time"

	"duban/store"
)

// What is kept about leaves, under [store.Work]:
//
//	leave/<person>/<from>            the leave
//	stands/<delegate>/<leave's key>  who stands in for whom
//	begins/<from>/<person>           a leave that has not begun
//	ends/<to>/<person>               a leave in which somebody stands in, until they know of its end

// A Leave is a time in which a person is not asked.
type Leave struct {
	Person   string    `json:"person"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`                 // the last moment; zero while it is open
	Delegate string    `json:"delegate,omitempty"` // roster id of who stands in
	By       string    `json:"by,omitempty"`       // who booked it, if that was not the person
	Message  string    `json:"message"`
	Was      *Leave    `json:"was,omitempty"` // what it replaced
}

// LeaveKey is the key of a leave.
func LeaveKey(l Leave) string { return store.Work + store.Key("leave", l.Person, store.Stamp(l.From)) }

func standsKey(l Leave) string {
	return store.Work + store.Key("stands", l.Delegate, l.Person, store.Stamp(l.From))
}

func beginsKey(l Leave) string {
	return store.Work + store.Key("begins", store.Stamp(l.From), l.Person)
}

func endsKey(l Leave) string { return store.Work + store.Key("ends", store.Stamp(l.To), l.Person) }

// Over returns the keys of the leaves in which somebody stood in and that have ended
// since; they are read once, by [TakeOver].
func Over(s *store.Snapshot) (keys []string) {
	const prefix = store.Work + "ends/"
	for rec := range store.ScanRange[string](s, []byte(prefix), []byte(prefix+store.Stamp(s.Settled())), store.Batch) {
		keys = append(keys, rec.Key)
	}
	return keys
}

// TakeOver returns the leave that a key of [Over] is about. Ok is false if there is none
// any more.
func TakeOver(tx *store.Tx, key string) (l Leave, ok bool) { return TakeBegun(tx, key) }

// AwaitLeave notes that a leave has not begun.
func AwaitLeave(tx *store.Tx, l Leave) { store.Save(tx, beginsKey(l), LeaveKey(l)) }

// Begun returns the keys of the notes of [AwaitLeave] whose leave has begun since.
func Begun(s *store.Snapshot) (keys []string) {
	const prefix = store.Work + "begins/"
	to := prefix + store.Stamp(s.Settled().Add(1))
	for rec := range store.ScanRange[string](s, []byte(prefix), []byte(to), store.Batch) {
		keys = append(keys, rec.Key)
	}
	return keys
}

// TakeBegun removes a note of [AwaitLeave] and returns the leave. Ok is false if
// there is none any more.
func TakeBegun(tx *store.Tx, key string) (l Leave, ok bool) {
	k, ok := store.Load[string](tx, key)
	if ok {
		l, ok = store.Load[Leave](tx, k)
	}
	store.Delete(tx, key)
	return l, ok
}

// Covers tells whether a time lies in the leave.
func (l Leave) Covers(at time.Time) bool {
	return !at.Before(l.From) && (l.To.IsZero() || !at.After(l.To))
}

// Meets tells whether some moment lies in both leaves.
func (l Leave) Meets(m Leave) bool {
	return (m.To.IsZero() || !l.From.After(m.To)) && (l.To.IsZero() || !m.From.After(l.To))
}

// SaveLeave stores a leave, and who stands in.
func SaveLeave(tx *store.Tx, l Leave) {
	if l.Delegate != "" {
		store.Save(tx, standsKey(l), LeaveKey(l))
		if !l.To.IsZero() {
			store.Save(tx, endsKey(l), LeaveKey(l))
		}
	}
	store.Save(tx, LeaveKey(l), l)
}

// EraseLeave removes a leave with all that is kept about it.
func EraseLeave(tx *store.Tx, l Leave) {
	store.Delete(tx, standsKey(l), beginsKey(l), endsKey(l), LeaveKey(l))
}

// CutShort ends a leave at a time.
func CutShort(tx *store.Tx, l Leave, to time.Time) Leave {
	store.Delete(tx, endsKey(l))
	l.To = to
	store.Save(tx, LeaveKey(l), l)
	return l
}

// Away tells whether the person is on leave at a time.
func Away(s *store.Snapshot, person string, at time.Time) bool {
	_, away := LeaveAt(s, person, at)
	return away
}

// LeaveAt returns the leave that a person is on at a time; ok is false if they are
// on none.
func LeaveAt(s *store.Snapshot, person string, at time.Time) (l Leave, ok bool) {
	for rec := range store.Scan[Leave](s, store.Work+store.Key("leave", person)+"/", 0) {
		if rec.Value.Covers(at) {
			return rec.Value, true
		}
	}
	return Leave{}, false
}

// FindLeave returns the leave under a key.
func FindLeave(s *store.Snapshot, k string) (Leave, bool) { return store.Load[Leave](s, k) }

// Leaves returns a person's leaves that last until a time at least, in the order
// in which they begin.
func Leaves(s *store.Snapshot, person string, from time.Time) []Leave {
	return leavesUnder(s, store.Work+store.Key("leave", person)+"/", from)
}

// AllLeaves returns everybody's leaves that last until a time at least.
func AllLeaves(s *store.Snapshot, from time.Time) []Leave {
	return leavesUnder(s, store.Work+"leave/", from)
}

func leavesUnder(s *store.Snapshot, prefix string, from time.Time) []Leave {
	all := store.Collect(store.Scan[Leave](s, prefix, 0))
	return slices.DeleteFunc(all, func(l Leave) bool { return l.over(from) })
}

// over tells whether the leave has ended before a time.
func (l Leave) over(at time.Time) bool { return !l.To.IsZero() && l.To.Before(at) }

// Entrusted returns the leaves in which a person stands in for somebody, and that
// last until a time at least.
func Entrusted(s *store.Snapshot, delegate string, from time.Time) []Leave {
	var all []Leave
	for rec := range store.Scan[string](s, store.Work+store.Key("stands", delegate)+"/", 0) {
		l, ok := store.Load[Leave](s, rec.Value)
		if ok && l.Delegate == delegate && !l.over(from) {
			all = append(all, l)
		}
	}
	return all
}

// StandsIn tells whether delegate may answer and report for a person at a time:
// the person is on leave then and has named them.
func StandsIn(s *store.Snapshot, delegate, person string, at time.Time) bool {
	l, away := LeaveAt(s, person, at)
	return away && l.Delegate == delegate
}
