package outbox

import (
	"strings"
	"time"

	"duban/bot"
	"duban/store"
)

// A State says where a row of the outbox stands.
type State string

// The states of a [Row].
const (
	Waiting   State = "waiting"   // for its turn, its due time or its next attempt
	Sending   State = "sending"   // claimed and not settled
	Parked    State = "parked"    // until a person has sorted out who its chat is
	Sent      State = "sent"      // taken by the network
	Dead      State = "dead"      // given up
	Expired   State = "expired"   // its time passed before it could be sent
	Cancelled State = "cancelled" // taken back before it was sent
	Unknown   State = "unknown"   // it may have been sent, and is not sent again
	Carried   State = "carried"   // its text leaves with another row
	Held      State = "held"      // until a person decides, because the store was put back
)

// ClosedStates are those that a row does not leave, except that a late receipt
// makes it Sent, and a person lets a Held one go.
func ClosedStates() []State { return []State{Sent, Dead, Expired, Cancelled, Unknown, Held} }

// room is what a row may grow by until it is closed, in bytes: by the reason of a
// failure and a receipt.
const room = 4 << 10

// A Row is a [bot.Outgoing] in the outbox and what became of it.
type Row struct {
	bot.Outgoing
	State    State     `json:"state"`
	Enqueued time.Time `json:"enqueued,omitzero"` // not stored if it was due then
	Next     time.Time `json:"next,omitzero"`     // not tried before; while Sending, the end of the lease
	Closed   time.Time `json:"closed,omitzero"`   // when it reached a final state
	Reason   string    `json:"reason,omitempty"`

	Receipt bot.Receipt `json:"receipt,omitzero"`

	Parts []Part `json:"parts,omitempty"` // the texts that were merged into it
	Into  string `json:"into,omitempty"`  // the row that it was merged into
	Moved string `json:"moved,omitempty"` // the account through which it leaves instead

	Number int `json:"number,omitempty"` // while Held: by which people name it

	Lane    string        `json:"lane,omitempty"`    // its place in its chat's lane
	Blocked time.Duration `json:"blocked,omitempty"` // for how long its retries have kept the lane waiting
	Yield   time.Time     `json:"yield,omitzero"`    // when it lets others of its lane pass; zero: never
}

// Bare implements [store.Keyed].
func (r Row) Bare(string) any {
	r.Key, r.Account = "", ""
	if r.Enqueued.Equal(r.Due) {
		r.Enqueued = time.Time{}
	}
	return r
}

// FromKey fills in what the key says.
func (r *Row) FromKey(key string) {
	account, k, _ := strings.Cut(strings.TrimPrefix(key, "a/"), "/out/")
	r.Account, r.Key = store.Unescape(account), k
	if r.Enqueued.IsZero() {
		r.Enqueued = r.Due
	}
}

// LaneName names the lane of the row: that of its person, wherever they are reached
// when its turn comes, or else that of its chat.
func (r *Row) LaneName() string {
	if r.Person != "" {
		return PersonLane(r.Person)
	}
	return r.Chat
}

// PersonLane names the lane of a person; see [Row.LaneName].
func PersonLane(person string) string { return "@" + person }

// IsOpen tells whether the row is neither closed nor in flight.
func (r *Row) IsOpen() bool { return r.State == Waiting || r.State == Parked }

func (r *Row) expired(now time.Time) bool { return !r.Expires.IsZero() && now.After(r.Expires) }

// look returns when the row, as the head of its lane, wants attention.
func (r *Row) look() time.Time {
	if !r.Yield.IsZero() && r.Yield.Before(r.Next) {
		return r.Yield
	}
	return r.Next
}
