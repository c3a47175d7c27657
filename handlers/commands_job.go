package handlers

// jobCommands are the commands about reminders and the calendar.
func jobCommands() []command {
	return []command{
		{words: []string{"提醒列表", "定时列表"}, alone: true, help: "提醒列表（定时提醒和下次时间）", capability: order("jobs", Plan, (*turn).jobs)},
		{words: []string{"加提醒"}, help: "加提醒 每周五16:00 群名 填报：正文", capability: order("job.add", Plan, (*turn).addJob)},
		{words: []string{"看提醒"}, help: "看提醒 2（它的全部设置）", capability: order("job.show", Plan, (*turn).showJob)},
		{words: []string{"改提醒"}, help: "改提醒 2 每周四15:00；改提醒 2 需回执；改提醒 2：新正文", capability: order("job.change", Plan, (*turn).changeJob)},
		{words: []string{"试发给我"}, help: "试发给我（看预览的提醒会发出什么）", capability: order("job.try", Plan, (*turn).tryJob)},
		{words: []string{"暂停提醒"}, help: "暂停提醒 2 到12月1日", capability: order("job.pause", Plan, editJob(PauseJob, "暂停提醒 2 到12月1日", false))},
		{words: []string{"继续提醒"}, help: "继续提醒 2", capability: order("job.resume", Plan, editJob(ResumeJob, "继续提醒 2", false))},
		{words: []string{"推迟提醒"}, help: "推迟提醒 2 到明天9点（只推这一次）", capability: order("job.snooze", Plan, editJob(SnoozeJob, "推迟提醒 2 到明天9点", true))},
		{words: []string{"停发提醒"}, help: "停发提醒 2 1月16日到2月21日", capability: order("job.silence", Plan, editJob(SilenceJob, "停发提醒 2 1月16日到2月21日", true))},
		{words: []string{"取消停发"}, help: "取消停发 2", capability: order("job.lift", Plan, editJob(LiftJob, "取消停发 2", false))},
		{words: []string{"删除提醒"}, help: "删除提醒 2", capability: order("job.delete", Plan, (*turn).deleteJob)},
		{words: []string{"恢复上一版"}, help: "恢复上一版 2", capability: order("job.restore", Plan, (*turn).restoreJob)},
		{words: []string{"时钟正确"}, alone: true, capability: order("job.trust", Plan, (*turn).trustClock)},
		{words: []string{"日历"}, help: "日历 2027-01-01到2027-01-03 休 元旦 依据", capability: order("job.day", Plan, (*turn).calendar)},
		{words: []string{"删除日历"}, help: "删除日历 2027-01-01", capability: order("job.day", Plan, (*turn).dropDay)},
		{words: []string{"谁改的"}, help: "谁改的 2", capability: order("job.history", Plan, (*turn).jobHistory)},
	}
}
