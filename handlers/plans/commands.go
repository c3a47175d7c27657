package plans

import (
	"duban/handlers/chat"
)

// Commands are the commands about the work plan.
func Commands() []chat.Command {
	return []chat.Command{
		{Words: []string{"导入要点"}, Alone: true, Help: "导入要点（按配置里的文件，先看差别再确认）", Capability: chat.Private(importing, chat.Plan, importPlan)},
		{Words: []string{"撤销导入"}, Alone: true, Help: "撤销导入", Capability: chat.Private("plan.undo", chat.Plan, undoPlan)},
		{Words: []string{"别名"}, Help: "别名 新冠=疫情", Capability: chat.Private("plan.alias", chat.Plan, aliases)},
	}
}
