// Package notice is what duban asks of people and what they answer.
//
// A [Notice] asks its audience for nothing, for 收到, or for progress. An [Item]
// is notice × person. A reply that is read as an [Ack] or an [Update] closes it.
// The package is pure: it counts and decides, and neither stores nor sends.
package notice

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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

// Classes returns the classes in the order in which they are shown.
func Classes() []Class { return []Class{Plain, Receipt, Report, Urgent} }

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
	Text    string    `json:"text"`
	Groups  []string  `json:"groups"`        // where it is posted
	By      string    `json:"by"`            // the person who sent it; "" if a job did
	Job     string    `json:"job,omitempty"` // the job that made it
	Created time.Time `json:"created"`
	Due     time.Time `json:"due,omitzero"` // answers after it are late; zero if there is none
	Closed  time.Time `json:"closed,omitzero"`
}

// OpenAt tells whether an answer that was given at a time is for the notice: it
// was made by then, give or take the difference of two clocks, and not closed.
func (n Notice) OpenAt(at time.Time) bool {
	const skew = time.Minute
	return !at.Before(n.Created.Add(-skew)) && (n.Closed.IsZero() || !at.After(n.Closed))
}

// ID returns the notice's number as part of a stored key: sorted keys are
// sorted by number.
func (n Notice) ID() string { return ID(n.Number) }

// ID writes a notice's number so that keys sort by it.
func ID(number int) string { return fmt.Sprintf("%08d", number) }

// Post returns the text that is posted in a group: the number, by which
// answers are bound to it, the text, and what is asked for.
func (n Notice) Post() string {
	var b strings.Builder
	fmt.Fprintf(&b, "【通知%d】%s", n.Number, n.Text)
	if ask := n.ask(); ask != "" && !strings.Contains(n.Text, ask) {
		b.WriteString("\n" + ask)
	}
	return b.String()
}

// ask is the line under a notice that says what to do.
func (n Notice) ask() string {
	switch n.Class {
	case Receipt, Urgent:
		return "收到请回复"
	case Report:
		return "请回复进度，例如：第3条完成80%"
	case Plain:
	}
	return ""
}

// Quoted returns the number of the notice that a text of ours announces, as
// people see it when they quote it: 【通知12】….
func Quoted(text string) (number int, ok bool) {
	_, rest, found := strings.Cut(text, "【通知")
	if !found {
		return 0, false
	}
	digits, _, found := strings.Cut(rest, "】")
	if !found {
		return 0, false
	}
	number, err := strconv.Atoi(strings.TrimSpace(digits))
	return number, err == nil && number > 0
}
