package notices

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/outbox"
	"duban/roster"
	"duban/zh"
)

const heldUsage = "请这样写：发件箱 重发 1 3，或：发件箱 取消 2，或：发件箱 取消 全部。"

// held lists what is held since the store was put back from a copy, sends it or
// cancels it.
func held(t *chat.Request, rest string) (string, error) {
	rows := outbox.HeldRows(t.Snap)
	words := strings.FieldsFunc(zh.Fold(rest), func(r rune) bool { return strings.ContainsRune(" 、,，\n", r) })
	if len(words) == 0 {
		return heldList(t, rows), nil
	}
	send := words[0] == "重发"
	if !send && words[0] != "取消" {
		return "", chat.Complaint(heldUsage)
	}
	rows, err := namedRows(rows, words[1:])
	switch {
	case err != nil:
		return "", err
	case send:
		n := outbox.ReleaseHeld(t.Tx, rows, t.Person.ID, t.Source)
		return fmt.Sprintf("好的，%d条会陆续发出；可能已经发过的，前面标【可能重复】。", n), nil
	}
	n := outbox.CancelHeld(t.Tx, rows, t.Person.ID, t.Source)
	return fmt.Sprintf("已取消%d条，不会再发。", n), nil
}

// namedRows returns those of some rows whose numbers stand in words, or all of them.
func namedRows(rows []outbox.Row, words []string) (named []outbox.Row, err error) {
	if len(words) == 1 && words[0] == "全部" {
		return rows, nil
	}
	if len(words) == 0 {
		return nil, chat.Complaint(heldUsage)
	}
	for _, w := range words {
		n, err := strconv.Atoi(w)
		i := slices.IndexFunc(rows, func(r outbox.Row) bool { return r.Number == n })
		if err != nil || i < 0 {
			return nil, chat.Complaint("发件箱里没有“" + zh.Quote(w, 10) + "”，什么都没有改。发“发件箱”看编号。")
		}
		named = append(named, rows[i])
	}
	return named, nil
}

func heldList(t *chat.Request, rows []outbox.Row) string {
	var blocks []string
	for _, r := range rows {
		to := roster.GroupIn(t.Snap, r.Account, r.Chat)
		if to == "" {
			to = "单独发给一个人"
		}
		blocks = append(blocks, fmt.Sprintf("%d. %s，%s：%s", r.Number, t.Desk.When(r.Enqueued), to, zh.Brief(r.Text, 30)))
	}
	head := fmt.Sprintf("恢复备份后先留着的消息有%d条，可能已经发过。要发的发“发件箱 重发 1 3”，不要的发“发件箱 取消 2”，可以写“全部”。", len(rows))
	return t.List(head, blocks, "发件箱是空的：没有因为恢复备份而留着的消息。")
}
