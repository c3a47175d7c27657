package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"duban/zh"
)

// maxPeople is the most rows that Read takes.
const maxPeople = 300_000

// ErrFormat means that the file is not a roster that can be read; its text is
// Chinese and says what to do.
var ErrFormat = errors.New("名单读不了")

// Read reads a roster from an .xlsx workbook (its first sheet) or a .csv file (UTF-8,
// UTF-16 or GB18030). One of the first rows holds the headings 工号, 姓名, 学院/部门, 角色,
// 群 and 只看, or what offices call them; 工号 and 姓名 are required. Several roles or
// groups in one cell are separated by 、 ; , / or |. What Read is not sure of stands in
// the roster's Remarks. An error wraps ErrFormat and names the row.
func Read(name string, data []byte) (*Roster, error) {
	s, err := sheetOf(name, data)
	if err != nil {
		return nil, err
	}
	first, err := s.header()
	if err != nil {
		return nil, err
	}
	return s.people(first)
}

// A sheet is a table as it was read from a file.
type sheet struct {
	rows   [][]string
	shown  [][]string // the cells as a workbook shows them; nil of a text file
	hidden []int      // the rows that are not shown
	at     map[string]int
}

func sheetOf(name string, data []byte) (*sheet, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx":
		return workbook(data)
	case ".csv", ".txt":
		return table(data)
	}
	return nil, fmt.Errorf("%w：请另存为 .xlsx 或 .csv 再导入", ErrFormat)
}

func workbook(data []byte) (*sheet, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 64 << 20})
	if err != nil {
		return nil, fmt.Errorf("%w：不是完好的 .xlsx 文件，请用表格软件重新另存为 .xlsx（%w）", ErrFormat, err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	s := &sheet{}
	var merged []excelize.MergeCell
	if s.rows, err = f.GetRows(name, excelize.Options{RawCellValue: true}); err == nil {
		if s.shown, err = f.GetRows(name); err == nil {
			merged, err = f.GetMergeCells(name)
		}
	}
	for i := 0; i < len(s.rows) && err == nil; i++ {
		var visible bool
		if visible, err = f.GetRowVisible(name, i+1); !visible {
			s.hidden = append(s.hidden, i)
		}
	}
	for _, m := range merged {
		if err == nil {
			err = s.spread(m)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w：第一张工作表打不开（%w）", ErrFormat, err)
	}
	return s, nil
}

// spread writes what stands in merged cells into each of them, below the first row of
// the sheet, which may be one long title.
func (s *sheet) spread(m excelize.MergeCell) error {
	x1, y1, err := excelize.CellNameToCoordinates(m.GetStartAxis())
	if err != nil {
		return err
	}
	x2, y2, err := excelize.CellNameToCoordinates(m.GetEndAxis())
	if err != nil || x1 != x2 { // only what is merged downwards holds for every row
		return err
	}
	for y := y1; y < min(y2, len(s.rows)); y++ {
		for len(s.rows[y]) < x1 {
			s.rows[y] = append(s.rows[y], "")
		}
		s.rows[y][x1-1] = m.GetCellValue()
	}
	return nil
}

func table(data []byte) (*sheet, error) {
	text, ok := zh.Decode(data)
	if !ok {
		return nil, fmt.Errorf("%w：文字编码认不出，请另存为 UTF-8 的 .csv", ErrFormat)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, ",") {
		for _, apart := range "\t;" {
			if strings.ContainsRune(first, apart) {
				r.Comma = apart
			}
		}
	}
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%w：%w", ErrFormat, err)
	}
	return &sheet{rows: rows}, nil
}

// cell returns what stands in a row under a field, "" if nothing does.
func (s *sheet) cell(row int, field string) string {
	c, ok := s.at[field]
	if !ok || c >= len(s.rows[row]) {
		return ""
	}
	text := s.rows[row][c]
	if field == "id" && s.shown != nil && row < len(s.shown) && c < len(s.shown[row]) {
		// 00001 is a number with a format. Long numbers are shown as 2.02E+11.
		if shown := s.shown[row][c]; shown != "" && strings.Trim(shown, "0123456789") == "" {
			text = shown
		}
	}
	return zh.Visible(text)
}
