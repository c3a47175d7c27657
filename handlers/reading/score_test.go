package reading_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/handlers/reading"
)

// labelled is a row of a messages.tsv.
type labelled struct {
	context, text, kind, measures, percent, status string
}

func readLabelled(t testing.TB, path string) []labelled {
	t.Helper()
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here; it is not part of this repository", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	var rows []labelled
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if i == 0 || len(cells) < 6 {
			continue
		}
		rows = append(rows, labelled{cells[0], strings.ReplaceAll(cells[1], `\n`, "\n"), cells[2], cells[3], cells[4], cells[5]})
	}
	return rows
}

// score compares readings with labels as the shared score.py does.
type score struct {
	total, exact, kind, wrong int
}

func (s score) String() string {
	return fmt.Sprintf("exact %d/%d = %.4f, kind %d, stored wrongly %d", s.exact, s.total, float64(s.exact)/float64(s.total), s.kind, s.wrong)
}

func (s *score) add(t testing.TB, want labelled) {
	r := reading.Read(reading.FromContext(want.context, want.text))
	got := labelledOf(r)
	s.total++
	if got.kind == want.kind {
		s.kind++
	}
	stores := got.kind == "progress" || got.kind == "correction" || got.kind == "retract" || got.kind == "ack"
	wrong := stores && (want.kind == "chatter" || want.kind == "query" || want.kind == "question")
	if wrong {
		s.wrong++
	}
	if got.kind == want.kind && got.measures == want.measures && got.percent == one(want.percent) && got.status == one(want.status) {
		s.exact++
		return
	}
	t.Logf("[%s] %q: got %s %s %s %s, want %s %s %s %s%s", want.context, want.text, got.kind, got.measures, got.percent, got.status,
		want.kind, want.measures, want.percent, want.status, map[bool]string{true: " STORED WRONGLY"}[wrong])
}

// labelledOf writes a reading as the label file does.
func labelledOf(r reading.Reading) labelled { return rowLabel(r.Row()) }

func rowLabel(row reading.Row) labelled {
	var measures, percent, status []string
	for _, n := range row.Measures {
		measures = append(measures, fmt.Sprint(n))
	}
	for _, p := range row.Percent {
		if p == nil {
			percent = append(percent, "-")
		} else {
			percent = append(percent, fmt.Sprint(*p))
		}
	}
	for _, s := range row.Status {
		if s == nil {
			status = append(status, "-")
		} else {
			status = append(status, string(*s))
		}
	}
	if len(measures) == 0 {
		measures = []string{"-"}
	}
	return labelled{kind: string(row.Kind), measures: strings.Join(measures, ","), percent: one(strings.Join(percent, ",")), status: one(strings.Join(status, ","))}
}

// one writes equal values once.
func one(s string) string {
	first, rest, _ := strings.Cut(s, ",")
	for v := range strings.SplitSeq(rest, ",") {
		if rest != "" && v != first {
			return s
		}
	}
	return first
}

func TestRead_sharedLabels(t *testing.T) {
	var s score
	for _, row := range readLabelled(t, filepath.Join("..", "..", "..", "shared", "eval", "messages.tsv")) {
		s.add(t, row)
	}
	t.Log(s)
	if s.exact*80 < 78*s.total || s.wrong > 0 {
		t.Errorf("%v; want at least 78 of 80 exact and nothing stored wrongly", s)
	}
}

// TestRead_corpus runs the messages written for this package. Each file was
// labelled before the rules were measured on it.
func TestRead_corpus(t *testing.T) {
	for _, c := range []struct {
		file  string
		floor float64
	}{
		{"messages.tsv", 0.99},
		{"fresh.tsv", 0.99},
		{"fresh2.tsv", 0.99},
		{"fresh3.tsv", 0.99},
		{"fresh4.tsv", 0.99},
		{"fresh5.tsv", 0.98},
		{"decoys.tsv", 0.99},
	} {
		t.Run(c.file, func(t *testing.T) {
			var s score
			for _, row := range readLabelled(t, filepath.Join("testdata", c.file)) {
				s.add(t, row)
			}
			t.Log(s)
			if float64(s.exact) < c.floor*float64(s.total) || s.wrong > 0 {
				t.Errorf("%v; want at least %.0f%% exact and nothing stored wrongly", s, 100*c.floor)
			}
		})
	}
}
