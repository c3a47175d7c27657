package chat

import (
	"errors"
	"fmt"

	"duban/schedule/when"
	"duban/store"
)

// A Complaint is an error that is meant for the sender: it says in Chinese what is
// wrong with what they wrote, or what they are asked first. [Request.Perform] answers
// with it; what was stored until then stays stored. [store.Check] and [store.Must]
// end a command with one.
type Complaint string

// Complain makes a Complaint.
func Complain(format string, args ...any) error { return Complaint(fmt.Sprintf(format, args...)) }

// Error returns the answer.
func (c Complaint) Error() string { return string(c) }

// Decline ends the running command, and answers what is wrong.
func Decline(format string, args ...any) { store.Check(Complain(format, args...)) }

// Complained returns the answer that an error holds, a Complaint or a refusal of the
// schedule's; ok is false for any other error, and for none.
func Complained(err error) (answer string, ok bool) {
	if c, ok := errors.AsType[Complaint](err); ok {
		return string(c), true
	}
	if r, ok := errors.AsType[*when.Refusal](err); ok {
		return r.Text + "。", true
	}
	return "", false
}
