package people

import (
	"duban/handlers/chat"
)

// Commands are the commands about people, groups, accounts and leave.
func Commands() []chat.Command {
	return []chat.Command{
		{Words: []string{"账号状态"}, Alone: true, Help: "账号状态（在线、掉线、还有多少条没发）", Capability: chat.Private("accounts", chat.Plan, accounts)},
		{Words: []string{"待认领"}, Alone: true, Help: "待认领（没认出来的人）", Capability: chat.Private("strays", chat.Enrol, strays)},
		{Words: []string{"认领"}, Help: "认领 3 张三", Capability: chat.Private("claim", chat.Enrol, claim)},
		{Words: []string{"绑定群"}, Help: "绑定群 学工群（在群里@我发；先看人数再确认）", Capability: chat.InGroup(chat.Private("group", chat.Enrol, bindGroup))},
		{Words: []string{"确认群"}, Help: "确认群 学工群（群里的人变了很多，仍是这个群）", Capability: chat.Agreeing(chat.Private("group", chat.Enrol, agreeGroup))},
		{Words: []string{"测试报警"}, Alone: true, Help: "测试报警（邮件、群机器人各发一条）", Capability: chat.Private("alarm.test", chat.Enrol, testAlarm)},
		{Words: []string{"绑定码"}, Help: "绑定码 张三（给没认出的人）", Capability: chat.Private("code", chat.Enrol, newCode)},
		{Words: []string{"绑定"}, Help: "绑定 482135（绑定码找管理员要）", Capability: chat.Private("bind", chat.Look, bind)},
		{Words: []string{"登记请假"}, Help: "登记请假 张三 1月8日到1月12日 李四代", Capability: chat.Private("leave.book", chat.Behalf, bookLeave)},
		{Words: []string{"登记销假"}, Help: "登记销假 张三", Capability: chat.Private("leave.end", chat.Behalf, endLeave)},
		{Words: []string{"请假名单", "谁请假"}, Alone: true, Help: "请假名单", Capability: chat.Private("leave.list", chat.Names, onLeave)},
		{Words: []string{"确认删除"}, Capability: chat.Private("forget.confirm", chat.Reply, forgetMe)},
		{Words: []string{"同意"}, Help: "同意 3（申请的编号；只有一个申请时不用写）", Capability: chat.Everyday(chat.Private("agree", chat.Plan, agree))},
		{Words: []string{"不同意", "驳回"}, Help: "不同意 3 原因", Capability: chat.Everyday(chat.Private("refuse", chat.Plan, refuse))},
	}
}
