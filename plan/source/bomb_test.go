package source_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os/exec"
	"runtime"
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

func TestRead_pdfThatIsNone(t *testing.T) {
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
	if _, err := outline.Read(t.Context(), "bomb.pdf", []byte(pdfBomb(t))); err == nil || !strings.Contains(err.Error(), "大得不正常") {
		t.Errorf("bomb.pdf: got %v, want it refused before it is converted", err)
	}
}

// pageBombs are pages that a parser or a reader of tables multiplies.
func pageBombs() map[string]string {
	styles := strings.Builder{}
	for i := range 400 {
		fmt.Fprintf(&styles, "<font a%d>", i)
	}
	return map[string]string{
		"tags.html":    strings.Repeat("<b>x</b>", 400_000),
		"styles.html":  "<p>" + styles.String() + strings.Repeat("</p><p>x", 50_000),
		"depth.html":   strings.Repeat("<div>", 100_000),
		"spans.html":   "<table>" + strings.Repeat("<tr><td rowspan=200 colspan=200>x", 20_000),
		"tables.html":  strings.Repeat("<table><tr><td>", 20_000),
		"picture.html": `<img src="data:` + strings.Repeat("A", 4<<20) + `">`,
	}
}

// pdfBomb is a PDF whose page unpacks to more than any plan holds.
func pdfBomb(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	for range 96 {
		if _, err := z.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n"+
		"3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%%%EOF", b.Len(), b.String())
}

// No bomb takes long, or more than 100 MiB, all that is ever allocated counted
// together: what is held at one time is less.
func TestRead_refusesBombs(t *testing.T) {
	const most, longest = 100 << 20, 5 * time.Second // the race detector and a busy machine are slow
	all := bombs(t)
	for name, data := range pageBombs() {
		all[name] = []byte(data)
	}
	all["stream.pdf"] = []byte(pdfBomb(t))
	for name, data := range all {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		if _, err := outline.Read(t.Context(), name, data); err == nil {
			t.Errorf("%s: read, want a refusal", name)
		}
		runtime.ReadMemStats(&after)
		took, memory := time.Since(begin), after.TotalAlloc-before.TotalAlloc
		if took > longest || memory > most {
			t.Errorf("%s: takes %v and %d MiB in all, want at most %v and %d", name, took, memory>>20, longest, most>>20)
		}
	}
}
