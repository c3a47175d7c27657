package outbox

import (
	"maps"
	"slices"
	"time"

	"duban/store"
)

// A talk is how much the bot said by itself in a chat lately. It bounds what
// two bots that answer each other can do.
type talk struct {
	Said  []second             `json:"said,omitempty"` // of the last minute, oldest first: at most 60, however much is said
	Since time.Time            `json:"since,omitzero"` // when the longer count began
	N     int                  `json:"n,omitempty"`    // answers since then
	Quiet time.Time            `json:"quiet,omitzero"` // says nothing until then
	Echo  map[string]time.Time `json:"echo,omitempty"` // when each person last got an echo in the group
}

// A second counts the answers given within one.
type second struct {
	At int64 `json:"at"` // Unix time
	N  int   `json:"n"`
}

// Speak counts an answer in a chat. It returns false if the bot must stay quiet
// there: it gave as many answers as [Answers] allow within a minute, or four minutes'
// worth within a time as long as the pause, and says nothing for the pause after that.
// The answer that uses it up is still given, and quiet says how long the pause is.
func Speak(tx *store.Tx, account, chat string) (ok bool, quiet time.Duration) {
	most := LimitsOf(tx.Snapshot).Answers
	t, _ := store.Load[talk](tx, talkKey(account, chat))
	left := t.Quiet.Sub(tx.Now())
	if left > 0 && left <= most.Pause { // more than the pause: the clock was set back
		return false, 0
	}
	if age := tx.Now().Sub(t.Since); age >= most.Pause || age < 0 {
		t.Since, t.N = tx.Now(), 0
	}
	t.N++
	if t.count(tx.Now().Unix()) >= most.PerMinute || t.N >= slowMinutes*most.PerMinute {
		quiet = most.Pause
		t.Said, t.N, t.Quiet = nil, 0, tx.Now().Add(quiet)
	}
	store.Save(tx, talkKey(account, chat), t)
	return true, quiet
}

// count adds an answer and returns how many were given in the minute that ends
// with it. A clock that was set back leaves seconds in the future, which are
// forgotten as those before the minute are.
func (t *talk) count(now int64) (n int) {
	t.Said = slices.DeleteFunc(t.Said, func(s second) bool { return s.At <= now-60 || s.At > now })
	if i := len(t.Said) - 1; i >= 0 && t.Said[i].At == now {
		t.Said[i].N++
	} else {
		t.Said = append(t.Said, second{now, 1})
	}
	for _, s := range t.Said {
		n += s.N
	}
	return n
}

// Echoed tells whether a person got an echo in a group within the last half minute.
func Echoed(s *store.Snapshot, account, chat, person string) bool {
	t, _ := store.Load[talk](s, talkKey(account, chat))
	at, ok := t.Echo[person]
	return ok && s.Now().Sub(at) < echoGap
}

// Echo notes that a person gets an echo in a group now; what is older than half a
// minute is forgotten.
func Echo(tx *store.Tx, account, chat, person string) {
	t, _ := store.Load[talk](tx, talkKey(account, chat))
	maps.DeleteFunc(t.Echo, func(_ string, at time.Time) bool { return tx.Now().Sub(at) >= echoGap })
	if t.Echo == nil {
		t.Echo = map[string]time.Time{}
	}
	t.Echo[person] = tx.Now()
	store.Save(tx, talkKey(account, chat), t)
}

func talkKey(account, chat string) string {
	return store.AccountPrefix(account) + store.Key("talk", chat)
}
