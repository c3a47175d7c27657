package schedule_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/store"
	"duban/store/bolt"
)

// manyJobs puts n jobs that all come at 8:30 into a durable store.
func manyJobs(b *testing.B, n int, clock *time.Time) *schedule.Scheduler {
	b.Helper()
	engine, err := bolt.Open(filepath.Join(b.TempDir(), "duban.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = engine.Close() })
	now := func() time.Time { return *clock }
	st, err := notice.OpenStore(b.Context(), engine, store.Options{Now: now}, nil)
	if err != nil {
		b.Fatal(err)
	}
	s := schedule.New(st, schedule.Options{
		Zone: whentest.Shanghai(b), Now: now, Calendar: whentest.School(b),
		Post: func(tx *store.Tx, j schedule.Job, f schedule.Firing, text string) error {
			return outbox.Enqueue(tx, bot.Outgoing{Key: f.Key() + "/g", Account: "net", Chat: "g" + j.ID, Text: text})
		},
	})
	err = st.Update(b.Context(), func(tx *store.Tx) error {
		for i := range n {
			j := reminder(fmt.Sprintf("j%04d", i), "每天8:30")
			j.Days = "法定工作日"
			if _, err := s.Put(tx, j, editor); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkLook_due is a thousand jobs due in one second, each in a durable
// transaction of its own.
func BenchmarkLook_due(b *testing.B) {
	clock := whentest.At(b, "2026-03-02 12:00")
	s := manyJobs(b, 1000, &clock)
	for b.Loop() {
		clock = clock.AddDate(0, 0, 1)
		for clock.Weekday() == time.Saturday || clock.Weekday() == time.Sunday {
			clock = clock.AddDate(0, 0, 1)
		}
		clock = time.Date(clock.Year(), clock.Month(), clock.Day(), 8, 30, 0, 0, whentest.Shanghai(b))
		if _, err := s.Look(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Seconds())/float64(b.N), "s/1000jobs")
}

// BenchmarkLook_idle is a look at a thousand jobs of which none is due.
func BenchmarkLook_idle(b *testing.B) {
	clock := whentest.At(b, "2026-03-02 12:00")
	s := manyJobs(b, 1000, &clock)
	for b.Loop() {
		if _, err := s.Look(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNext is the next five turns of a thousand jobs, read from their texts.
func BenchmarkNext(b *testing.B) {
	set := when.Setting{Now: whentest.At(b, "2026-03-02 12:00"), Calendar: whentest.School(b)}
	rule, err := when.ParseRule("法定工作日")
	if err != nil {
		b.Fatal(err)
	}
	texts := []string{"每天 08:30", "30 16 * * 1-5", "每月最后一个工作日 15:00", "每周一、三、五 07:50", "从2026-03-02起 每3天 12:30"}
	for b.Loop() {
		for i := range 1000 {
			spec, err := when.Parse(texts[i%len(texts)], set)
			if err != nil {
				b.Fatal(err)
			}
			turns, err := when.NewTimetable(spec, rule)
			if err != nil {
				b.Fatal(err)
			}
			t := set.Now
			for range 5 {
				t = turns.Next(t)
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	set := when.Setting{Now: whentest.At(b, "2026-11-23 12:00")}
	for b.Loop() {
		if _, err := when.Parse("每月第一个和第三个周一下午三点半", set); err != nil {
			b.Fatal(err)
		}
	}
}
