package source_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/traditionalchinese"

	"duban/plan"
)

// sheets makes a workbook of sheets, merging the ranges given on the first.
func sheets(t testing.TB, names []string, rows map[string][][]any, merged ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, name := range names {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for y, row := range rows[name] {
			at, _ := excelize.CoordinatesToCellName(1, y+1)
			if err := f.SetSheetRow(name, at, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, m := range merged {
		from, to, _ := strings.Cut(m, ":")
		if err := f.MergeCell(names[0], from, to); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook makes a workbook of one sheet.
func workbook(t testing.TB, rows [][]any, merged ...string) []byte {
	return sheets(t, []string{"表"}, map[string][][]any{"表": rows}, merged...)
}

func TestRead_xlsxTables(t *testing.T) {
	for _, c := range []struct {
		name   string
		rows   [][]any
		merged []string
		want   []string
	}{
		{
			name: "with merged tasks over their measures",
			rows: [][]any{
				{"某校2026年重点任务分解表"},
				{"重点任务", "工作内容", "责任单位", "完成时限"},
				{"建设优良学风", "每周抽查课堂两次。", "教务处", "6月底"},
				{"", "期末逐班开展诚信教育。", "学工处", "12月底"},
				{"守牢安全底线", "每月检查宿舍一次。", "保卫处", "全年"},
			},
			merged: []string{"A1:D1", "A3:A4"},
			want: []string{
				"建设优良学风||", "建设优良学风/每周抽查课堂两次|教务处|6月底", "建设优良学风/期末逐班开展诚信教育|学工处|12月底",
				"守牢安全底线||", "守牢安全底线/每月检查宿舍一次|保卫处|全年",
			},
		},
		{
			name: "with numbered tasks merged over several lines of work and one office for all",
			rows: [][]any{
				{"序号", "重点任务", "工作内容", "责任单位", "完成时限"},
				{1, "建设优良学风", "每周抽查课堂两次。", "教务处", "6月底"},
				{"", "", "期末逐班开展诚信教育。", "", "12月底"},
				{2, "守牢安全底线", "每月检查宿舍一次。", "保卫处", "全年"},
			},
			merged: []string{"A2:A3", "B2:B3", "D2:D3"},
			want: []string{
				"1||", "1/每周抽查课堂两次|教务处|6月底", "1/期末逐班开展诚信教育|教务处|12月底",
				"2||", "2/每月检查宿舍一次|保卫处|全年",
			},
		},
		{
			name: "with a head of two rows",
			rows: [][]any{
				{"序号", "工作措施", "责任分工", ""},
				{"", "", "牵头单位", "配合单位"},
				{1, "办好班会。", "学工处", "各学院"},
				{2, "查好宿舍。", "保卫处", "后勤处"},
			},
			merged: []string{"A1:A2", "B1:B2", "C1:D1"},
			want:   []string{"1|学工处|", "2|保卫处|"},
		},
		{
			name: "with lists in cells, numbered as the rows are",
			rows: [][]any{
				{"序号", "工作措施", "责任单位"},
				{1, "办好班会。\n1. 定主题。\n2. 定主讲。", "学工处"},
				{2, "查好宿舍。", "保卫处"},
			},
			want: []string{"1|学工处|", "1/1||", "1/2||", "2|保卫处|"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := mustRead(t, "a.xlsx", workbook(t, c.rows, c.merged...))
			var got []string
			for _, n := range p.Nodes {
				if n.Kind != plan.Field {
					got = append(got, n.Path+"|"+strings.Join(n.Owners, "、")+"|"+n.Due)
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got %q, want %q\n%s", got, c.want, tree(p))
			}
		})
	}
}

func TestRead_xlsxSheetOfNotes(t *testing.T) {
	p := mustRead(t, "a.xlsx", sheets(t, []string{"分解表", "说明"}, map[string][][]any{
		"分解表": {{"序号", "工作措施", "责任单位"}, {1, "办好班会。", "学工处"}, {2, "查好宿舍。", "保卫处"}},
		"说明":  {{"本表由学工处解释，每季度更新一次。"}},
	}))
	for _, n := range p.Nodes {
		if strings.Contains(n.Body, "解释") {
			t.Errorf("the notes stand in %s: %q", n.Path, n.Body)
		}
	}
	if last := p.Other[len(p.Other)-1]; last.Kind != plan.Attach || !strings.Contains(last.Text, "解释") {
		t.Errorf("got %+v, want the notes as a block of their own", p.Other)
	}
}

func TestRead_xlsxSheetsOfMeasures(t *testing.T) {
	row := [][]any{{"序号", "工作措施", "责任单位"}, {1, "办好班会。", "学工处"}, {2, "查好宿舍。", "保卫处"}}
	p := mustRead(t, "a.xlsx", sheets(t, []string{"学风", "安全"}, map[string][][]any{"学风": row, "安全": row}))
	for _, path := range []string{"学风/1", "学风/2", "安全/1", "安全/2"} {
		if p.Node(path) == nil {
			t.Errorf("no %s in\n%s", path, tree(p))
		}
	}
}

func TestRead_htmlNavigation(t *testing.T) {
	page := `<html><body><div><a href="/">首页</a> <a href="/gg">通知公告</a></div><ul><li><a href="/a">学校概况</a></li><li><a href="/b">机构设置</a></li></ul>
<h1>某某学院2026年学生工作要点</h1><p>一、学风建设</p><p>1. 抓好课堂。见<a href="/x">课表</a>。</p><p>2. 抓好考勤。每周抽查两次。</p>
<p><a href="/f.doc">附件1：考勤表</a></p><p><a href="/n">上一篇：放假通知</a></p><footer>某某学院版权所有</footer></body></html>`
	p := mustRead(t, "a.html", []byte(page))
	if want := "某某学院2026年学生工作要点"; p.Title != want {
		t.Errorf("title: got %q, want %q", p.Title, want)
	}
	all := ""
	for _, b := range p.Other {
		if b.Kind == plan.Noise {
			all += b.Text + "\n"
		}
	}
	for _, want := range []string{"首页", "学校概况", "机构设置", "上一篇", "版权所有"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not listed as left out: %q", want, all)
		}
	}
	if got := p.Node("一/1"); got == nil || got.Body != "抓好课堂。见课表。" {
		t.Errorf("got %+v, want the link inside the measure", got)
	}
}

func TestRead_big5(t *testing.T) {
	text := "某大學2026年工作要點\n一、學風建設\n1. 抓好課堂。人人上課，課課點名。\n2. 抓好考勤。每週抽查兩次。\n"
	b, err := traditionalchinese.Big5.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	if p := mustRead(t, "a.txt", []byte(b)); p.Node("一/1") == nil || p.Node("一/1").Body != "抓好課堂。人人上課，課課點名。" {
		t.Errorf("got\n%s", tree(p))
	}
}

func TestRead_markupInText(t *testing.T) {
	p := mustRead(t, "a.txt", []byte("假期安全告知书\n一、用电安全\n<ol class=\"list\">\n<li>人走断电。</li><li>不用<b>劣质</b>插座。</li>\n</ol>\n二、水边安全\n1. 不去水边。气温<5度时更要当心。\n"))
	for path, want := range map[string]string{"一/1": "人走断电。", "一/2": "不用劣质插座。", "二/1": "不去水边。气温<5度时更要当心。"} {
		if n := p.Node(path); n == nil || n.Body != want {
			t.Errorf("%s: got %+v, want %q", path, n, want)
		}
	}
}

// A cell says what people see in it: a day is stored as a number.
func TestRead_xlsxShowsCells(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	custom, day := `[$-804]yyyy"年"m"月"d"日";@`, time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	styles := []excelize.Style{{NumFmt: 14}, {NumFmt: 31}, {CustomNumFmt: &custom}, {NumFmt: 9}, {}, {}}
	values := []any{day, day, day, 0.95, 46203, 2.5}
	for i, v := range values {
		row := []any{i + 1, fmt.Sprintf("查宿舍%d。", i), v, "保卫处"}
		id, err := f.NewStyle(&styles[i])
		if err != nil {
			t.Fatal(err)
		}
		at, cell := fmt.Sprint("A", i+2), fmt.Sprint("C", i+2)
		if err := errors.Join(f.SetSheetRow("Sheet1", at, &row), f.SetCellStyle("Sheet1", cell, cell, id)); err != nil {
			t.Fatal(err)
		}
	}
	head := []any{"序号", "措施", "说明", "责任单位"}
	var b bytes.Buffer
	if err := errors.Join(f.SetSheetRow("Sheet1", "A1", &head), f.Write(&b)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range mustRead(t, "a.xlsx", b.Bytes()).Nodes {
		if n.Label == "说明：" {
			got = append(got, n.Body)
		}
	}
	want := []string{"2026年6月30日", "2026年6月30日", "2026年6月30日", "95%", "46203", "2.5"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
