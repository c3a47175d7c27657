package source

import (
	"archive/zip"
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"duban/plan/mark"
	"duban/zh"
)

// Bounds on a sheet.
const (
	maxRows    = 20_000
	maxColumns = 200
)

// readXLSX reads the visible sheets of a workbook as tables.
func readXLSX(z *zip.Reader, data []byte) (*Text, error) {
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
			continue
		}
		var w walker // the library does not look
		if err := w.read(f, w.skip); err != nil {
			return nil, err
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return nil, err
	}
	defer book.Close()
	var sheets []sheet
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		rows, err := sheetRows(book, name)
		if err != nil {
			return nil, err
		}
		s := sheet{name: name}
		s.put(tableLines(rows)...)
		sheets = append(sheets, s)
	}
	return sheetText(sheets), nil
}

// A sheet is one of a workbook.
type sheet struct {
	Text
	name string
}

// sheetText puts the sheets of a workbook behind one another. If several hold
// measures, each is headed by its name; one of notes is a text of its own.
func sheetText(sheets []sheet) *Text {
	src := &Text{}
	plans := 0
	for _, s := range sheets {
		if s.begins() {
			plans++
		}
	}
	for _, s := range sheets {
		switch {
		case plans > 0 && !s.begins():
			for _, l := range s.Lines {
				src.put(Line{Text: l.Text, Hint: Besides})
			}
			continue
		case plans > 1:
			src.put(Line{Text: "# " + s.name})
		}
		src.put(s.Lines...)
	}
	return src
}

// begins reports whether a line of the text begins a node.
func (s *Text) begins() bool {
	for _, l := range s.Lines {
		t := zh.Fold(strings.TrimSpace(l.Text))
		if l.Table != nil || mark.Begins(t) || strings.HasPrefix(t, "#") {
			return true
		}
	}
	return false
}

func sheetRows(book *excelize.File, name string) ([][]Cell, error) {
	it, err := book.Rows(name)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	dates := map[int]bool{}
	var rows [][]Cell
	for it.Next() {
		if len(rows) >= maxRows {
			return nil, refuse("表格超过两万行，不像一份工作要点。请只保留要导入的表再试", nil)
		}
		row, err := it.Columns()
		if err != nil {
			return nil, err
		}
		row = row[:min(len(row), maxColumns)]
		cells := make([]Cell, len(row))
		for i, c := range row {
			cells[i].Text = shown(book, name, i+1, len(rows)+1, c, dates)
		}
		rows = append(rows, cells)
	}
	return coverMerged(book, name, rows)
}

// coverMerged marks the cells that a merge with the one above covers.
func coverMerged(book *excelize.File, name string, rows [][]Cell) ([][]Cell, error) {
	merges, err := book.GetMergeCells(name)
	if err != nil {
		return nil, err
	}
	left := maxCells
	for _, m := range merges {
		x0, y0, err0 := excelize.CellNameToCoordinates(m.GetStartAxis())
		x1, y1, err1 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err0 != nil || err1 != nil {
			continue
		}
		x1, y1 = min(x1, maxColumns), min(y1, len(rows))
		for y := y0; y < y1; y++ { // from the second row on, counted from 0
			for len(rows[y]) < x1 {
				rows[y] = append(rows[y], Cell{})
			}
			if left -= max(0, x1-x0+1); left < 0 {
				return nil, refuse(bomb, errBomb)
			}
			for x := x0; x <= x1; x++ {
				rows[y][x-1] = Cell{Under: true}
			}
		}
	}
	return rows, nil
}

var numberCell = regexp.MustCompile(`^[0-9]{5}(\.[0-9]+)?$`)

// shown is the value of a cell as people see it. A date is stored as a number
// of days; every other value is shown as it is stored.
func shown(book *excelize.File, sheet string, col, row int, raw string, dates map[int]bool) string {
	if !numberCell.MatchString(raw) {
		return raw
	}
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return raw
	}
	style, err := book.GetCellStyle(sheet, cell)
	if err != nil {
		return raw
	}
	isDate, known := dates[style]
	if !known {
		isDate = dateStyle(book, style)
		dates[style] = isDate
	}
	days, err := strconv.ParseFloat(raw, 64)
	if !isDate || err != nil {
		return raw
	}
	t, err := excelize.ExcelDateToTime(days, false)
	if err != nil {
		return raw
	}
	return zh.FullDate(t)
}

func dateStyle(book *excelize.File, id int) bool {
	s, err := book.GetStyle(id)
	if err != nil || s == nil {
		return false
	}
	if s.CustomNumFmt != nil {
		return strings.ContainsAny(strings.ToLower(*s.CustomNumFmt), "yd年月日")
	}
	return s.NumFmt >= 14 && s.NumFmt <= 17 || s.NumFmt == 22 || s.NumFmt >= 27 && s.NumFmt <= 36 || s.NumFmt >= 50 && s.NumFmt <= 58
}
