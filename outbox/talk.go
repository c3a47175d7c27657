package outbox

import (
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"time"

	"duban/store"
)

// A talk is how much the bot said by itself in a chat lately. It bounds what
// two bots that answer each other can do.
type talk struct {
	Said  []second  `json:"said,omitempty"` // of the last minute, oldest first: at most 60, however much is said
	Since time.Time `json:"since,omitzero"` // when the longer count began
	N     int       `json:"n,omitempty"`    // answers since then
	Quiet time.Time `json:"quiet,omitzero"` // says nothing until then
}

// echoes say when people last got an echo in a group. Those of a chat are spread over
// some records, so that none grows with the people who answer at a time.
type echoes map[string]int64 // Unix time in milliseconds

// echoSpread is over how many records they are spread.
const echoSpread = 32

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
	all, _ := store.Load[echoes](s, echoKey(account, chat, person))
	at, ok := all[person]
	return ok && recent(at, s.Now())
}

// Echo notes that a person gets an echo in a group now; what is older than half a
// minute is forgotten.
func Echo(tx *store.Tx, account, chat, person string) {
	k := echoKey(account, chat, person)
	all, _ := store.Load[echoes](tx, k)
	maps.DeleteFunc(all, func(_ string, at int64) bool { return !recent(at, tx.Now()) })
	if all == nil {
		all = echoes{}
	}
	all[person] = tx.Now().UnixMilli()
	store.Save(tx, k, all)
}

func recent(at int64, now time.Time) bool { return now.Sub(time.UnixMilli(at)) < echoGap }

func talkKey(account, chat string) string {
	return store.AccountPrefix(account) + store.Key("talk", chat)
}

func echoKey(account, chat, person string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(person)) // never fails
	return talkKey(account, chat) + "/" + strconv.Itoa(int(h.Sum32()%echoSpread))
}
