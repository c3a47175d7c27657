package source

import (
	"math"
	"slices"
	"strings"
)

// Bounds by which the lines of a page are told to be a table.
const (
	leastGutter  = 0.3  // sizes of type that stay white between two columns
	firstGutter  = 0.45 // the same in the first line
	leastColumns = 3
	rowApart     = 1.15 // from row to row, to the lines of one cell
	tableApart   = 4    // lines further apart, in pitches, are not of one table
)

// A gutter is what stays white between two columns.
type gutter struct{ x0, x1 float64 }

// A pageTable is a table that is being read; it may go on over the page.
type pageTable struct {
	rows    [][]Cell
	gutters []gutter
	page    int
}

// take reads the rows of a table that begin with the first of the lines and says
// how many lines that takes; 0 if they are none. Columns are told by what stays
// white between them down all lines, rows by the greater space between them.
func (t *pageTable) take(lines []*pageLine, pitch float64) int {
	goesOn := len(t.rows) > 0 && lines[0].page == t.page+1
	gutters, n, least := t.gutters, 0, 1
	if !goesOn {
		gutters, least = gaps(lines[0]), leastRows
	}
	if len(gutters) < leastColumns-1 || len(t.rows) > 0 && !goesOn {
		return 0
	}
	for ; n < len(lines); n++ {
		b := lines[n]
		left, ok := narrowed(gutters, b)
		if !ok || b.page != lines[0].page || b.noise || n > 0 && b.y-lines[n-1].y > tableApart*pitch {
			break
		}
		gutters = left
	}
	if n < least {
		return 0
	}
	rows := rowsOf(lines[:n], gutters)
	switch {
	case goesOn:
		t.join(rows)
	case len(rows) < leastRows || slices.ContainsFunc(rows[0], Cell.Blank):
		return 0
	default:
		t.rows = rows
	}
	t.gutters, t.page = gutters, lines[0].page
	return n
}

// join adds the rows of the next page: without the head, if it is printed again, and
// with what the page has cut off of the last row.
func (t *pageTable) join(rows [][]Cell) {
	if slices.Equal(rows[0], t.rows[0]) {
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return
	}
	last := t.rows[len(t.rows)-1]
	if cut(last) || cut(rows[0]) {
		for c, more := range rows[0] {
			last[c].Text = glue(last[c].Text, more.Text)
		}
		rows = rows[1:]
	}
	t.rows = append(t.rows, rows...)
}

// cut reports whether a row is only a piece of one.
func cut(r []Cell) bool {
	filled := 0
	for _, c := range r {
		if !c.Blank() {
			filled++
		}
	}
	return filled*2 <= len(r)
}

// gaps are the wide spaces of a line.
func gaps(l *pageLine) []gutter {
	var out []gutter
	for i := 1; i < len(l.words); i++ {
		a, b := l.words[i-1], l.words[i]
		if b.x0-a.x1 > firstGutter*min(a.em, b.em) {
			out = append(out, gutter{a.x1, b.x0})
		}
	}
	return out
}

// narrowed is what stays of the gutters beside the words of a line; false if one
// is closed.
func narrowed(gutters []gutter, l *pageLine) ([]gutter, bool) {
	out := slices.Clone(gutters)
	for i := range out {
		g := &out[i]
		for _, w := range l.words {
			switch {
			case w.x1 <= g.x0 || w.x0 >= g.x1:
			case w.x0-g.x0 > g.x1-w.x1:
				g.x1 = w.x0
			default:
				g.x0 = w.x1
			}
		}
		if g.x1-g.x0 < leastGutter*l.em {
			return nil, false
		}
	}
	return out, true
}

// rowsOf puts the lines of a table into rows and cells.
func rowsOf(lines []*pageLine, gutters []gutter) [][]Cell {
	at := make([]float64, len(gutters))
	for i, g := range gutters {
		at[i] = (g.x0 + g.x1) / 2
	}
	column := func(w pdfWord) int {
		i, _ := slices.BinarySearch(at, (w.x0+w.x1)/2)
		return i
	}
	near := lineSpace(lines, len(at)+1, column)
	spaced := false
	for i, l := range lines[1:] {
		spaced = spaced || l.y-lines[i].y > rowApart*near
	}
	var rows [][]Cell
	for i, l := range lines {
		cells := make([]Cell, len(at)+1)
		for j, w := range l.words {
			c := column(w)
			if j > 0 && column(l.words[j-1]) == c {
				cells[c].Text += gapBetween(l.words[j-1], w)
			}
			cells[c].Text += w.text
		}
		begins := i == 0 || spaced && l.y-lines[i-1].y > rowApart*near || !spaced && !cells[0].Blank()
		if begins {
			rows = append(rows, cells)
			continue
		}
		for c, more := range cells {
			above := &rows[len(rows)-1][c]
			above.Text = glue(above.Text, strings.TrimSpace(more.Text))
		}
	}
	return rows
}

// lineSpace is the space from line to line of one cell: the least in any column.
func lineSpace(lines []*pageLine, columns int, column func(pdfWord) int) float64 {
	near := math.Inf(1)
	last := make([]float64, columns) // where a column had its last line; 0 if it had none
	for _, l := range lines {
		for c := range columns {
			if !slices.ContainsFunc(l.words, func(w pdfWord) bool { return column(w) == c }) {
				continue
			}
			if last[c] > 0 {
				near = min(near, l.y-last[c])
			}
			last[c] = l.y
		}
	}
	return near
}
