package source_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"duban/plan/outline"
)

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
	if got, want := tree(p), tree(outline.Parse(string(text))); got != want {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

// The samples were made of plan.txt by the programs that they are named for.
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
