package notice

import (
	"slices"
	"time"
)

// A State says how an item stands.
type State string

// The states of an [Item].
const (
	Open   State = "open"   // asked, not answered
	Done   State = "done"   // answered
	Absent State = "absent" // on leave when it was asked, or since
)

// An Item is what one notice asks of one person. A person who is in several of
// the notice's groups has one.
type Item struct {
	Notice  int       `json:"notice"`
	Person  string    `json:"person"`
	State   State     `json:"state"`
	Asked   time.Time `json:"asked"`
	Groups  []string  `json:"groups"`            // the notice's groups that the person is in
	Closed  time.Time `json:"closed,omitzero"`   // when it was first answered
	Late    bool      `json:"late,omitempty"`    // answered after the notice's due time
	Message string    `json:"message,omitempty"` // account/id of the message that answered it
	Note    string    `json:"note,omitempty"`    // what they added to 收到
	Leave   string    `json:"leave,omitempty"`   // key of the leave that excuses them
}

// Answer closes the item with an answer given at the time. An item that was
// answered before keeps its first time; only the note of a later answer is
// added. It tells whether this answer closed it.
func (i *Item) Answer(at, due time.Time, message, note string) bool {
	if note != "" {
		i.Note = note
	}
	if i.State == Done {
		return false
	}
	i.State, i.Closed, i.Message = Done, at, message
	i.Late = !due.IsZero() && at.After(due)
	return true
}

// Reopen takes the answer back. Whom a leave excused it excuses again.
func (i *Item) Reopen() {
	i.State, i.Closed, i.Late, i.Message, i.Note = Open, time.Time{}, false, "", ""
	if i.Leave != "" {
		i.State = Absent
	}
}

// A Tally counts the items of one notice.
type Tally struct {
	Asked, Done, Late, Absent, Open int
	// Unsent counts those of Open whom no post has reached yet: nobody can
	// blame them.
	Unsent int
}

// Count counts items, where shown tells whether the notice was posted in a
// group. There is no stored counter that could differ from it.
func Count(items []Item, shown func(group string) bool) Tally {
	var t Tally
	for _, i := range items {
		t.Asked++
		switch i.State {
		case Done:
			t.Done++
			if i.Late {
				t.Late++
			}
		case Absent:
			t.Absent++
		case Open:
			t.Open++
			if !slices.ContainsFunc(i.Groups, shown) {
				t.Unsent++
			}
		}
	}
	return t
}
