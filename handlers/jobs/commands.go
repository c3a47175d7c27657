// Package jobs lets admins see and edit reminders and the calendar in chat.
package jobs

import (
	"duban/handlers/chat"
	"duban/handlers/reading"
)

// Commands are the commands about reminders and the calendar.
func (d *Desk) Commands() []chat.Command {
	return []chat.Command{
		{Name: "jobs", Words: []string{"提醒列表", "定时列表"}, Alone: true, Intents: []reading.Intent{reading.Jobs}, Help: "提醒列表（定时提醒和下次时间）", Right: chat.Plan, Place: chat.InPrivate, Run: d.list},
		{Name: "job.add", Words: []string{"加提醒"}, Joins: []string{"每", "工作日", "今天", "今晚", "明天", "后天", "本周", "下周"}, Help: "加提醒 每周五16:00 群名 填报：正文", Grows: true, Right: chat.Plan, Place: chat.InPrivate, Run: d.add, Confirm: &chat.Command{Run: chat.OfDraft(d.save)}},
		{Name: "job.show", Words: []string{"看提醒"}, Help: "看提醒 2（它的全部设置）", Right: chat.Plan, Place: chat.InPrivate, Run: onJob("看提醒 2", d.show)},
		{Name: "job.change", Words: []string{"改提醒"}, Help: "改提醒 2 每周四15:00；改提醒 2 需回执；改提醒 2：新正文", Right: chat.Plan, Place: chat.InPrivate, Run: onJob(changeExample, d.change), Confirm: &chat.Command{Run: chat.OfDraft(d.save)}},
		{Name: "job.try", Words: []string{"试发给我"}, Help: "试发给我（看预览的提醒会发出什么）", Right: chat.Plan, Place: chat.InPrivate, Run: d.try},
		{Name: "job.pause", Words: []string{"暂停提醒"}, Help: "暂停提醒 2 到12月1日", Right: chat.Plan, Place: chat.InPrivate, Run: edits(edit{do: d.Pause, example: "暂停提醒 2 到12月1日"})},
		{Name: "job.resume", Words: []string{"继续提醒"}, Help: "继续提醒 2", Right: chat.Plan, Place: chat.InPrivate, Run: edits(edit{do: d.Resume, example: "继续提醒 2", paused: true})},
		{Name: "job.snooze", Words: []string{"推迟提醒"}, Help: "推迟提醒 2 到明天9点（只推这一次）", Right: chat.Plan, Place: chat.InPrivate, Run: edits(edit{do: d.Snooze, example: "推迟提醒 2 到明天9点", needsWhen: true})},
		{Name: "job.silence", Words: []string{"停发提醒"}, Help: "停发提醒 2 1月16日到2月21日", Right: chat.Plan, Place: chat.InPrivate, Run: edits(edit{do: d.Silence, example: "停发提醒 2 1月16日到2月21日", needsWhen: true})},
		{Name: "job.lift", Words: []string{"取消停发"}, Help: "取消停发 2", Right: chat.Plan, Place: chat.InPrivate, Run: edits(edit{do: d.Lift, example: "取消停发 2"})},
		{Name: "job.delete", Words: []string{"删除提醒"}, Help: "删除提醒 2", Right: chat.Plan, Place: chat.InPrivate, Run: onJob("删除提醒 2", d.remove), Confirm: &chat.Command{Run: chat.OfDraft(d.gone)}},
		{Name: "job.prune", Words: []string{"清理提醒"}, Alone: true, Help: "清理提醒（config.yaml 里已经删掉的）", Right: chat.Plan, Place: chat.InPrivate, Run: d.prune, Confirm: &chat.Command{Run: chat.OfDraft(d.pruned)}},
		{Name: "job.restore", Words: []string{"恢复上一版"}, Help: "恢复上一版 2", Right: chat.Plan, Place: chat.InPrivate, Run: d.bringBack},
		{Name: "job.trust", Words: []string{"时钟正确"}, Alone: true, Right: chat.Plan, Place: chat.InPrivate, Run: d.trust},
		{Name: "job.day", Words: []string{"日历"}, Help: "日历 2027-01-01到2027-01-03 休 元旦 依据", Right: chat.Plan, Place: chat.InPrivate, Run: d.calendar},
		{Name: "job.day.delete", Words: []string{"删除日历"}, Help: "删除日历 2027-01-01", Right: chat.Plan, Place: chat.InPrivate, Run: d.dropDay},
		{Name: "job.school", Words: []string{"校历"}, Help: "校历 学期 2026秋 9月7日到1月15日 考试 1月4日到1月15日，另起一行写“假期 寒假 …”", Right: chat.Plan, Place: chat.InPrivate, Run: d.school},
		{Name: "job.history", Words: []string{"谁改的"}, Help: "谁改的 2", Right: chat.Plan, Place: chat.InPrivate, Run: d.history},
	}
}
