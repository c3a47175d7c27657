package handlers

import (
	"reflect"
	"slices"

	"duban/handlers/reading"
	reporting "duban/report"
)

// A look is what a message means as far as that does not depend on the store.
// It is worked out while the message is only looked at, and need not be once
// more inside the transaction, where others wait for their turn.
type look struct {
	command capability
	ordered bool // command is set
	known   bool // whether command is set is known

	in   reading.Input
	read reading.Reading
	done bool // read is that of in

	report  reporting.Document // what was gathered for the answer
	group   *looked            // what the network says of a group that an order is about
	brought *brought           // what was made or fetched for it; nil is nothing
}

// asCommand finds the command that a message is.
func (l *look) asCommand(t *turn) (capability, bool) {
	if !l.known {
		l.command, l.ordered = t.asCommand()
		l.known = true
	}
	return l.command, l.ordered
}

// reading reads a message, with everything masked that must not be stored.
func (l *look) reading(in reading.Input) reading.Reading {
	if !l.done || !reflect.DeepEqual(l.in, in) {
		l.in, l.read, l.done = in, masked(reading.Read(in)), true
	}
	r := l.read
	r.Items, r.Entries = slices.Clone(r.Items), slices.Clone(r.Entries)
	return r
}
