package outline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duban/plan"
	"duban/plan/outline"
	"duban/plan/source"
	"duban/zh"
)

// shortLine is how many characters a line has at least that a page's width broke.
const shortLine = 16

// Every answer is text of its document, in which only broken lines are joined.
func TestRead_answersAreVerbatim(t *testing.T) {
	files := 0
	for _, pattern := range []string{"../../../shared/eval/*s/*.txt", "testdata/layouts/*/*.txt", "testdata/*.txt", "testdata/*.md", "../../examples/*.txt"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			files++
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			checkVerbatim(t, name, data)
		}
	}
	if files < 50 {
		t.Errorf("looked at %d files, want at least 50", files)
	}
}

func checkVerbatim(t *testing.T, name string, data []byte) {
	t.Helper()
	src, err := source.Read(t.Context(), "plan.txt", data)
	if err != nil {
		return // refused, and so no answer
	}
	p, err := outline.Read(t.Context(), "plan.txt", data)
	if err != nil {
		t.Fatal(err)
	}
	left := map[int]bool{} // page numbers and the like may stand inside an item
	for _, b := range p.Other {
		for n := b.Line; b.Kind == plan.Noise && n <= b.LineEnd; n++ {
			left[n] = true
		}
	}
	var all strings.Builder
	var lines []string
	for i, l := range src.Lines {
		text := zh.Bare(l.Text)
		if left[i+1] {
			text = ""
		}
		all.WriteString(text)
		lines = append(lines, text)
	}
	for _, n := range p.Nodes {
		said := strings.Split(n.Body, "\n") // a table may stand between two lines
		if n.TitleInline {
			said[0] = n.Label + said[0]
		} else {
			said = append(said, strings.TrimLeft(n.Label, "#")+n.Head)
		}
		if src.Lines[n.Line-1].Table != nil {
			said = append(strings.Split(n.Body, "\n"), n.Head) // its label is the head of the column
		} else {
			checkJoined(t, filepath.Base(name), p, n, lines[n.Line-1:n.LineEnd])
		}
		for _, s := range said {
			if !strings.Contains(all.String(), zh.Bare(s)) {
				t.Errorf("%s:%d: the answer %q does not stand in the document", filepath.Base(name), n.Line, zh.Head(s, 60))
			}
		}
	}
}

// checkJoined checks that an answer joins no lines but such as a page's width may
// have broken.
func checkJoined(t *testing.T, name string, p *plan.Plan, n *plan.Node, lines []string) {
	t.Helper()
	lines = slices.DeleteFunc(slices.Clone(lines), func(s string) bool { return s == "" })
	said := strings.Split(n.Label+"\n"+n.Body, "\n") // a label alone on its line is the head of what follows
	if n.Head != "" {
		said = strings.Split(n.Verbatim(p)[0], "\n")
	}
	for i, l := range lines[:max(0, len(lines)-1)] {
		next := []rune(lines[i+1])
		seam := l + string(next[:min(len(next), 8)])
		if len([]rune(l)) < shortLine && slices.ContainsFunc(said, func(s string) bool { return strings.Contains(zh.Bare(s), seam) }) {
			t.Errorf("%s:%d: %q is a line of its own, and is joined with the next", name, n.Line, l)
		}
	}
}
