package plan

import (
	"regexp"
	"slices"
	"strings"

	"duban/zh"
)

// A column says what the cells below a head are.
type column int

const (
	otherColumn column = iota
	seqColumn
	partColumn
	stateColumn // problem and goal: of a part, or of each measure
	measureColumn
	fieldColumn
)

var (
	seqHead     = regexp.MustCompile(`^(序号|编号|项目?号)$`)
	partHead    = regexp.MustCompile(`^(部分|工作领域|领域|类别|板块|重点领域|工作类别|工作板块|重点工作|重点方向)$`)
	stateHead   = regexp.MustCompile(`^(问题描述|存在问题|主要问题|突出问题|目标任务|工作目标|总体目标|主要目标|年度目标)$`)
	measureHead = regexp.MustCompile(`^(工作措施|具体措施|主要措施|推进措施|措施|工作举措|主要举措|具体举措|工作内容|任务内容|具体内容|主要内容|工作任务|具体任务|重点任务|任务)$`)
)

func columnOf(head string) column {
	head = bare(zh.Fold(head))
	switch {
	case seqHead.MatchString(head):
		return seqColumn
	case partHead.MatchString(head):
		return partColumn
	case stateHead.MatchString(head):
		return stateColumn
	case measureHead.MatchString(head):
		return measureColumn
	case head != "" && runes(head) <= 8:
		return fieldColumn
	}
	return otherColumn
}

// tableLines writes a table as text: a table of measures as the plan would be
// written without one, any other as rows with tabs, a frame as plain lines.
// Cells that a merge covers are empty; a cell may hold several lines.
func tableLines(rows [][]string) []string {
	rows = slices.DeleteFunc(rows, func(r []string) bool { return strings.TrimSpace(strings.Join(r, "")) == "" })
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	head := slices.IndexFunc(rows[:min(6, len(rows))], measures)
	switch {
	case width <= 1:
		return frame(rows)
	case head >= 0 && numberedRows(rows[head:]):
		return append(frame(rows[:head]), measureLines(rows[head], rows[head+1:])...)
	case width == 2:
		return pairs(rows)
	}
	var out []string
	for _, r := range rows {
		if only(r) != "" && len(r) > 1 && len(out) == 0 {
			out = append(out, only(r))
			continue
		}
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = strings.Join(strings.Fields(c), " ")
		}
		out = append(out, strings.Join(cells, "\t"))
	}
	return out
}

// measures reports whether a row is the head of a table of measures.
func measures(r []string) bool {
	known, measure := 0, false
	for _, c := range r {
		switch columnOf(c) {
		case measureColumn:
			measure = true
			known++
		case seqColumn, partColumn, stateColumn:
			known++
		case fieldColumn:
			if fieldName.MatchString(bare(zh.Fold(c)) + ":") {
				known++
			}
		case otherColumn:
		}
	}
	return measure && known >= 2
}

// numberedRows reports whether the measures have numbers: in a column of their
// own, or at the head of their text.
func numberedRows(rows [][]string) bool {
	for i, c := range rows[0] {
		if columnOf(c) == seqColumn {
			return true
		}
		if columnOf(c) != measureColumn {
			continue
		}
		for _, r := range rows[1:] {
			if i < len(r) && strings.TrimSpace(r[i]) != "" {
				m, ok := readMark(zh.Fold(strings.TrimSpace(r[i])))
				return ok && m.number > 0
			}
		}
	}
	return false
}

// only is the text of a row in which one cell alone says something.
func only(r []string) string {
	text := ""
	for _, c := range r {
		c = strings.TrimSpace(c)
		if c == "" || c == text {
			continue
		}
		if text != "" {
			return ""
		}
		text = c
	}
	return text
}

func frame(rows [][]string) []string {
	var out []string
	for _, r := range rows {
		for _, c := range r {
			if strings.TrimSpace(c) != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// pairs writes a table of two columns: a field and what it says, or a row.
func pairs(rows [][]string) []string {
	var out []string
	for _, r := range rows {
		if len(r) < 2 || strings.TrimSpace(r[0]) == "" || strings.TrimSpace(r[1]) == "" {
			out = append(out, frame([][]string{r})...)
			continue
		}
		left, right := strings.TrimSpace(r[0]), strings.TrimSpace(r[1])
		if fieldName.MatchString(zh.Fold(strings.TrimRight(left, "：:")) + ":") {
			left = strings.TrimRight(left, "：:") + "："
		} else {
			left += " "
		}
		out = append(out, left+right)
	}
	return out
}

// measureLines writes a table of measures as text.
func measureLines(head []string, rows [][]string) []string {
	g := &grid{head: head}
	for _, c := range head {
		g.cols = append(g.cols, columnOf(c))
	}
	g.each = g.ofEach(rows)
	for _, r := range rows {
		if line := only(r); line != "" && strings.TrimSpace(r[0]) == line && !rowKey.MatchString(zh.Fold(line)) {
			g.part(line)
			continue
		}
		g.row(r)
	}
	return g.out
}

// A grid is a table of measures while it is written.
type grid struct {
	head    []string
	cols    []column
	each    bool // problems and goals belong to each measure, not to the part
	begun   bool // the part's 工作措施: is written
	current string
	out     []string
}

// ofEach reports whether every measure has a problem or goal of its own.
func (g *grid) ofEach(rows [][]string) bool {
	measures, states := 0, 0
	for _, r := range rows {
		for i, c := range r {
			if i >= len(g.cols) || strings.TrimSpace(c) == "" {
				continue
			}
			switch g.cols[i] {
			case measureColumn:
				measures++
			case stateColumn:
				states++
			case otherColumn, seqColumn, partColumn, fieldColumn:
			}
		}
	}
	kinds := 0
	for _, c := range g.cols {
		if c == stateColumn {
			kinds++
		}
	}
	return kinds > 0 && states >= measures*kinds && measures > 1
}

func (g *grid) part(line string) {
	if _, ok := readMark(zh.Fold(line)); !ok && runes(line) <= 40 {
		line = "## " + line
	}
	g.out = append(g.out, line)
	g.begun = false
}

// row writes one row: its part if that is new, the part's fields, the measure,
// and what else is said of the measure.
func (g *grid) row(r []string) {
	var seq, measure, name string
	var states, fields []string
	for i, c := range r {
		c = strings.TrimSpace(c)
		if i >= len(g.cols) || c == "" {
			continue
		}
		title := strings.Join(strings.Fields(g.head[i]), "")
		switch g.cols[i] {
		case seqColumn:
			seq = strings.Join(strings.Fields(c), "")
		case partColumn:
			if c != g.current {
				g.current = c
				g.part(strings.Join(strings.Fields(c), ""))
			}
		case stateColumn:
			states = append(states, title+"："+c)
		case measureColumn:
			name = title
			measure = strings.TrimSpace(measure + "\n" + c)
		case fieldColumn:
			fields = append(fields, title+"："+c)
		case otherColumn:
			fields = append(fields, c)
		}
	}
	if !g.each {
		g.out = append(g.out, states...)
		if !g.begun && fieldName.MatchString(name+":") {
			g.out = append(g.out, name+"：")
			g.begun = true
		}
		states = nil
	}
	g.measure(seq, measure)
	g.out = append(append(g.out, states...), fields...)
}

func (g *grid) measure(seq, text string) {
	if text == "" {
		return
	}
	m, ok := readMark(zh.Fold(text))
	if (!ok || m.weak || m.number == 0) && seq != "" {
		if last := lastRune(seq); last >= '0' && last <= '9' {
			seq += "."
		}
		text = seq + " " + text
	}
	g.out = append(g.out, text)
}
