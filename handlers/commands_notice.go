package handlers

// noticeCommands are the commands about notices and about sending.
func noticeCommands() []command {
	return []command{
		{words: []string{"发通知"}, help: "发通知 需回执 截止1月8日 群名：正文", capability: order("announce", Announce, (*turn).announce)},
		{words: []string{"模板"}, help: "模板；发通知 模板 寒假安全 放假=1月10日 …", capability: order("templates", Announce, (*turn).templates)},
		{words: []string{"延时"}, capability: order("later", Announce, (*turn).withoutSecond)},
		{words: []string{"改通知"}, help: "改通知 3 小改：正文；改通知 3 大改：正文", capability: order("change", Announce, (*turn).changeNotice)},
		{words: []string{"撤回通知"}, help: "撤回通知 3", capability: order("withdraw", Announce, (*turn).withdrawNotice)},
		{words: []string{"关闭通知"}, help: "关闭通知 3；通知列表", capability: order("close", Announce, (*turn).closeNotice)},
		{words: []string{"通知列表"}, alone: true, capability: order("notices", Announce, (*turn).notices)},
		{words: []string{"催一下"}, help: "催一下 3（先看催几个人）", capability: order("chase", Announce, (*turn).chase)},
		{words: []string{"暂停发送"}, alone: true, help: "暂停发送；恢复发送", capability: order("pause", Announce, (*turn).stopSending)},
		{words: []string{"恢复发送"}, alone: true, capability: order("resume", Announce, (*turn).resumeSending)},
	}
}
