package source

import (
	"slices"
	"strings"

	"duban/plan/mark"
	"duban/zh"
)

// A Cell is one cell of a table.
type Cell struct {
	Text  string // may hold several lines
	Under bool   // covered by the cell above, as the merged cells of a column are
	down  int    // rows that it covers, if its reader has to count them
}

// Blank reports whether the cell says nothing.
func (c Cell) Blank() bool { return strings.TrimSpace(c.Text) == "" }

// A Table is the rows of a table, which all have cells for every column that
// they fill. Each row is a line of the document as well.
type Table struct{ Rows [][]Cell }

// tableLines hands over a table. What stands over its rows or goes on below them, a
// frame around text and a list of fields are plain lines.
func tableLines(rows [][]Cell) []Line {
	rows = slices.DeleteFunc(rows, func(r []Cell) bool { return !slices.ContainsFunc(r, func(c Cell) bool { return !c.Blank() }) })
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	top := 0
	for top < len(rows) && width > 1 && alone(rows[top]) {
		top++
	}
	out := frame(rows[:top])
	rows = rows[top:]
	end, begins := len(rows), false
	for end > 0 && width > 1 && alone(rows[end-1]) {
		end--
		begins = begins || mark.Begins(zh.Fold(Only(rows[end])))
	}
	if !begins {
		end = len(rows) // remarks on the table
	}
	below := frame(rows[end:])
	switch rows = rows[:end]; {
	case width <= 1 || len(rows) < 2 || layout(rows):
		return slices.Concat(out, frame(rows), below)
	case width == 2 && fieldList(rows):
		return slices.Concat(out, pairs(rows), below)
	}
	t := &Table{Rows: rows}
	for i, r := range rows {
		cells := make([]string, len(r))
		for j, c := range r {
			cells[j] = zh.OneLine(c.Text)
		}
		out = append(out, Line{Text: strings.Join(cells, "\t"), Table: t, Row: i})
	}
	return append(out, below...)
}

// alone reports whether a row is one text at its left edge.
func alone(r []Cell) bool { return Only(r) != "" && !r[0].Blank() }

// longestCell is how many lines a cell of a table has; one with more frames a text.
const longestCell = 30

// layout reports whether a table only places texts on a page.
func layout(rows [][]Cell) bool {
	return slices.ContainsFunc(rows, func(r []Cell) bool {
		return slices.ContainsFunc(r, func(c Cell) bool { return strings.Count(c.Text, "\n") > longestCell })
	})
}

// fieldList reports whether the rows are fields and what they say.
func fieldList(rows [][]Cell) bool {
	fields := 0
	for _, r := range rows {
		if mark.Field(zh.Fold(strings.TrimRight(strings.TrimSpace(r[0].Text), "：:"))+":") != "" {
			fields++
		}
	}
	return fields > 1 && fields*2 >= len(rows)
}

// Only is the text of a row in which one cell alone says something.
func Only(r []Cell) string {
	text := ""
	for _, c := range r {
		t := strings.TrimSpace(c.Text)
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

func frame(rows [][]Cell) []Line {
	var out []Line
	for _, r := range rows {
		for _, c := range r {
			if !c.Blank() {
				out = append(out, Line{Text: c.Text})
			}
		}
	}
	return out
}

// pairs writes a list of fields, one a line.
func pairs(rows [][]Cell) []Line {
	var out []Line
	for _, r := range rows {
		if len(r) < 2 || r[0].Blank() || r[1].Blank() {
			out = append(out, frame([][]Cell{r})...)
			continue
		}
		out = append(out, Line{Text: strings.TrimRight(strings.TrimSpace(r[0].Text), "：:") + "：" + strings.TrimSpace(r[1].Text)})
	}
	return out
}
