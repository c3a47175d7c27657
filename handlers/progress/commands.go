// Package progress books what people report on measures, corrects and retracts it,
// and passes on what it cannot book.
package progress

import (
	"duban/handlers/chat"
	"duban/handlers/reading"
)

// Commands are the commands about progress and about questions of the inbox.
func Commands() []chat.Command {
	return []chat.Command{
		{Name: "progress", Kind: reading.Progress, Right: chat.Reply, Echo: true, Prepare: chat.Fetch, Run: report},
		{Name: "correction", Kind: reading.Correction, Right: chat.Reply, Echo: true, Run: correct},
		{Name: "retract", Kind: reading.Retract, Right: chat.Reply, Echo: true, Run: retract},
		{Name: "unsure", Kind: reading.Ask, Right: chat.Reply, Echo: true, Run: unsure},
		{Name: "question", Kind: reading.Question, Right: chat.Reply, Run: question},
		{Name: "same", Asked: chat.SameKind, Fits: chat.Agrees, Right: chat.Reply, Echo: true, Run: same},
		{Name: "pass", Asked: chat.PassKind, Fits: chat.WantsPerson, Right: chat.Reply, Run: pass},
		{Name: "plan.assign", Right: chat.Plan, Place: chat.InPrivate, Run: assign, Confirm: &chat.Command{Run: chat.OfDraft(assignStrange)}},
		{Name: "inbox", Words: []string{"收件箱", "待答复"}, Alone: true, Help: "收件箱（待答复的问题）", Right: chat.Decide, Place: chat.InPrivate, Run: inbox},
		{Name: "inbox.todo", Words: []string{"待办"}, Alone: true, Right: chat.Decide, Place: chat.InPrivate, Everyday: true, Run: inbox},
		{Name: "reply", Words: []string{"答复", "答"}, Help: "答 3 要的，下周一前交", Right: chat.Decide, Place: chat.InPrivate, Everyday: true, Run: reply},
	}
}

// Forms are the commands that only the page gives: what people write into its forms.
func Forms() []chat.Command {
	return []chat.Command{
		{Name: "progress.form", Right: chat.Reply, Prepare: readForm, Run: form},
		{Name: "progress.retract", Right: chat.Reply, Run: retractOn},
		{Name: "progress.duty", Right: chat.Plan, Run: duty},
	}
}
