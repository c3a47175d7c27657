// Package reports answers with reports, pictures and exports.
package reports

import (
	"duban/handlers/chat"
	"duban/handlers/reading"
)

// Commands are the commands about reports and exports.
func Commands() []chat.Command {
	return []chat.Command{
		reported(chat.Command{Name: "summary", Intents: []reading.Intent{reading.Summary}, Right: chat.Reply}, summary),
		reported(chat.Command{Name: "stale", Words: []string{"30天未更新", "三十天未更新"}, Right: chat.Reply, AnyAge: true}, stale),
		reported(chat.Command{Name: "answered", Words: []string{"谁回复了"}, Right: chat.Reply, AnyAge: true}, answered),
		{Name: "export", Words: []string{"导出"}, Help: "导出 表格（或 CSV、月报 10月、通知3；每天最多5次）", Grows: true, Right: chat.Export, Place: chat.InPrivate, Run: export},
	}
}
