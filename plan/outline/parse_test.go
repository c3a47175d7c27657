package outline_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duban/plan"
	"duban/plan/outline"
	"duban/zh"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dump prints a plan as a golden file has it.
func dump(p *plan.Plan) string {
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
	return outline.Parse(string(text)), string(text)
}

func TestParse(t *testing.T) {
	for _, name := range samples(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			p, _ := parseFile(t, name)
			golden(t, filepath.Base(name), dump(p))
		})
	}
}

// The whole text of a document is in a node or in a block, in order of lines.
func TestParse_accountsForAllText(t *testing.T) {
	names := samples(t)
	shared, _ := filepath.Glob("../../../shared/eval/plans/*.txt")
	for _, name := range append(names, shared...) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			p, text := parseFile(t, name)
			if got, want := zh.Bare(rebuilt(p)), zh.Bare(text); got != want {
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
		p := outline.Parse(text)
		if len(p.Nodes) != 0 {
			t.Errorf("%q: got %d nodes, want none", text, len(p.Nodes))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"fields_under_parts.txt", "decimals.md", "rows.txt", "months.txt", "toc.txt", "hard_wrapped.txt"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		p := outline.Parse(text)
		// A page number inside an item stands in its block, so order may differ.
		if got, want := sorted(rebuilt(p)), sorted(text); got != want {
			t.Errorf("text is not accounted for: got %q, want %q", got, want)
		}
		paths := map[string]bool{}
		for i, n := range p.Nodes {
			if n.Parent >= i || paths[n.Path] {
				t.Errorf("node %d %q: parent %d, path seen %v", i, n.Path, n.Parent, paths[n.Path])
			}
			paths[n.Path] = true
		}
	})
}

func sorted(s string) string {
	r := []rune(zh.Bare(s))
	slices.Sort(r)
	return string(r)
}

func TestParse_ownersAndDates(t *testing.T) {
	for _, c := range []struct{ text, owners, due string }{
		{"1. 查宿舍。每月一次。（责任单位：保卫处；完成时限：6月底）", "保卫处", "6月底"},
		{"1. 查食堂。（责任部门：后勤处，配合部门：学工处、工会；时限：全年）", "后勤处", "全年"},
		{"1. 查车辆。【责任单位：保卫处】【完成时间：长期坚持】", "保卫处", "长期坚持"},
		{"1. 查网络。（信息中心牵头，各学院配合，5月底前完成）", "信息中心", "5月底前"},
		{"1. 查危化品。责任单位：实验室处 完成时限：每季度末", "实验室处", "每季度末"},
		{"1. 查实验室。每周一次。\n责任人：\n张三、李四\n完成时限：全年", "张三、李四", "全年"},
		{"1. 查楼道。（保卫处、后勤处，9月底前）", "保卫处、后勤处", "9月底前"},
		{"1. 办活动。活动时间：5月。", "", ""},
		{"1. 查宿舍。每月一次。（责任单位：二级学院（部、中心）、保卫处；完成时限：6月底）", "二级学院(部、中心)、保卫处", "6月底"},
		{"1. 查宿舍。每月一次。（二级学院（部、中心）、保卫处）", "二级学院(部、中心)、保卫处", ""},
		{"1. 查宿舍。每月一次。〔责任单位：保卫处〕", "保卫处", ""},
		{"1. 查宿舍。每月一次。责任单位：按职责分工负责", "", ""},
		{"1. 查宿舍。由保卫处会同学工处牵头。", "保卫处、学工处", ""},
		{"1. 查宿舍。每月一次。\n（1）查用电。逐间查看。\n（2）查消防。逐层查看。\n责任单位：保卫处\n完成时限：6月底", "保卫处", "6月底"},
	} {
		p := outline.Parse("某校工作要点\n" + c.text + "\n2. 其他。")
		n := p.Node("1")
		if n == nil {
			t.Fatalf("%s: no measure", c.text)
		}
		if got := strings.Join(n.Owners, "、"); got != c.owners || n.Due != c.due {
			t.Errorf("%s: got %q until %q, want %q until %q", c.text, got, n.Due, c.owners, c.due)
		}
	}
}

// A number of four digits may be a year, and is a measure's all the same.
func TestParse_aThousandMeasures(t *testing.T) {
	var b strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&b, "%d. 加强第%d号楼工作。每月一次。\n", i+1, i)
	}
	if n := outline.Parse(b.String()).Node("1200"); n == nil || n.Kind != plan.Measure {
		t.Errorf("got %+v, want measure 1200", n)
	}
}
