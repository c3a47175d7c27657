package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/outbox/outboxtest"
	"duban/progress"
	"duban/report"
	"duban/store"
)

// TestTrend: a month has what stood at its end, and the months before the plan are left
// out.
func TestTrend(t *testing.T) {
	o := newOffice(t, samplePlan, staff()...)
	half := 50
	o.says("C1", "1", 60, progress.Update{Percent: &half, Status: progress.Doing})
	o.says("C3", "4", 60, progress.Update{Status: progress.Blocked})
	o.says("C3", "5", 30, progress.Update{Status: progress.Finished})
	o.says("C1", "4", 5, progress.Update{Status: progress.Finished})
	var got []string
	o.Look(func(s *store.Snapshot) {
		for _, m := range report.Trend(s, zone) {
			got = append(got, fmt.Sprint(m.Month.Format("2006-01 "), m.Now, " ", m.Count))
		}
	})
	want := []string{"2026-09 false 推进中1，受阻1，未填报4", "2026-10 false 办结1，推进中1，受阻1，未填报3", "2026-11 true 办结2，推进中1，未填报3"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTrend_none: without a plan and words there is nothing to draw.
func TestTrend_none(t *testing.T) {
	o := newOffice(t, "", staff()...)
	o.Look(func(s *store.Snapshot) {
		for _, m := range report.Trend(s, zone) {
			if len(m.Count) > 0 {
				t.Errorf("got %v in %s, want nothing", m.Count, m.Month)
			}
		}
	})
}

// TestColleges: colleges in the order of the roster, each with what its own people said.
func TestColleges(t *testing.T) {
	o := notified(t)
	o.Change(func(tx *store.Tx) {
		for _, n := range report.Measures(progress.Current(tx.Snapshot)) {
			if n.Number == "5" {
				progress.Assign(tx, n.ID, progress.Assignment{Owners: []string{"各学院"}})
			}
		}
	})
	o.says("C1", "4", 3, progress.Update{Status: progress.Blocked})
	o.says("C1", "5", 40, progress.Update{Status: progress.Doing})
	o.says("C3", "5", 2, progress.Update{Status: progress.Doing, Evidence: []string{"a", "b"}})
	o.says("C1", "1", 1, progress.Update{Status: progress.Doing})
	o.says("C2", "5", 1, progress.Update{Status: progress.Blocked})
	o.says("A1", "5", 1, progress.Update{Status: progress.Blocked})
	look := func(want func(string) bool) (all []string) {
		for _, c := range outboxtest.See(o.Office, func(s *store.Snapshot) []report.College { return report.Colleges(s, zone, want) }) {
			all = append(all, fmt.Sprintf("%s 要报%d 已报%d另%d 受阻%d 佐证%d %s 回%d/%d", c.Name, c.Measures, c.Told, c.Also, c.Blocked, c.Proofs, c.Last.Format(time.DateOnly), c.Answered, c.Owed))
		}
		return all
	}
	all := []string{"机械工程学院 要报2 已报1另1 受阻1 佐证0 2026-11-22 回1/2", "计算机学院 要报1 已报1另0 受阻1 佐证2 2026-11-22 回1/3"}
	if got := look(func(string) bool { return true }); !slices.Equal(got, all) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(all, "\n"))
	}
	if got := look(func(c string) bool { return c == "计算机学院" }); !slices.Equal(got, all[1:]) {
		t.Errorf("got %v of one college, want %v", got, all[1:])
	}
}
