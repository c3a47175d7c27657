package handlers

import (
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// identify says who the sender is: whom their handle is bound to, or whose number
// the remark on our phone says, or, until the next login, who is called like them
// in this group. It never guesses: if two could be meant, it is nobody, and t.doubt
// says why.
func (t *turn) identify() error {
	b, p, ok, err := roster.Bound(t.snap, t.m.Account, t.m.Sender)
	if err != nil {
		return err
	}
	t.doubt = roster.NobodyElse
	switch {
	case !ok:
		b, p, ok, err = t.byCard()
	case b.How == roster.ByCard:
		ok, err = t.stillCalled(b, p)
	}
	if err != nil || !ok {
		return err
	}
	if !b.Ranked() {
		p = roster.Unranked(p)
	}
	t.person, t.known, t.binding = p, true, b
	return nil
}

// form writes a person as the office agreed for names in groups.
func (r *Desk) form(p roster.Person) string {
	return strings.NewReplacer("{学院}", p.College, "{姓名}", p.Name).Replace(r.o.Cards)
}

// fitting returns the people of this group who are to be called so in it.
func (t *turn) fitting(card string) ([]roster.Person, error) {
	if t.router.o.Cards == "" || card == "" {
		return nil, nil
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return nil, err
	}
	// Unique means on the whole roster: two of one name may be in two groups.
	found := slices.DeleteFunc(slices.Clone(r.People), func(p roster.Person) bool { return t.router.form(p) != card })
	if len(found) != 1 {
		return found, nil
	}
	group, err := roster.GroupIn(t.snap, t.m.Account, t.m.Chat)
	if err != nil || !slices.Contains(found[0].Groups, group) {
		return nil, err
	}
	return found, nil
}

// byCard finds the one person who is called like the sender in this group, if
// nobody else speaks for them.
func (t *turn) byCard() (b roster.Binding, p roster.Person, ok bool, err error) {
	if !t.m.Group || !roster.Passing(t.m.Sender) {
		return b, p, false, nil
	}
	found, err := t.fitting(t.m.Card)
	switch {
	case err != nil || len(found) == 0:
		return b, p, false, err
	case len(found) > 1:
		t.doubt = roster.SeveralFit
		return b, p, false, nil
	}
	p = found[0]
	taken, err := roster.Speaks(t.snap, t.m.Account, p.ID, t.m.Sender)
	if err != nil || taken {
		t.doubt = roster.OtherThere
		return b, p, false, err
	}
	return roster.Binding{Person: p.ID, How: roster.ByCard, Card: t.m.Card, In: t.m.Chat}, p, true, nil
}

// stillCalled tells whether somebody who is known by their name in a group still
// has it, and is not called like somebody else in another.
func (t *turn) stillCalled(b roster.Binding, p roster.Person) (bool, error) {
	t.doubt = roster.NameGone
	taken, err := roster.Speaks(t.snap, t.m.Account, p.ID, t.m.Sender)
	if err != nil || taken {
		t.doubt = roster.OtherThere
		return false, err
	}
	switch {
	case !t.m.Group:
		return true, nil
	case t.m.Chat == b.In:
		return t.m.Card == b.Card, nil
	}
	found, err := t.fitting(t.m.Card)
	return !slices.ContainsFunc(found, func(q roster.Person) bool { return q.ID != p.ID }), err
}

// settleIdentity writes down who the sender turned out to be, so that they can be
// reached, and that nobody else is taken for them.
func (t *turn) settleIdentity() error {
	if !t.known || !t.binding.Since.IsZero() || t.binding.How != roster.ByCard && t.binding.How != roster.ByRemark {
		return nil
	}
	return roster.Bind(t.tx, t.m.Account, t.m.Sender, t.binding)
}

// astray tells whether the sender may be one of the roster whom this login does
// not know yet.
func (t *turn) astray() bool { return !t.known && roster.Passing(t.m.Sender) }

// answersAsStray tells whether what somebody unknown says in a group answers
// something that stands there, so that an admin should say who they are.
func (t *turn) answersAsStray() (capability, bool, error) {
	c := capability{name: "stray", right: Look, quiet: true, run: (*turn).stray}
	if !t.astray() || !t.m.Group || t.m.Kind != bot.Text {
		return c, false, nil
	}
	if t.read.Kind == reading.Query || t.read.Kind == reading.Chatter {
		return c, false, nil
	}
	shown, err := t.recent()
	return c, len(shown) > 0, err
}

// stray keeps what somebody unknown said until it is known who they are, and tells
// the admins of the first one in an hour.
func (t *turn) stray(string) (string, error) {
	m := t.m
	m.Text = zh.Mask(m.Text)
	fresh, err := roster.PutStray(t.tx, t.asStray(), m)
	if err != nil || !fresh {
		return "", err
	}
	return "", roster.TellAdmins(t.tx, "有人的回复没有认出是谁，先留着没有记。回“待认领”查看。")
}

// keepStray keeps what somebody unknown said to the bot, if it could be done once
// it is known who they are.
func (t *turn) keepStray(c capability) error {
	if !t.astray() || c.private {
		return nil
	}
	m := t.m
	m.Text = zh.Mask(m.Text)
	_, err := roster.PutStray(t.tx, t.asStray(), m)
	return err
}

// recalledAsStray leads to what is kept of somebody unknown who took back what
// they said.
func (t *turn) recalledAsStray() (capability, bool, error) {
	s, ok, err := roster.StrayOf(t.snap, t.m.Account, t.m.Sender)
	ok = ok && slices.ContainsFunc(s.Said, func(m bot.Message) bool { return m.ID == t.m.Recall })
	return capability{name: "stray.recall", right: Look, quiet: true, run: func(t *turn, _ string) (string, error) {
		return "", roster.RecallStray(t.tx, t.m.Account, t.m.Sender, t.m.Recall)
	}}, ok, err
}

func (t *turn) asStray() roster.Stray {
	return roster.Stray{
		Account: t.m.Account, Sender: t.m.Sender, Chat: t.m.Chat, Group: t.m.Group, Name: t.m.Name, Card: t.m.Card, Why: t.doubt,
	}
}
