package outbox

import (
	"time"

	"duban/bot"
	"duban/store"
)

// A Pause is a stop of all sending. What is decided meanwhile waits in the
// outbox; only answers to admins still leave.
type Pause struct {
	At     time.Time    `json:"at"`
	By     string       `json:"by,omitempty"`
	Source store.Source `json:"source"`
}

// A Stop is an account that has said three times as much on a day as it usually does.
type Stop struct {
	Account string    `json:"-"`
	At      time.Time `json:"at,omitzero"` // zero: it was let go on
	Day     string    `json:"day"`
	Sent    int       `json:"sent"`
	Usual   int       `json:"usual"`
	More    int       `json:"more,omitempty"` // how much more it may say on that day
	Told    bool      `json:"told,omitempty"` // the admins know
}

const pauseKey = store.Work + "pause"

func stoppedKey(account string) string { return store.AccountPrefix(account) + "stopped" }

// Paused returns the stop of all sending, if there is one.
func Paused(s *store.Snapshot) (Pause, bool) { return store.Load[Pause](s, pauseKey) }

// PauseSending stops all sending, urgent texts too. It returns false if it was
// stopped before.
func PauseSending(tx *store.Tx, by string, source store.Source) bool {
	if _, already := Paused(tx.Snapshot); already {
		return false
	}
	store.Save(tx, pauseKey, Pause{At: tx.Now(), By: by, Source: source})
	tx.Audit(store.Audit{Actor: by, Source: source, Action: "send.pause"})
	return true
}

// ResumeSending ends a stop of all sending, and those of accounts that had said
// too much. It returns false if nothing was stopped.
func ResumeSending(tx *store.Tx, by string, source store.Source) bool {
	_, was := Paused(tx.Snapshot)
	for _, s := range Stops(tx.Snapshot) {
		was = true
		s.At, s.More = time.Time{}, s.More+s.Sent
		store.Save(tx, stoppedKey(s.Account), s)
	}
	for _, account := range tx.AccountNames() {
		tx.Wake(account)
	}
	if !was {
		return false
	}
	store.Delete(tx, pauseKey)
	tx.Audit(store.Audit{Actor: by, Source: source, Action: "send.resume"})
	return true
}

// Halted tells whether nothing but answers to admins leaves by an account: all
// sending was stopped, or the account has stopped by itself.
func Halted(s *store.Snapshot, account string) bool {
	if _, paused := Paused(s); paused {
		return true
	}
	st, _ := store.Load[Stop](s, stoppedKey(account))
	return !st.At.IsZero()
}

// sendable returns the lane that is to be sent from now, "" if there is none. While
// the account is halted that is one with an answer to an admin.
func sendable(s *store.Snapshot, account string, halted bool) string {
	due := dueChat(s, account)
	if due == "" || !halted {
		return due
	}
	if admins := store.Value[Hooks](s).Admins; admins != nil {
		for _, lane := range admins(s, account) {
			if answerWaits(s, account, lane) {
				return lane
			}
		}
	}
	return ""
}

// answerWaits tells whether an answer, or a word to the admins, is due in a lane in which
// nothing is in flight.
func answerWaits(s *store.Snapshot, account, lane string) bool {
	if h, _ := store.Load[head](s, headKey(account, lane)); h.Busy && h.Look.After(s.Now()) {
		return false
	}
	prefix := lanePrefix(account, lane)
	until := prefix + store.Stamp(s.Now().Add(1))
	for rec := range store.ScanRange[string](s, []byte(prefix), []byte(until), 0) {
		row := RowOf(s, account, rec.Value)
		if row.Rank == bot.Service && !row.Next.After(s.Now()) {
			return true
		}
	}
	return false
}

// Stops returns the accounts that have stopped by themselves.
func Stops(s *store.Snapshot) (all []Stop) {
	for _, account := range s.AccountNames() {
		st, _ := store.Load[Stop](s, stoppedKey(account))
		if st.Account = account; !st.At.IsZero() {
			all = append(all, st)
		}
	}
	return all
}

// TellStop notes that the admins were told of a stop; they are told once.
func TellStop(tx *store.Tx, s Stop) {
	s.Told = true
	store.Save(tx, stoppedKey(s.Account), s)
	tx.Audit(store.Audit{Source: store.Clock, Action: "send.stop", Object: s.Account})
}
