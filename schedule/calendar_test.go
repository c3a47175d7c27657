package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/store"
)

// TestSetCalendar enters a day off: what moves is said, and holds.
func TestSetCalendar(t *testing.T) {
	f := newOffice(t, "2026-11-20 12:00", schedule.Options{Calendar: whentest.School(t)})
	f.put(reminder("每日", "每天8:30"))
	f.put(reminder("上班", "工作日8:30"))
	cal, err := when.NewCalendar([]when.Override{
		{Day: "2026-11-24", To: "2026-11-25", Kind: when.Off, Name: "校庆", Source: "x"},
		{Day: "2026-11-27", Kind: when.Off, Name: "校庆", Source: "x"},
		{Day: "2026-11-28", Kind: when.Work, Name: "校庆", Source: "x"},
	}, when.School{})
	if err != nil {
		t.Fatal(err)
	}
	said, err := f.sched.SetCalendar(t.Context(), cal)
	if want := "上班，不再发：11月24日至11月25日（校庆放假）、11月27日（校庆放假），增加：11月28日（校庆调休上班）"; err != nil || said != want {
		t.Errorf("got %q, %v; want %q", said, err, want)
	}
	f.advance(whentest.At(t, "2026-11-29 09:00"))
	turns := f.turns("上班")
	_, off := turns["11-24 08:30"]
	_, on := turns["11-28 08:30"]
	if off || !on {
		t.Errorf("turns %v, want none on the 24th and one on the 28th", turns)
	}
}

func TestLook_nextYear(t *testing.T) {
	f := newOffice(t, "2026-10-30 12:00", schedule.Options{Calendar: whentest.School(t)})
	f.put(reminder("a", "工作日8:30"))
	for range 10 {
		f.clock = f.clock.Add(24 * time.Hour)
		f.look()
	}
	f.alarms = slices.DeleteFunc(f.alarms, func(a schedule.Alarm) bool { return a.Kind == "missed" }) // duban was off in between
	if len(f.alarms) != 2 || f.alarms[0].Kind != "calendar" {
		t.Errorf("alarms %v, want one a week from November on", f.alarms)
	}
}

// TestPut_untilTheTableEnds adds a job of holidays when the last that is known is over:
// it waits for the next table, and comes with it.
func TestPut_untilTheTableEnds(t *testing.T) {
	f := newOffice(t, "2026-12-01 12:00", schedule.Options{Calendar: whentest.School(t)})
	f.view(func(sn *store.Snapshot) error {
		p, err := f.sched.Check(sn, reminder("值班", "节假日9:00"))
		if err != nil || !strings.Contains(p.String(), "2027年放假安排未录入") {
			t.Errorf("got %v, %v; want the year that is missing", p, err)
		}
		return err
	})
	f.put(reminder("值班", "节假日9:00"))
	f.view(func(sn *store.Snapshot) error {
		if list := f.sched.List(sn); !strings.Contains(list, "法定节假日 每天 09:00，暂无下次，等日历补录") {
			t.Errorf("got %q, want 暂无下次 in it", list)
		}
		return nil
	})
}

// TestLook_silent lets a term end: a job of its days waits for the next term, which is
// told once, and goes on with it, without what lay before.
func TestLook_silent(t *testing.T) {
	f := newOffice(t, "2026-12-30 12:00", schedule.Options{Calendar: whentest.School(t)})
	j := reminder("上课", "每天10:30")
	j.Days = "教学周工作日"
	f.put(j)
	once := f.put(reminder("一次", "2027-01-02 11:00"))
	f.advance(whentest.At(t, "2027-01-13 12:00"))
	f.alarms = slices.DeleteFunc(f.alarms, func(a schedule.Alarm) bool { return a.Job != "上课" || a.Kind != "calendar" })
	if len(f.alarms) != 1 || !strings.Contains(f.alarms[0].Text, "“上课”暂无下次") {
		t.Errorf("alarms %v, want one that says that 上课 waits", f.alarms)
	}
	if !f.job("上课").Ended.IsZero() || f.job(once.ID).Ended.IsZero() {
		t.Errorf("ended: 上课 %v, 一次 %v; want only the second", f.job("上课").Ended, f.job(once.ID).Ended)
	}
	f.view(func(sn *store.Snapshot) error {
		if list := f.sched.List(sn); !strings.Contains(list, "教学周工作日，暂无下次，等日历补录") || !strings.Contains(list, "已结束") {
			t.Errorf("got %q, want 暂无下次 and 已结束 in it", list)
		}
		return nil
	})
	f.update(func(tx *store.Tx) error { // as an older version left it
		j := f.job("上课")
		j.Ended = tx.Now()
		store.Save(tx, store.Jobs+"head/上课", j)
		return nil
	})
	next, err := when.NewCalendar(nil, when.School{Terms: []when.Term{
		{Name: "2027春", From: whentest.Day(t, "2027-01-11"), To: whentest.Day(t, "2027-07-02")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.sched.SetCalendar(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	f.advance(whentest.At(t, "2027-01-15 09:00"))
	turns := f.turns("上课")
	_, before := turns["01-12 10:30"]
	_, after := turns["01-14 10:30"]
	if before || !after {
		t.Errorf("turns %v, want one on the 14th and none before the term was entered", turns)
	}
}
