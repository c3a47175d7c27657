// Package plans answers questions about the work plan with its own words, and
// imports it.
package plans

import (
	"duban/handlers/chat"
	"duban/handlers/reading"
)

// Commands are the commands about the work plan.
func Commands() []chat.Command {
	confirm := &chat.Command{Prepare: read, Run: chat.OfDraft(takePlan)}
	return []chat.Command{
		{Name: "contents", Intents: []reading.Intent{reading.Contents}, Right: chat.Look, Run: contents},
		{Name: "lookup", Intents: []reading.Intent{reading.Lookup, reading.Choose}, Right: chat.Look, Run: LookUp}, // a number is a measure if no list waits
		{Name: "choose", Asked: chat.ChooseKind, Fits: chat.Picks, Right: chat.Look, Run: choose},
		{Name: "standing", Intents: []reading.Intent{reading.Standing}, Right: chat.Look, Run: standings},
		{Name: "mine", Intents: []reading.Intent{reading.Mine}, Right: chat.Reply, Place: chat.Aside, Run: mine},
		{Name: "stuck", Intents: []reading.Intent{reading.Stuck}, Right: chat.Reply, Run: stuck},
		{
			Name: "plan.import", Words: []string{"导入要点"}, Alone: true, Help: "导入要点（按配置里的文件，先看差别再确认）", Grows: true, Right: chat.Plan, Place: chat.InPrivate,
			Prepare: read, Run: importPlan, Confirm: confirm,
		},
		{Name: "plan.choose", Asked: choiceKind, Fits: decides, Grows: true, Right: chat.Plan, Place: chat.InPrivate, Prepare: readAnew, Run: importPlan, Confirm: confirm},
		{Name: "plan.undo", Words: []string{"撤销导入"}, Alone: true, Help: "撤销导入", Right: chat.Plan, Place: chat.InPrivate, Run: undoPlan},
		{Name: "plan.alias", Words: []string{"别名"}, Help: "别名 新冠=疫情", Right: chat.Plan, Place: chat.InPrivate, Run: aliases},
	}
}
