package store

import "time"

// A Talk is how much the bot said by itself in a chat lately. It bounds what
// two bots that answer each other can do.
type Talk struct {
	Times []time.Time          `json:"times,omitempty"` // answers of the last minute
	Quiet time.Time            `json:"quiet,omitzero"`  // says nothing until then
	Echo  map[string]time.Time `json:"echo,omitempty"`  // when each person last got an echo in the group
}

// Talk returns how much was said in a chat lately.
func (s *Snapshot) Talk(account, chat string) (Talk, error) {
	t, _, err := load[Talk](s.r, AccountScope(account)+key("talk", chat))
	return t, err
}

// SetTalk stores how much was said in a chat lately.
func (tx *Tx) SetTalk(account, chat string, t Talk) error {
	return save(tx.w, AccountScope(account)+key("talk", chat), t)
}
