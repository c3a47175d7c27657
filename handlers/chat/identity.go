package chat

import (
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// Identify says who the sender is: whom their handle is bound to, or whose number
// the remark on our phone says, or, until the next login, who is called like them
// in this group. It never guesses: if two could be meant, it is nobody, and t.doubt
// says why.
func (t *Request) Identify() error {
	b, p, ok, err := roster.Bound(t.Snap, t.Msg.Account, t.Msg.Sender)
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
	t.Person, t.Known, t.binding = b.Rights(p), true, b
	return nil
}

// form writes a person as the office agreed for names in groups.
func (r *Desk) form(p roster.Person) string {
	return strings.NewReplacer("{学院}", p.College, "{姓名}", p.Name).Replace(r.Options.Cards)
}

// fitting returns the people of this group who are to be called so in it.
func (t *Request) fitting(card string) ([]roster.Person, error) {
	if t.Desk.Options.Cards == "" || card == "" {
		return nil, nil
	}
	// Unique means on the whole roster: two of one name may be in two groups.
	found := slices.DeleteFunc(slices.Clone(t.Roster.People), func(p roster.Person) bool { return t.Desk.form(p) != card })
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

// AnswersAsStray tells whether what somebody unknown says in a group answers
// something that stands there, so that an admin should say who they are.
func (t *Request) AnswersAsStray() (Command, bool, error) {
	c := Command{Name: "stray", Right: Look, Quiet: true, Run: (*Request).stray}
	if !t.Astray() || !t.Msg.Group || t.Msg.Kind != bot.Text {
		return c, false, nil
	}
	if t.Read.Kind == reading.Query || t.Read.Kind == reading.Chatter {
		return c, false, nil
	}
	shown, err := t.recent()
	return c, len(shown) > 0, err
}

// stray keeps what somebody unknown said until it is known who they are, and tells
// the admins of the first one in an hour.
func (t *Request) stray(string) (string, error) {
	m := t.Msg
	m.Text = zh.Mask(m.Text)
	fresh, err := roster.PutStray(t.Tx, t.asStray(), m)
	if err != nil || !fresh {
		return "", err
	}
	return "", roster.TellAdmins(t.Tx, "有人的回复没有认出是谁，先留着没有记。回“待认领”查看。")
}

// keepStray keeps what somebody unknown said to the bot, if it could be done once
// it is known who they are.
func (t *Request) keepStray() error {
	if !t.Astray() || t.Command.Place == InPrivate {
		return nil
	}
	m := t.Msg
	m.Text = zh.Mask(m.Text)
	_, err := roster.PutStray(t.Tx, t.asStray(), m)
	return err
}

// RecalledAsStray leads to what is kept of somebody unknown who took back what
// they said.
func (t *Request) RecalledAsStray() (Command, bool, error) {
	s, ok, err := roster.StrayOf(t.Snap, t.Msg.Account, t.Msg.Sender)
	ok = ok && slices.ContainsFunc(s.Said, func(m bot.Message) bool { return m.ID == t.Msg.Recall })
	return Command{Name: "stray.recall", Right: Look, Quiet: true, Run: func(t *Request, _ string) (string, error) {
		return "", roster.RecallStray(t.Tx, t.Msg.Account, t.Msg.Sender, t.Msg.Recall)
	}}, ok, err
}

func (t *Request) asStray() roster.Stray {
	return roster.Stray{
		Account: t.Msg.Account, Sender: t.Msg.Sender, Chat: t.Msg.Chat, Group: t.Msg.Group, Name: t.Msg.Name, Card: t.Msg.Card, Why: t.doubt,
	}
}
