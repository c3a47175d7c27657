package store

import (
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

// Echo tells whether a person may get an echo in a group now, and counts it: one
// in each gap.
func (tx *Tx) Echo(account, chat, person string, gap time.Duration) (bool, error) {
	t, err := tx.talk(account, chat)
	if err != nil {
		return false, err
	}
	for who, at := range t.Echo {
		if tx.now.Sub(at) >= gap {
			delete(t.Echo, who)
		}
	}
	if _, again := t.Echo[person]; again {
		return false, nil
	}
	if t.Echo == nil {
		t.Echo = map[string]time.Time{}
	}
	t.Echo[person] = tx.now
	return true, tx.setTalk(account, chat, t)
}

func (tx *Tx) talk(account, chat string) (talk, error) {
	t, _, err := load[talk](tx.r, AccountScope(account)+key("talk", chat))
	return t, err
}

func (tx *Tx) setTalk(account, chat string, t talk) error {
	return save(tx.w, AccountScope(account)+key("talk", chat), t)
}
