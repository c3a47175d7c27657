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
	Longest time.Duration // how long one send may take, if that is more than half of [Options.Lease]
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

// An Updater is an [Account] that can change what it has sent.
type Updater interface {
	// Update shows m's text and buttons in the place of the message whose receipt
	// has that ID. Its errors are those of [Account.Send], and so are its callers.
	Update(ctx context.Context, chat, receipt string, m Outgoing) error
}

// A Reader is an [Account] whose network tells who has read what it sent.
type Reader interface {
	// ReadBy returns who has read the message with that receipt's ID, and since
	// when. Who is missing has not read it, or the network does not say. To have
	// read is not to have answered.
	ReadBy(ctx context.Context, chat, receipt string) ([]Read, error)
}

// A Read says that somebody has read a message.
type Read struct {
	Sender string // as in [Message.Sender]
	At     time.Time
}

// A Directory is an [Account] whose network's administrator keeps a list of the
// people in it, which says reliably who somebody is.
type Directory interface {
	// Find looks people up. The answer is by [Wanted.Person]; who is not in it was
	// not found, or is not one person.
	Find(ctx context.Context, all []Wanted) (map[string]Found, error)
}

// A Wanted is somebody to be found. What is "" is not known of them.
type Wanted struct {
	Person string // the roster's id, a 工号
	Mobile string
	Mail   string
}

// A Found is somebody in a [Directory].
type Found struct {
	Sender string // as in [Message.Sender]
	Chat   string // their private chat with the bot
	Name   string // as the directory has it; "" if it does not say
}

// A Doctor is an [Account] that can look at itself: whether its network lets it in,
// and which permission is missing.
type Doctor interface {
	// Doctor needs no Run, and says and changes nothing.
	Doctor(ctx context.Context) []Finding
}

// A Finding is one thing that a [Doctor] looked at.
type Finding struct {
	Bad  bool   // it must be mended
	Text string // in Chinese for the office: what is, and what to do; names nobody
}

// A Capable is an [Account] that says what its network can do.
type Capable interface {
	// Can returns the same for every account of the network, also for one that was
	// not made to be run.
	Can() Capabilities
}

// Capabilities is what a network can do. The zero value can do nothing that must
// be told.
type Capabilities struct {
	HearsAll bool // all that is said in a group, not only what mentions the bot
	First    bool // it can write first to people who have never written to the bot
	Buttons  bool // [Outgoing.Buttons] are shown
	Answers  bool // it only answers: what nobody asked for never leaves through it
	MaxText  int  // the longest text in bytes; 0 is no limit

	// Dedupes is for how long the network drops a second message for one
	// [Outgoing.Key]: a repeat needs no mark then, and an answer may be repeated.
	Dedupes time.Duration
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
	Updater   Updater
	Reader    Reader
	Directory Directory
	Doctor    Doctor
	Capable   Capable
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
	x.Updater, _ = a.(Updater)
	x.Reader, _ = a.(Reader)
	x.Directory, _ = a.(Directory)
	x.Doctor, _ = a.(Doctor)
	x.Capable, _ = a.(Capable)
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

// Can returns what the account's network can do, the zero value if it does not say.
func (x Abilities) Can() Capabilities {
	if x.Capable == nil {
		return Capabilities{}
	}
	return x.Capable.Can()
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

// Sends reports whether an account in this state can send.
func (w StateWord) Sends() bool { return w == Online || w == Deaf }

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
