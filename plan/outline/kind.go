package outline

import (
	"maps"
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
	tasks := false
	for _, d := range b.drafts {
		holds[d.style] = holds[d.style] || d.held != ""
		tasks = tasks || strings.HasPrefix(d.style, "【") && d.style != "【】"
	}
	for _, d := range b.drafts {
		if d.node.Kind == "" {
			d.node.Kind = d.kind(!holds[d.style], tasks)
		}
	}
}

// kind tells what a node is whose style alone does not. A leaf has a style that
// holds no other nodes; tasks are numbered in the plan as 【重点任务6】.
func (d *draft) kind(leaf, tasks bool) plan.Kind {
	up := d.up
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
	case d.style == "1" && d.held != "" && !d.node.TitleInline && up.node.Kind == plan.Part && d.held != "field" && !strings.HasPrefix(d.held, "•"):
		return plan.Section
	}
	return plan.Measure
}

// sharedFields are the fields that stand once behind all the measures of a
// part, not once behind each: in two parts, and in more than where they do not.
func sharedFields(lines []*line) map[string]int {
	outermost := float64(mark.RankChinese)
	if i := slices.IndexFunc(lines, func(l *line) bool { return l.marked && l.mark.Rank > mark.RankAttachment }); i >= 0 {
		outermost = max(outermost, lines[i].mark.Rank) // a plan of 任务1, 任务2 has these for parts
	}
	once, each := map[string]int{}, map[string]int{}
	for len(lines) > 0 {
		end := slices.IndexFunc(lines, func(l *line) bool { return l.marked && l.mark.Rank <= outermost })
		if end < 0 {
			end = len(lines)
		}
		for name, shared := range fieldsOfPart(lines[:end]) {
			if shared {
				once[name]++
			} else {
				each[name]++
			}
		}
		lines = lines[min(end+1, len(lines)):]
	}
	maps.DeleteFunc(once, func(name string, n int) bool { return n < 2 || n <= each[name] })
	return once
}

// fieldsOfPart are the fields of a part, and whether they stand once behind two
// measures or more.
func fieldsOfPart(lines []*line) map[string]bool {
	marks := 0
	before := map[string][]int{} // marks before each field of a name
	for _, l := range lines {
		if l.marked {
			marks++
		} else if l.field > 0 {
			name := fieldPath(string(l.text[:l.field]))
			before[name] = append(before[name], marks)
		}
	}
	shared := map[string]bool{}
	for name, at := range before {
		shared[name] = marks >= 2 && slices.Equal(at, []int{marks})
	}
	return shared
}

// kindOfStyle is the kind of a node that a style of marks settles.
var kindOfStyle = map[string]plan.Kind{
	"部分": plan.Part, "编": plan.Part, "篇": plan.Part, "§": plan.Part, "heading": plan.Part, "heading+": plan.Part,
	"章": plan.Chapter, "节": plan.Section, "条": plan.Article,
	"阶段": plan.Stage, "步": plan.Stage, "季度": plan.Stage, "学期": plan.Stage, "周": plan.Day, "day": plan.Day, "w:附件": plan.Attachment,
}

// kindByStyle is empty if the kind depends on where the node stands.
func kindByStyle(style string) plan.Kind {
	style = strings.TrimPrefix(style, innerStyle)
	if kindOfStyle[style] == "" && strings.HasPrefix(style, "w:") {
		return plan.Stage
	}
	return kindOfStyle[style]
}

// anyLabel is what may be the name of a field if the document says it again and
// again: a short word and a colon at the head of a line.
var anyLabel = regexp.MustCompile(`^(\p{Han}{2,8}):`)

// markFields finds the fields: lines that begin with a known name, or with a
// label that the document repeats.
func markFields(lines []*line) {
	count, known := map[string]int{}, map[string]bool{}
	for _, l := range lines {
		if name := labelOf(l.fold); name != "" && l.free() && !l.cells {
			count[name]++
		}
		if g := mark.Field(l.fold); g != "" && l.free() {
			known[g] = true
		}
	}
	structured := len(known) >= 2 // even without a mark
	for _, l := range lines {
		structured = structured || l.marked
		name := labelOf(l.fold)
		if !l.free() || l.cells || !structured && count[name] < 2 {
			continue
		}
		if g := mark.Field(l.fold); g != "" {
			l.field = utf8.RuneCountInString(g)
		} else if count[name] >= 2 && ownLabel(name) {
			l.field = utf8.RuneCountInString(name + ":")
		}
	}
}

func labelOf(s string) string {
	if g := anyLabel.FindStringSubmatch(s); g != nil {
		return g[1]
	}
	return ""
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
