package chat

import (
	"slices"
	"strings"

	"duban/roster"
	"duban/store"
)

// Identify says who the sender is: whom their handle is bound to, or whose number
// the remark on our phone says, or, until the next login, who is called like them
// in this group. It never guesses: if two could be meant, it is nobody, and t.doubt
// says why.
func (t *Request) Identify() {
	t.doubt = roster.NobodyElse
	b, p, ok := roster.Bound(t.Snap, t.Msg.Account, t.Msg.Sender)
	switch {
	case !ok:
		b, p, ok = t.byCard()
	case b.How == roster.ByCard:
		ok = t.stillCalled(b, p)
	}
	if !ok {
		return
	}
	t.Person, t.Known, t.binding = b.Rights(p), true, b
}

// fitting returns the people of this group who are to be called so in it.
func (t *Request) fitting(card string) []roster.Person {
	form := t.Desk.Options.Cards
	if form == "" || card == "" {
		return nil
	}
	// Unique means on the whole roster: two of one name may be in two groups.
	people := slices.Clone(t.Roster.People)
	if strings.Contains(form, "{姓名}") {
		people = t.Roster.Spoken(card)
	}
	found := slices.DeleteFunc(people, func(p roster.Person) bool {
		return strings.NewReplacer("{学院}", p.College, "{姓名}", p.Name).Replace(form) != card
	})
	if len(found) != 1 {
		return found
	}
	here := func(g roster.Target) bool { return g.Account == t.Msg.Account && g.Chat == t.Msg.Chat }
	if !slices.ContainsFunc(roster.Targets(t.Snap, found[0].Groups), here) {
		return nil
	}
	return found
}

// byCard finds the one person who is called like the sender in this group, if
// nobody else speaks for them.
func (t *Request) byCard() (b roster.Binding, p roster.Person, ok bool) {
	if !t.Msg.Group || !roster.Passing(t.Msg.Sender) {
		return b, p, false
	}
	found := t.fitting(t.Msg.Card)
	switch {
	case len(found) == 0:
		return b, p, false
	case len(found) > 1:
		t.doubt = roster.SeveralFit
		return b, p, false
	}
	p = found[0]
	if roster.Speaks(t.Snap, t.Msg.Account, p.ID, t.Msg.Sender) {
		t.doubt = roster.OtherThere
		return b, p, false
	}
	return roster.Binding{Person: p.ID, How: roster.ByCard, Card: t.Msg.Card, In: t.Msg.Chat}, p, true
}

// stillCalled tells whether somebody who is known by their name in a group still
// has it, and is not called like somebody else in another.
func (t *Request) stillCalled(b roster.Binding, p roster.Person) bool {
	t.doubt = roster.NameGone
	if roster.Speaks(t.Snap, t.Msg.Account, p.ID, t.Msg.Sender) {
		t.doubt = roster.OtherThere
		return false
	}
	switch {
	case !t.Msg.Group:
		return true
	case t.Msg.Chat == b.In:
		return t.Msg.Card == b.Card
	}
	return !slices.ContainsFunc(t.fitting(t.Msg.Card), func(q roster.Person) bool { return q.ID != p.ID })
}

// SettleIdentity writes down who the sender turned out to be, so that they can be
// reached, and that nobody else is taken for them.
func (t *Request) SettleIdentity() {
	if !t.Known || !t.binding.Since.IsZero() || t.binding.How != roster.ByCard && t.binding.How != roster.ByRemark {
		return
	}
	roster.Bind(t.Tx, t.Msg.Account, t.Msg.Sender, t.binding)
}

// Weak tells whether the sender is known by what is good for few rights only; see
// [roster.Binding.Rights].
func Weak(t *Request) bool { return t.binding.Weak() }

// Astray tells whether the sender may be one of the roster whom this login does
// not know yet, or who came into a group and was not claimed yet.
func (t *Request) Astray() bool {
	if t.Known || roster.Passing(t.Msg.Sender) {
		return !t.Known
	}
	_, waits := roster.StrayOf(t.Snap, t.Msg.Account, t.Msg.Sender)
	return waits
}

// informing adds to the first answer that somebody gets alone what they must know of
// their data. That they were told is in the audit log.
func informing(t *Request, answer, chat string) string {
	if t.Desk.Options.Inform == "" || !t.Known || t.Msg.Group && chat == t.Msg.Chat {
		return answer
	}
	if !roster.Inform(t.Tx, t.Person.ID) {
		return answer
	}
	t.Tx.Audit(store.Audit{Source: store.Chat, Action: "privacy.notice", Object: t.Person.ID})
	return Lines(answer, t.Desk.Options.Inform)
}
