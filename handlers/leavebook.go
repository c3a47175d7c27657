package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// bookLeave takes an admin's or a lead's 登记请假 张三 1.8-1.12 李四代.
func (t *turn) bookLeave(rest string) (string, error) {
	const usage = "请这样写：登记请假 张三 1月8日到1月12日 李四代。"
	name, days, _ := strings.Cut(strings.TrimSpace(zh.Fold(rest)), " ")
	if name == "" || strings.TrimSpace(days) == "" {
		return usage, nil
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	t.read = masked(reading.Read(reading.Input{Text: "我请假 " + strings.TrimSpace(days), People: t.router.names.near(r, t.person)}))
	if t.read.Leave == nil {
		return usage, nil
	}
	t.read.Behalf = name
	p, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return complaint, err
	}
	return t.leave(p)
}

// endLeave takes an admin's or a lead's 登记销假 张三.
func (t *turn) endLeave(rest string) (string, error) {
	name := strings.TrimSpace(zh.Fold(rest))
	if name == "" {
		return "请写上姓名，例如：登记销假 张三。", nil
	}
	t.read.Behalf = name
	p, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return complaint, err
	}
	return t.back(p)
}

// onLeave lists who is or will be on leave, as far as the asker may see them.
func (t *turn) onLeave(string) (string, error) {
	all, err := roster.AllLeaves(t.snap, t.now())
	if err != nil {
		return "", err
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(all, func(a, b roster.Leave) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Person, b.Person))
	})
	var blocks []string
	for _, l := range all {
		p, ok := r.Person(l.Person)
		if !ok || !MaySee(t.person, p) {
			continue
		}
		line := r.Label(p) + "：" + t.span(l)
		if stand, ok := r.Person(l.Delegate); ok {
			line += "，" + r.Label(stand) + "代"
		}
		blocks = append(blocks, line)
	}
	if len(blocks) == 0 {
		return "现在没有人请假，也没有登记将来的请假。", nil
	}
	return t.page(fmt.Sprintf("请假%d人次：", len(blocks)), blocks)
}
