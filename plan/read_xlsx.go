package plan

import (
	"archive/zip"
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Bounds on a sheet.
const (
	maxRows    = 20_000
	maxColumns = 200
)

// readXLSX reads the visible sheets of a workbook as tables.
func readXLSX(z *zip.Reader, data []byte) (string, error) {
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
			continue
		}
		b, err := unpack(f)
		if err != nil {
			return "", err
		}
		if err := checkXML(b); err != nil {
			return "", err
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxPart})
	if err != nil {
		return "", refuse("表格已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx 再试", err)
	}
	defer book.Close()
	var out []string
	for _, name := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		rows, err := sheetRows(book, name)
		if err != nil {
			return "", err
		}
		out = append(out, tableLines(rows)...)
	}
	return strings.Join(out, "\n"), nil
}

func sheetRows(book *excelize.File, name string) ([][]string, error) {
	it, err := book.Rows(name)
	if err != nil {
		return nil, refuse("表格已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx 再试", err)
	}
	defer it.Close()
	dates := map[int]bool{}
	var rows [][]string
	for it.Next() {
		if len(rows) >= maxRows {
			return nil, refuse("表格超过两万行，不像一份工作要点。请只保留要导入的表再试", nil)
		}
		row, err := it.Columns()
		if err != nil {
			return nil, refuse("表格已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx 再试", err)
		}
		row = row[:min(len(row), maxColumns)]
		for i, c := range row {
			row[i] = shown(book, name, i+1, len(rows)+1, c, dates)
		}
		rows = append(rows, row)
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
	return t.Format("2006年1月2日")
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
