package handlers

// planCommands are the commands about the work plan.
func planCommands() []command {
	return []command{
		{words: []string{"导入要点"}, alone: true, help: "导入要点（按配置里的文件，先看差别再确认）", capability: order(importing, Plan, (*turn).importPlan)},
		{words: []string{"撤销导入"}, alone: true, help: "撤销导入", capability: order("plan.undo", Plan, (*turn).undoPlan)},
		{words: []string{"别名"}, help: "别名 新冠=疫情", capability: order("plan.alias", Plan, (*turn).aliases)},
	}
}
