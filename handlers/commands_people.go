package handlers

// peopleCommands are the commands about people, groups, accounts and leave.
func peopleCommands() []command {
	return []command{
		{words: []string{"账号状态"}, alone: true, help: "账号状态（在线、掉线、还有多少条没发）", capability: order("accounts", Plan, (*turn).accounts)},
		{words: []string{"待认领"}, alone: true, help: "待认领（没认出来的人）", capability: order("strays", Enrol, (*turn).strays)},
		{words: []string{"认领"}, help: "认领 3 张三", capability: order("claim", Enrol, (*turn).claim)},
		{words: []string{"绑定群"}, help: "绑定群 学工群（在群里@我发；先看人数再确认）", capability: inGroup(order("group", Enrol, (*turn).bindGroup))},
		{words: []string{"确认群"}, help: "确认群 学工群（群里的人变了很多，仍是这个群）", capability: agreeing(order("group", Enrol, (*turn).agreeGroup))},
		{words: []string{"测试报警"}, alone: true, help: "测试报警（邮件、群机器人各发一条）", capability: order("alarm.test", Enrol, (*turn).testAlarm)},
		{words: []string{"绑定码"}, help: "绑定码 张三（给没认出的人）", capability: order("code", Enrol, (*turn).newCode)},
		{words: []string{"绑定"}, help: "绑定 482135（绑定码找管理员要）", capability: order("bind", Look, (*turn).bind)},
		{words: []string{"登记请假"}, help: "登记请假 张三 1月8日到1月12日 李四代", capability: order("leave.book", Behalf, (*turn).bookLeave)},
		{words: []string{"登记销假"}, help: "登记销假 张三", capability: order("leave.end", Behalf, (*turn).endLeave)},
		{words: []string{"请假名单", "谁请假"}, alone: true, help: "请假名单", capability: order("leave.list", Names, (*turn).onLeave)},
		{words: []string{"确认删除"}, capability: order("forget.confirm", Reply, (*turn).forgetMe)},
		{words: []string{"同意"}, help: "同意 3（申请的编号；只有一个申请时不用写）", capability: everyday(order("agree", Plan, (*turn).agree))},
		{words: []string{"不同意", "驳回"}, help: "不同意 3 原因", capability: everyday(order("refuse", Plan, (*turn).refuse))},
	}
}
