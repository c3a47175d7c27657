package when_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/schedule/when"
	"duban/schedule/when/whentest"
)

// rows reads a table with a head line and tabs between its columns.
func rows(t testing.TB, path string) []map[string]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var all []map[string]string
	for _, line := range lines[1:] {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := map[string]string{}
		for i, cell := range strings.Split(line, "\t") {
			if i < len(head) {
				row[head[i]] = cell
			}
		}
		all = append(all, row)
	}
	return all
}

func format(times []time.Time) []string {
	var all []string
	for _, t := range times {
		all = append(all, t.Format("2006-01-02 15:04"))
	}
	return all
}

func TestExplain_labelled(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "eval", "schedules.tsv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the labelled phrases are not in this checkout:", path)
	}
	set := when.Setting{Now: whentest.At(t, "2026-11-23 12:00")}
	for _, r := range rows(t, path) {
		got := when.Explain(r["phrase"], set, 3)
		if r["expect"] == "refuse" {
			if got.OK || got.Error == "" {
				t.Errorf("%s %s: taken as %v, want a refusal", r["id"], r["phrase"], format(got.Next))
			}
			continue
		}
		var want []string
		for _, k := range []string{"next1", "next2", "next3"} {
			if r[k] != "" {
				want = append(want, r[k])
			}
		}
		if next := format(got.Next); !got.OK || !slices.Equal(next, want) {
			t.Errorf("%s %s: got %v %s, want %v", r["id"], r["phrase"], next, got.Error, want)
		}
	}
}
