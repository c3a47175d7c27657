package source

import "strings"

// leastRows is how many lines show a table in a text, its head among them.
const leastRows = 3

// tabulate finds the tables of a text: lines with tabs that all have the same
// number of cells. A table whose rows differ has lost its merged cells, and stays
// text.
func tabulate(lines []Line) []Line {
	var out []Line
	for at := 0; at < len(lines); {
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
