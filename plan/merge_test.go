package plan_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/plan"
	"duban/plan/outline"
)

func diffText(d plan.Diff) string {
	var b strings.Builder
	for _, n := range d.Added {
		fmt.Fprintf(&b, "+ %s %s\n", n.Path, n.Title)
	}
	for _, n := range d.Gone {
		fmt.Fprintf(&b, "- %s %s\n", n.Path, n.Title)
	}
	for _, c := range d.Changed {
		fmt.Fprintf(&b, "~ %s %s → %s\n", c.New.Path, c.Old.Body, c.New.Body)
	}
	for _, c := range d.Moved {
		fmt.Fprintf(&b, "> %s → %s %s\n", c.Old.Path, c.New.Path, c.New.Title)
	}
	return b.String()
}

func TestMerge(t *testing.T) {
	old := parseFile(t, "testdata/merge_old.txt")
	next := parseFile(t, "testdata/merge_new.txt")
	before := asJSON(t, next)
	merged, d := plan.Merge(old, next)
	golden(t, "merge", d)
	if asJSON(t, next) != before || next.Nodes[0] == merged.Nodes[0] {
		t.Error("the new version was changed")
	}
	carries(t, old, merged, map[string]string{"一/1": "一/1", "二/3": "三/3", "一/2": "三/4", "二/4": "三/5", "二": "三"})
}

// carries checks which ids a merge has carried over, by old and new path.
func carries(t *testing.T, old, merged *plan.Plan, paths map[string]string) {
	t.Helper()
	for from, to := range paths {
		if got, want := merged.Node(to).ID, old.Node(from).ID; got != want {
			t.Errorf("%s → %s: id %s, want %s", from, to, got, want)
		}
	}
}

// unique checks that every node has an id of its own.
func unique(t *testing.T, p *plan.Plan) {
	t.Helper()
	seen := map[string]bool{}
	for _, n := range p.Nodes {
		if seen[n.ID] || n.ID == "" {
			t.Fatalf("id %q of %s is not its own", n.ID, n.Path)
		}
		seen[n.ID] = true
	}
}

// Measures that are much alike keep what is theirs: progress on 二号楼, which is
// gone, must not turn up at 五号楼, which is new.
func TestMerge_ofMeasuresThatAreAlike(t *testing.T) {
	old := parseFile(t, "testdata/merge_alike_old.txt")
	next := parseFile(t, "testdata/merge_alike_new.txt")
	merged, d := plan.Merge(old, next)
	golden(t, "merge_alike", d)
	carries(t, old, merged, map[string]string{"一/1": "一/1", "一/3": "一/2", "一/4": "一/3", "二/5": "二/5", "二/6": "二/6", "四/8": "三/7"})
	for _, n := range old.Nodes {
		if merged.Node("一/4").ID == n.ID {
			t.Errorf("the new measure 一/4 has the id of %s", n.Path)
		}
	}
}

func TestMerge_ofTheSame(t *testing.T) {
	samples, err := filepath.Glob("outline/testdata/*.txt")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	for _, name := range samples {
		a := parseFile(t, name)
		b := parseFile(t, name)
		merged, d := plan.Merge(a, b)
		if !d.Empty() {
			t.Errorf("%s: got %s, want no difference", name, diffText(d))
		}
		if got, want := asJSON(t, merged), asJSON(t, a); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// A node that is gone for one version and comes back gets an id of its own, and
// ids stay unique over many versions.
func TestMerge_manyTimes(t *testing.T) {
	old := parseFile(t, "testdata/merge_old.txt")
	next := parseFile(t, "testdata/merge_new.txt")
	p := old
	for range 4 {
		for _, v := range []*plan.Plan{next, old} {
			p, _ = plan.Merge(p, v)
			unique(t, p)
		}
	}
}

func TestMerge_keepsWhatKeepsItsTitle(t *testing.T) {
	old := outline.Parse("一、学风建设\n1. 抓好课堂教学。人人上课，课课点名。\n2. 抓好考勤管理。每周抽查两次。\n二、安全稳定\n3. 排查宿舍隐患。每月一次。\n")
	next := outline.Parse("一、学风建设\n1. 抓好课堂教学。改由教务处按学期组织听课评课。\n二、安全稳定\n2. 排查宿舍隐患。保卫处牵头，逐栋建账销号。\n3. 抓好考勤管理。用校园卡系统统计。\n")
	merged, d := plan.Merge(old, next)
	carries(t, old, merged, map[string]string{"一/1": "一/1", "二/3": "二/2", "一/2": "二/3"})
	if len(d.Added)+len(d.Gone) != 0 || len(d.Moved) != 2 || len(d.Changed) != 3 {
		t.Errorf("got %d added, %d gone, %d moved, %d changed; want 0, 0, 2 and 3", len(d.Added), len(d.Gone), len(d.Moved), len(d.Changed))
	}
}

// Measures that were reworded from the first word on, in another place, are still the
// same; what is between such is a version of what stood between them.
func TestMerge_knowsWhatWasReworded(t *testing.T) {
	old := outline.Parse("一、安全稳定\n1. 每周检查学生宿舍用电安全一次，结果上墙。\n2. 每学期组织一次消防疏散演练。\n3. 建立校外住宿学生台账。\n二、学风建设\n4. 每天抽查早操出勤。\n")
	next := outline.Parse("一、学风建设\n1. 坚持每天抽查早操的出勤。\n二、安全稳定\n2. 对学生宿舍用电安全，两周检查一次并上墙。\n3. 组织消防疏散演练，每年两次。\n4. 各学院建立校外住宿学生的台账。\n5. 开设急救课。\n")
	merged, d := plan.Merge(old, next)
	carries(t, old, merged, map[string]string{"一/1": "二/2", "一/2": "二/3", "一/3": "二/4", "二/4": "一/1"})
	if len(d.Added) != 1 || len(d.Gone) != 0 {
		t.Errorf("got %d added and %d gone, want 1 and 0", len(d.Added), len(d.Gone))
	}
}

func FuzzMerge(f *testing.F) {
	f.Add("一、引领\n1. 办班会。\n2. 建队伍。", "一、引领\n1. 建队伍。")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, next := outline.Parse(a), outline.Parse(b)
		merged, d := plan.Merge(old, next)
		if len(merged.Nodes) != len(next.Nodes) || len(d.Added)+len(old.Nodes)-len(d.Gone) != len(next.Nodes) {
			t.Errorf("%d nodes, %d added, %d gone of %d; want the new %d", len(merged.Nodes), len(d.Added), len(d.Gone), len(old.Nodes), len(next.Nodes))
		}
		unique(t, merged)
	})
}

func asJSON(t *testing.T, p *plan.Plan) string {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// golden compares a difference with a file under testdata.
func golden(t *testing.T, name string, d plan.Diff) {
	t.Helper()
	want, err := os.ReadFile("testdata/" + name + ".golden")
	if err != nil {
		t.Fatal(err)
	}
	if got := diffText(d); got != string(want) {
		t.Errorf("%s:\ngot:\n%s\nwant:\n%s", name, got, want)
	}
}
