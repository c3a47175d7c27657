package handlers

import (
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/zh"
)

// A capability is one thing that the bot can do.
type capability struct {
	name    string // for the log and the audit
	right   Right
	private bool          // only in a private chat
	own     bool          // the answer is for the asker alone, wherever they ask
	echo    bool          // the answer repeats what was stored: a group need not see it
	quiet   bool          // in a group it is said only if the bot was addressed
	stale   time.Duration // a command that is older is not run; 0 for what counts at any age
	report  bool          // it is run once before the transaction, to gather what it says
	run     func(t *turn, rest string) (string, error)

	everyday bool   // a command whose words people also use otherwise
	agrees   bool   // it names the chat of a group
	rest     string // what follows the command's word
}

// A command is a capability that begins with a word of its own. It is taken
// only as the whole of a plain text in a private chat, never from a quote, so
// that nobody can be made to say one.
type command struct {
	words []string
	alone bool   // nothing may follow the word
	help  string // how to write it, for 帮助
	capability
}

// stale is the age from which a command is no longer run: it may come from
// before a restart, and its sender has long seen that nothing happened.
const stale = 5 * time.Minute

// commands are what people write word for word. Whoever adds one adds a line
// here and a function in the file of its capability.
func commands() []command {
	return []command{
		{[]string{"发通知"}, false, "发通知 需回执 截止1月8日 群名：正文", order("announce", Announce, (*turn).announce)},
		{[]string{"模板"}, false, "模板；发通知 模板 寒假安全 放假=1月10日 …", order("templates", Announce, (*turn).templates)},
		{[]string{"确认", "确认发送"}, false, "确认（发出预览的通知）", everyday(order("confirm", Announce, (*turn).confirm))},
		{[]string{"取消"}, true, "", everyday(order("abandon", Announce, (*turn).abandon))},
		{[]string{"延时"}, false, "", order("later", Announce, (*turn).withoutSecond)},
		{[]string{"改通知"}, false, "改通知 3 小改：正文；改通知 3 大改：正文", order("change", Announce, (*turn).changeNotice)},
		{[]string{"撤回通知"}, false, "撤回通知 3", order("withdraw", Announce, (*turn).withdrawNotice)},
		{[]string{"关闭通知"}, false, "关闭通知 3；通知列表", order("close", Announce, (*turn).closeNotice)},
		{[]string{"通知列表"}, true, "", order("notices", Announce, (*turn).notices)},
		{[]string{"催一下"}, false, "催一下 3（先看催几个人）", order("chase", Announce, (*turn).chase)},
		{[]string{"暂停发送"}, true, "暂停发送；恢复发送", order("pause", Announce, (*turn).stopSending)},
		{[]string{"恢复发送"}, true, "", order("resume", Announce, (*turn).resumeSending)},
		{[]string{"收件箱", "待答复"}, true, "收件箱（待答复的问题）", order("inbox", Decide, (*turn).inbox)},
		{[]string{"待办"}, true, "", everyday(order("inbox", Decide, (*turn).inbox))},
		{[]string{"答复", "答"}, false, "答 3 要的，下周一前交", everyday(order("reply", Decide, (*turn).reply))},
		{[]string{"账号状态"}, true, "账号状态（在线、掉线、还有多少条没发）", order("accounts", Plan, (*turn).accounts)},
		{[]string{"待认领"}, true, "待认领（没认出来的人）", order("strays", Enrol, (*turn).strays)},
		{[]string{"认领"}, false, "认领 3 张三", order("claim", Enrol, (*turn).claim)},
		{[]string{"绑定群"}, false, "绑定群 学工群（在群里@我发；先看人数再确认）", inGroup(order("group", Enrol, (*turn).bindGroup))},
		{[]string{"确认群"}, false, "确认群 学工群（群里的人变了很多，仍是这个群）", agreeing(order("group", Enrol, (*turn).agreeGroup))},
		{[]string{"测试报警"}, true, "测试报警（邮件、群机器人各发一条）", order("alarm.test", Enrol, (*turn).testAlarm)},
		{[]string{"绑定码"}, false, "绑定码 张三（给没认出的人）", order("code", Enrol, (*turn).newCode)},
		{[]string{"绑定"}, false, "绑定 482135（绑定码找管理员要）", order("bind", Look, (*turn).bind)},
		{[]string{"导入要点"}, true, "导入要点（按配置里的文件，先看差别再确认）", order(importing, Plan, (*turn).importPlan)},
		{[]string{"撤销导入"}, true, "撤销导入", order("plan.undo", Plan, (*turn).undoPlan)},
		{[]string{"别名"}, false, "别名 新冠=疫情", order("plan.alias", Plan, (*turn).aliases)},
		{[]string{"提醒列表", "定时列表"}, true, "提醒列表（定时提醒和下次时间）", order("jobs", Plan, (*turn).jobs)},
		{[]string{"加提醒"}, false, "加提醒 每周五16:00 群名 填报：正文", order("job.add", Plan, (*turn).addJob)},
		{[]string{"看提醒"}, false, "看提醒 2（它的全部设置）", order("job.show", Plan, (*turn).showJob)},
		{[]string{"改提醒"}, false, "改提醒 2 每周四15:00；改提醒 2 需回执；改提醒 2：新正文", order("job.change", Plan, (*turn).changeJob)},
		{[]string{"试发给我"}, false, "试发给我（看预览的提醒会发出什么）", order("job.try", Plan, (*turn).tryJob)},
		{[]string{"暂停提醒"}, false, "暂停提醒 2 到12月1日", order("job.pause", Plan, editJob(PauseJob, "暂停提醒 2 到12月1日", false))},
		{[]string{"继续提醒"}, false, "继续提醒 2", order("job.resume", Plan, editJob(ResumeJob, "继续提醒 2", false))},
		{[]string{"推迟提醒"}, false, "推迟提醒 2 到明天9点（只推这一次）", order("job.snooze", Plan, editJob(SnoozeJob, "推迟提醒 2 到明天9点", true))},
		{[]string{"停发提醒"}, false, "停发提醒 2 1月16日到2月21日", order("job.silence", Plan, editJob(SilenceJob, "停发提醒 2 1月16日到2月21日", true))},
		{[]string{"取消停发"}, false, "取消停发 2", order("job.lift", Plan, editJob(LiftJob, "取消停发 2", false))},
		{[]string{"删除提醒"}, false, "删除提醒 2", order("job.delete", Plan, (*turn).deleteJob)},
		{[]string{"恢复上一版"}, false, "恢复上一版 2", order("job.restore", Plan, (*turn).restoreJob)},
		{[]string{"登记请假"}, false, "登记请假 张三 1月8日到1月12日 李四代", order("leave.book", Behalf, (*turn).bookLeave)},
		{[]string{"登记销假"}, false, "登记销假 张三", order("leave.end", Behalf, (*turn).endLeave)},
		{[]string{"请假名单", "谁请假"}, true, "请假名单", order("leave.list", Names, (*turn).onLeave)},
		{[]string{"确认删除"}, false, "", order("forget.confirm", Reply, (*turn).forgetMe)},
		{[]string{"同意"}, false, "同意 3（申请的编号；只有一个申请时不用写）", everyday(order("agree", Plan, (*turn).agree))},
		{[]string{"不同意", "驳回"}, false, "不同意 3 原因", everyday(order("refuse", Plan, (*turn).refuse))},
		{[]string{"时钟正确"}, true, "", order("job.trust", Plan, (*turn).trustClock)},
		{[]string{"日历"}, false, "日历 2027-01-01到2027-01-03 休 元旦 依据", order("job.day", Plan, (*turn).calendar)},
		{[]string{"删除日历"}, false, "删除日历 2027-01-01", order("job.day", Plan, (*turn).dropDay)},
		{[]string{"30天未更新", "三十天未更新"}, false, "", capability{name: "stale", right: Reply, report: true, run: (*turn).stale}},
		{[]string{"谁回复了"}, false, "", capability{name: "answered", right: Reply, report: true, run: (*turn).answered}},
		{[]string{"导出"}, false, "导出 表格（或 CSV、月报 10月、通知3；每天最多5次）", order("export", Export, (*turn).export)},
		{[]string{"谁改的"}, false, "谁改的 2", order("job.history", Plan, (*turn).jobHistory)},
	}
}

// order is a capability that only a command in a private chat leads to.
func order(name string, right Right, run func(*turn, string) (string, error)) capability {
	return capability{name: name, right: right, private: true, stale: stale, run: run}
}

// agreeing marks the command that names a chat where the other names a group.
func agreeing(c capability) capability {
	c.agrees = true
	return c
}

// inGroup marks a command that may be given in a group as well, where the answer
// is for its sender alone.
func inGroup(c capability) capability {
	c.private, c.own = false, true
	return c
}

// everyday marks a command whose words mean something else when somebody says
// them who may not give it: 确认 answers a question, 待办 asks for one's own.
func everyday(c capability) capability {
	c.everyday = true
	return c
}

// asCommand finds the command that a private text is.
func (t *turn) asCommand() (capability, bool) {
	if t.m.Group || t.m.Kind != bot.Text || t.m.Quote != nil {
		return capability{}, false
	}
	text := strings.TrimSpace(t.m.Text)
	if asAssigning(text) && !listItem(text) {
		c := everyday(order("plan.assign", Plan, (*turn).assign))
		c.rest = text
		return c, true
	}
	return commandIn(text)
}

// listItem tells whether a text is a line of a list that was pasted, 1. 第3条…, and
// not somebody's own words. 二、3 is a measure.
func listItem(text string) bool {
	_, size := zh.ParseInt(text)
	rest := strings.TrimLeft(text[size:], ".．、)） ")
	return size > 0 && rest != text[size:] && strings.HasPrefix(rest, "第")
}

// commandIn finds the command that a text is. A stop at its end changes nothing.
func commandIn(text string) (capability, bool) {
	text = strings.TrimSpace(text)
	for _, c := range commands() {
		for _, w := range c.words {
			rest, ok := strings.CutPrefix(text, w)
			if strings.Trim(rest, "。.!！~ ") == "" {
				rest = ""
			}
			if ok && c.takes(rest) {
				c.rest = strings.TrimLeft(rest, " 　:：\n")
				return c.capability, true
			}
		}
	}
	return capability{}, false
}

// takes tells whether rest can follow the word of a command: nothing, or
// something that is set off from it. 通知书什么时候发 is no command.
func (c command) takes(rest string) bool {
	if rest == "" {
		return true
	}
	folded := zh.Fold(rest)
	return !c.alone && (strings.ContainsAny(folded[:1], " :\n") || folded[0] >= '0' && folded[0] <= '9')
}

// intents leads from what a query asks for to what answers it.
func intents() map[reading.Intent]capability {
	return map[reading.Intent]capability{
		reading.Help:     {name: "help", right: Look, run: (*turn).help},
		reading.Contents: {name: "contents", right: Look, run: (*turn).contents},
		reading.Lookup:   {name: "lookup", right: Look, run: (*turn).lookUp},
		reading.Choose:   {name: "lookup", right: Look, run: (*turn).lookUp}, // no list waits: 3 is a measure
		reading.Standing: {name: "standing", right: Look, run: (*turn).standings},
		reading.More:     {name: "more", right: Look, run: (*turn).more},
		reading.Missing:  {name: "missing", right: Reply, run: (*turn).missing},
		reading.Mine:     {name: "mine", right: Reply, own: true, run: (*turn).mine},
		reading.MyData:   {name: "mydata", right: Reply, own: true, run: (*turn).myData},
		reading.Forget:   {name: "forget", right: Reply, own: true, run: (*turn).forget},
		reading.Summary:  {name: "summary", right: Reply, report: true, run: (*turn).summary},
		reading.Stuck:    {name: "stuck", right: Reply, run: (*turn).stuck},
		reading.Jobs:     {name: "jobs", right: Plan, private: true, run: (*turn).jobs},
	}
}

// kinds leads from what a message is to what is done about it.
func kinds() map[reading.Kind]capability {
	return map[reading.Kind]capability{
		reading.Ack:        {name: "ack", right: Reply, echo: true, quiet: true, run: (*turn).acknowledgeOrLeave},
		reading.Progress:   {name: "progress", right: Reply, echo: true, run: (*turn).progress},
		reading.Correction: {name: "correction", right: Reply, echo: true, run: (*turn).correct},
		reading.Retract:    {name: "retract", right: Reply, echo: true, run: (*turn).retract},
		reading.Question:   {name: "question", right: Reply, run: (*turn).question},
	}
}
