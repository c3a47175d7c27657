package notices

import (
	"duban/handlers/chat"
)

// Commands are the commands about notices and about sending.
func Commands() []chat.Command {
	return []chat.Command{
		{Words: []string{"发通知"}, Help: "发通知 需回执 截止1月8日 群名：正文", Capability: chat.Private("announce", chat.Announce, announce)},
		{Words: []string{"模板"}, Help: "模板；发通知 模板 寒假安全 放假=1月10日 …", Capability: chat.Private("templates", chat.Announce, templates)},
		{Words: []string{"延时"}, Capability: chat.Private("later", chat.Announce, withoutSecond)},
		{Words: []string{"改通知"}, Help: "改通知 3 小改：正文；改通知 3 大改：正文", Capability: chat.Private("change", chat.Announce, changeNotice)},
		{Words: []string{"撤回通知"}, Help: "撤回通知 3", Capability: chat.Private("withdraw", chat.Announce, withdrawNotice)},
		{Words: []string{"关闭通知"}, Help: "关闭通知 3；通知列表", Capability: chat.Private("close", chat.Announce, closeNotice)},
		{Words: []string{"通知列表"}, Alone: true, Capability: chat.Private("notices", chat.Announce, notices)},
		{Words: []string{"催一下"}, Help: "催一下 3（先看催几个人）", Capability: chat.Private("chase", chat.Announce, chase)},
		{Words: []string{"暂停发送"}, Alone: true, Help: "暂停发送；恢复发送", Capability: chat.Private("pause", chat.Announce, stopSending)},
		{Words: []string{"恢复发送"}, Alone: true, Capability: chat.Private("resume", chat.Announce, resumeSending)},
	}
}
