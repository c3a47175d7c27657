package chat

import (
	"slices"

	"duban/bot"
	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// AnswersAsStray tells whether what somebody unknown says in a group answers
// something that stands there, so that an admin should say who they are.
func AnswersAsStray(t *Request) (Command, bool) {
	c := Command{Name: "stray", Right: Look, Quiet: true, Run: stray}
	if !t.Astray() || !t.Msg.Group || t.Msg.Kind != bot.Text || t.Read.Kind == reading.Query || t.Read.Kind == reading.Chatter {
		return c, false
	}
	return c, len(t.recent()) > 0
}

// stray keeps what somebody unknown said until it is known who they are, and tells
// the admins of the first one in an hour.
func stray(t *Request, _ string) (string, error) {
	if keepStray(t) {
		roster.TellAdmins(t.Tx, "有人的回复没有认出是谁，先留着没有记。回“待认领”查看。")
	}
	return "", nil
}

// keepStray keeps what somebody unknown said. Fresh tells whether it is the first in
// an hour.
func keepStray(t *Request) (fresh bool) {
	m := t.Msg
	m.Text, m.Name, m.Card = zh.Mask(m.Text), zh.Mask(m.Name), zh.Mask(m.Card)
	if q := m.Quote; q != nil {
		masked := *q
		masked.Name, masked.Text = zh.Mask(q.Name), zh.Mask(q.Text)
		m.Quote = &masked
	}
	return roster.PutStray(t.Tx, roster.Stray{
		Account: m.Account, Sender: m.Sender, Chat: m.Chat, Group: m.Group, Name: m.Name, Card: m.Card, Why: t.doubt,
	}, m)
}

// RecalledAsStray leads to what is kept of somebody unknown who took back what
// they said.
func RecalledAsStray(t *Request) (Command, bool) {
	s, ok := roster.StrayOf(t.Snap, t.Msg.Account, t.Msg.Sender)
	ok = ok && slices.ContainsFunc(s.Said, func(m bot.Message) bool { return m.ID == t.Msg.Recall })
	return Command{Name: "stray.recall", Right: Look, Quiet: true, Run: func(t *Request, _ string) (string, error) {
		roster.RecallStray(t.Tx, t.Msg.Account, t.Msg.Sender, t.Msg.Recall)
		return "", nil
	}}, ok
}
