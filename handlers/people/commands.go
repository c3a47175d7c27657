// Package people binds senders, groups and leave to people of the roster, and tells
// the admins how the accounts stand.
package people

import (
	"duban/handlers/chat"
	"duban/handlers/reading"
)

// Commands are the commands about people, groups, accounts and leave.
func Commands() []chat.Command {
	return []chat.Command{
		{Name: "ack", Kind: reading.Ack, Right: chat.Reply, Echo: true, Quiet: true, Run: acknowledge},
		{Name: "accounts", Words: []string{"账号状态"}, Alone: true, Help: "账号状态（在线、掉线、还有多少条没发）", Right: chat.Plan, Place: chat.InPrivate, Run: accounts},
		{
			Name: "roster.import", Words: []string{"导入名单"}, Alone: true, Help: "导入名单（按配置里的文件，先看差别再确认）", Grows: true, Right: chat.Enrol, Place: chat.InPrivate,
			Prepare: readSheet, Run: importRoster, Confirm: &chat.Command{Prepare: readSheet, Run: chat.OfDraft(takeRoster)},
		},
		{
			Name: "directory", Words: []string{"核对通讯录"}, Alone: true, Help: "核对通讯录（飞书、钉钉等按工号、手机号认人，先看再确认）", Right: chat.Enrol, Place: chat.InPrivate,
			Prepare: lookUpPeople, Run: matchPeople, Confirm: &chat.Command{Prepare: lookUpPeople, Run: chat.OfDraft(takeMatches)},
		},
		{Name: "strays", Words: []string{"待认领"}, Alone: true, Help: "待认领（没认出来的人）", Right: chat.Enrol, Place: chat.InPrivate, Run: strays},
		{Name: "claim", Words: []string{"认领"}, Help: "认领 3 张三", Right: chat.Enrol, Place: chat.InPrivate, Run: claim},
		{
			Name: "group", Words: []string{"绑定群"}, Help: "绑定群 学工群（在群里@我发；先看人数再确认）", Right: chat.Enrol, Place: chat.Aside,
			Prepare: lookAtGroup, Run: bindGroup, Confirm: &chat.Command{Prepare: agreeOnGroup, Run: chat.OfDraft(takeGroup)},
		},
		{
			Name: "group.agree", Words: []string{"确认群"}, Help: "确认群 学工群（群里的人变了很多，仍是这个群）", Right: chat.Enrol, Place: chat.InPrivate,
			Prepare: lookAtChat, Run: agreeGroup, Confirm: &chat.Command{Prepare: agreeOnGroup, Run: chat.OfDraft(takeGroup)},
		},
		{Name: "alarm.test", Words: []string{"测试报警"}, Alone: true, Help: "测试报警（邮件、群机器人各发一条）", Right: chat.Enrol, Place: chat.InPrivate, Run: testAlarm},
		{Name: "code", Words: []string{"绑定码"}, Help: "绑定码 张三（给没认出的人）", Right: chat.Enrol, Place: chat.InPrivate, Run: newCode},
		{Name: "unbind", Words: []string{"解除绑定"}, Help: "解除绑定 张三（认错了人）", Right: chat.Enrol, Place: chat.InPrivate, Run: unbind},
		{Name: "bind", Words: []string{"绑定"}, Help: "绑定 482135（绑定码找管理员要）", Right: chat.Look, Place: chat.InPrivate, Run: bind},
		{Name: "login.link", Words: []string{"登录网页", "网页登录"}, Alone: true, Help: "登录网页（得到只能用一次的链接）", Right: chat.Reply, Place: chat.InPrivate, Prepare: newKey, Run: webLink},
		{Name: "leave.book", Words: []string{"登记请假"}, Help: "登记请假 张三 1月8日到1月12日 李四代", Right: chat.Behalf, Place: chat.InPrivate, Run: bookLeave},
		{Name: "leave.end", Words: []string{"登记销假"}, Help: "登记销假 张三", Right: chat.Behalf, Place: chat.InPrivate, Run: endLeave},
		{Name: "leave.list", Words: []string{"请假名单", "谁请假"}, Alone: true, Intents: []reading.Intent{reading.Absent}, Help: "请假名单", Right: chat.Names, Place: chat.InPrivate, Run: onLeave},
		{Name: "handover", Words: []string{"交接"}, Help: "交接 张三 李四（离岗的人，先看再确认）", Right: chat.Enrol, Place: chat.InPrivate, Everyday: true, Run: handOver, Confirm: &chat.Command{Run: chat.OfDraft(takeOver)}},
		{Name: "mydata", Intents: []reading.Intent{reading.MyData}, Right: chat.Reply, Place: chat.Aside, Prepare: gatherOwn, Run: myData},
		{Name: "forget", Intents: []reading.Intent{reading.Forget}, Right: chat.Reply, Place: chat.Aside, Run: forget},
		{Name: "forget.confirm", Words: []string{"确认删除"}, Right: chat.Reply, Place: chat.InPrivate, Run: forgetMe},
		{Name: "agree", Words: []string{"同意"}, Help: "同意 3（申请的编号；只有一个申请时不用写）", Right: chat.Plan, Place: chat.InPrivate, Everyday: true, Run: agree},
		{Name: "refuse", Words: []string{"不同意", "驳回"}, Help: "不同意 3 原因", Right: chat.Plan, Place: chat.InPrivate, Everyday: true, Run: refuse},
	}
}
