package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"duban/zh"
)

// A table is one sheet of a workbook, or a piece of a CSV file.
type table struct {
	name    string // of the sheet
	columns []column
	rows    int
	row     func(i int) []any // strings, ints, percents, times; nil is an empty cell
	merged  []int             // columns whose cells all say the same and are one
	tail    []string          // lines below
}

// A column is a column of a table; its width in characters of ASCII is that of
// its content, within bounds.
type column struct {
	head        string
	least, most int
}

// countTable is the sheet that counts: a row for each name, and the sum of all in
// the last one.
func countTable(first column, heads []string, most int, tail []string, rows [][]any) table {
	t := table{name: "总览", columns: []column{first}, rows: len(rows), row: func(i int) []any { return rows[i] }, tail: tail}
	for _, head := range heads {
		t.columns = append(t.columns, column{head, 8, most})
	}
	return t
}

// tableFiles writes tables as a file that a spreadsheet opens.
func tableFiles(f Format, name string, at time.Time, tables []table) ([]File, error) {
	file := File{Name: fileName(name, at) + "." + string(f), Number: 1, Of: 1}
	var err error
	switch f {
	case Sheet:
		file.Type = xlsxType
		file.Data, err = workbook(tables)
	case CSV:
		file.Type = "text/csv"
		file.Data = csvFile(tables)
	default:
		err = fmt.Errorf("%s: %w", string(f), ErrFormat)
	}
	return []File{file}, err
}

// A percent is a cell that shows as 80%.
type percent int

// Times of a cell: a day, or a day with its time.
type dayCell time.Time

// plain is a cell as CSV and the measuring of widths see it.
func plain(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case percent:
		return strconv.Itoa(int(v)) + "%"
	case dayCell:
		return time.Time(v).Format(time.DateOnly)
	case time.Time:
		return zh.ISOMoment(v)
	}
	return fmt.Sprint(cell)
}

// cells is how wide a line is, in characters of ASCII: Chinese ones take two.
func cells(s string) (n int) {
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}

// widths measures the columns.
func (t *table) widths() []int {
	w := make([]int, len(t.columns))
	for i, c := range t.columns {
		w[i] = max(c.least, cells(c.head)+2)
	}
	for i := range t.rows {
		for j, cell := range t.row(i) {
			for line := range strings.SplitSeq(plain(cell), "\n") {
				w[j] = max(w[j], min(cells(line)+2, t.columns[j].most))
			}
		}
	}
	return w
}

// lines is how many lines a cell takes in a column of that width.
func lines(cell any, width int) (n int) {
	for line := range strings.SplitSeq(plain(cell), "\n") {
		n += 1 + max(cells(line)-1, 0)/max(width-1, 1)
	}
	return n
}

// numeric is a measure's number as a number, if it is one.
func numeric(s string) any {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if s == "" {
		return nil
	}
	return s
}

// at is a time as a cell; nil if there is none.
func at(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// officeColumns are the columns of the office's own table, and behind them what
// else is known.
var officeColumns = []column{
	{"序号", 6, 8},
	{"问题描述", 24, 30},
	{"目标任务", 24, 30},
	{"工作措施", 40, 56},
	{"进展", 8, 10},
	{"状态", 10, 12},
	{"责任人", 12, 24},
	{"更新时间", 18, 18},
	{"时限", 12, 20},
	{"提醒", 8, 24},
	{"说明", 16, 40},
	{"填报人", 10, 20},
}

// officeRow is a measure in those columns.
func (p *Part) officeRow(i int) []any {
	r := &p.Rows[i]
	row := []any{numeric(r.Number), p.Problem, p.Goal, r.Body, nil, r.state(), strings.Join(r.Owners, "、"), at(r.Updated), nil, nil, r.Note, r.By}
	if r.Percent != nil {
		row[4] = percent(*r.Percent)
	}
	switch {
	case !r.DueAt.IsZero():
		row[8] = dayCell(r.DueAt)
	case r.Due != "":
		row[8] = r.Due
	}
	if r.Light.String() != "" {
		row[9] = r.Light.String() + "：" + r.Why
	}
	return row
}

// Files writes the summary.
func (s *Summary) Files(f Format) ([]File, error) {
	if f == Picture {
		return s.pictures()
	}
	if f == CSV {
		return tableFiles(f, s.Title(), s.AsOf, []table{s.flat()})
	}
	return tableFiles(f, s.Title(), s.AsOf, s.tables())
}

// flat is the whole plan as one table, for CSV.
func (s *Summary) flat() table {
	var rows [][]any
	for i := range s.Parts {
		p := &s.Parts[i]
		for j := range p.Rows {
			rows = append(rows, append([]any{p.Name}, p.officeRow(j)...))
		}
	}
	return table{
		columns: append([]column{{head: "部分"}}, officeColumns...), rows: len(rows), tail: s.tail(),
		row: func(i int) []any { return rows[i] },
	}
}

// tables are the sheets of the summary: all parts at a glance, then one for each.
func (s *Summary) tables() []table {
	all := []table{s.overview()}
	for i := range s.Parts {
		p := &s.Parts[i]
		all = append(all, table{
			name: p.Name, columns: officeColumns, rows: len(p.Rows), row: p.officeRow, merged: []int{1, 2}, tail: s.tail(),
		})
	}
	return all
}

// overview is the sheet that counts.
func (s *Summary) overview() table {
	heads := slices.Concat([]string{allWord}, stateWords, lightWords)
	var rows [][]any
	add := func(name string, c Count) {
		row := []any{name}
		for _, w := range heads {
			row = append(row, c[w])
		}
		rows = append(rows, row)
	}
	for i := range s.Parts {
		add(s.Parts[i].Name, s.Parts[i].Count())
	}
	add("合计", s.Count())
	return countTable(column{"部分", 24, 50}, heads, 8, append([]string{rule()}, s.tail()...), rows)
}

// tail are the lines below a table: of when it is, and who took it out.
func (s *Summary) tail() []string {
	lines := []string{s.planTitle() + s.Title() + "，截至" + zh.FullMoment(s.AsOf)}
	if gone := s.away(); gone != "" {
		lines = append(lines, gone)
	}
	if s.Mark != "" {
		lines = append(lines, s.Mark)
	}
	return lines
}

// sheetNames gives each table a name that a workbook may have, and no other has.
func sheetNames(tables []table) []string {
	const most = 31
	taken := map[string]bool{}
	names := make([]string, len(tables))
	for i, t := range tables {
		base := strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
				return ' '
			}
			return r
		}, t.name), "' ")
		if base == "" {
			base = "表"
		}
		name := zh.Clip(base, most)
		for n := 2; taken[strings.ToLower(name)]; n++ {
			suffix := fmt.Sprintf(" (%d)", n)
			name = zh.Clip(base, most-utf8.RuneCountInString(suffix)) + suffix
		}
		taken[strings.ToLower(name)] = true
		names[i] = name
	}
	return names
}
