package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duban/zh"
)

// Findings say what a document was found to hold, for the person who decides
// whether it was understood.
type Findings struct {
	Parts, Measures int
	Rows            int      // of tables that stand below a part
	Owners, Dues    int      // measures that name who is responsible, and until when
	Gaps            []string // 缺第17条（第203行前）
	Repeats         []string // 第22条重复（第210行）
	Left            []Block  // text that reaches no answer, in document order
	Missed          []Choice // decisions that the document has nothing for
}

// Findings looks through the plan. Numbers are expected to go on from measure to
// measure, or to begin anew with 1.
func (p *Plan) Findings() Findings {
	var f Findings
	last := 0
	var series []int // since numbering began anew
	for _, n := range p.Nodes {
		if n.Parent < 0 {
			f.Parts++
		}
		if n.Kind == Row {
			f.Rows++
		}
		if n.Kind != Measure && n.Kind != Article {
			continue
		}
		f.Measures++
		if len(n.Owners) > 0 {
			f.Owners++
		}
		if n.Due != "" {
			f.Dues++
		}
		number, err := strconv.Atoi(n.Number)
		if err != nil {
			continue
		}
		switch {
		case number == 1:
			series = nil
		case slices.Contains(series, number):
			f.Repeats = append(f.Repeats, fmt.Sprintf("第%d条重复（第%d行）", number, n.Line))
		case number > last+1:
			f.Gaps = append(f.Gaps, gap(last+1, number-1, n.Line))
		}
		series, last = append(series, number), number
	}
	for _, b := range p.Other {
		if b.Kind != TitleBlock || strings.TrimLeft(b.Text, "# ") != p.Title {
			f.Left = append(f.Left, b)
		}
	}
	f.Missed = p.Missed
	return f
}

func gap(from, to, line int) string {
	if from == to {
		return fmt.Sprintf("缺第%d条（第%d行前）", from, line)
	}
	return fmt.Sprintf("缺第%d至%d条（第%d行前）", from, to, line)
}

// leftAs says what text is that reaches no answer, in the order in which people
// are told.
var leftAs = []struct {
	kind BlockKind
	name string
}{
	{TitleBlock, "标题"},
	{Preamble, "开头"},
	{Contents, "目录"},
	{Table, "表头和表中文字"},
	{Closing, "结尾"},
	{Attach, "附件清单和附注"},
	{Signoff, "落款"},
	{Noise, "页眉页脚和网页文字"},
}

// Lines says in Chinese what was found, what was left out and what may be wrong.
func (f Findings) Lines() []string {
	rows := ""
	if f.Rows > 0 {
		rows = fmt.Sprintf("、%d行表格", f.Rows)
	}
	lines := []string{fmt.Sprintf("共%d部分、%d条措施%s；%d条写明责任，%d条写明时限。", f.Parts, f.Measures, rows, f.Owners, f.Dues)}
	for _, list := range []struct {
		head  string
		items []string
	}{{"编号不连续：", f.Gaps}, {"编号重复：", f.Repeats}} {
		if len(list.items) > 0 {
			lines = append(lines, list.head+some(list.items, 6)+"。")
		}
	}
	for _, c := range f.Missed {
		lines = append(lines, "注意：文件里没有您定过的“"+zh.Head(c.Start+c.Table, 16)+"”。")
	}
	left := map[BlockKind][]string{}
	for _, b := range f.Left {
		if b.Table > 0 {
			lines = append(lines, fmt.Sprintf("注意：表%d没有读出条目（%s）。要按行读入，请说“表%d也算”。", b.Table, b.where(), b.Table))
			continue
		}
		left[b.Kind] = append(left[b.Kind], b.where())
	}
	if len(left) > 0 {
		lines = append(lines, "以下文字不作条目，查不到：")
	}
	for _, as := range leftAs {
		if all := left[as.kind]; len(all) > 0 {
			lines = append(lines, as.name+"："+strings.Join(all, "、"))
		}
	}
	return lines
}

// where says where a block stands and with which words it begins.
func (b Block) where() string {
	lines := fmt.Sprintf("第%d至%d行", b.Line, b.LineEnd)
	if b.Line == b.LineEnd {
		lines = fmt.Sprintf("第%d行", b.Line)
	}
	return lines + "“" + zh.Head(zh.OneLine(b.Text), 10) + "”"
}

// some joins the first few of a list.
func some(list []string, most int) string {
	if len(list) > most {
		return strings.Join(list[:most], "、") + fmt.Sprintf("等%d处", len(list))
	}
	return strings.Join(list, "、")
}

// String says in Chinese what a new version changes, by number and title.
func (d Diff) String() string {
	if d.Empty() {
		return "与现行版本没有差别。"
	}
	var lines []string
	for _, l := range []struct {
		head  string
		items []string
	}{
		{"新增", each(d.Added, (*Node).short)},
		{"删去", each(d.Gone, (*Node).short)},
		{"改动", each(d.Changed, func(c Change) string { return c.New.short() })},
		{"移动", each(d.Moved, func(c Change) string { return c.Old.Path + "→" + c.New.Path })},
	} {
		if len(l.items) > 0 {
			lines = append(lines, fmt.Sprintf("%s%d处：%s", l.head, len(l.items), some(l.items, 8)))
		}
	}
	return strings.Join(lines, "\n")
}

// each names all of a list.
func each[T any](all []T, name func(T) string) []string {
	var out []string
	for _, v := range all {
		out = append(out, name(v))
	}
	return out
}

// short calls a node by its path and the first words of its title.
func (n *Node) short() string {
	return strings.TrimSpace(n.Path + " " + zh.Head(n.Title, 12))
}
