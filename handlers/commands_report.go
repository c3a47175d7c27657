package handlers

// reportCommands are the commands about reports and exports.
func reportCommands() []command {
	return []command{
		{words: []string{"30天未更新", "三十天未更新"}, capability: capability{name: "stale", right: Reply, report: true, run: (*turn).stale}},
		{words: []string{"谁回复了"}, capability: capability{name: "answered", right: Reply, report: true, run: (*turn).answered}},
		{words: []string{"导出"}, help: "导出 表格（或 CSV、月报 10月、通知3；每天最多5次）", capability: order("export", Export, (*turn).export)},
	}
}
