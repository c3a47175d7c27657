package notices

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/notice"
)

// AsWriting leads the press of a button by which somebody wants to write their progress
// to how they write it.
func AsWriting(t *chat.Request) (c chat.Command, ok bool) {
	if !t.Known || t.Msg.Kind != bot.Text || !strings.HasSuffix(t.Msg.Text, notice.WriteOne) {
		return c, false
	}
	named, rest, _ := chat.WithoutNotice(t.Msg.Text)
	if ok = len(named.Numbers) == 1 && strings.TrimSpace(rest) == notice.WriteOne; ok {
		t.Named = named
	}
	return chat.Command{Name: "write", Right: chat.Reply, Place: chat.Aside, Run: write}, ok
}

func write(t *chat.Request, _ string) (string, error) {
	n, ok := t.BoundNotice(t.Person)
	if !ok || n.Class != notice.Report {
		return unanswerable(t, t.Named.Numbers[0]), nil
	}
	return fmt.Sprintf("请直接写给我，例如：通知%d：第3条完成80%%，已查12栋，还差2栋。", n.Number), nil
}
