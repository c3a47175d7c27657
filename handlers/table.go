package handlers

import (
	"slices"
	"strings"

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
			{Name: "abandon", Words: []string{"取消"}, Alone: true, Right: chat.Announce, Place: chat.InPrivate, Everyday: true, Run: abandon},
			{Name: "help", Intents: []reading.Intent{reading.Help}, Right: chat.Look, Run: r.help},
			{Name: "more", Intents: []reading.Intent{reading.More}, Right: chat.Look, Run: chat.More},
			{Name: "which", Asked: chat.WhichKind, Fits: chat.Picks, Right: chat.Reply, Echo: true, Run: r.which},
			{Name: "drop", Asked: chat.WhichKind, Fits: chat.GivesUp, Right: chat.Reply, Echo: true, Run: chat.Drop},
			{Name: "drop.same", Asked: chat.SameKind, Fits: chat.GivesUp, Right: chat.Reply, Echo: true, Run: chat.Drop},
		},
		updates.Commands(), people.Commands(), plans.Commands(), r.jobs.Commands(), reports.Commands(),
	)
}

// index says which commands readings lead to.
func (r *Router) index() {
	r.intents, r.kinds = map[reading.Intent]chat.Command{}, map[reading.Kind]chat.Command{}
	for _, c := range r.commands {
		for _, i := range c.Intents {
			r.intents[i] = c
		}
		if c.Kind != "" {
			r.kinds[c.Kind] = c
		}
	}
}

// help says what the asker can do here, and nothing that they cannot.
func (r *Router) help(t *chat.Request, _ string) (string, error) {
	at := ""
	if t.Msg.Group {
		at = "@" + t.Desk.Options.Names[0] + " "
	}
	list := []string{
		"可以这样问我：",
		"· " + at + "第3条／二的目标任务／心理健康那块／目录",
	}
	if t.Known {
		list = append(list,
			"· "+at+"第3条完成80%，还差经费；说错了回“改…”或“撤回”",
			"· 收到通知直接回“收到”；请假写“我请假到周三，刘老师代”",
			"· "+at+"还有谁没回复／进度汇总 图片／30天未更新／我还有哪几条没填",
			"· 别的问题直接问我，答不了的转给老师")
	} else {
		list = append(list, "· 私聊发“绑定 绑定码”，之后可以填报进度")
	}
	if t.Msg.Group {
		return strings.Join(list, "\n"), nil
	}
	var own []string
	for _, c := range r.commands {
		if c.Help != "" && c.Right != chat.Look && t.May(c.Right) {
			own = append(own, "· "+c.Help)
		}
	}
	if len(own) > 0 {
		list = append(append(list, "您还可以（只在私聊里）："), own...)
	}
	return strings.Join(list, "\n"), nil
}
