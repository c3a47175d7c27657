package store

import (
	"encoding/json"
	"time"
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
}

// SetPending stores p for the person in the chat.
func (tx *Tx) SetPending(account, chat, person string, p Pending) error {
	return save(tx, Work+key("pending", account, chat, person, p.Kind), p)
}

// Pending returns what is pending of that kind and has not run out.
func (s *Snapshot) Pending(account, chat, person, kind string) (Pending, bool, error) {
	p, ok, err := load[Pending](s, Work+key("pending", account, chat, person, kind))
	if err != nil || !ok || s.Now().After(p.Until) {
		return Pending{}, false, err
	}
	return p, true, nil
}

// ClearPending removes what is pending of that kind.
func (tx *Tx) ClearPending(account, chat, person, kind string) error {
	return tx.Delete([]byte(Work + key("pending", account, chat, person, kind)))
}
