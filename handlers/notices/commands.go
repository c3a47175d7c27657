// Package notices sends, changes and closes notices, books the answers to them, and
// says who has not answered.
package notices

import (
	"duban/handlers/chat"
	"duban/handlers/reading"
)

// Commands are the commands about notices and about sending.
func Commands() []chat.Command {
	return []chat.Command{
		{Name: "missing", Intents: []reading.Intent{reading.Missing}, Right: chat.Reply, Prepare: askReads, Run: missing},
		{Name: "notice.asked", Intents: []reading.Intent{reading.Notices}, Right: chat.Reply, Place: chat.Aside, Run: asked},
		{Name: announced, Words: []string{"发通知"}, Joins: []string{"需回执", "需落实", "填报", "紧急", "普通", "截止", "模板"}, Help: "发通知 需回执 截止1月8日 群名：正文（以后再发加“明天8点”）", Grows: true, Right: chat.Announce, Place: chat.InPrivate, Run: announce, Confirm: &chat.Command{Run: chat.OfDraft(confirmDraft)}},
		{Name: "templates", Words: []string{"模板"}, Help: "模板；发通知 模板 寒假安全 放假=1月10日 …", Right: chat.Announce, Place: chat.InPrivate, Run: templates},
		{Name: "later", Words: []string{"延时"}, Right: chat.Announce, Place: chat.InPrivate, Run: withoutSecond},
		{Name: "change", Words: []string{"改通知"}, Help: "改通知 3 小改：正文；改通知 3 大改：正文；改通知 3 截止12月6日", Right: chat.Announce, Place: chat.InPrivate, Run: onOpen(editUsage, changeNotice), Confirm: &chat.Command{Run: chat.OfDraft(confirmDraft)}},
		{Name: "prolong", Words: []string{"延长通知", "延期通知"}, Right: chat.Announce, Place: chat.InPrivate, Run: onOpen("请这样写：延长通知 3 到12月6日。", extendNotice), Confirm: &chat.Command{Run: chat.OfDraft(confirmDraft)}},
		{Name: "withdraw", Words: []string{"撤回通知", "撤销通知"}, Help: "撤回通知 3", Right: chat.Announce, Place: chat.InPrivate, Run: onOpen("请写编号，例如：撤回通知 3。", withdrawNotice), Confirm: &chat.Command{Run: chat.OfDraft(confirmDraft)}},
		{Name: "close", Words: []string{"关闭通知", "结束通知"}, Help: "关闭通知 3；通知列表", Right: chat.Announce, Place: chat.InPrivate, Run: onOpen("没有这个通知。请写编号，例如：关闭通知 3。", closeNotice)},
		{Name: "notices", Words: []string{"通知列表", "通知清单"}, Alone: true, Right: chat.Announce, Place: chat.InPrivate, Run: notices},
		{Name: "chase", Words: []string{"催一下", "催", "催办"}, Help: "催一下 3（先看催几个人）", Grows: true, Right: chat.Announce, Place: chat.InPrivate, Prepare: askReads, Run: onOpen("请写编号，例如：催一下 3。", chase), Confirm: &chat.Command{Run: chat.OfDraft(chaseNow)}},
		{Name: "pause", Words: []string{"暂停发送"}, Alone: true, Help: "暂停发送；恢复发送", Right: chat.Announce, Place: chat.InPrivate, Run: stopSending},
		{Name: "resume", Words: []string{"恢复发送"}, Alone: true, Right: chat.Announce, Place: chat.InPrivate, Run: resumeSending},
		{Name: "held", Words: []string{"发件箱"}, Help: "发件箱（恢复备份后先留着的消息）；发件箱 重发 1；发件箱 取消 全部", Right: chat.Announce, Place: chat.InPrivate, Run: held},
	}
}
