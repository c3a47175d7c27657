package source_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"duban/plan"
	"duban/plan/mark"
	"duban/plan/outline"
)

var update = flag.Bool("update", false, "write the samples anew")

// whole prints a plan without white space and lines, which differ between
// formats.
func whole(p *plan.Plan) string {
	var b strings.Builder
	fmt.Fprintln(&b, mark.Bare(p.Title))
	for _, n := range p.Nodes {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s|%s|%s\n", n.Kind, n.Path, mark.Bare(n.Label), mark.Bare(n.Head), mark.Bare(n.Body), strings.Join(n.Owners, "、"), n.Due)
	}
	return b.String()
}

func sameTree(t *testing.T, name string, data []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/same/plan.txt")
	if err != nil {
		t.Fatal(err)
	}
	p, err := outline.Read(t.Context(), name, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	want := strings.Split(whole(outline.Parse(string(text))), "\n")
	got := strings.Split(whole(p), "\n")
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("%s, line %d of the tree:\ngot  %s\nwant %s", name, i, g, w)
			return
		}
	}
}

// The samples were made of plan.txt by the programs that they are named for;
// TestRead_samePlanFromPrograms makes them anew (-update keeps them).
func TestRead_samePlan(t *testing.T) {
	for _, name := range []string{"word.docx", "page.html", "table.xlsx", "libreoffice.pdf", "chromium.pdf"} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("pdftotext"); err != nil && strings.HasSuffix(name, ".pdf") {
				t.Skip("NOT TESTED: pdftotext is not installed")
			}
			data, err := os.ReadFile(filepath.Join("testdata/same", name))
			if err != nil {
				t.Fatal(err)
			}
			sameTree(t, name, data)
		})
	}
}

func TestRead_samePlanFromPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("starts an office suite and a browser")
	}
	text, err := os.ReadFile("testdata/same/plan.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	made := map[string][]byte{"word.docx": wordOf(t, lines), "page.html": []byte(pageOf(lines)), "table.xlsx": tableOf(t, lines)}
	dir := t.TempDir()
	for name, data := range made {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { sameTree(t, name, data) })
	}
	for name, args := range map[string][]string{
		"libreoffice.pdf": {"soffice", "-env:UserInstallation=file://" + dir + "/office", "--headless", "--convert-to", "pdf", "--outdir", dir, dir + "/word.docx"},
		"chromium.pdf":    {"chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + dir + "/browser", "--print-to-pdf=" + dir + "/chromium.pdf", dir + "/page.html"},
	} {
		t.Run(name, func(t *testing.T) {
			data := printed(t, dir, name, args)
			made[name] = data
			sameTree(t, name, data)
		})
	}
	if *update {
		for name, data := range made {
			if err := os.WriteFile(filepath.Join("testdata/same", name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// printed runs a program that prints a document.
func printed(t *testing.T, dir, name string, args []string) []byte {
	t.Helper()
	for _, tool := range []string{args[0], "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT TESTED: %s is not installed", tool)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	data, read := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(read, fs.ErrNotExist) {
		data, read = os.ReadFile(filepath.Join(dir, "word.pdf"))
	}
	if read != nil {
		t.Skipf("NOT TESTED: %s prints nothing here: %v %s", args[0], err, out)
	}
	return data
}

var (
	aPart    = regexp.MustCompile(`^[一二三]、`)
	aMeasure = regexp.MustCompile(`^([0-9]+)\. `)
)

// wordOf leaves the numbers of parts and measures to Word.
func wordOf(t *testing.T, lines []string) []byte {
	var body strings.Builder
	for i, l := range lines {
		switch {
		case i == 0:
			body.WriteString(`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="40"/></w:rPr><w:t>` + l + `</w:t></w:r></w:p>`)
		case aPart.MatchString(l):
			body.WriteString(inList(1, 0, aPart.ReplaceAllString(l, "")))
		case aMeasure.MatchString(l):
			body.WriteString(inList(2, 0, aMeasure.ReplaceAllString(l, "")))
		default:
			body.WriteString(para(`<w:ind w:firstLine="480"/>`, l))
		}
	}
	const relation, office = "http://schemas.openxmlformats.org/package/2006/relationships", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	indent := `<w:suff w:val="nothing"/><w:pPr><w:ind w:left="0" w:firstLine="480"/></w:pPr>`
	return pack(t,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="`+kinds+`document.main+xml"/><Override PartName="/word/numbering.xml" ContentType="`+kinds+`numbering+xml"/></Types>`,
		"_rels/.rels", `<Relationships xmlns="`+relation+`"><Relationship Id="a" Type="`+office+`/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="`+relation+`"><Relationship Id="b" Type="`+office+`/numbering" Target="numbering.xml"/></Relationships>`,
		"word/document.xml", `<w:document `+wordNS+`><w:body>`+body.String()+`</w:body></w:document>`,
		"word/numbering.xml", `<w:numbering `+wordNS+`>`+abstract(0, level(0, "chineseCounting", "%1、", indent))+abstract(1, level(0, "decimal", "%1. ", indent))+num(1, 0, "")+num(2, 1, "")+`</w:numbering>`)
}

// pageOf numbers the measures by lists that go on, and stands below a site's
// navigation.
func pageOf(lines []string) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html><head><meta charset="utf-8"><title>学生工作要点</title></head><body><div><a href="https://example.edu/">首页</a> <a href="https://example.edu/tz">通知公告</a></div><h1>` + lines[0] + "</h1>\n")
	for _, l := range lines[1:] {
		switch g := aMeasure.FindStringSubmatch(l); {
		case g != nil:
			fmt.Fprintf(&b, "<ol start=%s><li>%s</li></ol>\n", g[1], aMeasure.ReplaceAllString(l, ""))
		case aPart.MatchString(l):
			b.WriteString("<h2>" + l + "</h2>\n")
		default:
			b.WriteString("<p>" + l + "</p>\n")
		}
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

// tableOf puts each measure in a row, with its part's cells merged.
func tableOf(t *testing.T, lines []string) []byte {
	rows := [][]any{{lines[0]}, {lines[1]}, {"部分", "问题描述", "目标任务", "序号", "工作措施", "责任单位", "完成时限"}}
	var merged []string
	var head [3]any
	begin := 0
	row := func() []any { return rows[len(rows)-1] }
	closePart := func() {
		for _, column := range []string{"A", "B", "C"} {
			if begin > 0 {
				merged = append(merged, fmt.Sprintf("%s%d:%s%d", column, begin, column, len(rows)))
			}
		}
		begin = 0
	}
	for _, l := range lines[2:] {
		name, rest, _ := strings.Cut(l, "：")
		switch g := aMeasure.FindStringSubmatch(l); {
		case g != nil:
			rows = append(rows, []any{head[0], head[1], head[2], g[1], aMeasure.ReplaceAllString(l, ""), "", ""})
			head = [3]any{"", "", ""}
			if begin == 0 {
				begin = len(rows)
			}
		case aPart.MatchString(l):
			closePart()
			head[0] = l
		case name == "问题描述":
			head[1] = rest
		case name == "目标任务":
			head[2] = rest
		case name == "责任单位":
			row()[5] = rest
		case name == "完成时限":
			row()[6] = rest
		}
	}
	closePart()
	return sheets(t, []string{"要点"}, map[string][][]any{"要点": rows}, merged...)
}
