// Package notice is what duban asks of people and what they answer.
//
// A [Notice] asks its audience for nothing, for 收到, or for progress. An [Item]
// is notice × person; an [Answer] closes it. The package keeps the records of both
// and owns the wording of every text that a notice puts into the outbox: the post
// itself, the chase, the escalation, the correction and the withdrawal.
//
// [Rules] decide, without looking at the store, when an item is asked about again,
// whom else it concerns and when a notice ends. [Attend], [FanOut], [Join] and
// [BeginLeaves] carry that out in steps of one transaction each, so that a notice
// to a hundred thousand people never holds up an answer.
package notice

import (
	"fmt"
	"time"

	"duban/bot"
	"duban/store"
)

// A Class says what a notice asks for.
type Class string

// The classes.
const (
	Plain   Class = "plain"   // 普通: nothing
	Receipt Class = "receipt" // 需回执: 收到
	Report  Class = "report"  // 填报: progress
	Urgent  Class = "urgent"  // 紧急: 收到, with escalation
)

var classWords = map[Class]string{Plain: "普通", Receipt: "需回执", Report: "填报", Urgent: "紧急"}

// String returns the class as people write it.
func (c Class) String() string { return classWords[c] }

// ParseClass reads a class as people write it, 需回执, or as it is stored,
// receipt.
func ParseClass(s string) (Class, bool) {
	for c, word := range classWords {
		if s == word || s == string(c) {
			return c, true
		}
	}
	return "", false
}

// Asks tells whether the class expects an answer.
func (c Class) Asks() bool { return c == Receipt || c == Report || c == Urgent }

// A Notice is something the office tells or asks its people.
type Notice struct {
	Number  int       `json:"number"` // counts up in one office; people call the notice by it
	Class   Class     `json:"class"`
	Confirm bool      `json:"confirm,omitempty"` // after 收到 it asks for 已落实 as well
	Always  bool      `json:"always,omitempty"`  // is posted in quiet hours too
	Text    string    `json:"text"`
	Groups  []string  `json:"groups"`        // where it is posted
	By      string    `json:"by"`            // the person who sent it; "" if a job did
	Job     string    `json:"job,omitempty"` // the job that made it
	Created time.Time `json:"created"`       // when it goes out
	Due     time.Time `json:"due,omitzero"`  // answers after it are late; zero if there is none
	Closed  time.Time `json:"closed,omitzero"`
	End     End       `json:"end,omitempty"` // how it was closed

	File *bot.FileInfo `json:"file,omitempty"` // goes out with the first text in each group

	Reads bool `json:"reads,omitempty"` // the network tells who has read it

	Version int       `json:"version,omitempty"` // how often it was asked anew, because it was changed much
	Revised time.Time `json:"revised,omitzero"`  // when it was last asked anew; earlier answers were to an older text
	Edits   []Edit    `json:"edits,omitempty"`
}

// Texts is how many messages the notice takes in each group.
func (n Notice) Texts() int {
	if n.File != nil {
		return 2
	}
	return 1
}

// An End says how a notice was closed.
type End string

// The ends of a [Notice].
const (
	Closed    End = ""          // by hand
	Withdrawn End = "withdrawn" // taken back
	Expired   End = "expired"   // its time was over
)

// An Edit is a change of a notice.
type Edit struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Large  bool      `json:"large,omitempty"` // 大改: everybody is asked anew
	Before string    `json:"before"`          // the text until then
	Due    time.Time `json:"due,omitzero"`    // the due time until then
}

// keepEdits is how many edits of a notice are remembered.
const keepEdits = 10

// A Revision is what a notice is changed to.
type Revision struct {
	Text  string    `json:"text"`
	Due   time.Time `json:"due,omitzero"`
	Large bool      `json:"large"` // 大改: everybody is asked anew
}

// Is tells whether the notice has the text and the due time of r.
func (n Notice) Is(r Revision) bool { return n.Text == r.Text && n.Due.Equal(r.Due) }

// Change gives the notice another text and due time.
func (n *Notice) Change(r Revision, by string, at time.Time) {
	n.Edits = append(n.Edits, Edit{At: at, By: by, Large: r.Large, Before: n.Text, Due: n.Due})
	n.Edits = n.Edits[max(len(n.Edits)-keepEdits, 0):]
	n.Text, n.Due = r.Text, r.Due
	if r.Large {
		n.Version++
		n.Revised = at
	}
}

// Asked returns since when the present text is asked.
func (n Notice) Asked() time.Time {
	if n.Revised.After(n.Created) {
		return n.Revised
	}
	return n.Created
}

// Skew is by how much the clock of a network, or ours after it was set, may be
// behind the one that a notice was posted by. What decides whether an answer comes
// after a notice is the order in which they reach the store; only an answer that was
// said longer before has waited on its way, and is for an older one.
const Skew = 5 * time.Minute

// OpenAt tells whether an answer that was given at a time is for the notice: it was
// posted by then, give or take [Skew], and not closed.
func (n Notice) OpenAt(at time.Time) bool {
	return !at.Before(n.Created.Add(-Skew)) && (n.Closed.IsZero() || !at.After(n.Closed))
}

// Outdated tells whether an answer that was given at a time, or to a text of a
// version, was to a text that has been changed much since.
func (n Notice) Outdated(at time.Time, version int) bool {
	return n.Version > 0 && (at.Before(n.Revised) || version > 0 && version <= n.Version)
}

// ID returns the notice's number as part of a stored key: sorted keys are
// sorted by number.
func (n Notice) ID() string { return ID(n.Number) }

// ID writes a notice's number so that keys sort by it.
func ID(number int) string { return fmt.Sprintf("%08d", number) }

// Put stores a notice that has a number. While it is open, it is looked
// after; see [Attend].
func Put(tx *store.Tx, n Notice) {
	if n.Closed.IsZero() {
		a, _ := store.Load[agenda](tx, agendaKey(n.Number))
		a.Next = n.Created
		store.Save(tx, agendaKey(n.Number), a)
	}
	store.Save(tx, store.Work+store.Key("notice", n.ID()), n)
}

// Find returns the notice of that number.
func Find(s *store.Snapshot, number int) (Notice, bool) {
	return store.Load[Notice](s, store.Work+store.Key("notice", ID(number)))
}

// Newest returns so many of the newest notices, oldest first.
func Newest(s *store.Snapshot, n int) []Notice {
	const prefix = store.Work + "notice/"
	return store.Collect(store.ScanRange[Notice](s, []byte(prefix+ID(max(Last(s)-n+1, 0))), store.PrefixEnd(prefix), 0))
}

// Skip leaves so many numbers out: those of notices that the groups have seen and this
// store has not, because it is a copy from before.
func Skip(tx *store.Tx, n int) { store.Save(tx, store.Work+"number", Last(tx.Snapshot)+n) }

// Last returns the number of the newest notice, 0 if there is none.
func Last(s *store.Snapshot) int {
	number, _ := store.Load[int](s, store.Work+"number")
	return number
}
