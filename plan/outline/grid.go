package outline

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/plan/source"
	"duban/zh"
)

// A column says what its cells are.
type column int

const (
	fieldColumn   column = iota // said of the measure, under its head
	keyColumn                   // number of the row
	dateColumn                  // day, week or month of the row
	partColumn                  // over several rows
	groupColumn                 // over measures, because its cells are merged
	stateColumn                 // problem and goal: of a part, or of each measure
	nameColumn                  // short name of a measure
	measureColumn               // text of a measure
)

var (
	keyHead   = regexp.MustCompile(`^(序号|编号|项目?号|序|号)$`)
	partHead  = regexp.MustCompile(`^(部分|工作领域|领域|类别|板块|重点领域|工作类别|工作板块|重点工作|重点方向|分类|大类)$`)
	stateHead = regexp.MustCompile(`^(问题描述|存在问题|主要问题|突出问题|目标任务|工作目标|总体目标|主要目标|年度目标)$`)
	workHead  = regexp.MustCompile(`任务|措施|举措|内容|事项|安排|分解|做法|工作|活动|项目|要做`)
	dutyHead  = regexp.MustCompile(`责任|负责|牵头|配合|协办|承办|主办|单位|部门|处室|科室|岗|人员|人$|领导|考核|考评|评价|标准|要求|要点|依据|时限|时间|时序|期限|节点|进度|日期|完成|目标|成果|成效|佐证|台账|备注|频次|说明`)
	roleText  = regexp.MustCompile(`(处|部|科|办|办公室|院|系|组|岗|员|长|师|人|书记|主任|中心|团委|学院|工会|室|会|站|队)$`)
	remark    = regexp.MustCompile(`^(注|备注|说明|填表说明|填报说明|合计|总计|小计)([:：]|$)`)
)

// A grid is a table whose rows are nodes.
type grid struct {
	head  []string
	below int // rows that the head takes
	cols  []column
	rows  [][]source.Cell
	seq   int  // the column of numbers, or -1
	each  bool // problems and goals belong to each measure, not to the part
	wide  bool // the numbers stand before the groups, not before the measures
	joint bool // a row is one node that says all its cells
}

// gridOf chooses the columns of a table by what they hold; nil if its rows are
// no nodes, unless somebody has decided that they count.
func gridOf(t *source.Table, counts bool) *grid {
	g := &grid{}
	rows := t.Rows
	if first := rows[0]; !isKey(first) && !isDate(first) {
		for _, c := range first {
			g.head = append(g.head, zh.Bare(c.Text))
		}
		g.below = 1
		if len(rows) > 2 && slices.ContainsFunc(rows[1], func(c source.Cell) bool { return c.Under }) && rows[1][0].Under && !isKey(rows[1]) {
			g.secondHead(rows[1])
		}
	}
	g.rows = rows[g.below:]
	width := 0
	for _, r := range g.rows {
		width = max(width, len(r))
	}
	for len(g.head) < width {
		g.head = append(g.head, "")
	}
	g.cols = make([]column, len(g.head))
	if !g.key() && !counts {
		return nil
	}
	return g
}

func isKey(r []source.Cell) bool  { return mark.RowKey(zh.Fold(zh.Bare(r[0].Text))) }
func isDate(r []source.Cell) bool { return dateKey(zh.Bare(zh.Fold(r[0].Text))) }

func dateKey(s string) bool {
	return monthKey.MatchString(s) || dayKey.MatchString(s) || weekKey.MatchString(s) || spanKey.MatchString(s)
}

// secondHead reads a head of two rows, such as 责任分工 over 牵头单位 and 配合单位:
// other heads reach down into the lower one.
func (g *grid) secondHead(r []source.Cell) {
	for i, c := range r {
		if i < len(g.head) && !c.Blank() {
			g.head[i] = zh.Bare(c.Text)
		}
	}
	g.below = 2
}

// share is how many of the filled cells of a column are so.
func (g *grid) share(i int, is func(string) bool) float64 {
	hit, all := 0, 0
	for _, r := range g.rows {
		if i < len(r) && !r[i].Blank() && source.Only(r) == "" {
			all++
			if is(zh.Bare(zh.Fold(r[i].Text))) {
				hit++
			}
		}
	}
	return float64(hit) / float64(max(1, all))
}

// key finds what the columns are; false if the rows have nothing to be called by.
func (g *grid) key() bool {
	if g.share(0, dateKey) >= 0.6 {
		g.cols[0], g.joint = dateColumn, true
		return true
	}
	g.seq = slices.IndexFunc(g.head, keyHead.MatchString)
	if g.seq < 0 && g.share(0, mark.RowKey) >= 0.8 {
		g.seq = 0
	}
	if g.seq >= 0 {
		g.cols[g.seq] = keyColumn
	}
	seq := g.seq + 1
	duties, texts := 0, 0
	for i := range g.head {
		if i == g.seq {
			continue
		}
		if dutyHead.MatchString(g.head[i]) && !workHead.MatchString(g.head[i]) || g.share(i, roleText.MatchString) >= 0.7 && i > seq {
			duties++
		}
		if g.share(i, figure) < 0.5 {
			texts++
		}
	}
	works := slices.ContainsFunc(g.head, workHead.MatchString)
	if len(g.head)-min(seq, 1) < 2 || duties == 0 || !works && texts < 3 {
		g.joint = true
		return g.seq == 0 || g.distinct()
	}
	g.measures()
	g.groups()
	g.each = g.ofEach()
	return true
}

var figures = regexp.MustCompile(`^[-+]?[0-9.,%‰]+[\p{Han}]{0,2}$`)

func figure(s string) bool { return figures.MatchString(s) }

// distinct reports whether the first cells are short names, each its own.
func (g *grid) distinct() bool {
	seen := map[string]bool{}
	for _, r := range g.rows {
		s := zh.Bare(r[0].Text)
		if s == "" || seen[s] || utf8.RuneCountInString(s) > longestName || figure(s) {
			return false
		}
		seen[s] = true
	}
	return len(g.rows) >= 2
}

// measures chooses the columns of a table of tasks: the measure is the first
// column of text, or the last before the duties that says what is to be done.
func (g *grid) measures() {
	first := -1
	for i, h := range g.head {
		switch {
		case i == g.seq:
		case partHead.MatchString(h) && g.repeats(i):
			g.cols[i] = partColumn
		case stateHead.MatchString(h):
			g.cols[i] = stateColumn
		case first < 0 && g.share(i, dateKey) < 0.5 && g.share(i, figure) < 0.5 && (!duty(h) || !slices.ContainsFunc(g.head[i+1:], workHead.MatchString)):
			first = i
			g.cols[i] = measureColumn
		case first >= 0 && workHead.MatchString(h) && (!duty(h) || strings.Contains(h, "分解")):
			g.cols[i] = measureColumn
		}
	}
	last := lastIndex(g.cols, measureColumn)
	if last > first && !g.repeats(first) && g.short(first) {
		g.cols[first] = nameColumn
	}
}

func duty(h string) bool { return dutyHead.MatchString(h) }

// repeats reports whether a column says the same again, or leaves cells empty.
func (g *grid) repeats(i int) bool {
	seen := map[string]bool{}
	for _, r := range g.rows {
		if i >= len(r) || source.Only(r) != "" && !r[i].Under {
			continue
		}
		s := zh.Bare(r[i].Text)
		if s == "" || seen[s] {
			return true
		}
		seen[s] = true
	}
	return false
}

func (g *grid) short(i int) bool {
	return g.share(i, func(s string) bool { return utf8.RuneCountInString(s) <= 20 && !mark.EndsSentence(s) }) >= 0.8
}

func lastIndex(cols []column, c column) int {
	last := len(cols) - 1
	for last >= 0 && cols[last] != c {
		last--
	}
	return last
}

// groups finds the columns that stand over measures: those before the last
// column of measures whose cells are merged, or left empty below the first.
func (g *grid) groups() {
	last := lastIndex(g.cols, measureColumn)
	for i := range max(0, last) {
		if c := g.cols[i]; c != measureColumn && c != fieldColumn && c != nameColumn {
			continue
		}
		spans, follows := false, g.seq >= 0
		for _, r := range g.rows {
			if last >= len(r) || r[last].Blank() || !r[i].Blank() {
				continue
			}
			spans = true
			follows = follows && g.seq < len(r) && r[g.seq].Blank()
		}
		if spans {
			g.cols[i] = groupColumn
			g.wide = g.wide || follows
		}
	}
}

// ofEach reports whether every measure has a problem or goal of its own.
func (g *grid) ofEach() bool {
	heads, states, measures := 0, 0, 0
	for i, col := range g.cols {
		filled := 0
		for _, r := range g.rows {
			if i < len(r) && !r[i].Blank() {
				filled++
			}
		}
		switch col {
		case stateColumn:
			heads, states = heads+1, states+filled
		case measureColumn:
			measures += filled
		default:
		}
	}
	return heads > 0 && states >= measures*heads && measures > 1
}
