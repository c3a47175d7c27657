// Package bot carries messages between messaging networks and duban.
//
// An [Account] is one login on one network. A [Bot] receives what its accounts
// bring and hands it to a [Handler], and empties an [Outbox] into them. Nothing
// else talks to a network: whoever wants something said puts an [Outgoing] into
// the outbox, in the same transaction as whatever made it worth saying.
//
// The guarantee that follows: effects happen exactly once, because a handler
// may see a message twice and must remember its id; sending happens at least
// once, because a crash before the end of a send is recorded repeats that text, and
// the repeat says so.
package bot

import (
	"context"
	"errors"
	"time"
)

// An Account is one login on one messaging network.
//
// What only some networks can do is said in an optional interface such as
// [Presence], never in a fourth method. bottest.TestAccount checks what is said
// here for any account.
type Account interface {
	// Name tells accounts apart; it is part of every stored key, so it must
	// stay the same for as long as the store lives.
	Name() string

	// Run connects, calls receive with what each poll brought, and returns
	// when ctx ends or when the account cannot go on. When receive returns nil
	// the messages are durable and the account may forget them; when it
	// returns an error they must be brought again: returning that error from
	// Run is enough, because the bot runs the account again after a pause.
	// If Run returns nil although ctx has not ended, the account has come to
	// its end, as a script does.
	//
	// Run may call receive from several goroutines; messages of one chat are
	// handled in the order of the calls.
	Run(ctx context.Context, receive func(context.Context, []Message) error) error

	// Send says m in chat. It makes one attempt and returns soon after ctx
	// ends. An error wraps [ErrOut] if the account cannot send anything now,
	// [ErrTooOften] if the network wants fewer messages, [ErrRefused] if this
	// message will never be taken, [ErrUnresolved] if it is not clear who the
	// chat is, [ErrUnknown] if it may or may not have been
	// taken; any other error means that it was not taken and may be tried
	// again. Only the bot's delivery loop calls it: one text of a chat at a time,
	// and as many side by side as [Limits] say. It may do so before Run has
	// connected.
	Send(ctx context.Context, chat string, m Outgoing) (Receipt, error)
}

var (
	// ErrOut means that the account is logged out, restricted or offline: the
	// message was not sent, and no other would be.
	ErrOut = errors.New("account is out")

	// ErrTooOften means that the network did not take the message because the
	// account sends too much: nothing must leave for ten minutes, then half an
	// hour, then two hours, then for the rest of the day. A network that says
	// for how long, or that only one chat has had enough, is a [TooOften].
	ErrTooOften = errors.New("too many messages")

	// ErrRefused means that the network will never take this message, for
	// example because the chat no longer exists.
	ErrRefused = errors.New("refused by the network")

	// ErrUnresolved means that no single contact stands for the chat now: it was
	// renamed, left, or two are called the same. The message was not sent, and
	// waits until a person has sorted that out.
	ErrUnresolved = errors.New("chat is not resolved")

	// ErrUnknown means that the network may or may not have taken the message:
	// its answer was lost.
	ErrUnknown = errors.New("outcome unknown")
)

// A Kind says what sort of thing was received.
type Kind string

// The kinds of [Message].
const (
	Text    Kind = ""        // typed or dictated text
	Picture Kind = "picture" // Text is empty or a caption
	File    Kind = "file"    // Text is the file's name
	Recall  Kind = "recall"  // the sender took back the message whose id is Recalled
	System  Kind = "system"  // the network's own words: who renamed the group
	Joined  Kind = "joined"  // People are in the group from now on
	Left    Kind = "left"    // People are not in the group any more
)

// A Message is something that was said in a chat.
type Message struct {
	Account string    `json:"account"`        // the account that received it
	ID      string    `json:"id"`             // the network's id, the same when it is delivered again
	Chat    string    `json:"chat"`           // where it was said and where to answer; survives a login
	Group   bool      `json:"group"`          // Chat has more people in it than the sender and the bot
	Sender  string    `json:"sender"`         // who said it: a stable id where the network has one
	Name    string    `json:"name"`           // the sender's display name; grants no rights
	Card    string    `json:"card,omitempty"` // the sender's name in this group, if no other member has it; grants no rights
	Kind    Kind      `json:"kind"`
	Text    string    `json:"text"`           // as typed, with mentions and quotes
	Mention bool      `json:"mention"`        // the bot is addressed by name; always true in a private chat
	Quote   *Quote    `json:"quote"`          // the message that this one answers, if the network says so
	Recall  string    `json:"recall"`         // for kind Recall: the ID of the message that was taken back; Sender may be "" then
	Sent    time.Time `json:"sent"`           // the network's time; zero if it says none
	File    *FileInfo `json:"file,omitempty"` // for the kinds Picture and File
	Self    bool      `json:"self"`           // said by the account itself, here or from another device; the bot leaves it out

	// Press says that the sender did not type Text, but pressed a button that says
	// it. Everything else is as if they had typed it, and each press has an ID of
	// its own.
	Press  *Press   `json:"press,omitempty"`
	People []Member `json:"people,omitempty"` // for the kinds Joined and Left
}

// A Press says which button was pressed.
type Press struct {
	Message string `json:"message"` // the receipt's ID of the message with the button
	Key     string `json:"key"`     // its [Outgoing.Key]; "" if the network does not bring it back
}

// A Member is somebody in a group.
type Member struct {
	Sender string `json:"sender"` // as in [Message.Sender]
	Name   string `json:"name"`   // grants no rights; "" if the network does not say
}

// A Button stands below a text. Pressing it says something.
type Button struct {
	Label string `json:"label"` // what people see: 收到
	Says  string `json:"says"`  // what the press says, as if it was typed: 通知3收到
}

// A Quote is the part of a message that repeats an earlier one.
type Quote struct {
	ID   string `json:"id"`   // the quoted message's id; "" where the network gives text only
	Name string `json:"name"` // the display name that it is ascribed to
	Text string `json:"text"` // its text, perhaps cut
	Self bool   `json:"self"` // the quoted message was the bot's
}

// An Outgoing is something that must be said.
type Outgoing struct {
	// Key is the reason for saying it, for example "answer/webchat/17". The
	// outbox takes a key once; a second Outgoing with the same key is dropped.
	// It is logged.
	Key     string `json:"key,omitempty"`
	Account string `json:"account,omitempty"`
	Chat    string `json:"chat"`
	Text    string `json:"text"`

	// File is sent instead of Text by accounts that can send files; Text is what
	// the others say.
	File *FileInfo `json:"file,omitempty"`
	// Marks is the id of a message of Chat that gets a mark, which says that it was
	// counted. Nothing is said then. Only for an account that is a [Marker].
	Marks string `json:"marks,omitempty"`
	// Person is the roster id of whom it is for alone. If it is set, the
	// claim fills in Chat with where that person is reached at that moment.
	Person string `json:"person,omitempty"`

	// Buttons stand below Text in accounts that have buttons. The others leave them
	// out, so Text must say how to answer without them.
	Buttons []Button `json:"buttons,omitempty"`
	// Replaces is the receipt's ID of a message in Chat in whose place Text and
	// Buttons are shown from now on. An account that is no [Updater] shows nothing,
	// and nothing is lost: what is said only so must not matter.
	Replaces string `json:"replaces,omitempty"`

	Notice string `json:"notice,omitempty"` // the notice that it announces or chases, if any
	// Answer marks the answer to somebody's message. One whose outcome is
	// unknown is not sent again, as the person can ask again, unless the network
	// shows it only once: see [Capabilities].
	Answer bool `json:"answer,omitempty"`
	Rank   Rank `json:"rank,omitempty"` // what may hold it back

	Due     time.Time `json:"due,omitzero"`     // not before; the zero time is now
	Expires time.Time `json:"expires,omitzero"` // not after; the zero time is never

	// Attempt, Repeat and Waited are set when the row is claimed. Attempt counts
	// from 1. Repeat says that an earlier attempt may have reached the chat, so the
	// text that leaves must be marked. Waited is how long the row has been due.
	Attempt int           `json:"attempt,omitempty"`
	Repeat  bool          `json:"repeat,omitempty"`
	Waited  time.Duration `json:"-"`
}

// A Rank says what may hold back an [Outgoing]. The outbox does; accounts need
// not know.
type Rank string

// The ranks.
const (
	// Service is an answer, an alarm, or what else somebody waits for: only a
	// stop of all sending holds it back.
	Service Rank = ""

	// Ordinary is what nobody asked for: a notice, a reminder, a chase. It waits
	// for the end of the quiet hours, and for the next day if the group has had
	// enough for one.
	Ordinary Rank = "ordinary"

	// Always is Ordinary, but goes out when it is due: in quiet hours, and soon
	// after another text of the group too.
	Always Rank = "always"

	// Urgent waits for neither; that it did not is written into the audit log.
	Urgent Rank = "urgent"
)

// A Receipt says what the network made of a message.
type Receipt struct {
	ID   string    `json:"id"` // the network's id of the sent message; "" if it gives none
	Sent time.Time `json:"sent"`
}

// A Handler does what a message asks for. Handle returns nil when all effects
// of m are durable. It may be called again with the same message, after a crash
// or when the network delivers it twice, and must then have no second effect.
// It returns soon after ctx ends.
//
// A message that Handle fails or panics on is tried three times and then handed
// to the handler's [Quarantiner]. The text of its errors is logged, so it must
// not hold what people said or who they are.
type Handler interface {
	Handle(ctx context.Context, m Message) error
}

// An Outbox holds what must be said until it was said.
type Outbox interface {
	// Exchange records how attempts ended and claims rows of account that are due,
	// in one transaction: at most so many, one of a chat, those first that have been
	// due longest. A claimed row is hidden for the lease: one whose attempt is not
	// recorded by then is due again, marked as a possible repeat. If somebody else
	// has claimed a row since its lease ran out, its attempt changes nothing unless
	// it was sent.
	Exchange(ctx context.Context, account string, ended []Attempt, most int, lease time.Duration) ([]Outgoing, error)
}

// An Attempt is a row as it was claimed, and how the attempt to send it ended.
type Attempt struct {
	Outgoing
	Result
}

// A Result is how one attempt to send ended.
type Result struct {
	Receipt Receipt
	Err     error // nil if it was sent
	// Again is when to try again; the zero time gives the row up. It is
	// ignored if Err is nil.
	Again time.Time
	// Held says that no attempt was made, because of pacing or because the
	// account is out: it costs the row nothing, and does not mark it.
	Held bool
	// Parked says that the row must wait, beyond Again, until its chat is
	// resolved: it is Held as well.
	Parked bool
}
