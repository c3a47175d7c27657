package store

import (
	"maps"
	"slices"
	"time"
)

// A talk is how much the bot said by itself in a chat lately. It bounds what
// two bots that answer each other can do.
type talk struct {
	Times []time.Time          `json:"times,omitempty"` // answers of the last minute
	Quiet time.Time            `json:"quiet,omitzero"`  // says nothing until then
	Echo  map[string]time.Time `json:"echo,omitempty"`  // when each person last got an echo in the group
}

// Speak counts an answer in a chat. It returns false if the bot must stay quiet
// there: it gave perMinute answers within a minute, and says nothing for the
// pause after that. The answer that uses up the minute is still given, and last
// says that it is.
func (tx *Tx) Speak(account, chat string, perMinute int, pause time.Duration) (ok, last bool, err error) {
	t, err := tx.talk(account, chat)
	if err != nil || tx.now.Before(t.Quiet) {
		return false, false, err
	}
	t.Times = slices.DeleteFunc(t.Times, func(at time.Time) bool { return tx.now.Sub(at) >= time.Minute })
	t.Times = append(t.Times, tx.now)
	if last = len(t.Times) >= perMinute; last {
		t.Times, t.Quiet = nil, tx.now.Add(pause)
	}
	return true, last, tx.setTalk(account, chat, t)
}

// Echoed tells whether a person got an echo in a group within the gap before now.
func (s *Snapshot) Echoed(account, chat, person string, gap time.Duration) (bool, error) {
	t, err := s.talk(account, chat)
	at, ok := t.Echo[person]
	return ok && s.now.Sub(at) < gap, err
}

// Echo notes that a person gets an echo in a group now; what is older than the
// gap is forgotten.
func (tx *Tx) Echo(account, chat, person string, gap time.Duration) error {
	t, err := tx.talk(account, chat)
	if err != nil {
		return err
	}
	maps.DeleteFunc(t.Echo, func(_ string, at time.Time) bool { return tx.now.Sub(at) >= gap })
	if t.Echo == nil {
		t.Echo = map[string]time.Time{}
	}
	t.Echo[person] = tx.now
	return tx.setTalk(account, chat, t)
}

func (s *Snapshot) talk(account, chat string) (talk, error) {
	t, _, err := load[talk](s.r, AccountScope(account)+key("talk", chat))
	return t, err
}

func (tx *Tx) setTalk(account, chat string, t talk) error {
	return save(tx.w, AccountScope(account)+key("talk", chat), t)
}
