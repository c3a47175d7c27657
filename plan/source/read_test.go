package source_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"duban/plan"
	"duban/plan/outline"
	"duban/plan/source"
	"duban/zh"
)

const wordNS = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"`

// pack makes a zip of parts, in the order given: name, content, name, content.
func pack(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// docx makes a Word document of a body, list definitions and styles.
func docx(t testing.TB, body, numbering, styles string) []byte {
	return pack(t,
		"word/document.xml", `<w:document `+wordNS+`><w:body>`+body+`</w:body></w:document>`,
		"word/numbering.xml", `<w:numbering `+wordNS+`>`+numbering+`</w:numbering>`,
		"word/styles.xml", `<w:styles `+wordNS+`>`+styles+`</w:styles>`)
}

func para(props, text string) string {
	return `<w:p><w:pPr>` + props + `</w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
}

func inList(id, level int, text string) string {
	return para(fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, level, id), text)
}

func level(i int, format, text, more string) string {
	return fmt.Sprintf(`<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/>%s</w:lvl>`, i, format, text, more)
}

func abstract(id int, levels ...string) string {
	return fmt.Sprintf(`<w:abstractNum w:abstractNumId="%d">%s</w:abstractNum>`, id, strings.Join(levels, ""))
}

func num(id, abstract int, more string) string {
	return fmt.Sprintf(`<w:num w:numId="%d"><w:abstractNumId w:val="%d"/>%s</w:num>`, id, abstract, more)
}

func mustRead(t testing.TB, name string, data []byte) *plan.Plan {
	t.Helper()
	p, err := outline.Read(t.Context(), name, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

// labelsOf lists label and text of every node.
func labelsOf(p *plan.Plan) []string {
	var out []string
	for _, n := range p.Nodes {
		out = append(out, n.Label+n.Head+strings.ReplaceAll(n.Body, "\n", "⏎"))
	}
	return out
}

func TestRead_docx(t *testing.T) {
	run := func(s string) string { return `<w:r><w:t>` + s + `</w:t></w:r>` }
	style := func(id, props string) string {
		return `<w:style w:type="paragraph" w:styleId="` + id + `">` + props + `</w:style>`
	}
	const level1 = `<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr>`
	plan := inList(1, 0, "引领") + inList(1, 1, "办班会。每月一次。") + inList(1, 0, "安全") + inList(1, 1, "查隐患。每周一次。")
	goesOn := abstract(0, level(0, "chineseCounting", "%1、", `<w:suff w:val="nothing"/>`), level(1, "decimal", "%2.", `<w:lvlRestart w:val="0"/>`)) + num(1, 0, "")
	for _, c := range []struct{ name, body, numbering, styles, want string }{
		{"numbers that go on across parts", plan, goesOn, "", "一、引领|1.办班会。每月一次。|二、安全|2.查隐患。每周一次。"},
		{
			"numbers that begin anew in each part", plan,
			abstract(0, level(0, "chineseCountingThousand", "%1、", ""), level(1, "decimal", "%2.", "")) + num(1, 0, ""), "",
			"一、引领|1.办班会。每月一次。|二、安全|1.查隐患。每周一次。",
		},
		{
			"numbers that another list of the same kind starts at five", inList(1, 1, "一。") + inList(2, 1, "五。") + inList(2, 1, "六。"),
			goesOn + num(2, 0, `<w:lvlOverride w:ilvl="1"><w:startOverride w:val="5"/></w:lvlOverride>`), "", "1.一。|5.五。|6.六。",
		},
		{
			"numbers by style, and by the style that it is based on",
			para(`<w:pStyle w:val="Part"/>`, "引领") + para(`<w:pStyle w:val="Derived"/>`, "办班会。每月一次。"),
			abstract(0, level(0, "chineseCounting", "%1、", `<w:pStyle w:val="Part"/>`), level(1, "decimal", "%2.", `<w:pStyle w:val="Base"/>`)) + num(1, 0, ""),
			style("Part", `<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>`) + style("Base", level1) + style("Derived", `<w:basedOn w:val="Base"/>`),
			"一、引领|1.办班会。每月一次。",
		},
		{
			"numbers by a list that links to another", inList(2, 0, "引领") + inList(2, 1, "办班会。每月一次。"),
			abstract(0, `<w:styleLink w:val="Plan"/>`+level(0, "chineseCounting", "%1、", ""), level(1, "decimal", "%2.", "")) + num(1, 0, "") + abstract(1, `<w:numStyleLink w:val="Plan"/>`) + num(2, 1, ""), "",
			"一、引领|1.办班会。每月一次。",
		},
		{
			"numbers of which 0 takes one away",
			inList(1, 0, "引领") + inList(1, 1, "办班会。每月一次。") + para(`<w:pStyle w:val="Base"/><w:numPr><w:numId w:val="0"/></w:numPr>`, "补充说明在此。") + inList(1, 1, "建队伍。二十人。"),
			goesOn, style("Base", level1), "一、引领|1.办班会。每月一次。⏎补充说明在此。|2.建队伍。二十人。",
		},
		{
			"numbers in legal style", inList(1, 0, "总则") + inList(1, 1, "目的。规范管理。") + inList(1, 1, "范围。全体学生。"),
			abstract(0, level(0, "chineseCounting", "第%1章", ""), level(1, "decimal", "%1.%2", `<w:isLgl/>`)) + num(1, 0, ""), "", "第一章总则|1.1目的。规范管理。|1.2范围。全体学生。",
		},
		{
			"numbers in brackets and circles", inList(1, 0, "引领") + inList(1, 1, "班会") + inList(1, 2, "每月一次。") + inList(1, 2, "每次一小时。"),
			abstract(0, level(0, "chineseCounting", "%1、", ""), level(1, "chineseCounting", "（%2）", ""), level(2, "decimalEnclosedCircle", "%3", "")) + num(1, 0, ""), "",
			"一、引领|（一）班会|①每月一次。|②每次一小时。",
		},
		{"deleted revisions are left out", `<w:p>` + run("1.留下") + `<w:del><w:r><w:delText>删去</w:delText></w:r></w:del><w:ins>` + run("加上。") + `</w:ins></w:p>`, "", "", "1.留下加上。"},
		{"links and content controls are read", `<w:p>` + run("1.见") + `<w:hyperlink>` + run("网页") + `</w:hyperlink><w:sdt><w:sdtContent>` + run("和附表。") + `</w:sdtContent></w:sdt></w:p>`, "", "", "1.见网页和附表。"},
		{"hidden text is left out", `<w:p>` + run("1.公开。") + `<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部</w:t></w:r></w:p>`, "", "", "1.公开。"},
		{"a block of content controls is read", `<w:sdt><w:sdtContent><w:p>` + run("1.控件里。") + `</w:p></w:sdtContent></w:sdt>`, "", "", "1.控件里。"},
		{"a text box is read once", `<w:p>` + run("1.正文。") + `<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent><w:p>` + run("2.框里。") + `</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p>` + run("2.框里。") + `</w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`, "", "", "1.正文。|2.框里。"},
		{"a frame of one cell is read as lines", `<w:tbl><w:tr><w:tc><w:p>` + run("1.框内。") + `</w:p><w:p>` + run("2.再来。") + `</w:p></w:tc></w:tr></w:tbl>`, "", "", "1.框内。|2.再来。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(labelsOf(mustRead(t, "plan.docx", docx(t, c.body, c.numbering, c.styles))), "|")
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// tree prints a plan without white space and lines, which differ between
// formats.
func tree(p *plan.Plan) string {
	var b strings.Builder
	fmt.Fprintln(&b, zh.Bare(p.Title))
	for _, n := range p.Nodes {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s|%s|%s\n", n.Kind, n.Path, zh.Bare(n.Label), zh.Bare(n.Head), zh.Bare(n.Body), strings.Join(n.Owners, "、"), n.Due)
	}
	return b.String()
}

// sameTree checks that a document gives the tree that a text gives.
func sameTree(t *testing.T, text, name string, data []byte) {
	t.Helper()
	if got, want := tree(mustRead(t, name, data)), tree(outline.Parse(text)); got != want {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

func mustOpen(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The samples were made of plan.txt by the programs that they are named for. Those
// in tables have a table of tasks and an attachment, those in pages a table that goes
// on over the page.
func TestRead_samePlan(t *testing.T) {
	for _, c := range []struct{ folder, names string }{
		{"same", "word.docx page.html table.xlsx libreoffice.odt libreoffice.pdf chromium.pdf"},
		{"tables", "word.docx page.html libreoffice.odt libreoffice.pdf"},
		{"pages", "libreoffice.pdf"},
	} {
		folder := filepath.Join("testdata", c.folder)
		text := string(mustOpen(t, filepath.Join(folder, "plan.txt")))
		for name := range strings.FieldsSeq(c.names) {
			t.Run(c.folder+"/"+name, func(t *testing.T) {
				if _, err := exec.LookPath("pdftotext"); err != nil && strings.HasSuffix(name, ".pdf") {
					t.Skip("NOT TESTED: pdftotext is not installed")
				}
				sameTree(t, text, name, mustOpen(t, filepath.Join(folder, name)))
			})
		}
		if c.folder == "tables" {
			sameTree(t, text, "sheet.xlsx", workbook(t, cellsOf(text)))
		}
	}
}

// cellsOf puts each line of a text into a row, and what stands between tabs into
// cells.
func cellsOf(text string) [][]any {
	var rows [][]any
	for line := range strings.Lines(text) {
		var row []any
		for cell := range strings.SplitSeq(strings.TrimSpace(line), "\t") {
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows
}

func TestRead_sameTreeFromEveryFormat(t *testing.T) {
	text := string(mustOpen(t, "../outline/testdata/annexes.txt"))
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	var html, word strings.Builder
	for line := range strings.Lines(text) {
		line = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.TrimSpace(line))
		html.WriteString("<p>" + line + "</p>\n")
		word.WriteString(para("", line))
	}
	page := `<!doctype html><html><head><meta charset="gbk"><title>页面</title><script>var a=1</script></head><body><nav>导航</nav>` + html.String() + `</body></html>`
	pageGB, err := simplifiedchinese.GBK.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"plan.txt", []byte(text)},
		{"gb18030.txt", []byte(gb)},
		{"bom.txt", append([]byte{0xEF, 0xBB, 0xBF}, text...)},
		{"page.html", []byte(strings.Replace(page, "gbk", "utf-8", 1))},
		{"gbk.html", []byte(pageGB)},
		{"plan.docx", docx(t, word.String(), "", "")},
		{"column.xlsx", workbook(t, column(text))},
	} {
		sameTree(t, text, c.name, c.data)
	}
}

func column(text string) [][]any {
	var rows [][]any
	for line := range strings.Lines(text) {
		rows = append(rows, []any{strings.TrimSpace(line)})
	}
	return rows
}

// The office's own table gives the tree that the text gives.
func TestRead_tableOfMeasures(t *testing.T) {
	text := `海东学院2026年工作要点
一、引领
问题描述：形式单一。
目标任务：覆盖全体。
工作措施：
1. 办班会。每月一次。
责任人：王老师
2. 建队伍。遴选骨干。
责任人：李老师
二、安全
问题描述：隐患反复。
目标任务：不出事故。
工作措施：
3. 查宿舍。每周一次。
责任人：张老师
`
	rows := [][]any{
		{"海东学院2026年工作要点"},
		{"序号", "问题描述", "目标任务", "工作措施", "责任人"},
		{"一、引领"},
		{1, "形式单一。", "覆盖全体。", "办班会。每月一次。", "王老师"},
		{2, "", "", "建队伍。遴选骨干。", "李老师"},
		{"二、安全", "", "", "", ""},
		{3, "隐患反复。", "不出事故。", "查宿舍。每周一次。", "张老师"},
	}
	sheet := workbook(t, rows, "A1:E1", "A3:E3", "B4:B5", "C4:C5")
	sameTree(t, text, "table.xlsx", sheet)
	html := `<table><tr><td colspan=5>海东学院2026年工作要点</td></tr><tr><th>序号</th><th>问题描述</th><th>目标任务</th><th>工作措施</th><th>责任人</th></tr>
<tr><td colspan=5>一、引领</td></tr><tr><td>1</td><td rowspan=2>形式单一。</td><td rowspan=2>覆盖全体。</td><td>办班会。每月一次。</td><td>王老师</td></tr>
<tr><td>2</td><td>建队伍。遴选骨干。</td><td>李老师</td></tr><tr><td colspan=5>二、安全</td></tr>
<tr><td>3</td><td>隐患反复。</td><td>不出事故。</td><td>查宿舍。每周一次。</td><td>张老师</td></tr></table>`
	sameTree(t, text, "table.html", []byte(html))
	if n := mustRead(t, "table.xlsx", sheet).Node("一/2"); n == nil || strings.Join(n.Owners, "、") != "李老师" {
		t.Errorf("owner of 一/2: got %+v, want 李老师", n)
	}
}

// odt makes an OpenDocument text of list styles and a body.
func odt(t testing.TB, styles, body string) []byte {
	return pack(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
		`<office:document-content><office:automatic-styles>`+styles+`</office:automatic-styles><office:body><office:text>`+body+`</office:text></office:body></office:document-content>`)
}

func TestRead_odt(t *testing.T) {
	const styles = `<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/>` +
		`<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="."/></text:list-style>`
	item := func(s string) string { return `<text:list-item><text:p>` + s + `</text:p></text:list-item>` }
	inner := func(s string) string {
		return `<text:list-item><text:list>` + item(s) + `</text:list></text:list-item>`
	}
	list := func(attrs, items string) string {
		return `<text:list text:style-name="L" ` + attrs + `>` + items + `</text:list>`
	}
	for _, c := range []struct{ name, body, want string }{
		{"numbers of a list and of one inside it", list("", item("引领")+inner("办班会。每月一次。")+inner("建队伍。二十人。")+item("安全")+inner("查隐患。每周一次。")), "一、引领|1.办班会。每月一次。|2.建队伍。二十人。|二、安全|1.查隐患。每周一次。"},
		{"a list that goes on in another", list(`xml:id="a"`, item("引领")) + `<text:p>1.办班会。每月一次。</text:p>` + list(`xml:id="b" text:continue-list="a"`, item("安全")) + `<text:p>2.查隐患。每周一次。</text:p>`, "一、引领|1.办班会。每月一次。|二、安全|2.查隐患。每周一次。"},
		{"deleted revisions and remarks are left out", `<text:tracked-changes><text:changed-region><text:deletion><text:p>删去</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>1.留<text:span>下</text:span><office:annotation><text:p>批注</text:p></office:annotation>加<text:s text:c="2"/>上。</text:p>`, "1.留下加  上。"},
		{"a text box is read behind its paragraph", `<text:p>1.正文。<draw:frame><draw:text-box><text:p>2.框里。</text:p></draw:text-box></draw:frame></text:p>`, "1.正文。|2.框里。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(labelsOf(mustRead(t, "plan.odt", odt(t, styles, c.body))), "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRead_htmlLists(t *testing.T) {
	page := `<html><body><h1>安全提醒</h1><h2>交通</h2><ol><li>走斑马线。</li><li>不坐黑车。</li></ol><h2>用电</h2><ol start="3"><li>人走断电。</li></ol><footer>版权</footer></body></html>`
	p := mustRead(t, "page.html", []byte(page))
	got := strings.Join(labelsOf(p), "|")
	if want := "##交通|1.走斑马线。|2.不坐黑车。|##用电|3.人走断电。"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if p.Title != "安全提醒" {
		t.Errorf("title: got %q, want 安全提醒", p.Title)
	}
}

// scans is a PDF of so many pages without text.
func scans(pages int) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", i+3)
		fmt.Fprintf(&b, "%d 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n", i+3)
	}
	fmt.Fprintf(&b, "2 0 obj\n<</Type/Pages/Count %d/Kids[%s]>>\nendobj\ntrailer\n<</Root 1 0 R>>\n", pages, kids)
	return []byte(b.String())
}

func TestRead_scannedPDF(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("NOT TESTED: pdftotext is not installed")
	}
	_, err := outline.Read(t.Context(), "plan.pdf", scans(3))
	if err == nil || !strings.Contains(err.Error(), "扫描件") || !strings.Contains(err.Error(), "识别文字") {
		t.Errorf("got %v, want a refusal that says what to do with a scan", err)
	}
}

func TestRead_refuses(t *testing.T) {
	ole := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 512)...)
	for _, c := range []struct {
		name string
		data []byte
		say  string
	}{
		{"plan.doc", ole, "另存为 .docx"},
		{"plan.xls", ole, "另存为 .xlsx"},
		{"locked.docx", ole, "密码"},
		{"broken.docx", []byte("hello"), "已损坏"},
		{"cut.docx", docx(t, para("", "1.一。"), "", "")[:200], "已损坏"},
		{"photo.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xfe"), "图片"},
		{"empty.txt", []byte(" \n"), "没有文字"},
		{"plan.rtf", []byte(`{\rtf1 abc}`), "另存为 .docx"},
		{"slides.pptx", pack(t, "ppt/presentation.xml", "<p/>"), "幻灯片"},
		{"plan.ods", pack(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<a/>"), "另存为 .xlsx"},
		{"plan.wps", ole, "WPS 里打开，另存为 .docx"},
		{"plan.zip", pack(t, "a.txt", "文"), "解压"},
		{"bytes.txt", bytes.Repeat([]byte{0, 255, 1, 254}, 200), "认不出"},
		{"long.txt", []byte(strings.Repeat("一\n", 21_000)), "太多"},
		{"huge.txt", make([]byte, 11<<20), "10 MB"},
	} {
		_, err := outline.Read(t.Context(), c.name, c.data)
		var refusal *source.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: got %v, want a refusal that says %q", c.name, err, c.say)
		}
	}
}
