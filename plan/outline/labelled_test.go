package outline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duban/plan"
	"duban/plan/outline"
	"duban/zh"
)

func ends(s string) [2]string {
	r := []rune(zh.Bare(s))
	return [2]string{string(r[:min(12, len(r))]), string(r[max(0, len(r)-12):])}
}

type labelledNode struct {
	path string
	ends [2]string
}

func TestLabelled_outlines(t *testing.T) {
	for _, c := range []struct {
		folder    string
		each, all float64 // F1 at least
	}{
		{"../../../shared/eval/*s", 0.85, 0.99}, // plans and kinds
		{"testdata/layouts/kinds", 0.85, 0.99},
		{"testdata/layouts/field", 0.85, 0.99},
	} {
		t.Run(filepath.Base(c.folder), func(t *testing.T) { scoreOutlines(t, c.folder, c.each, c.all) })
	}
}

func scoreOutlines(t *testing.T, folder string, each, least float64) {
	keys, _ := filepath.Glob(filepath.Join(folder, "*.outline.tsv"))
	if len(keys) == 0 {
		t.Skip("no labelled data here")
	}
	var hits, all float64
	for _, key := range keys {
		want := map[labelledNode]int{}
		var noise []string
		n := 0
		for _, r := range labels(t, key) {
			switch level := r["level"]; {
			case level == "-1":
				noise = append(noise, r["body_first12"])
			case level != "0":
				want[labelledNode{r["path"], [2]string{r["body_first12"], r["body_last12"]}}]++
				n++
			}
		}
		data, err := os.ReadFile(strings.TrimSuffix(key, ".outline.tsv") + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		p, err := outline.Read(t.Context(), "plan.txt", data) // a web page is told by its content
		if err != nil {
			t.Fatal(err)
		}
		hit := matched(p, want)
		f1 := 2 * hit / float64(n+len(p.Nodes))
		if f1 < each {
			t.Errorf("%s: F1 %.3f, want at least %.2f", filepath.Base(key), f1, each)
		}
		for _, x := range noise {
			if len([]rune(x)) >= 8 && slices.ContainsFunc(p.Nodes, func(n *plan.Node) bool { return strings.Contains(zh.Bare(n.Body), x) }) {
				t.Errorf("%s: noise %q stands in an answer", filepath.Base(key), x)
			}
		}
		hits += hit
		all += float64(n + len(p.Nodes))
	}
	if f1 := 2 * hits / all; f1 < least {
		t.Errorf("F1 %.4f over %d documents, want at least %.2f", f1, len(keys), least)
	}
}

func matched(p *plan.Plan, want map[labelledNode]int) float64 {
	hit := 0.0
	for _, n := range p.Nodes {
		k := labelledNode{n.Path, ends(n.Body)}
		if want[k] > 0 {
			want[k]--
			hit++
		}
	}
	return hit
}

func labels(t *testing.T, name string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("no labelled data here: %v", err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for _, l := range lines[1:] {
		row := map[string]string{}
		for i, cell := range strings.Split(l, "\t") {
			if i < len(head) {
				row[head[i]] = cell
			}
		}
		rows = append(rows, row)
	}
	return rows
}
