package handlers

import (
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/zh"
)

// commands are what people write word for word, by capability. Whoever adds one adds
// a line to the Commands of its package and a function beside it.
func commands() []command {
	return slices.Concat(
		noticeCommands(),
		[]command{
			{words: []string{"确认", "确认发送"}, help: "确认（发出预览的通知）", capability: everyday(order("confirm", Announce, (*turn).confirm))},
			{words: []string{"取消"}, alone: true, capability: everyday(order("abandon", Announce, (*turn).abandon))},
		},
		progressCommands(), peopleCommands(), planCommands(), jobCommands(), reportCommands(),
	)
}

// asCommand finds the command that a private text is.
func (t *turn) asCommand() (capability, bool) {
	if t.m.Group || t.m.Kind != bot.Text || t.m.Quote != nil {
		return capability{}, false
	}
	text := strings.TrimSpace(t.m.Text)
	if asAssigning(text) && !listItem(text) {
		c := everyday(order("plan.assign", Plan, (*turn).assign))
		c.rest = text
		return c, true
	}
	return commandIn(text)
}

// listItem tells whether a text is a line of a list that was pasted, 1. 第3条…, and
// not somebody's own words. 二、3 is a measure.
func listItem(text string) bool {
	_, size := zh.ParseInt(text)
	rest := strings.TrimLeft(text[size:], ".．、)） ")
	return size > 0 && rest != text[size:] && strings.HasPrefix(rest, "第")
}

// commandIn finds the command that a text is. A stop at its end changes nothing.
func commandIn(text string) (capability, bool) {
	text = strings.TrimSpace(text)
	for _, c := range commands() {
		for _, w := range c.words {
			rest, ok := strings.CutPrefix(text, w)
			if strings.Trim(rest, "。.!！~ ") == "" {
				rest = ""
			}
			if ok && c.takes(rest) {
				c.rest = strings.TrimLeft(rest, " 　:：\n")
				return c.capability, true
			}
		}
	}
	return capability{}, false
}

// intents leads from what a query asks for to what answers it.
func intents() map[reading.Intent]capability {
	return map[reading.Intent]capability{
		reading.Help:     {name: "help", right: Look, run: (*turn).help},
		reading.Contents: {name: "contents", right: Look, run: (*turn).contents},
		reading.Lookup:   {name: "lookup", right: Look, run: (*turn).lookUp},
		reading.Choose:   {name: "lookup", right: Look, run: (*turn).lookUp}, // no list waits: 3 is a measure
		reading.Standing: {name: "standing", right: Look, run: (*turn).standings},
		reading.More:     {name: "more", right: Look, run: (*turn).more},
		reading.Missing:  {name: "missing", right: Reply, run: (*turn).missing},
		reading.Mine:     {name: "mine", right: Reply, own: true, run: (*turn).mine},
		reading.MyData:   {name: "mydata", right: Reply, own: true, run: (*turn).myData},
		reading.Forget:   {name: "forget", right: Reply, own: true, run: (*turn).forget},
		reading.Summary:  {name: "summary", right: Reply, report: true, run: (*turn).summary},
		reading.Stuck:    {name: "stuck", right: Reply, run: (*turn).stuck},
		reading.Jobs:     {name: "jobs", right: Plan, private: true, run: (*turn).jobs},
	}
}

// kinds leads from what a message is to what is done about it.
func kinds() map[reading.Kind]capability {
	return map[reading.Kind]capability{
		reading.Ack:        {name: "ack", right: Reply, echo: true, quiet: true, run: (*turn).acknowledgeOrLeave},
		reading.Progress:   {name: "progress", right: Reply, echo: true, run: (*turn).progress},
		reading.Correction: {name: "correction", right: Reply, echo: true, run: (*turn).correct},
		reading.Retract:    {name: "retract", right: Reply, echo: true, run: (*turn).retract},
		reading.Question:   {name: "question", right: Reply, run: (*turn).question},
	}
}
