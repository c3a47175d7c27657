package source_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duban/plan/outline"
)

// bombs are files that unpack, nest or repeat without end.
func bombs(t testing.TB) map[string][]byte {
	many := make([]string, 0, 1200)
	for i := range 600 {
		many = append(many, fmt.Sprintf("f%d.xml", i), "<a/>")
	}
	deep := strings.Repeat("<w:tbl><w:tr><w:tc>", 100_000)
	entity := `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>`
	zeros := strings.Repeat("\x00", 30<<20)
	return map[string][]byte{
		"ratio.docx":    docx(t, para("", strings.Repeat(" ", 19<<20)), "", ""),
		"size.docx":     pack(t, "word/document.xml", zeros),
		"entries.docx":  pack(t, append(many, "word/document.xml", "<a/>")...),
		"depth.docx":    docx(t, deep, "", ""),
		"elements.docx": pack(t, "word/document.xml", `<w:document `+wordNS+`><w:body>`+strings.Repeat("<w:p/>", 2_500_000)+`</w:body></w:document>`),
		"entities.docx": pack(t, "word/document.xml", entity+`<w:document><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>`),
		"ratio.xlsx":    pack(t, "xl/workbook.xml", "<a/>", "xl/worksheets/sheet1.xml", zeros[:19<<20]),
		"depth.xlsx":    pack(t, "xl/workbook.xml", "<a/>", "xl/worksheets/sheet1.xml", strings.Repeat("<a>", 5000)),
	}
}

func TestRead_refusesBombs(t *testing.T) {
	const limit = time.Second
	for name, data := range bombs(t) {
		begin := time.Now()
		if _, err := outline.Read(t.Context(), name, data); err == nil {
			t.Errorf("%s: read, want a refusal", name)
		}
		if took := time.Since(begin); took > 5*limit { // five, because the race detector and a busy machine are slow
			t.Errorf("%s: refused after %v, want within %v", name, took, limit)
		}
	}
}

func TestRead_pdf(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		_, err := outline.Read(t.Context(), "plan.pdf", []byte("%PDF-1.4\n"))
		if err == nil || !strings.Contains(err.Error(), "另存为 .docx") {
			t.Errorf("without pdftotext: got %v, want a refusal that says what to do", err)
		}
		return
	}
	if _, err := outline.Read(t.Context(), "broken.pdf", []byte("%PDF-1.4\nnothing")); err == nil {
		t.Error("broken.pdf: read, want a refusal")
	}
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium to print a page with")
	}
	text, err := os.ReadFile("../outline/testdata/nested_other_way.txt")
	if err != nil {
		t.Fatal(err)
	}
	p := outline.Parse(string(text))
	dir := t.TempDir()
	page := `<meta charset="utf-8"><style>p{text-indent:2em;margin:0;font-size:22pt}</style>`
	for line := range strings.Lines(string(text)) {
		page += "<p>" + strings.TrimSpace(line) + strings.Repeat("对发现的问题逐一登记并限期整改到位。", 6) + "</p>"
	}
	if err := os.WriteFile(filepath.Join(dir, "plan.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	printing := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--print-to-pdf="+filepath.Join(dir, "plan.pdf"), filepath.Join(dir, "plan.html"))
	if out, err := printing.CombinedOutput(); err != nil {
		t.Skipf("chromium does not print here: %v %s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "plan.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := outline.Read(t.Context(), "plan.pdf", data)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Nodes) != len(p.Nodes) {
		t.Errorf("got %d nodes, want %d:\n%s", len(got.Nodes), len(p.Nodes), tree(got))
	}
	for i, n := range got.Nodes {
		if i < len(p.Nodes) && n.Path != p.Nodes[i].Path {
			t.Errorf("node %d: got %s, want %s", i, n.Path, p.Nodes[i].Path)
		}
	}
}
