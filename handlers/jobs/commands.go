package jobs

import (
	"duban/handlers/chat"
)

// Commands are the commands about reminders and the calendar.
func (d *Desk) Commands() []chat.Command {
	return []chat.Command{
		{Words: []string{"提醒列表", "定时列表"}, Alone: true, Help: "提醒列表（定时提醒和下次时间）", Capability: chat.Private("jobs", chat.Plan, d.List)},
		{Words: []string{"加提醒"}, Help: "加提醒 每周五16:00 群名 填报：正文", Capability: chat.Private("job.add", chat.Plan, d.add)},
		{Words: []string{"看提醒"}, Help: "看提醒 2（它的全部设置）", Capability: chat.Private("job.show", chat.Plan, d.show)},
		{Words: []string{"改提醒"}, Help: "改提醒 2 每周四15:00；改提醒 2 需回执；改提醒 2：新正文", Capability: chat.Private("job.change", chat.Plan, d.change)},
		{Words: []string{"试发给我"}, Help: "试发给我（看预览的提醒会发出什么）", Capability: chat.Private("job.try", chat.Plan, d.try)},
		{Words: []string{"暂停提醒"}, Help: "暂停提醒 2 到12月1日", Capability: chat.Private("job.pause", chat.Plan, edits(edit{do: d.Pause, example: "暂停提醒 2 到12月1日"}))},
		{Words: []string{"继续提醒"}, Help: "继续提醒 2", Capability: chat.Private("job.resume", chat.Plan, edits(edit{do: d.Resume, example: "继续提醒 2", paused: true}))},
		{Words: []string{"推迟提醒"}, Help: "推迟提醒 2 到明天9点（只推这一次）", Capability: chat.Private("job.snooze", chat.Plan, edits(edit{do: d.Snooze, example: "推迟提醒 2 到明天9点", needsWhen: true}))},
		{Words: []string{"停发提醒"}, Help: "停发提醒 2 1月16日到2月21日", Capability: chat.Private("job.silence", chat.Plan, edits(edit{do: d.Silence, example: "停发提醒 2 1月16日到2月21日", needsWhen: true}))},
		{Words: []string{"取消停发"}, Help: "取消停发 2", Capability: chat.Private("job.lift", chat.Plan, edits(edit{do: d.Lift, example: "取消停发 2"}))},
		{Words: []string{"删除提醒"}, Help: "删除提醒 2", Capability: chat.Private("job.delete", chat.Plan, d.remove)},
		{Words: []string{"恢复上一版"}, Help: "恢复上一版 2", Capability: chat.Private("job.restore", chat.Plan, d.bringBack)},
		{Words: []string{"时钟正确"}, Alone: true, Capability: chat.Private("job.trust", chat.Plan, d.trust)},
		{Words: []string{"日历"}, Help: "日历 2027-01-01到2027-01-03 休 元旦 依据", Capability: chat.Private("job.day", chat.Plan, d.calendar)},
		{Words: []string{"删除日历"}, Help: "删除日历 2027-01-01", Capability: chat.Private("job.day", chat.Plan, d.dropDay)},
		{Words: []string{"谁改的"}, Help: "谁改的 2", Capability: chat.Private("job.history", chat.Plan, d.history)},
	}
}
