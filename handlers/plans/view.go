package plans

import (
	"fmt"
	"slices"
	"strings"

	"duban/plan"
	"duban/plan/find"
	"duban/report"
	"duban/zh"
)

// Reportable tells whether people report progress on a node.
func Reportable(n *plan.Node) bool { return n.Kind == plan.Measure || n.Kind == plan.Article }

// Numbered returns the measures that are printed with a number.
func Numbered(p *plan.Plan, number int) []*plan.Node {
	return slices.DeleteFunc(report.Measures(p), func(n *plan.Node) bool { return n.Number != fmt.Sprint(number) })
}

// PartOf returns the outermost node that n stands in, n itself if it is one.
func PartOf(p *plan.Plan, n *plan.Node) *plan.Node {
	for up := p.ParentOf(n); up != nil; up = p.ParentOf(up) {
		n = up
	}
	return n
}

// NameOf is how a list calls a node: 第12条 建立重点关注学生台账, 二、学风建设 · 目标任务.
func NameOf(p *plan.Plan, n *plan.Node) string {
	switch n.Kind {
	case plan.Measure, plan.Article:
		if n.Number != "" {
			return "第" + n.Number + "条 " + zh.Quote(n.Title, 24)
		}
	case plan.Field:
		return HeadOf(p.ParentOf(n)) + " · " + strings.TrimRight(n.Label, ":：")
	case plan.Part, plan.Chapter, plan.Section, plan.Item, plan.Stage, plan.Day, plan.Row, plan.Attachment:
	}
	return HeadOf(n)
}

// HeadOf is a node's label and title in one line.
func HeadOf(n *plan.Node) string {
	if n == nil {
		return "全文"
	}
	return zh.Quote(n.Before()+n.Title, 30)
}

// confusable tells whether another of the nodes of a list is called alike: by
// the same number or the same words.
func confusable(n *plan.Node, list []find.Hit) bool {
	return slices.ContainsFunc(list, func(h find.Hit) bool {
		same := n.Number != "" && h.Node.Number == n.Number || h.Node.Title == n.Title
		return h.Node != n && h.Node.Kind == n.Kind && n.Kind != plan.Field && same
	})
}

// placeOf says where a node stands: the part, above the node's own text.
func placeOf(p *plan.Plan, n *plan.Node) string {
	up := p.ParentOf(n)
	if up == nil {
		return ""
	}
	var chain []string
	for ; up != nil; up = p.ParentOf(up) {
		chain = append([]string{HeadOf(up)}, chain...)
	}
	head := "【" + strings.Join(chain, " › ") + "】"
	if Reportable(n) && n.Number != "" && n.Label != "第"+n.Number+"条" {
		head += "第" + n.Number + "条"
	}
	return head
}

// entry is a part's line in the contents, with the numbers of its measures.
func entry(p *plan.Plan, part *plan.Node) string {
	var numbers []string
	for _, n := range report.Measures(p) {
		if p.Within(n, part) && n.Number != "" {
			numbers = append(numbers, n.Number)
		}
	}
	switch len(numbers) {
	case 0:
		return HeadOf(part)
	case 1:
		return fmt.Sprintf("%s（第%s条）", HeadOf(part), numbers[0])
	}
	return fmt.Sprintf("%s（第%s至%s条）", HeadOf(part), numbers[0], numbers[len(numbers)-1])
}

// Ordinal writes a measure's number for a list of what was stored.
func Ordinal(n *plan.Node) string {
	if n.Number != "" {
		return n.Number
	}
	return zh.Quote(n.Title, 8)
}
