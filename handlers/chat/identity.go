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
func (t *Request) Identify() error {
	t.doubt = roster.NobodyElse
	b, p, ok, err := roster.Bound(t.Snap, t.Msg.Account, t.Msg.Sender)
	switch {
	case err != nil:
	case !ok:
		b, p, ok, err = t.byCard()
	case b.How == roster.ByCard:
		ok, err = t.stillCalled(b, p)
	}
	if err != nil || !ok {
		return err
	}
	t.Person, t.Known, t.binding = b.Rights(p), true, b
	return nil
}

// fitting returns the people of this group who are to be called so in it.
func (t *Request) fitting(card string) ([]roster.Person, error) {
	form := t.Desk.Options.Cards
	if form == "" || card == "" {
		return nil, nil
	}
	// Unique means on the whole roster: two of one name may be in two groups.
	found := slices.DeleteFunc(slices.Clone(t.Roster.People), func(p roster.Person) bool {
		return strings.NewReplacer("{学院}", p.College, "{姓名}", p.Name).Replace(form) != card
	})
	if len(found) != 1 {
		return found, nil
	}
	group, err := roster.GroupIn(t.Snap, t.Msg.Account, t.Msg.Chat)
	if err != nil || !slices.Contains(found[0].Groups, group) {
		return nil, err
	}
	return found, nil
}

// byCard finds the one person who is called like the sender in this group, if
// nobody else speaks for them.
func (t *Request) byCard() (b roster.Binding, p roster.Person, ok bool, err error) {
	if !t.Msg.Group || !roster.Passing(t.Msg.Sender) {
		return b, p, false, nil
	}
	found, err := t.fitting(t.Msg.Card)
	switch {
	case err != nil || len(found) == 0:
		return b, p, false, err
	case len(found) > 1:
		t.doubt = roster.SeveralFit
		return b, p, false, nil
	}
	p = found[0]
	taken, err := roster.Speaks(t.Snap, t.Msg.Account, p.ID, t.Msg.Sender)
	if err != nil || taken {
		t.doubt = roster.OtherThere
		return b, p, false, err
	}
	return roster.Binding{Person: p.ID, How: roster.ByCard, Card: t.Msg.Card, In: t.Msg.Chat}, p, true, nil
}

// stillCalled tells whether somebody who is known by their name in a group still
// has it, and is not called like somebody else in another.
func (t *Request) stillCalled(b roster.Binding, p roster.Person) (bool, error) {
	t.doubt = roster.NameGone
	taken, err := roster.Speaks(t.Snap, t.Msg.Account, p.ID, t.Msg.Sender)
	if err != nil || taken {
		t.doubt = roster.OtherThere
		return false, err
	}
	switch {
	case !t.Msg.Group:
		return true, nil
	case t.Msg.Chat == b.In:
		return t.Msg.Card == b.Card, nil
	}
	found, err := t.fitting(t.Msg.Card)
	return !slices.ContainsFunc(found, func(q roster.Person) bool { return q.ID != p.ID }), err
}

// SettleIdentity writes down who the sender turned out to be, so that they can be
// reached, and that nobody else is taken for them.
func (t *Request) SettleIdentity() error {
	if !t.Known || !t.binding.Since.IsZero() || t.binding.How != roster.ByCard && t.binding.How != roster.ByRemark {
		return nil
	}
	return roster.Bind(t.Tx, t.Msg.Account, t.Msg.Sender, t.binding)
}

// Astray tells whether the sender may be one of the roster whom this login does
// not know yet.
func (t *Request) Astray() bool { return !t.Known && roster.Passing(t.Msg.Sender) }

// informing adds to the first answer that somebody gets alone what they must know of
// their data. That they were told is in the audit log.
func informing(t *Request, answer, chat string) (string, error) {
	if t.Desk.Options.Inform == "" || !t.Known || t.Msg.Group && chat == t.Msg.Chat {
		return answer, nil
	}
	first, err := roster.Inform(t.Tx, t.Person.ID)
	if err != nil || !first {
		return answer, err
	}
	err = t.Tx.Audit(store.Audit{Source: store.Chat, Action: "privacy.notice", Object: t.Person.ID})
	return Lines(answer, t.Desk.Options.Inform), err
}
