package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"duban/plan"
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
	old, _ := parseFile(t, "testdata/merge_old.txt")
	next, _ := parseFile(t, "testdata/merge_new.txt")
	before := outline(next)
	merged, d := plan.Merge(old, next)
	golden(t, "merge", diffText(d))
	if outline(next) != before || next.Nodes[0] == merged.Nodes[0] {
		t.Error("the new version was changed")
	}
	for _, c := range []struct{ from, to string }{{"一/1", "一/1"}, {"二/3", "三/3"}, {"一/2", "三/4"}, {"二/4", "三/5"}, {"二", "三"}} {
		if got, want := merged.Node(c.to).ID, old.Node(c.from).ID; got != want {
			t.Errorf("%s → %s: id %s, want %s", c.from, c.to, got, want)
		}
	}
	seen := map[string]string{}
	for _, n := range merged.Nodes {
		if was, ok := seen[n.ID]; ok {
			t.Errorf("%s and %s have the same id", was, n.Path)
		}
		seen[n.ID] = n.Path
	}
}

// Measures that are much alike keep what is theirs: progress on 二号楼, which is
// gone, must not turn up at 五号楼, which is new.
func TestMerge_ofMeasuresThatAreAlike(t *testing.T) {
	old, _ := parseFile(t, "testdata/merge_alike_old.txt")
	next, _ := parseFile(t, "testdata/merge_alike_new.txt")
	merged, d := plan.Merge(old, next)
	golden(t, "merge_alike", diffText(d))
	for _, c := range []struct{ from, to string }{{"一/1", "一/1"}, {"一/3", "一/2"}, {"一/4", "一/3"}, {"二/5", "二/5"}, {"二/6", "二/6"}, {"四/8", "三/7"}} {
		if got, want := merged.Node(c.to).ID, old.Node(c.from).ID; got != want {
			t.Errorf("%s → %s: id %s, want %s", c.from, c.to, got, want)
		}
	}
	for _, n := range old.Nodes {
		if merged.Node("一/4").ID == n.ID {
			t.Errorf("the new measure 一/4 has the id of %s", n.Path)
		}
	}
}

func TestMerge_ofTheSame(t *testing.T) {
	for _, name := range samples(t) {
		a, _ := parseFile(t, name)
		b, _ := parseFile(t, name)
		merged, d := plan.Merge(a, b)
		if !d.Empty() {
			t.Errorf("%s: got %s, want no difference", name, diffText(d))
		}
		if got, want := outline(merged), outline(a); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// A node that is gone for one version and comes back gets an id of its own, and
// ids stay unique over many versions.
func TestMerge_manyTimes(t *testing.T) {
	old, _ := parseFile(t, "testdata/merge_old.txt")
	next, _ := parseFile(t, "testdata/merge_new.txt")
	p := old
	for range 4 {
		for _, v := range []*plan.Plan{next, old} {
			p, _ = plan.Merge(p, v)
			seen := map[string]bool{}
			for _, n := range p.Nodes {
				if seen[n.ID] || n.ID == "" {
					t.Fatalf("id %q of %s is not its own", n.ID, n.Path)
				}
				seen[n.ID] = true
			}
		}
	}
}
