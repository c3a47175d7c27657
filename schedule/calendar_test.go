package schedule_test

import (
	"slices"
	"testing"
	"time"

	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
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
