package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/progress"
	"duban/report"
)

// hostile are texts that a spreadsheet would take for a formula, or that break a
// file that is not written with care.
func hostile() []string {
	return []string{
		`=1+1`, `=cmd|' /C calc'!A0`, `=HYPERLINK("http://evil.example.com","点我")`, `+1+1`, `-2+3`, `@SUM(1)`, "\t=1+1", "\r=1+1", "\n=1+1", ` =1+1`,
		`＝1+1`, `＋1+1`, `－2+3`, `＠SUM(1)`, "\u200b=1+1", `"=1+1`, `'=1+1`, `a","=1+1`, `<f>1+1</f>`, "\x01\x0b", strings.Repeat("长", 20000), `{=1+1}`,
	}
}

// attacked is an office in which somebody reports nothing but such texts.
func attacked(t *testing.T) *office {
	var text strings.Builder
	text.WriteString("临江大学2026年工作要点\n一、=部分[1]:*?/\\\n工作措施：\n")
	for i := range hostile() {
		fmt.Fprintf(&text, "%d. 措施%d。\n", i+1, i+1)
	}
	o := newOffice(t, text.String(), staff()...)
	for i, s := range hostile() {
		o.says("C3", fmt.Sprint(i+1), 1, progress.Update{Percent: new(i), Note: s})
	}
	return o
}

func TestFiles_workbookHasNoFormula(t *testing.T) {
	o := attacked(t)
	order := report.Order{Kind: report.Progress, Viewer: report.Viewer{All: true, Mark: "=1+1"}}
	f := open(t, o.files(order, report.Sheet)[0].Data)
	seen := 0
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		o.Must(err)
		for i, row := range rows {
			for j := range row {
				cell, err := excelize.CoordinatesToCellName(j+1, i+1)
				o.Must(err)
				formula, err := f.GetCellFormula(sheet, cell)
				o.Must(err)
				kind, err := f.GetCellType(sheet, cell)
				o.Must(err)
				if formula != "" || kind == excelize.CellTypeFormula {
					t.Errorf("%s!%s: got formula %q, want none", sheet, cell, formula)
				}
				seen++
			}
		}
	}
	if seen < 12*len(hostile()) {
		t.Errorf("got %d cells, want those of all measures", seen)
	}
	sheet := f.GetSheetList()[1]
	if got, err := f.GetCellValue(sheet, "K2"); err != nil || got != "=1+1" {
		t.Errorf("got %q, %v as the first note, want it as it was said", got, err)
	}
}

func TestFiles_csvHasNoFormula(t *testing.T) {
	o := attacked(t)
	data := o.files(report.Order{Kind: report.Progress, Viewer: everybody()}, report.CSV)[0].Data
	text, ok := bytes.CutPrefix(data, []byte("\xef\xbb\xbf"))
	if !ok {
		t.Errorf("got a file that begins with %q, want the mark of UTF-8", data[:3])
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	o.Must(err)
	if len(rows) < len(hostile())+1 {
		t.Fatalf("got %d rows, want one for each measure", len(rows))
	}
	for _, row := range rows {
		for _, cell := range row {
			if first := strings.TrimLeft(cell, " \u00a0\u3000\u200b\ufeff"); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") ||
				slices.ContainsFunc([]string{"＝", "＋", "－", "＠"}, func(s string) bool { return strings.HasPrefix(first, s) }) {
				t.Errorf("got cell %.40q, want an apostrophe before what a spreadsheet would run", cell)
			}
		}
	}
	for line := range strings.SplitSeq(string(text), "\r\n\"") {
		if line != "" && !strings.HasSuffix(strings.TrimRight(line, "\r\n"), `"`) && strings.Count(line, `"`)%2 == 1 {
			t.Errorf("got line %.60q, want every field in quotes", line)
		}
	}
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("got error %v from opening the workbook, want none", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestFiles_workbook(t *testing.T) {
	o := busy(t)
	files := o.files(report.Order{Kind: report.Progress, Viewer: report.Viewer{All: true, Mark: "由周明远导出"}}, report.Sheet)
	if want := "进度汇总-20261123-1200.xlsx"; files[0].Name != want {
		t.Errorf("got name %q, want %q", files[0].Name, want)
	}
	f := open(t, files[0].Data)
	if got, want := f.GetSheetList(), []string{"总览", "一、学风建设", "二、安全稳定"}; !slices.Equal(got, want) {
		t.Fatalf("got sheets %q, want %q", got, want)
	}
	const sheet = "一、学风建设"
	for cell, want := range map[string]string{
		"A1": "序号", "B1": "问题描述", "C1": "目标任务", "D1": "工作措施", "E1": "进展", "F1": "状态", "G1": "责任人", "H1": "更新时间",
		"A2": "1", "B2": "迟到早退时有发生。", "C2": "形成发现、谈话、帮扶的闭环。", "D2": "抓好课堂考勤。每周抽查两次。责任单位：学工处", "E2": "80%", "F2": "推进中",
		"G2": "学工处", "H2": "2026-11-22 12:00", "K2": "还差一次抽查", "L2": "刘畅", "F3": "未填报", "I3": "2026-10-31", "A7": "由周明远导出",
	} {
		if got, err := f.GetCellValue(sheet, cell); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", cell, got, err, want)
		}
	}
	// A date and a percentage are numbers, by which one can sort and reckon.
	for cell, want := range map[string]string{"E2": "0.8", "A2": "1", "H2": "46348.5", "I3": "46326"} {
		if got, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true}); err != nil || got != want {
			t.Errorf("%s: got raw %q, %v, want %q", cell, got, err, want)
		}
	}
	if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("got panes %+v, %v, want the heading frozen", panes, err)
	}
	if merged, err := f.GetMergeCells(sheet); err != nil || len(merged) != 2 || merged[0].GetCellValue() != "迟到早退时有发生。" {
		t.Errorf("got %d merged cells, %v, want problem and goal as one cell each", len(merged), err)
	}
	for _, column := range []string{"A", "D", "H"} {
		if got, err := f.GetColWidth(sheet, column); err != nil || got < 6 || got > 60 {
			t.Errorf("%s: got width %v, %v, want one that fits", column, got, err)
		}
	}
}

func TestFiles_partsOfOneName(t *testing.T) {
	long := strings.Repeat("强化思想政治引领和价值塑造", 4)
	o := newOffice(t, "要点\n一、"+long+"\n1. 甲事。\n2. 乙事。\n二、"+long+"\n3. 丙事。\n4. 丁事。\n", staff()...)
	f := open(t, o.files(report.Order{Kind: report.Progress}, report.Sheet)[0].Data)
	if got := f.GetSheetList(); len(got) != 3 || got[1] == got[2] {
		t.Errorf("got sheets %q, want one for each part", got)
	}
}
