package source

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// leastRows is how many lines show a table in a text, its head among them.
const leastRows = 3

// tabulate finds the tables of a text: lines with tabs that all have the same
// number of cells. A table whose rows differ has lost its merged cells, and stays
// text.
func tabulate(lines []Line) []Line {
	var out []Line
	for at := 0; at < len(lines); {
		if rows, n := cellTable(lines[at:]); n > 0 {
			for _, l := range tableLines(rows) {
				out = append(out, l)
				out = append(out, make([]Line, len(rows[0])-1)...) // lines keep their numbers
			}
			at += n
			continue
		}
		var rows [][]Cell
		same, end := true, at
		for ; end < len(lines) && strings.Contains(strings.TrimSpace(lines[end].Text), "\t"); end++ {
			rows = append(rows, textCells(lines[end].Text))
			same = same && len(rows[end-at]) == len(rows[0])
		}
		if same && len(rows) >= leastRows && len(rows[0]) >= leastColumns {
			out = append(out, tableLines(rows)...)
		} else {
			end = max(end, at+1)
			out = append(out, lines[at:end]...)
		}
		at = end
	}
	return out
}

func textCells(line string) []Cell {
	var cells []Cell
	for c := range strings.SplitSeq(strings.TrimSpace(line), "\t") {
		cells = append(cells, Cell{Text: strings.TrimSpace(c)})
	}
	return cells
}

// Bounds on a table that was copied one cell a line.
const (
	longestHead = 12 // characters
	mostColumns = 15
)

// cellTable reads a table that was copied one cell a line, if its head is the first of
// the lines: so many short ones as stand from the number 1 to the number 2, and from
// there to 3. It says how many lines that takes; 0 if there is none.
func cellTable(lines []Line) (rows [][]Cell, n int) {
	text := func(i int) string { return zh.Fold(strings.TrimSpace(lines[i].Text)) }
	width := 0
	for width < len(lines) && width <= mostColumns && text(width) != "1" {
		if s := text(width); s == "" || utf8.RuneCountInString(s) > longestHead || strings.Contains(s, "\t") || mark.EndsSentence(s) || mark.Begins(s) {
			return nil, 0
		}
		width++
	}
	if width < leastColumns || width > mostColumns {
		return nil, 0
	}
	for n+width <= len(lines) && (n == 0 || text(n) == strconv.Itoa(n/width)) {
		var row []Cell
		for i := range width {
			row = append(row, Cell{Text: strings.TrimSpace(lines[n+i].Text)})
		}
		rows, n = append(rows, row), n+width
	}
	if len(rows) <= leastRows {
		return nil, 0
	}
	return rows, n
}

var (
	saidBy  = regexp.MustCompile(`^[^。;!?]{1,30} [0-9:]*[0-9]{1,2}:[0-9]{2}:[0-9]{2}$`)
	dayRule = regexp.MustCompile(`^[-—─]{3,}[^。;!?]{1,30}[-—─]{3,}$`)
)

// transcript finds a chat that was forwarded as text: lines that say who said what
// follows, and when. What nobody numbers there is an answer to what somebody does.
func transcript(lines []Line) []Line {
	speeches, begins := 0, map[int]bool{}
	for _, l := range lines {
		switch s := zh.Fold(strings.TrimSpace(l.Text)); {
		case saidBy.MatchString(s):
			speeches++
		case s == "" || dayRule.MatchString(s):
		case speeches == 0:
			return lines
		case mark.Begins(s):
			begins[speeches] = true
		}
	}
	if speeches < 2 || len(begins) == 0 {
		return lines
	}
	speech, begun := 0, false
	for i := range lines {
		s := zh.Fold(strings.TrimSpace(lines[i].Text))
		if saidBy.MatchString(s) {
			speech++
		}
		begun = begun || begins[speech]
		if saidBy.MatchString(s) || dayRule.MatchString(s) || begun && !begins[speech] {
			lines[i].Hint = PageNoise
		}
	}
	return lines
}
