package outbox

import (
	"duban/bot"
	"duban/store"
)

// Hooks are what the outbox asks of its neighbours, which it does not import. A
// hook that is nil does nothing. They are given to [store.Open] as a value.
type Hooks struct {
	// Resolve returns the chat in which account reaches a person now, "" if it
	// cannot.
	Resolve func(s *store.Snapshot, account, person string) string

	// Leaving is asked before a row leaves: it may change the text, and a reason other
	// than "" cancels the row.
	Leaving func(tx *store.Tx, o *bot.Outgoing) (reason string)

	// Settled is told that a row was sent.
	Settled func(tx *store.Tx, o bot.Outgoing)

	// Parked is told, once for a lane, that its rows wait until somebody says
	// who its chat or person is.
	Parked func(tx *store.Tx, lane ParkedLane)

	// Moved is told that a group meets in another chat now.
	Moved func(tx *store.Tx, from, to Place)

	// Admins returns the lanes of account that are served while sending is
	// stopped: those in which the admins are answered.
	Admins func(s *store.Snapshot, account string) []string
}

// A ParkedLane is a chat or a person whose rows are parked.
type ParkedLane struct {
	Account, Chat, Person string
	Waiting               int // rows
}
