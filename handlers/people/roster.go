package people

import (
	"context"
	"fmt"
	"strings"

	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
)

// readSheet reads the office's roster file.
func readSheet(ctx context.Context, t *chat.Request) error {
	t.Prepared = t.Desk.Options.Sheet(ctx)
	return nil
}

// importRoster shows what the roster's file would change, and waits for the
// confirmation. What may not be meant so needs the code.
func importRoster(t *chat.Request, _ string) (string, error) {
	sheet, _ := t.Prepared.(chat.Sheet)
	if sheet.Complaint != "" {
		return sheet.Complaint, nil
	}
	changes := sheet.Roster.Compare(t.Roster)
	if changes.Empty() {
		roster.See(t.Tx, sheet.Roster)
		return "文件与现行名单一致，没有需要导入的内容。", nil
	}
	lines := append([]string{fmt.Sprintf("预览（还没有导入）：%s，共%d人。%s", sheet.Name, len(sheet.Roster.People), changes)}, sheet.Roster.Remarks...)
	why := sheet.Roster.Alarming(t.Roster)
	if why != nil {
		lines = append(lines, "请先核对："+strings.Join(why, "；")+"。")
	}
	lines = append(lines, "————", t.Propose(sheet.Roster.Revision(), "导入", why != nil))
	return chat.ClipLines(strings.Join(lines, "\n")), nil
}

// takeRoster imports the roster that was previewed, unless its file has changed since.
func takeRoster(t *chat.Request, rev string) (string, error) {
	sheet, _ := t.Prepared.(chat.Sheet)
	switch {
	case sheet.Complaint != "":
		return sheet.Complaint, nil
	case sheet.Roster.Revision() != rev:
		return "文件在预览之后又改过，没有导入。请重新发“导入名单”。", nil
	}
	changes := roster.Import(t.Tx, sheet.Roster, store.Audit{Account: t.Msg.Account, Actor: t.Person.ID, Source: t.Source})
	roster.See(t.Tx, sheet.Roster)
	return fmt.Sprintf("已导入名单，共%d人。%s", len(sheet.Roster.People), changes), nil
}
