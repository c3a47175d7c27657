package people

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// bookLeave takes an admin's or a lead's 登记请假 张三 1.8-1.12 李四代.
func bookLeave(t *chat.Request, rest string) (string, error) {
	const usage = "请这样写：登记请假 张三 1月8日到1月12日 李四代。"
	name, days, _ := strings.Cut(strings.TrimSpace(zh.Fold(rest)), " ")
	if name == "" || strings.TrimSpace(days) == "" {
		return usage, nil
	}
	t.Read = chat.Masked(reading.Read(reading.Input{Text: "我请假 " + strings.TrimSpace(days), People: t.Desk.Names.Near(t.Roster, t.Person)}))
	if t.Read.Leave == nil {
		return usage, nil
	}
	t.Read.Behalf = name
	p, err := t.Subject()
	if err != nil {
		return "", err
	}
	return leave(t, p)
}

// endLeave takes an admin's or a lead's 登记销假 张三.
func endLeave(t *chat.Request, rest string) (string, error) {
	name := strings.TrimSpace(zh.Fold(rest))
	if name == "" {
		return "请写上姓名，例如：登记销假 张三。", nil
	}
	t.Read.Behalf = name
	p, err := t.Subject()
	if err != nil {
		return "", err
	}
	return back(t, p)
}

// onLeave lists who is or will be on leave, as far as the asker may see them.
func onLeave(t *chat.Request, _ string) (string, error) {
	all, err := roster.AllLeaves(t.Snap, t.Now())
	if err != nil {
		return "", err
	}
	r := t.Roster
	slices.SortStableFunc(all, func(a, b roster.Leave) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Person, b.Person))
	})
	var blocks []string
	for _, l := range all {
		p, ok := r.Person(l.Person)
		if !ok || !chat.MaySee(t.Person, p) {
			continue
		}
		line := r.Label(p) + "：" + span(t, l)
		if stand, ok := r.Person(l.Delegate); ok {
			line += "，" + r.Label(stand) + "代"
		}
		blocks = append(blocks, line)
	}
	return t.List(fmt.Sprintf("请假%d人次：", len(blocks)), blocks, "现在没有人请假，也没有登记将来的请假。")
}
