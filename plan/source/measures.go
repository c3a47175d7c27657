package source

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// A grid is a table of measures while it is written.
type grid struct {
	head    []string
	cols    []column
	each    bool // problems and goals belong to each measure, not to the part
	wide    bool // the numbers stand before the groups, not before the measures
	begun   bool // the part's 工作措施: is written
	current string
	above   []string // what merged cells say that go on
	out     []Line
}

var remark = regexp.MustCompile(`^(注|备注|说明|填表说明|填报说明|合计|总计)([:：]|$)`)

// measureLines writes a table of measures as text.
func measureLines(head []cell, rows [][]cell) []Line {
	g := &grid{above: make([]string, len(head))}
	for _, c := range head {
		g.head = append(g.head, zh.Bare(c.text))
	}
	rows = g.secondHead(rows)
	for _, h := range g.head {
		g.cols = append(g.cols, columnOf(h))
	}
	g.groups(rows)
	g.each = g.ofEach(rows)
	for _, r := range rows {
		line := only(r)
		switch {
		case g.repeatsHead(r):
			for _, c := range r {
				g.out = append(g.out, Line{c.text, PageNoise})
			}
		case line != "" && remark.MatchString(line):
			g.out = append(g.out, Line{line, Besides})
		case line != "" && strings.TrimSpace(r[0].text) == line && !mark.RowKey(zh.Fold(line)) && !slices.ContainsFunc(r, func(c cell) bool { return c.under }):
			g.part(line)
		default:
			g.row(r)
		}
	}
	return g.out
}

// secondHead reads a head of two rows, such as 责任分工 over 牵头单位 and 配合单位:
// other heads reach down into the lower one.
func (g *grid) secondHead(rows [][]cell) [][]cell {
	if len(rows) < 2 || !slices.ContainsFunc(rows[0], func(c cell) bool { return c.under }) {
		return rows
	}
	for i, c := range rows[0] {
		if i < len(g.head) && !c.blank() {
			g.head[i] = zh.Bare(c.text)
		}
	}
	return rows[1:]
}

// groups finds the columns that stand over measures: those before the last
// column of measures whose cells are merged, or left empty below the first.
func (g *grid) groups(rows [][]cell) {
	last := len(g.cols) - 1
	for last >= 0 && g.cols[last] != measureColumn {
		last--
	}
	seq := slices.Index(g.cols, seqColumn)
	for i := range last {
		if c := g.cols[i]; c != measureColumn && c != fieldColumn {
			continue
		}
		spans, follows := false, seq >= 0
		for _, r := range rows {
			if last >= len(r) || r[last].blank() || !r[i].blank() {
				continue
			}
			spans = true
			follows = follows && seq < len(r) && r[seq].blank()
		}
		if spans {
			g.cols[i] = groupColumn
			g.wide = g.wide || follows
		}
	}
}

func (g *grid) repeatsHead(r []cell) bool {
	for i, h := range g.head {
		if i >= len(r) || zh.Bare(r[i].text) != h {
			return false
		}
	}
	return len(r) > 0
}

// ofEach reports whether every measure has a problem or goal of its own.
func (g *grid) ofEach(rows [][]cell) bool {
	heads, states, measures := 0, 0, 0
	for i, col := range g.cols {
		filled := 0
		for _, r := range rows {
			if i < len(r) && !r[i].blank() {
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

func (g *grid) part(line string) {
	if _, ok := mark.Read(zh.Fold(line)); !ok && utf8.RuneCountInString(line) <= 40 {
		line = "## " + line
	}
	g.out = append(g.out, Line{Text: line})
	g.begun = false
}

// A tableRow is what one row says.
type tableRow struct {
	seq, name, measure string
	states, fields     []string
}

// row writes one row: its part if that is new, the part's fields, the measure,
// and what else is said of the measure.
func (g *grid) row(cells []cell) {
	r := g.read(cells)
	list := ownMarks(r.measure) > 1 && r.seq == ""
	if list {
		g.plain(r.fields...)
		r.fields = nil
	}
	if !g.each {
		g.plain(r.states...)
		if !g.begun && r.measure != "" && mark.Field(r.name+":") != "" {
			g.plain(r.name + "：")
			g.begun = true
		}
		r.states = nil
	}
	g.measure(r.seq, r.measure)
	g.plain(append(r.states, r.fields...)...)
}

func (g *grid) plain(lines ...string) {
	for _, l := range lines {
		g.out = append(g.out, Line{Text: l})
	}
}

// read reads a row by the heads of its columns.
func (g *grid) read(cells []cell) tableRow {
	var r tableRow
	for i, c := range cells {
		if i >= len(g.cols) {
			break
		}
		text := strings.TrimSpace(c.text)
		if c.under && g.cols[i] == fieldColumn {
			text = g.above[i]
		}
		if text == "" && !c.under {
			g.above[i] = ""
			continue
		}
		g.above[i] = text
		if text != "" {
			g.take(&r, i, text)
		}
	}
	return r
}

// take takes what the cell in column i says.
func (g *grid) take(r *tableRow, i int, text string) {
	title := g.head[i]
	switch g.cols[i] {
	case seqColumn:
		r.seq = zh.Bare(text)
	case partColumn:
		if text != g.current {
			g.current = text
			g.part(zh.Bare(text))
		}
	case groupColumn:
		if g.wide {
			g.measure(r.seq, zh.Bare(text))
			r.seq = ""
			return
		}
		g.part(zh.Bare(text))
	case stateColumn:
		r.states = append(r.states, title+"："+text)
	case measureColumn:
		r.name = title
		r.measure = strings.TrimSpace(r.measure + "\n" + text)
	case fieldColumn:
		r.fields = append(r.fields, title+"："+text)
	case otherColumn:
		r.fields = append(r.fields, text)
	}
}

// ownMarks counts the lines of a cell that begin with a number of the same kind
// as the first.
func ownMarks(text string) int {
	first, ok := mark.Read(zh.Fold(text))
	if !ok || first.Number == 0 {
		return 0
	}
	n := 0
	for l := range strings.SplitSeq(text, "\n") {
		if m, ok := mark.Read(zh.Fold(strings.TrimSpace(l))); ok && m.Style == first.Style && m.Number > 0 {
			n++
		}
	}
	return n
}

// measure writes the text of a measure with its number. Lines below the first
// belong to it, even if they are numbered as the measures are.
func (g *grid) measure(seq, text string) {
	if text == "" {
		return
	}
	first, rest, more := strings.Cut(text, "\n")
	m, ok := mark.Read(zh.Fold(first))
	h, below := NoHint, InCell
	switch {
	case ok && !m.Weak && m.Number > 0:
		below = NoHint
	case seq == "":
		h = Unnumbered
	case seq[len(seq)-1] >= '0' && seq[len(seq)-1] <= '9':
		first = seq + ". " + first
	default:
		first = seq + " " + first
	}
	g.out = append(g.out, Line{first, h})
	if more {
		g.out = append(g.out, Line{rest, below})
	}
}
