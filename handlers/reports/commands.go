package reports

import (
	"duban/handlers/chat"
)

// Commands are the commands about reports and exports.
func Commands() []chat.Command {
	return []chat.Command{
		{Words: []string{"30天未更新", "三十天未更新"}, Capability: chat.Capability{Name: "stale", Right: chat.Reply, Report: true, Run: stale}},
		{Words: []string{"谁回复了"}, Capability: chat.Capability{Name: "answered", Right: chat.Reply, Report: true, Run: answered}},
		{Words: []string{"导出"}, Help: "导出 表格（或 CSV、月报 10月、通知3；每天最多5次）", Capability: chat.Private("export", chat.Export, export)},
	}
}
