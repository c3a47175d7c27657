package outbox

import (
	"time"

	"duban/bot"
	"duban/store"
)

// A Standing is how an account stands with its network, and what the admins were
// told of it.
type Standing struct {
	bot.State
	First   time.Time     `json:"first,omitzero"`    // when it was first online, or again after it was restricted
	Out     time.Time     `json:"out,omitzero"`      // since when it is not online; zero while it is
	Changes int           `json:"changes"`           // how often it changed
	Pending []Told        `json:"pending,omitempty"` // of an alarm that is not due yet
	Told    []ToldOfState `json:"told,omitempty"`    // in this outage
}

// A ToldOfState is when the admins were told of a state.
type ToldOfState struct {
	Word bot.StateWord `json:"word"`
	At   time.Time     `json:"at"`
}

// Told names a row of the outbox that tells an admin something.
type Told struct {
	Account string `json:"account"`
	Key     string `json:"key"`
}

func standingKey(account string) string { return store.AccountPrefix(account) + "standing" }

// StandingOf returns how account stands; ok is false if it never said.
func StandingOf(s *store.Snapshot, account string) (st Standing, ok bool) {
	return store.Load[Standing](s, standingKey(account))
}

// PutStanding stores how account stands.
func PutStanding(tx *store.Tx, account string, st Standing) {
	store.Save(tx, standingKey(account), st)
}

// IsOut tells whether account said that it cannot send.
func IsOut(s *store.Snapshot, account string) bool {
	st, ok := StandingOf(s, account)
	return ok && st.Word != bot.Online && st.Word != bot.Suspect
}

// A Channel is an account that this duban runs.
type Channel struct {
	Account string `json:"account"`
	Kind    string `json:"kind"`
	// Alarm is the chat of an account that only tells people of alarms; "" for
	// the others.
	Alarm string `json:"alarm,omitempty"`
	// Answers says that the account only answers; see [bot.Capabilities].
	Answers bool `json:"answers,omitempty"`
}

const channelsKey = store.Work + "channels"

// SetChannels says which accounts there are.
func SetChannels(tx *store.Tx, all []Channel) { store.Save(tx, channelsKey, all) }

// Channels returns the accounts that there are; known is false if nobody said.
func Channels(s *store.Snapshot) (all []Channel, known bool) {
	return store.Load[[]Channel](s, channelsKey)
}
