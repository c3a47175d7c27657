package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/jobs"
	"duban/handlers/notices"
	"duban/handlers/people"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reports"
	"duban/zh"
)

// A chapter is what the help says of one matter.
type chapter struct {
	name     string
	everyday []string       // what people say who are on the roster, most used first
	commands []chat.Command // those that need a right are shown to who has it
}

// chapters are those of the help.
func chapters() []chapter {
	leave := people.Commands()
	others := slices.DeleteFunc(slices.Clone(leave), isLeave)
	leave = slices.DeleteFunc(leave, func(c chat.Command) bool { return !isLeave(c) })
	return []chapter{
		{"要点", []string{"第3条", "二的目标任务", "目录", "心理健康那块", "责任单位呢（接着上一条问）", "下一条"}, plans.Commands()},
		{"填报", []string{"第3条完成80%，还差经费", "改成70%", "撤回", "第3条卡在经费上", "代刘畅报一下，第3条完成80%"}, nil},
		{"通知", []string{"收到", "还有谁没回复", "通知3收到"}, notices.Commands()},
		{"请假", []string{"我请假到周三，刘老师代", "销假"}, leave},
		{"进度", []string{"进度汇总", "我还有哪几条没填", "进度汇总 图片", "30天未更新", "哪些受阻"}, reports.Commands()},
		{"提醒", nil, (*jobs.Desk)(nil).Commands()},
		{"人员", nil, others},
		{"提问", []string{"第4条要不要交纸质版？", "转人工（请老师来答）"}, updates.Commands()},
	}
}

func isLeave(c chat.Command) bool { return strings.HasPrefix(c.Name, "leave.") }

// own lists the commands of a chapter that the asker has a right to, as they are
// written. They are for private chats.
func (c chapter) own(t *chat.Request) (own []string) {
	for _, d := range c.commands {
		if d.Help != "" && !t.Msg.Group && t.May(d.Right) && d.Right != chat.Look && d.Right != chat.Reply {
			own = append(own, d.Help)
		}
	}
	return own
}

// help says what the asker can do here, and nothing that they cannot: on a phone's
// screen, or all of the chapter that is named.
func (r *Router) help(t *chat.Request, rest string) (string, error) {
	all := chapters()
	if !t.Known {
		all = []chapter{{"要点", all[0].everyday[:4], nil}, {"绑定", []string{"绑定 绑定码（私聊发；绑定码找管理员要）"}, nil}}
	}
	named := strings.Trim(cmp.Or(rest, t.Read.Body), " 　:：。?？")
	for _, c := range all {
		if says := append(c.own(t), c.everyday...); c.name == strings.TrimPrefix(named, "帮助") && len(says) > 0 {
			return chat.ClipLines(c.name + "，可以这样说：\n· " + strings.Join(says, "\n· ")), nil
		}
	}
	return r.overview(t, all), nil
}

// overview is the help in six lines: the chapters that most concern the asker, and
// the names of the others.
func (r *Router) overview(t *chat.Request, all []chapter) string {
	const lines = 5
	all = slices.DeleteFunc(all, func(c chapter) bool { return len(c.own(t))+len(c.everyday) == 0 })
	slices.SortStableFunc(all, func(a, b chapter) int { return cmp.Compare(min(len(b.own(t)), 1), min(len(a.own(t)), 1)) })
	shown := all[:min(lines, len(all))]
	said := "可以这样说"
	if t.Msg.Group {
		said = "可以这样问我（先@" + r.Options.Names[0] + "）"
	}
	if len(all) > 2 {
		said += fmt.Sprintf("，发“帮助 %s”看这一类的全部", shown[0].name)
	}
	if others := all[len(shown):]; len(others) > 0 {
		said += "；还有：" + zh.List(others, func(c chapter) string { return c.name })
	}
	said += "："
	for _, c := range shown {
		own := c.own(t)
		some := append(own[:min(1, len(own))], c.everyday[:min(3, len(c.everyday))]...)
		said += "\n· " + c.name + "：" + strings.Join(some, "／")
	}
	return said
}
