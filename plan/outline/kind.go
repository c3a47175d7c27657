package outline

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
)

// kinds names what each node is, by its mark and by where it stands.
func (b *builder) kinds() {
	holds := map[string]bool{} // styles that hold other nodes somewhere
	styles := map[string]bool{}
	for _, d := range b.drafts {
		styles[d.style] = true
		if d.kids {
			holds[d.style] = true
		}
	}
	tasks := false
	for s := range styles {
		tasks = tasks || strings.HasPrefix(s, "【") && s != "【】"
	}
	for i, d := range b.drafts {
		if d.node.Kind == "" {
			d.node.Kind = b.kind(i, holds, tasks)
		}
	}
}

func (b *builder) kind(i int, holds map[string]bool, tasks bool) plan.Kind {
	d := b.drafts[i]
	up := b.above(i)
	leaf := !holds[d.style]
	switch {
	case d.rank < mark.RankParen && up == nil:
		if leaf && d.node.TitleInline {
			return plan.Measure
		}
		return plan.Part
	case d.rank < mark.RankParen && !leaf:
		return plan.Section
	case up == nil:
		return plan.Measure
	case d.rank > mark.RankTask && tasks, up.node.Kind == plan.Article, up.node.Kind == plan.Measure, up.node.Kind == plan.Item:
		return plan.Item
	case d.style == "(一)" && (!leaf || !d.node.TitleInline):
		return plan.Section
	case d.style == "1" && d.kids && !d.node.TitleInline && up.node.Kind == plan.Part && b.heldStyle(i) != "field" && !strings.HasPrefix(b.heldStyle(i), "•"):
		return plan.Section
	}
	return plan.Measure
}

// above is the draft that holds draft i, or nil.
func (b *builder) above(i int) *draft {
	if p := b.drafts[i].node.Parent; p >= 0 {
		return b.drafts[p]
	}
	return nil
}

// heldStyle is the style of the first node below draft i.
func (b *builder) heldStyle(i int) string {
	for _, d := range b.drafts[i+1:] {
		if d.node.Parent == i {
			return d.style
		}
	}
	return ""
}

// sharedFields are the fields that stand once behind all the measures of a
// part, not once behind each.
func sharedFields(lines []*line) map[string]bool {
	parts := 0
	last := map[string]int{}   // field → marks since the part began
	single := map[string]int{} // field → parts in which it stands once, behind two measures or more
	many := map[string]int{}
	marks := 0
	once := map[string]int{}
	closePart := func() {
		for name, n := range once {
			if n == 1 && last[name] >= 2 && last[name] == marks {
				single[name]++
			} else {
				many[name]++
			}
		}
		once, last, marks = map[string]int{}, map[string]int{}, 0
	}
	outermost := float64(mark.RankChinese)
	for _, l := range lines {
		if l.marked && l.mark.Rank > mark.RankAttachment {
			outermost = l.mark.Rank // a plan of 任务1, 任务2 has these for parts
			break
		}
	}
	outermost = max(outermost, mark.RankChinese)
	for _, l := range lines {
		switch {
		case l.marked && l.mark.Rank <= outermost:
			closePart()
			parts++
		case l.marked:
			marks++
		case l.field > 0:
			name := fieldPath(string(l.text[:l.field]))
			once[name]++
			last[name] = marks
		}
	}
	closePart()
	shared := map[string]bool{}
	for name, n := range single {
		shared[name] = n > many[name] && n >= 2
	}
	return shared
}

// kindByStyle is the kind of a node that a style of marks settles; empty if it depends
// on where the node stands.
func kindByStyle(style string) plan.Kind {
	switch style = strings.TrimPrefix(style, innerStyle); style {
	case "部分", "编", "篇", "§", "heading", "heading+":
		return plan.Part
	case "章":
		return plan.Chapter
	case "节":
		return plan.Section
	case "条":
		return plan.Article
	case "阶段", "步", "季度", "学期":
		return plan.Stage
	case "周":
		return plan.Day
	case "w:附件":
		return plan.Attachment
	}
	if strings.HasPrefix(style, "w:") {
		return plan.Stage
	}
	return ""
}

// anyLabel is what may be the name of a field if the document says it again and
// again: a short word and a colon at the head of a line.
var anyLabel = regexp.MustCompile(`^(\p{Han}{2,8}):`)

// markFields finds the fields: lines that begin with a known name, or with a
// label that the document repeats.
func markFields(lines []*line) {
	count := map[string]int{}
	for _, l := range lines {
		if g := anyLabel.FindStringSubmatch(l.fold); g != nil && l.free() && !l.cells {
			count[g[1]]++
		}
	}
	structured := distinct(lines) >= 2
	for _, l := range lines {
		structured = structured || l.marked
		if !l.free() || l.cells || !structured && count[labelOf(l.fold)] < 2 {
			continue
		}
		if g := mark.Field(l.fold); g != "" {
			l.field = utf8.RuneCountInString(g)
		} else if g := anyLabel.FindStringSubmatch(l.fold); g != nil && count[g[1]] >= 2 && ownLabel(g[1]) {
			l.field = utf8.RuneCountInString(g[0])
		}
	}
}

func labelOf(s string) string {
	if g := anyLabel.FindStringSubmatch(s); g != nil {
		return g[1]
	}
	return ""
}

// distinct counts the known fields of a document that has hardly any marks.
func distinct(lines []*line) int {
	names := map[string]bool{}
	for _, l := range lines {
		if g := mark.Field(l.fold); g != "" && l.free() {
			names[g] = true
		}
	}
	return len(names)
}

// ownLabel reports whether a repeated label names a field. Lead-ins, telephone
// lists and questions repeat their labels too.
func ownLabel(s string) bool {
	return !slices.ContainsFunc([]string{"如下", "以下", "电话", "包括", "问题是", "各位", "同学", "老师", "同志", "家长", "学校", "单位", "处室", "邮箱", "地址", "网址", "传真", "抄送", "主送"}, func(no string) bool { return strings.HasSuffix(s, no) })
}

// fieldPath is the name of a field without its punctuation.
func fieldPath(label string) string {
	return strings.Trim(label, "【】:： ")
}
