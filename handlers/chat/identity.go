package chat

import (
	"slices"
	"strings"

	"duban/bot"
	"duban/roster"
	"duban/store"
)

// Identify says who the sender is: whom their handle is bound to, or whose number
// the remark on our phone says, or, until the next login, who is called like them
// in this group. It never guesses: if two could be meant, it is nobody, and t.doubt
// says why.
func (t *Request) Identify() error {
	c := caller{Desk: t.Desk, snap: t.Snap, msg: t.Msg, roster: t.Roster, doubt: roster.NobodyElse}
	b, p, ok, err := c.identify()
	t.doubt = c.doubt
	if err != nil || !ok {
		return err
	}
	t.Person, t.Known, t.binding = b.Rights(p), true, b
	return nil
}

// A caller is the sender of a message while it is found out who they are.
type caller struct {
	*Desk
	snap   *store.Snapshot
	msg    bot.Message
	roster *roster.Roster
	doubt  roster.Doubt // why they are nobody
}

func (c *caller) identify() (b roster.Binding, p roster.Person, ok bool, err error) {
	b, p, ok, err = roster.Bound(c.snap, c.msg.Account, c.msg.Sender)
	switch {
	case err != nil:
	case !ok:
		return c.byCard()
	case b.How == roster.ByCard:
		ok, err = c.stillCalled(b, p)
	}
	return b, p, ok, err
}

// form writes a person as the office agreed for names in groups.
func (r *Desk) form(p roster.Person) string {
	return strings.NewReplacer("{学院}", p.College, "{姓名}", p.Name).Replace(r.Options.Cards)
}

// fitting returns the people of this group who are to be called so in it.
func (c *caller) fitting(card string) ([]roster.Person, error) {
	if c.Options.Cards == "" || card == "" {
		return nil, nil
	}
	// Unique means on the whole roster: two of one name may be in two groups.
	found := slices.DeleteFunc(slices.Clone(c.roster.People), func(p roster.Person) bool { return c.form(p) != card })
	if len(found) != 1 {
		return found, nil
	}
	group, err := roster.GroupIn(c.snap, c.msg.Account, c.msg.Chat)
	if err != nil || !slices.Contains(found[0].Groups, group) {
		return nil, err
	}
	return found, nil
}

// byCard finds the one person who is called like the sender in this group, if
// nobody else speaks for them.
func (c *caller) byCard() (b roster.Binding, p roster.Person, ok bool, err error) {
	if !c.msg.Group || !roster.Passing(c.msg.Sender) {
		return b, p, false, nil
	}
	found, err := c.fitting(c.msg.Card)
	switch {
	case err != nil || len(found) == 0:
		return b, p, false, err
	case len(found) > 1:
		c.doubt = roster.SeveralFit
		return b, p, false, nil
	}
	p = found[0]
	taken, err := roster.Speaks(c.snap, c.msg.Account, p.ID, c.msg.Sender)
	if err != nil || taken {
		c.doubt = roster.OtherThere
		return b, p, false, err
	}
	return roster.Binding{Person: p.ID, How: roster.ByCard, Card: c.msg.Card, In: c.msg.Chat}, p, true, nil
}

// stillCalled tells whether somebody who is known by their name in a group still
// has it, and is not called like somebody else in another.
func (c *caller) stillCalled(b roster.Binding, p roster.Person) (bool, error) {
	c.doubt = roster.NameGone
	taken, err := roster.Speaks(c.snap, c.msg.Account, p.ID, c.msg.Sender)
	if err != nil || taken {
		c.doubt = roster.OtherThere
		return false, err
	}
	switch {
	case !c.msg.Group:
		return true, nil
	case c.msg.Chat == b.In:
		return c.msg.Card == b.Card, nil
	}
	found, err := c.fitting(c.msg.Card)
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
