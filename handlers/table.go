package handlers

import (
	"slices"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/people"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reading"
	"duban/handlers/reports"
)

// Commands are all that the bot can do. Whoever adds a command adds a line to the
// Commands of its package and a function beside it.
func (r *Router) Commands() []chat.Command {
	return slices.Concat(
		notices.Commands(),
		[]chat.Command{
			{
				Name: "confirm", Words: []string{"确认", "确认发送"}, Help: "确认（发出预览的通知）", Right: chat.Announce, Place: chat.InPrivate, Everyday: true,
				Prepare: r.prepareConfirm, Run: r.confirm,
			},
			{Name: "abandon", Words: []string{"取消"}, Alone: true, Intents: []reading.Intent{reading.Cancel}, Right: chat.Look, Everyday: true, Run: abandon},
			{Name: "abandon.draft", Asked: chat.DraftKind, Fits: givesUpDraft, Right: chat.Look, Run: abandon},
			{Name: "help", Words: []string{"帮助"}, Intents: []reading.Intent{reading.Help}, Right: chat.Look, AnyAge: true, Run: r.help},
			{Name: "more", Intents: []reading.Intent{reading.More}, Right: chat.Look, Run: chat.More},
			{Name: "which", Asked: chat.WhichKind, Fits: picksWhich, Right: chat.Reply, Echo: true, Run: r.which},
			{Name: "drop", Asked: chat.WhichKind, Fits: chat.GivesUp, Right: chat.Reply, Echo: true, Run: abandon},
			{Name: "drop.meant", Asked: chat.MeantKind, Fits: chat.GivesUp, Right: chat.Look, Run: abandon},
			{Name: "drop.same", Asked: chat.SameKind, Fits: chat.GivesUp, Right: chat.Reply, Echo: true, Run: abandon},
		},
		updates.Commands(), people.Commands(), plans.Commands(), r.jobs.Commands(), reports.Commands(),
	)
}

// A wording is one of the words of a command, and its place among all of them.
type wording struct {
	word    string
	command *chat.Command
}

// index says which commands readings and words lead to.
func (r *Router) index() {
	r.intents, r.kinds = map[reading.Intent]chat.Command{}, map[reading.Kind]chat.Command{}
	r.words, r.near = map[byte][]wording{}, nearlies(r.commands)
	for i, c := range r.commands {
		if c.Asked != "" {
			r.asking = append(r.asking, c)
		}
		for _, w := range c.Words {
			r.words[w[0]] = append(r.words[w[0]], wording{w, &r.commands[i]})
		}
		for _, i := range c.Intents {
			r.intents[i] = c
		}
		if c.Kind != "" {
			r.kinds[c.Kind] = c
		}
	}
}
