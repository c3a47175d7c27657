package people

import (
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	updates "duban/handlers/progress"
	"duban/notice"
	"duban/outbox"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// A succession is who leaves the office, and who takes over.
type succession struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// handOver previews that somebody's measures and open notices go to a successor.
func handOver(t *chat.Request, rest string) (string, error) {
	var names []string
	for _, w := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" 　,，、\n→", r) }) {
		if w = strings.TrimLeft(w, "给到由"); w != "" {
			names = append(names, w)
		}
	}
	if len(names) != 2 {
		return "请写上谁交给谁，例如：交接 张三 李四。", nil
	}
	from, to := oneNamed(t, names[0]), oneNamed(t, names[1])
	if from.ID == to.ID {
		return "两位是同一个人，没有交接。", nil
	}
	what := handed(t, MeasuresOf(t, from), notice.Owing(t.Snap, from.ID), to)
	how := t.Propose(succession{from.ID, to.ID}, "交接", true)
	return fmt.Sprintf("预览（还没有交接）\n%s交给%s：%s。交接后%s不再能用原来的账号办事，报过的进度、回过的通知不变。\n————\n%s",
		t.Roster.Label(from), t.Roster.Label(to), what, t.Roster.Label(from), how), nil
}

// handed says what goes to a successor.
func handed(t *chat.Request, nodes []*plan.Node, numbers []int, to roster.Person) string {
	measures, open := "没有负责的措施", "没有待回复的通知"
	if ids := zh.Join(nodes, " ", func(n *plan.Node) string { return n.ID }); ids != "" {
		measures = "负责的" + updates.MeasuresLine(t.Plan, strings.Fields(ids))
	}
	if len(numbers) > 0 {
		open = "待回复的" + zh.List(numbers, func(n int) string { return fmt.Sprint("通知", n) })
		if !to.Asked() {
			open += "（" + t.Roster.Label(to) + "不用回复通知，不转，不再等）"
		}
	}
	return measures + "，" + open
}

// MeasuresOf are the measures for which a person is responsible by name.
func MeasuresOf(t *chat.Request, p roster.Person) (nodes []*plan.Node) {
	for _, n := range t.Plan.Nodes {
		if slices.ContainsFunc(n.Owners, func(o string) bool { return isOwner(t.Roster, o, p) }) {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// isOwner tells whether the name of an owner means p and nobody else.
func isOwner(r *roster.Roster, name string, p roster.Person) bool {
	found := r.Called(name)
	return len(found) == 1 && found[0].ID == p.ID
}

// takeOver does what was confirmed.
func takeOver(t *chat.Request, s succession) (string, error) {
	from, known := t.Roster.Person(s.From)
	to, there := t.Roster.Person(s.To)
	if !known || !there {
		return "名单在预览之后改过，没有交接。请重新发一次。", nil
	}
	nodes := MeasuresOf(t, from)
	for _, n := range nodes {
		var owners []string
		for _, o := range n.Owners {
			if isOwner(t.Roster, o, from) {
				o = t.Roster.Label(to)
			}
			if !slices.Contains(owners, o) {
				owners = append(owners, o)
			}
		}
		progress.Assign(t.Tx, n.ID, progress.Assignment{Owners: owners, By: t.Person.ID})
	}
	what := handed(t, nodes, notice.Owing(t.Snap, from.ID), to)
	notice.HandOver(t.Tx, from.ID, to)
	roster.Unbind(t.Tx, from.ID)
	t.Audit("handover", from.ID+" "+to.ID)
	if account, chat := roster.ReachIn(t.Snap, to.ID, to.Groups); chat != "" {
		text := fmt.Sprintf("%s的工作交给您了：%s。发“我的”可看。", t.Roster.Label(from), what)
		outbox.Enqueue(t.Tx, bot.Outgoing{Key: t.Reason() + "/handover", Account: account, Chat: chat, Person: to.ID, Text: text})
	}
	return fmt.Sprintf("已交接：%s → %s，%s。%s已解除绑定；请在名单里删去并“导入名单”，手机备注里写着“#%s”的也请改掉。",
		t.Roster.Label(from), t.Roster.Label(to), what, t.Roster.Label(from), from.ID), nil
}
