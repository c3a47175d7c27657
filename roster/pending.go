package roster

import (
	"encoding/json"
	"strings"
	"time"

	"duban/store"
)

// A Pending is something that a chat waits for from one person: the choice from
// a list, the confirmation of a draft, the rest of a long answer. There is one
// of each kind per person and chat; a newer one replaces it.
type Pending struct {
	Kind    string          `json:"kind"`
	Until   time.Time       `json:"until"`
	Text    string          `json:"text,omitempty"`    // what it is about
	Options []string        `json:"options,omitempty"` // what a number chooses
	Data    json.RawMessage `json:"data,omitempty"`    // the capability's own
	Tries   int             `json:"tries,omitempty"`   // wrong codes so far
}

// SetPending stores p for the person in the chat.
func SetPending(tx *store.Tx, account, chat, person string, p Pending) {
	store.Save(tx, store.Work+store.Key("pending", account, chat, person, p.Kind), p)
}

// PendingOf returns what is pending of that kind and has not run out.
func PendingOf(s *store.Snapshot, account, chat, person, kind string) (Pending, bool) {
	p, ok := store.Load[Pending](s, store.Work+store.Key("pending", account, chat, person, kind))
	return p, ok && !s.Now().After(p.Until)
}

// ClearPending removes what is pending of that kind.
func ClearPending(tx *store.Tx, account, chat, person, kind string) {
	store.Delete(tx, store.Work+store.Key("pending", account, chat, person, kind))
}

// PendingDigest names what a chat waits for from a person, "" for nothing; it
// changes with every change of that.
func PendingDigest(s *store.Snapshot, account, chat, person string) string {
	prefix := store.Work + store.Key("pending", account, chat, person) + "/"
	var all strings.Builder
	for p := range store.Pairs(s, []byte(prefix), store.PrefixEnd(prefix), 0) {
		all.Write(p.Key)
		all.Write(p.Value)
	}
	if all.Len() == 0 {
		return ""
	}
	return store.Digest(all.String())
}
