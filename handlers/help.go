package handlers

import (
	"strings"

	"duban/handlers/chat"
)

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
