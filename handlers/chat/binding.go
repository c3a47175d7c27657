package chat

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duban/handlers/reading"
	"duban/notice"
	"duban/roster"
)

// endsWithAny tells whether text is empty, or ends with a break or one of the words.
func endsWithAny(text string, words ...string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return text == "" || isBreak(last) || slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(text, w) })
}

// BeginsWithAny tells whether text is empty, or begins with a break or one of the
// words.
func BeginsWithAny(text string, words ...string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text == "" || isBreak(first) || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(text, w) })
}

func isBreak(r rune) bool {
	return strings.ContainsRune(" \n\t,，.。:：;；!！?？、【】[]()（）「」“”\"", r)
}

// BoundNotice finds the notice that an answer of p's is for: the one that it
// quotes or names, the newest of this chat that p still owes, or in private the
// newest owed at all.
func (t *Request) BoundNotice(p roster.Person) (n notice.Notice, ok bool) {
	number := t.Bound
	if number == 0 {
		number, ok = t.NamedNotice()
	}
	if number == 0 && !ok {
		owed := t.candidates(p)
		if len(owed) == 0 {
			return n, false
		}
		number = owed[len(owed)-1]
	}
	n, ok = notice.Find(t.Snap, number)
	return n, ok && n.Class.Asks() && n.OpenAt(t.Said()) && n.Out(t.Snap)
}

// candidates returns the notices that an answer of p's can be for here, oldest
// first. Those that p has answered count only if none is left to answer, so that
// a second 收到 is known for what it is.
func (t *Request) candidates(p roster.Person) []int {
	var owed, reports, answered []int
	acks := t.Read.Kind == reading.Ack || t.Read.Is(reading.AlsoAck)
	for _, number := range t.RecentFor(p) {
		item, asked := notice.FindItem(t.Snap, number, p.ID)
		n, _ := notice.Find(t.Snap, number)
		switch {
		case asked && item.State == notice.Done:
			answered = append(answered, number)
		case !asked && len(t.Read.Entries) == 0: // a 接龙 may be passed on by somebody who is not asked
		case n.Class == notice.Report && acks:
			reports = append(reports, number) // a 收到 is for it only if nothing else waits for one
		default:
			owed = append(owed, number)
		}
	}
	for _, some := range [][]int{owed, reports} {
		if len(some) > 0 {
			return some
		}
	}
	return answered
}

// RecentFor returns the notices that the chat has seen lately, and in private also
// those that p was asked about again there in the last day.
func (t *Request) RecentFor(p roster.Person) []int {
	shown := t.recent()
	if t.Msg.Group {
		return shown
	}
	for _, number := range notice.OwedBy(t.Snap, p.ID) {
		item, _ := notice.FindItem(t.Snap, number, p.ID)
		if item.Chased.After(t.Said().Add(-BindWithin)) && !slices.Contains(shown, number) {
			shown = append(shown, number)
		}
	}
	slices.Sort(shown)
	return shown
}

// OwedBy returns the numbers of the notices that p can know of and has not answered,
// oldest first.
func OwedBy(t *Request, p roster.Person) []int {
	return slices.DeleteFunc(notice.OwedBy(t.Snap, p.ID), func(number int) bool {
		n, _ := notice.Find(t.Snap, number)
		return !n.Left(t.Snap)
	})
}

// recent returns the notices that were posted in this chat in the last day, or in
// private anywhere.
func (t *Request) recent() []int {
	var numbers []int
	since := t.Said().Add(-BindWithin)
	if t.Msg.Group {
		for s := range notice.ShownIn(t.Snap, t.Msg.Account, t.Msg.Chat, since, t.Said()) {
			numbers = append(numbers, s.Notice)
		}
		slices.Reverse(numbers)
		return numbers
	}
	const newest = 50
	for _, n := range notice.Newest(t.Snap, newest) {
		if n.OpenAt(t.Said()) && n.Class.Asks() && n.Created.After(since) && n.Left(t.Snap) {
			numbers = append(numbers, n.Number)
		}
	}
	return numbers
}

const (
	// BindWithin is how long after a notice was posted an answer that does not
	// name it is taken for it.
	BindWithin = 24 * time.Hour

	// OwnWithin is how long people can correct and take back what they said.
	OwnWithin = 7 * 24 * time.Hour
)
