package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// tallRows is from how many rows on the heights of rows are left to the program
// that opens the workbook.
const tallRows = 2000

// A book is a workbook while it is written. Every cell is a value: what people
// wrote is a string and never a formula, whatever it begins with.
type book struct {
	file   *excelize.File
	styles bookStyles
}

type bookStyles struct{ head, text, number, percent, day, moment, tail int }

// workbook writes tables as a workbook, one sheet for each.
func workbook(tables []table) (data []byte, err error) {
	b := &book{file: excelize.NewFile()}
	defer func() { err = errors.Join(err, b.file.Close()) }()
	if err := b.makeStyles(); err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	for i, name := range sheetNames(tables) {
		if i == 0 {
			err = b.file.SetSheetName("Sheet1", name)
		} else {
			_, err = b.file.NewSheet(name)
		}
		if err == nil {
			err = b.sheet(name, &tables[i])
		}
		if err != nil {
			return nil, fmt.Errorf("workbook: %w", err)
		}
	}
	var out bytes.Buffer
	if err := b.file.Write(&out); err != nil {
		return nil, fmt.Errorf("workbook: %w", err)
	}
	return out.Bytes(), nil
}

func (b *book) makeStyles() error {
	line := excelize.Border{Color: "BFC5CD", Style: 1}
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		line.Type = side
		border = append(border, line)
	}
	left := &excelize.Alignment{Vertical: "center", WrapText: true}
	middle := &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}
	day, moment := "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
	var errs error
	style := func(s excelize.Style) int {
		id, err := b.file.NewStyle(&s)
		errs = errors.Join(errs, err)
		return id
	}
	const wholePercent = 9 // 0%
	b.styles = bookStyles{
		head: style(excelize.Style{
			Border: border, Alignment: middle, Font: &excelize.Font{Bold: true},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4ECF8"}},
		}),
		text:    style(excelize.Style{Border: border, Alignment: left}),
		number:  style(excelize.Style{Border: border, Alignment: middle}),
		percent: style(excelize.Style{Border: border, Alignment: middle, NumFmt: wholePercent}),
		day:     style(excelize.Style{Border: border, Alignment: middle, CustomNumFmt: &day}),
		moment:  style(excelize.Style{Border: border, Alignment: middle, CustomNumFmt: &moment}),
		tail:    style(excelize.Style{Font: &excelize.Font{Color: "6C7580"}, Alignment: &excelize.Alignment{Vertical: "center"}}),
	}
	return errs
}

// sheet writes one table, row by row, so that a long one needs no more memory
// than its bytes.
func (b *book) sheet(name string, t *table) error {
	if err := b.layOut(name); err != nil {
		return err
	}
	w, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	widths := t.widths()
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return err
		}
	}
	frozen := excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
	if err := w.SetPanes(&frozen); err != nil {
		return err
	}
	head := make([]any, len(t.columns))
	for i, c := range t.columns {
		head[i] = excelize.Cell{StyleID: b.styles.head, Value: c.head}
	}
	if err := w.SetRow("A1", head, excelize.RowOpts{Height: 24}); err != nil {
		return err
	}
	heights := t.heights(widths)
	for i := range t.rows {
		var row []any
		for _, cell := range t.row(i) {
			row = append(row, b.cell(cell))
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), row, heights(i)); err != nil {
			return err
		}
	}
	return b.finish(w, t)
}

// layOut makes a sheet print across, as wide as the paper, with its heading on
// every page.
func (b *book) layOut(name string) error {
	fit, wide, tall, a4, across := true, 1, 0, 9, "landscape"
	return errors.Join(
		b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &wide, FitToHeight: &tall}),
		b.file.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", Scope: name, RefersTo: "'" + strings.ReplaceAll(name, "'", "''") + "'!$1:$1",
		}),
	)
}

// finish merges what is one cell and writes the lines below the table.
func (b *book) finish(w *excelize.StreamWriter, t *table) error {
	for i, line := range t.tail {
		cell := []any{excelize.Cell{StyleID: b.styles.tail, Value: line}}
		if err := w.SetRow(fmt.Sprintf("A%d", t.rows+3+i), cell); err != nil {
			return err
		}
	}
	for _, column := range t.merged {
		if t.rows < 2 {
			break
		}
		name, err := excelize.ColumnNumberToName(column + 1)
		if err != nil {
			return err
		}
		if err := w.MergeCell(name+"2", fmt.Sprintf("%s%d", name, t.rows+1)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// cell gives a value its type and style.
func (b *book) cell(v any) excelize.Cell {
	switch v := v.(type) {
	case nil:
		return excelize.Cell{StyleID: b.styles.text}
	case int:
		return excelize.Cell{StyleID: b.styles.number, Value: v}
	case percent:
		return excelize.Cell{StyleID: b.styles.percent, Value: float64(v) / 100}
	case dayCell:
		return excelize.Cell{StyleID: b.styles.day, Value: wall(time.Time(v))}
	case time.Time:
		return excelize.Cell{StyleID: b.styles.moment, Value: wall(v)}
	}
	return excelize.Cell{StyleID: b.styles.text, Value: plain(v)}
}

// wall is the time that a clock on the wall shows, as a workbook knows no zones.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// heights says how high each row must be so that all of it is seen: not every
// program that opens a workbook works that out for itself.
func (t *table) heights(widths []int) func(i int) excelize.RowOpts {
	const line, pad, most = 16, 8, 400
	if t.rows > tallRows {
		return func(int) excelize.RowOpts { return excelize.RowOpts{} }
	}
	merged := map[int]bool{}
	for _, c := range t.merged {
		merged[c] = t.rows > 1
	}
	need := make([]int, t.rows)
	total, block := 0, 0
	for i := range need {
		need[i] = 1
		for j, cell := range t.row(i) {
			if n := lines(cell, widths[j]); merged[j] {
				block = max(block, n)
			} else {
				need[i] = max(need[i], n)
			}
		}
		total += need[i]
	}
	for i := 0; total < block; i, total = i+1, total+1 { // the merged cells need more than the rows have
		need[i%t.rows]++
	}
	return func(i int) excelize.RowOpts {
		return excelize.RowOpts{Height: float64(min(need[i]*line+pad, most))}
	}
}
