package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"duban/notice"
	"duban/plan/outline"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/store/bolt"
)

// crowd is how many people the benchmarks have: all counselors of the country. It
// can be set smaller with DUBAN_CROWD, to see that they run.
func crowd(tb testing.TB) int {
	n := 240_000
	if s := os.Getenv("DUBAN_CROWD"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			tb.Fatal(err)
		}
	}
	return n
}

// nation is a store on disk with that many people, a plan of 50 measures of which
// each of them has reported on one, and a notice that two thirds have answered.
func nation(tb testing.TB) *store.Store {
	tb.Helper()
	e, err := bolt.Open(filepath.Join(tb.TempDir(), "duban.db"))
	must(tb, err)
	tb.Cleanup(func() { must(tb, e.Close()) })
	s, err := notice.OpenStore(tb.Context(), e, store.Options{Now: noon}, nil)
	must(tb, err)
	n := crowd(tb)
	r := &roster.Roster{}
	for i := range n {
		r.People = append(r.People, roster.Person{
			ID: fmt.Sprintf("P%06d", i), Name: fmt.Sprintf("辅导员%d", i), College: fmt.Sprintf("第%d学院", i/200),
			Roles: []roster.Role{roster.Counselor}, Groups: []string{"群"},
		})
	}
	must(tb, s.Update(tb.Context(), func(tx *store.Tx) error {
		if err := roster.Replace(tx, r); err != nil {
			return err
		}
		if err := notice.Put(tx, notice.Notice{Number: 1, Class: notice.Receipt, Text: "请检查宿舍。", Groups: []string{"群"}, Created: noon()}); err != nil {
			return err
		}
		return progress.SetPlan(tx, outline.Parse(aPlan(50, func(i int) string { return fmt.Sprintf("开展第%d项工作", i+1) })), "plan.txt", "")
	}))
	const batch = 2000
	for from := 0; from < n; from += batch {
		must(tb, s.Update(tb.Context(), func(tx *store.Tx) error { return fill(tx, from, min(from+batch, n)) }))
	}
	return s
}

func fill(tx *store.Tx, from, to int) error {
	p, err := progress.Current(tx.Snapshot)
	if err != nil {
		return err
	}
	all := report.Measures(p)
	for i := from; i < to; i++ {
		id := fmt.Sprintf("P%06d", i)
		item := notice.Item{Notice: 1, Person: id, State: notice.Open, Asked: noon(), Groups: []string{"群"}}
		if i%3 > 0 {
			item.Answer(noon(), time.Time{}, "wx/1", "")
		}
		if err := notice.PutItem(tx, item); err != nil {
			return err
		}
		u := progress.Update{Measure: all[i%len(all)].ID, Person: id, At: noon().Add(-time.Duration(i) * time.Second), Percent: new(i % 101), Note: "按计划推进"}
		if _, err := progress.AddUpdate(tx, u, id); err != nil {
			return err
		}
	}
	return nil
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatalf("got error %v, want none", err)
	}
}

func benchmarkGather(b *testing.B, o report.Order) {
	s := nation(b)
	o.Zone = zone
	for b.Loop() {
		must(b, s.View(b.Context(), func(s *store.Snapshot) error {
			_, err := report.Gather(s, o)
			return err
		}))
	}
}

func BenchmarkGather_summary(b *testing.B) { benchmarkGather(b, report.Order{Kind: report.Progress}) }

func BenchmarkGather_roll(b *testing.B) {
	benchmarkGather(b, report.Order{Kind: report.Answers, Notice: 1, Viewer: everybody()})
}

// The bound is 20 seconds and 512 MiB for all that the process holds.
func BenchmarkFiles_workbook(b *testing.B) {
	s := nation(b)
	var doc report.Document
	must(b, s.View(b.Context(), func(s *store.Snapshot) (err error) {
		doc, err = report.Gather(s, report.Order{Kind: report.Answers, Notice: 1, Viewer: everybody(), Zone: zone})
		return err
	}))
	for b.Loop() {
		files, err := doc.Files(report.Sheet)
		must(b, err)
		b.ReportMetric(float64(len(files[0].Data))/(1<<20), "MiB/file")
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "MiB/heap")
}

// The bound is 200 ms for a picture.
func BenchmarkFiles_picture(b *testing.B) {
	for _, n := range []int{20, 34} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := small(b, n)
			var doc report.Document
			must(b, s.View(b.Context(), func(s *store.Snapshot) (err error) {
				doc, err = report.Gather(s, report.Order{Kind: report.Progress, Zone: zone})
				return err
			}))
			pictures := 0
			for b.Loop() {
				files, err := doc.Files(report.Picture)
				must(b, err)
				pictures = len(files)
			}
			b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N*pictures), "ms/picture")
			b.ReportMetric(float64(pictures), "pictures")
		})
	}
}

// small is a store with a plan of n measures, all reported on.
func small(b *testing.B, n int) *store.Store {
	b.Helper()
	e, err := bolt.Open(filepath.Join(b.TempDir(), "duban.db"))
	must(b, err)
	b.Cleanup(func() { must(b, e.Close()) })
	s, err := notice.OpenStore(b.Context(), e, store.Options{Now: noon}, nil)
	must(b, err)
	must(b, s.Update(b.Context(), func(tx *store.Tx) error {
		if err := progress.SetPlan(tx, outline.Parse(aPlan(n, func(i int) string { return fmt.Sprintf("开展第%d项安全教育和隐患排查整治", i+1) })), "plan.txt", ""); err != nil {
			return err
		}
		p, err := progress.Current(tx.Snapshot)
		if err != nil {
			return err
		}
		for i, m := range report.Measures(p) {
			if _, err := progress.AddUpdate(tx, progress.Update{Measure: m.ID, Person: "P1", At: noon(), Percent: new(i), Note: "正在按计划推进，还差最后两个学院的台账"}, "1"); err != nil {
				return err
			}
		}
		return nil
	}))
	return s
}
