package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"duban/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// squash drops all white space, as the labels do.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u00ad' {
			return -1
		}
		return r
	}, s)
}

// outline prints a plan as a golden file has it.
func outline(p *plan.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n", p.Title)
	for _, n := range p.Nodes {
		fmt.Fprintf(&b, "%d-%d %s %s | %s | %s", n.Line, n.LineEnd, n.Kind, n.Path, n.Head, strings.ReplaceAll(n.Body, "\n", "⏎"))
		if len(n.Owners) > 0 || n.Due != "" {
			fmt.Fprintf(&b, " | %s %s", strings.Join(n.Owners, "、"), n.Due)
		}
		b.WriteByte('\n')
	}
	for _, o := range p.Other {
		fmt.Fprintf(&b, "%d-%d [%s] %s\n", o.Line, o.LineEnd, o.Kind, strings.ReplaceAll(o.Text, "\n", "⏎"))
	}
	return b.String()
}

// golden compares with a file under testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}

func samples(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"*.txt", "*.md"} {
		found, err := filepath.Glob(filepath.Join("testdata", pattern))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		t.Fatal("no samples under testdata")
	}
	return names
}

func parseFile(t *testing.T, name string) (*plan.Plan, string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Parse(string(text)), string(text)
}

func TestParse(t *testing.T) {
	for _, name := range samples(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			p, _ := parseFile(t, name)
			golden(t, filepath.Base(name), outline(p))
		})
	}
}

// The whole text of a document is in a node or in a block, in order of lines.
func TestParse_accountsForAllText(t *testing.T) {
	names := samples(t)
	shared, _ := filepath.Glob("../../shared/eval/plans/*.txt")
	for _, name := range append(names, shared...) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			p, text := parseFile(t, name)
			if got, want := squash(rebuilt(p)), squash(text); got != want {
				at := 0
				for at < len(got) && at < len(want) && got[at] == want[at] {
					at++
				}
				t.Errorf("text differs at byte %d: got %.60q, want %.60q", at, got[at:], want[at:])
			}
		})
	}
}

// rebuilt puts a document together again from what the plan has of it.
func rebuilt(p *plan.Plan) string {
	var b strings.Builder
	at := 0
	flush := func(line int) {
		for at < len(p.Other) && p.Other[at].Line < line {
			b.WriteString(p.Other[at].Text)
			at++
		}
	}
	for _, n := range p.Nodes {
		flush(n.Line)
		b.WriteString(n.Label + n.Head + n.Body)
	}
	flush(1 << 30)
	return b.String()
}

func TestParse_ofNothing(t *testing.T) {
	for _, text := range []string{"", " \n\n", "\ufeff", "没有编号的一段话。"} {
		p := plan.Parse(text)
		if len(p.Nodes) != 0 {
			t.Errorf("%q: got %d nodes, want none", text, len(p.Nodes))
		}
	}
}

func TestPlan_asJSON(t *testing.T) {
	p, _ := parseFile(t, "testdata/chapters.txt")
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back plan.Plan
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if got, want := outline(&back), outline(p); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	for _, name := range []string{`"path"`, `"kind"`, `"label"`, `"number"`, `"title"`, `"body"`} {
		if !bytes.Contains(b, []byte(name)) {
			t.Errorf("no field %s in %.200s", name, b)
		}
	}
}

func TestVerbatim(t *testing.T) {
	p, _ := parseFile(t, "testdata/fields_under_parts.txt")
	for _, c := range []struct {
		path string
		want []string
	}{
		{"一/1", []string{"1. 办好主题班会。每月一次，由学工处牵头，6月底前完成中期检查。"}},
		{"二", []string{"二、守牢安全底线", "问题描述：宿舍违规用电反复出现。", "工作措施：", "3. 开展消防演练。每学期一次。", "5. 推广反诈宣传。每周推送一次案例。", "5. 落实值班制度。节假日领导带班。"}},
	} {
		got := p.Node(c.path).Verbatim(p)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: got %q, want %q", c.path, got, c.want)
		}
	}
}
