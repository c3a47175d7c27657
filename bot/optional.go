package bot

import (
	"context"
	"io"
	"time"
)

// A Presence is an [Account] that tells when it can send again.
type Presence interface {
	// Back receives a value each time that the account is able to send after
	// it was out. It is asked for once, before Run. A value may be late or one
	// too many: it only ends a pause.
	Back() <-chan struct{}
}

// A Stateful is an [Account] that tells how it stands with its network.
type Stateful interface {
	// States receives the account's state each time that it changes, the first
	// one included. It has a buffer, in which a newer state may take the place of
	// older ones. It is asked for once, before Run.
	States() <-chan State
}

// A Scanner is an [Account] that a person logs in by scanning a code with a
// phone. Its network may bar it, so the office needs another way to hear of it.
type Scanner interface {
	// TryAgain makes a barred account try to log in again. Only a person may ask
	// for it: each attempt may make it worse.
	TryAgain() error
}

// A Limited is an [Account] whose network bars who says too much.
type Limited interface {
	// Limits returns the same for every account of the network, also for one
	// that was not made to be run.
	Limits() Limits
}

// Limits is how much an account may say, where nothing else is configured. A
// number that is 0 limits nothing.
type Limits struct {
	Pace
	Window  int           // texts in flight at once, each for another chat; 0 is 1
	PerDay  int           // texts of its own accord in a day
	PerHour int           // the same in an hour
	Most    int           // the largest PerMinute that may be configured
	Young   time.Duration // for how long a new account uses a quarter of all this
}

// A Grouped is an [Account] that knows who is in its groups.
type Grouped interface {
	// Members returns how many people, the account among them, are in a group.
	Members(chat string) (int, error)
	// Confirm says that a group is the right one, as it is now.
	Confirm(chat string) error
}

// A Simulated is an [Account] whose people are the roster's own: nobody has to
// enrol, because there is nobody but the visitor.
type Simulated interface {
	// PrivateChat returns the chat of a person with the bot, whether or not they
	// have said anything in it.
	PrivateChat(person string) string
}

// An Alarm is an [Account] that only tells people of alarms, all in one chat.
type Alarm interface {
	// AlarmChat returns that chat.
	AlarmChat() string
}

// An Eraser is an [Account] that keeps itself what people said, as no real network
// lets anybody do.
type Eraser interface {
	// Erase deletes what a person said until then, and what was said to them alone.
	Erase(person string, until time.Time) error
}

// A Marker is an [Account] whose network lets people put a mark on a message, so
// that its sender sees that it was counted although nothing is said.
type Marker interface {
	// Mark puts the mark on a message of a chat that the account has received. A
	// second mark changes nothing. Its errors are those of Send, and only the bot's
	// delivery loop calls it.
	Mark(ctx context.Context, chat, message string) error
}

// Abilities are the optional interfaces of one account. One that it lacks is
// nil.
type Abilities struct {
	Presence  Presence
	Stateful  Stateful
	Scanner   Scanner
	Limited   Limited
	Grouped   Grouped
	Simulated Simulated
	Alarm     Alarm
	Eraser    Eraser
	Marker    Marker
	Closer    io.Closer // releases a port or a file
}

// AbilitiesOf returns what a can do. A nil account can do nothing.
func AbilitiesOf(a Account) (x Abilities) {
	x.Presence, _ = a.(Presence)
	x.Stateful, _ = a.(Stateful)
	x.Scanner, _ = a.(Scanner)
	x.Limited, _ = a.(Limited)
	x.Grouped, _ = a.(Grouped)
	x.Simulated, _ = a.(Simulated)
	x.Alarm, _ = a.(Alarm)
	x.Eraser, _ = a.(Eraser)
	x.Marker, _ = a.(Marker)
	x.Closer, _ = a.(io.Closer)
	return x
}

// Limits returns the account's limits, the zero value if it has none.
func (x Abilities) Limits() Limits {
	if x.Limited == nil {
		return Limits{}
	}
	return x.Limited.Limits()
}

// A Quarantiner is a [Handler] that can keep a message that it cannot handle.
// It is the only place for one: without it, a message that fails every time
// makes receive fail, and its account brings it again for ever.
type Quarantiner interface {
	// Quarantine makes m durable for a person to look at, and marks it as
	// seen, so that it is not tried again. The cause is what Handle returned
	// or panicked with.
	Quarantine(ctx context.Context, m Message, cause error) error
}

// A StateWatcher is a [Handler] that is told of the states of accounts.
type StateWatcher interface {
	// AccountState returns nil when what follows from the state is durable. It
	// may be called again with the same state.
	AccountState(ctx context.Context, account string, s State) error
}

// A Recoverer is an [Outbox] that knows which rows a process that is dead was
// sending, so that they need not wait for the end of their leases. The delivery
// loop asks it once, before its first claim.
type Recoverer interface {
	// Recover makes the rows of account that were being sent due at once,
	// marked as possible repeats, and returns how many they are.
	Recover(ctx context.Context, account string) (int, error)
}

// A State says how an account stands with its network.
type State struct {
	Word   StateWord `json:"word"`
	Detail string    `json:"detail,omitempty"` // in Chinese for the office: what is wrong and what to do; names nobody
	Since  time.Time `json:"since"`
}

// A StateWord is a state in one word.
type StateWord string

// The states of an account.
const (
	Offline    StateWord = "offline"    // not connected, and about to try
	Scanning   StateWord = "scanning"   // waits for a person to scan or confirm
	Online     StateWord = "online"     // receives and sends
	Suspect    StateWord = "suspect"    // connected, but something is odd: errors in a row, no heartbeat
	Deaf       StateWord = "deaf"       // sends, but what is said does not arrive
	Restricted StateWord = "restricted" // the network bars the account; no more tries without a person
)

// String returns the state as people read it.
func (w StateWord) String() string {
	switch w {
	case Scanning:
		return "等待扫码"
	case Online:
		return "在线"
	case Suspect:
		return "可疑"
	case Deaf:
		return "收不到消息"
	case Restricted:
		return "受限"
	case Offline:
	}
	return "离线"
}
