package report

import (
	"fmt"
	"time"
)

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

// Files writes the roll.
func (roll *Roll) Files(f Format) ([]File, error) {
	name := fmt.Sprintf("通知%d回复情况", roll.Notice.Number)
	if f == Picture {
		return roll.pictures(name)
	}
	tables := roll.tables()
	if f == CSV {
		tables = tables[len(tables)-1:] // the names if there are any
	}
	return tableFiles(f, name, roll.AsOf, tables)
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
