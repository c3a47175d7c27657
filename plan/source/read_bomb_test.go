package source_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"duban/plan/outline"
)

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

func TestRead_refusesPDFBomb(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("NOT TESTED: pdftotext is not installed")
	}
	_, err := outline.Read(t.Context(), "a.pdf", []byte(pdfBomb(t)))
	if err == nil || !strings.Contains(err.Error(), "大得不正常") {
		t.Errorf("got %v, want it refused before it is converted", err)
	}
}

func TestRead_refusesPageBombs(t *testing.T) {
	for name, data := range pageBombs() {
		if _, err := outline.Read(t.Context(), name, []byte(data)); err == nil {
			t.Errorf("%s: read, want a refusal", name)
		}
	}
}

// No bomb takes more than 100 MiB, all that is ever allocated counted together:
// what is held at one time is less.
func TestRead_bombsTakeBoundedMemory(t *testing.T) {
	const most = 100 << 20
	all := bombs(t)
	for name, data := range pageBombs() {
		all[name] = []byte(data)
	}
	all["stream.pdf"] = []byte(pdfBomb(t))
	for name, data := range all {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := outline.Read(t.Context(), name, data); err == nil {
			t.Errorf("%s: read, want a refusal", name)
		}
		runtime.ReadMemStats(&after)
		took := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %d KiB of file, %d MiB allocated", name, len(data)>>10, took>>20)
		if took > most {
			t.Errorf("%s: allocates %d MiB in all, want at most %d", name, took>>20, most>>20)
		}
	}
}
