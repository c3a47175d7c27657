package source

import (
	"regexp"
	"slices"
	"strings"

	"duban/plan/mark"
	"duban/zh"
)

// A cell is one cell of a table.
type cell struct {
	text  string
	under bool // covered by the cell above, as the merged cells of a column are
}

func (c cell) blank() bool { return strings.TrimSpace(c.text) == "" }

// A column says what the cells below a head are.
type column int

const (
	otherColumn column = iota
	seqColumn
	partColumn
	stateColumn // problem and goal: of a part, or of each measure
	measureColumn
	fieldColumn
	groupColumn // over measures, because its cells are merged
)

var heads = []struct {
	of   column
	said *regexp.Regexp
}{
	{seqColumn, regexp.MustCompile(`^(序号|编号|项目?号)$`)},
	{partColumn, regexp.MustCompile(`^(部分|工作领域|领域|类别|板块|重点领域|工作类别|工作板块|重点工作|重点方向)$`)},
	{stateColumn, regexp.MustCompile(`^(问题描述|存在问题|主要问题|突出问题|目标任务|工作目标|总体目标|主要目标|年度目标)$`)},
	{measureColumn, regexp.MustCompile(`^(工作措施|具体措施|主要措施|推进措施|措施|工作举措|主要举措|具体举措|工作内容|任务内容|具体内容|主要内容|工作任务|具体任务|重点任务|任务)$`)},
	{fieldColumn, regexp.MustCompile(`^.{1,8}$`)},
}

func columnOf(head string) column {
	head = zh.Bare(zh.Fold(head))
	for _, h := range heads {
		if h.said.MatchString(head) {
			return h.of
		}
	}
	return otherColumn
}

// tableLines writes a table as text: a table of measures as the plan would be
// written without one, any other as rows with tabs, a frame as plain lines.
// Cells that a merge covers are empty; a cell may hold several lines.
func tableLines(rows [][]cell) []Line {
	rows = slices.DeleteFunc(rows, func(r []cell) bool { return !slices.ContainsFunc(r, func(c cell) bool { return !c.blank() }) })
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	head := slices.IndexFunc(rows[:min(6, len(rows))], measures)
	switch {
	case width <= 1:
		return frame(rows)
	case head >= 0 && head+1 < len(rows):
		return append(frame(rows[:head]), measureLines(rows[head], rows[head+1:])...)
	case width == 2:
		return pairs(rows)
	}
	return tabbed(rows)
}

// tabbed writes rows with tabs between their cells. The key of a row that is
// merged with the one above is repeated.
func tabbed(rows [][]cell) []Line {
	var out []Line
	key := ""
	for _, r := range rows {
		if only(r) != "" && len(r) > 1 && len(out) == 0 {
			out = append(out, Line{Text: only(r)})
			continue
		}
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = zh.OneLine(c.text)
		}
		if r[0].under {
			cells[0] = key
		}
		key = cells[0]
		out = append(out, Line{Text: strings.Join(cells, "\t")})
	}
	return out
}

// measures reports whether a row is the head of a table of measures.
func measures(r []cell) bool {
	known, measure := 0, false
	for _, c := range r {
		col := columnOf(c.text)
		measure = measure || col == measureColumn
		if col != otherColumn && (col != fieldColumn || mark.Field(zh.Bare(zh.Fold(c.text))+":") != "") {
			known++
		}
	}
	return measure && known >= 2
}

// only is the text of a row in which one cell alone says something.
func only(r []cell) string {
	text := ""
	for _, c := range r {
		t := strings.TrimSpace(c.text)
		if t == "" || t == text {
			continue
		}
		if text != "" {
			return ""
		}
		text = t
	}
	return text
}

func frame(rows [][]cell) []Line {
	var out []Line
	for _, r := range rows {
		for _, c := range r {
			if !c.blank() {
				out = append(out, Line{Text: c.text})
			}
		}
	}
	return out
}

// pairs writes a table of two columns: a field and what it says, or a row.
func pairs(rows [][]cell) []Line {
	var out []Line
	for _, r := range rows {
		if len(r) < 2 || r[0].blank() || r[1].blank() {
			out = append(out, frame([][]cell{r})...)
			continue
		}
		left, right := strings.TrimSpace(r[0].text), strings.TrimSpace(r[1].text)
		if mark.Field(zh.Fold(strings.TrimRight(left, "：:"))+":") != "" {
			left = strings.TrimRight(left, "：:") + "："
		} else {
			left += " "
		}
		out = append(out, Line{Text: left + right})
	}
	return out
}
