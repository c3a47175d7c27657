package source

import (
	"archive/zip"
	"bytes"
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

// dayPattern shows a day in the format that a workbook leaves to its reader.
const dayPattern = `yyyy"年"m"月"d"日"`

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
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		ShortDatePattern: dayPattern, CultureInfo: excelize.CultureNameZhCN, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPart,
	})
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
			cells[i].Text = c
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
