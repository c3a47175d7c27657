package door

import (
	"slices"
	"time"

	"duban/store"
)

// How long a session lasts, and how many a person has at most.
const (
	Idle     = 30 * time.Minute // without a request
	Absolute = 12 * time.Hour
	Most     = 3

	touchEvery = time.Minute // how exactly it is known when the last request came
)

// A Way is how somebody got in.
type Way string

// The ways.
const (
	ByPassword Way = "password"
	ByLink     Way = "link" // from their chat with the bot
	ByCode     Way = "code" // from the terminal
)

// A Session is a login of a browser.
type Session struct {
	Person string    `json:"person"`
	How    Way       `json:"how"`
	Weak   bool      `json:"weak,omitempty"` // the person is known by a name in a group only, which is good for no rights
	Half   bool      `json:"half,omitempty"` // the second factor is still missing: nothing else is open
	Next   string    `json:"next,omitempty"` // where a half one goes on
	Begun  time.Time `json:"begun"`
	Seen   time.Time `json:"seen"`
	Proved time.Time `json:"proved,omitzero"`  // when the password was last typed
	Device string    `json:"device,omitempty"` // what the browser calls itself, shortened

	ID string `json:"-"` // names it among those of its person, and in a URL
}

func sessionKey(id string) string { return prefix + store.Key("session", id) }

func ownKey(person, id string) string { return prefix + store.Key("sessions", person, id) }

// live tells whether a session can still be used.
func (x Session) live(now time.Time) bool {
	return now.Before(x.Begun.Add(Absolute)) && now.Before(x.Seen.Add(Idle))
}

// Begin stores a session under a token. Of too many the one that was unused longest
// ends; weak ones end weak ones only, and half ones half ones: who has the password alone
// puts nobody out.
func Begin(tx *store.Tx, token string, x Session) Session {
	x.Begun, x.Seen, x.ID = tx.Now(), tx.Now(), digest(token)
	all := slices.DeleteFunc(Sessions(tx.Snapshot, x.Person), func(y Session) bool { return y.Weak != x.Weak || y.Half != x.Half })
	for len(all) >= Most {
		End(tx, all[0])
		all = all[1:]
	}
	store.Save(tx, sessionKey(x.ID), x)
	store.Save(tx, ownKey(x.Person, x.ID), true)
	return x
}

// SessionOf returns the session of a token; ok is false if there is none or it ended.
func SessionOf(s *store.Snapshot, token string) (x Session, ok bool) {
	if token == "" {
		return x, false
	}
	return load(s, digest(token))
}

func load(s *store.Snapshot, id string) (x Session, ok bool) {
	x, ok = store.Load[Session](s, sessionKey(id))
	x.ID = id
	return x, ok && x.live(s.Now())
}

// Live tells whether the session with an ID can still be used.
func Live(s *store.Snapshot, id string) bool {
	_, ok := load(s, id)
	return ok
}

// Stale tells whether [Touch] has something to note.
func (x Session) Stale(now time.Time) bool { return now.Sub(x.Seen) >= touchEvery }

// Touch notes that a session is used.
func Touch(tx *store.Tx, id string) {
	if x, ok := load(tx.Snapshot, id); ok {
		x.Seen = tx.Now()
		store.Save(tx, sessionKey(id), x)
	}
}

// Prove notes that the password was typed.
func Prove(tx *store.Tx, id string) {
	if x, ok := load(tx.Snapshot, id); ok {
		x.Proved = tx.Now()
		store.Save(tx, sessionKey(id), x)
	}
}

// Sessions returns the live sessions of a person, the one that was used last at the
// end.
func Sessions(s *store.Snapshot, person string) (all []Session) {
	for _, id := range store.Names(s, prefix+store.Key("sessions", person)+"/", 0) {
		if x, ok := load(s, id); ok {
			all = append(all, x)
		}
	}
	slices.SortStableFunc(all, func(a, b Session) int { return a.Seen.Compare(b.Seen) })
	return all
}

// End ends a session.
func End(tx *store.Tx, x Session) {
	store.Delete(tx, sessionKey(x.ID), ownKey(x.Person, x.ID))
}

// EndAll ends all sessions of a person but one, "" for none.
func EndAll(tx *store.Tx, person, but string) {
	for _, id := range store.Names(tx, prefix+store.Key("sessions", person)+"/", 0) {
		if id != but {
			End(tx, Session{Person: person, ID: id})
		}
	}
}

// Sweep removes what can no longer be used: sessions and links.
func Sweep(tx *store.Tx) {
	for rec := range store.Scan[Session](tx, prefix+"session/", 0) {
		if !rec.Value.live(tx.Now()) {
			rec.Value.ID = rec.Key[len(prefix+"session/"):]
			End(tx, rec.Value)
		}
	}
	for rec := range store.Scan[Link](tx, prefix+"link/", 0) {
		if tx.Now().After(rec.Value.Until.Add(keepUsed)) {
			store.Delete(tx, rec.Key)
		}
	}
}
