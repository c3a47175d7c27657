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
		wide, end := 0, at
		var rows [][]Cell
		same := true
		for ; end < len(lines) && strings.Contains(strings.TrimSpace(lines[end].Text), "\t"); end++ {
			rows = append(rows, textCells(lines[end].Text))
			wide = len(rows[0])
			same = same && len(rows[end-at]) == wide
		}
		if same && len(rows) >= leastRows && wide >= 3 {
			out = append(out, tableLines(rows)...)
			at = end
			continue
		}
		out = append(out, lines[at:max(end, at+1)]...)
		at = max(end, at+1)
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
