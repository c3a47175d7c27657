package handlers

import (
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/people"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reading"
	"duban/handlers/reports"
	"duban/zh"
)

// Commands are what people write word for word, by capability. Whoever adds one adds
// a line to the Commands of its package and a function beside it.
func (r *Router) Commands() []chat.Command {
	return slices.Concat(
		notices.Commands(),
		[]chat.Command{
			{Words: []string{"确认", "确认发送"}, Help: "确认（发出预览的通知）", Capability: chat.Everyday(chat.Private("confirm", chat.Announce, r.confirm))},
			{Words: []string{"取消"}, Alone: true, Capability: chat.Everyday(chat.Private("abandon", chat.Announce, abandon))},
		},
		updates.Commands(), people.Commands(), plans.Commands(), r.jobs.Commands(), reports.Commands(),
	)
}

// asCommand finds the command that a private text is.
func (r *Router) asCommand(t *chat.Request) (chat.Capability, bool) {
	if t.Msg.Group || t.Msg.Kind != bot.Text || t.Msg.Quote != nil {
		return chat.Capability{}, false
	}
	text := strings.TrimSpace(t.Msg.Text)
	if updates.AsAssigning(text) && !listItem(text) {
		c := chat.Everyday(chat.Private("plan.assign", chat.Plan, updates.Assign))
		c.Rest = text
		return c, true
	}
	return r.commandIn(text)
}

// listItem tells whether a text is a line of a list that was pasted, 1. 第3条…, and
// not somebody's own words. 二、3 is a measure.
func listItem(text string) bool {
	_, size := zh.ParseInt(text)
	rest := strings.TrimLeft(text[size:], ".．、)） ")
	return size > 0 && rest != text[size:] && strings.HasPrefix(rest, "第")
}

// commandIn finds the command that a text is. A stop at its end changes nothing.
func (r *Router) commandIn(text string) (chat.Capability, bool) {
	text = strings.TrimSpace(text)
	for _, c := range r.commands {
		for _, w := range c.Words {
			rest, ok := strings.CutPrefix(text, w)
			if strings.Trim(rest, "。.!！~ ") == "" {
				rest = ""
			}
			if ok && c.Takes(rest) {
				c.Rest = strings.TrimLeft(rest, " 　:：\n")
				return c.Capability, true
			}
		}
	}
	return chat.Capability{}, false
}

// queries leads from what a query asks for to what answers it.
func (r *Router) queries() map[reading.Intent]chat.Capability {
	return map[reading.Intent]chat.Capability{
		reading.Help:     {Name: "help", Right: chat.Look, Run: r.help},
		reading.Contents: {Name: "contents", Right: chat.Look, Run: plans.Contents},
		reading.Lookup:   {Name: "lookup", Right: chat.Look, Run: plans.LookUp},
		reading.Choose:   {Name: "lookup", Right: chat.Look, Run: plans.LookUp}, // no list waits: 3 is a measure
		reading.Standing: {Name: "standing", Right: chat.Look, Run: plans.Standings},
		reading.More:     {Name: "more", Right: chat.Look, Run: (*chat.Request).More},
		reading.Missing:  {Name: "missing", Right: chat.Reply, Run: notices.Missing},
		reading.Mine:     {Name: "mine", Right: chat.Reply, Own: true, Run: plans.Mine},
		reading.MyData:   {Name: "mydata", Right: chat.Reply, Own: true, Run: people.MyData},
		reading.Forget:   {Name: "forget", Right: chat.Reply, Own: true, Run: people.Forget},
		reading.Summary:  {Name: "summary", Right: chat.Reply, Report: true, Run: reports.Summary},
		reading.Stuck:    {Name: "stuck", Right: chat.Reply, Run: plans.Stuck},
		reading.Jobs:     {Name: "jobs", Right: chat.Plan, Private: true, Run: r.jobs.List},
	}
}

// answers leads from what a message is to what is done about it.
func (r *Router) answers() map[reading.Kind]chat.Capability {
	return map[reading.Kind]chat.Capability{
		reading.Ack:        {Name: "ack", Right: chat.Reply, Echo: true, Quiet: true, Run: acknowledgeOrLeave},
		reading.Progress:   {Name: "progress", Right: chat.Reply, Echo: true, Run: updates.Progress},
		reading.Correction: {Name: "correction", Right: chat.Reply, Echo: true, Run: updates.Correct},
		reading.Retract:    {Name: "retract", Right: chat.Reply, Echo: true, Run: updates.Retract},
		reading.Question:   {Name: "question", Right: chat.Reply, Run: updates.Question},
	}
}
