package reading

import (
	"fmt"
	"slices"
	"strings"
)

// A Row is a reading as the labelled data have it. Percent and Status align
// with Measures; with no measure they hold one value. Nil is none stated.
type Row struct {
	Kind     Kind      `json:"kind"`
	Measures []int     `json:"measures"`
	Percent  []*int    `json:"percent"`
	Status   []*Status `json:"status"`
	Note     string    `json:"note"`
}

// Row returns r in the form of the labelled data.
func (r *Reading) Row() Row {
	row := Row{Kind: r.shown(), Measures: r.Measures(), Note: r.Note}
	if row.Measures == nil {
		row.Measures = []int{}
	}
	for _, it := range r.Items {
		var percent *int
		var status *Status
		if it.Stated {
			percent = new(it.Percent)
		}
		if it.Status != NoStatus {
			status = new(it.Status)
		}
		row.Percent = append(row.Percent, percent)
		row.Status = append(row.Status, status)
	}
	if len(r.Items) == 0 {
		row.Percent, row.Status = []*int{nil}, []*Status{nil}
	}
	return row
}

// shown is r's kind, or Ask where the bot will ask which measure is meant, or until when.
func (r *Reading) shown() Kind {
	points := r.Is(Unclear) && len(r.Measures()) == 0 && (pointing(r.tokens) || r.Kind == Progress && !whole(r.tokens))
	if points || r.Leave != nil && r.Leave.open() && len(r.Leave.Words) <= len("我想请个假老师") {
		return Ask
	}
	return r.Kind
}

// pointing reports whether what a report without a number is about is only pointed at,
// 那个弄完了, or all that there is, 全部OK了.
func pointing(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.class == word && slices.Contains(pointers, t.text()) }) && !whole(tokens)
}

var pointers = words("指代")

// whole reports whether a report without a number is of all that is the sender's, 我的都
// 完成了, or is an amount and nothing else, which answers what was asked last.
func whole(tokens []token) bool {
	amounts := !slices.ContainsFunc(tokens, func(t token) bool { return t.class != amount && t.class != space && t.class != mark && t.class != brk })
	return amounts || len(tokens) > 1 && tokens[0].text() == "我的" && tokens[1].is(filler) && hasPrefix(tokens[1].text(), "都", "全")
}

// items lists one item for each measure of r, or for each of defaults if r
// names none; without defaults, one item without measure.
func (r *report) items(defaults []int) []Item {
	groups := r.groups
	if len(groups) == 0 {
		if len(defaults) == 0 {
			defaults = []int{0}
		}
		groups = []group{{list: defaults, state: r.loose}}
	}
	var items []Item
	for _, g := range groups {
		for _, n := range g.list {
			items = append(items, itemOf(n, g.state))
		}
	}
	return items
}

func itemOf(n int, st state) Item {
	it := Item{Measure: n, Status: st.status()}
	switch {
	case st.stated:
		it.Percent, it.Stated = st.percent, true
	case it.Status == Done:
		it.Percent, it.Stated = 100, true
	case it.Status == NotStarted:
		it.Stated = true
	}
	return it
}

// bare lists items that name measures and say nothing of them.
func bare(measures []int) []Item {
	items := make([]Item, 0, len(measures))
	for _, n := range measures {
		items = append(items, Item{Measure: n})
	}
	return items
}

// flagNames are the names of the flags, in their order.
var flagNames = []string{
	"约数", "由剩余推算", "疑似错字", "无新进展", "要问清", "附件归到上一条", "语音", "要求延期", "并收到", "上一条", "系统撤回", "接龙", "百分比超出", "销假",
}

// String lists the flags in Chinese.
func (f Flag) String() string { return namesOfBits(uint64(f), flagNames, "、") }

// namesOfBits joins the names of the bits that are set in v.
func namesOfBits(v uint64, names []string, sep string) string {
	var set []string
	for i, name := range names {
		if v&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, sep)
}

// Explain says in several lines what each part of the text was taken for and
// what follows from it.
func Explain(r Reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "判断：%s", r.Kind)
	if r.Intent != NoIntent {
		fmt.Fprintf(&b, "（%s）", r.Intent)
	}
	if r.Why != "" {
		fmt.Fprintf(&b, "，因为%s", r.Why)
	}
	b.WriteByte('\n')
	for _, it := range r.Items {
		b.WriteString("  " + it.String() + "\n")
	}
	for _, line := range []struct{ name, value string }{
		{"备注", r.Note}, {"代报", r.Behalf}, {"主题", r.Topic}, {"查找", r.Search}, {"字段", r.Field}, {"接龙", r.Title}, {"标记", r.Flags.String()},
	} {
		if line.value != "" {
			fmt.Fprintf(&b, "  %s：%s\n", line.name, line.value)
		}
	}
	if r.Leave != nil {
		fmt.Fprintf(&b, "  请假：%s 代办：%s\n", r.Leave.Words, r.Leave.Delegate)
	}
	b.WriteString("逐段：\n")
	tokens := r.tokens
	if tokens == nil { // a 接龙 is read line by line
		tokens = scan(lower(r.Body), scanOptions{})
	}
	for _, t := range tokens {
		if t.class != space {
			fmt.Fprintf(&b, "  %s\t%s\n", strings.ReplaceAll(t.text(), "\n", "⏎"), t.meaning())
		}
	}
	return b.String()
}

// String says in Chinese what an item holds.
func (it Item) String() string {
	var parts []string
	if it.Name != "" {
		parts = append(parts, it.Name)
	}
	if it.Measure > 0 {
		parts = append(parts, fmt.Sprintf("第%d条", it.Measure))
	}
	if it.Stated {
		parts = append(parts, fmt.Sprintf("%d%%", it.Percent))
	}
	if name := statusNames[it.Status]; name != "" {
		parts = append(parts, name)
	}
	return strings.Join(parts, " ")
}

var statusNames = map[Status]string{Done: "办结", Doing: "进行中", NotStarted: "未开始", Blocked: "受阻"}

// classNames say what a token was taken for, in the order of the classes.
var classNames = []string{"其他", "空格", "断句", "并列", "符号", "措施", "部分", "进度数", "数字", "数量", "时间", "编号（非措施）", "词"}

// meaning says in Chinese what t was taken for.
func (t token) meaning() string {
	switch name := classNames[t.class]; t.class {
	case amount:
		return fmt.Sprintf("%s %d%%", name, t.n)
	case measure:
		return fmt.Sprintf("%s %v", name, t.list)
	case word:
		return namesOfBits(uint64(t.roles), roleNames, "/")
	default:
		return name
	}
}
