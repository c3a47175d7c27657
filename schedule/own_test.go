package schedule_test

import (
	"testing"

	"duban/schedule"
	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/store"
)

// TestPutSchool: a school year that was entered counts until the file says something else
// than it said then, and what it does to the jobs is known before.
func TestPutSchool(t *testing.T) {
	day := func(s string) when.Day { return when.DayOf(whentest.At(t, s+" 00:00")) }
	year := func(end string) when.School {
		return when.School{Terms: []when.Term{{Name: "2026秋", From: day("2026-09-07"), To: day(end)}}}
	}
	file := year("2027-01-15")
	f := newOffice(t, "2026-11-20 12:00", schedule.Options{Make: func(own schedule.Own) (*when.Calendar, error) {
		if own.School != nil && own.School.Over(file) {
			return when.NewCalendar(nil, own.School.School)
		}
		return when.NewCalendar(nil, file)
	}})
	inForce := func() when.Day {
		t.Helper()
		var c *when.Calendar
		f.view(func(sn *store.Snapshot) (err error) {
			c, err = f.sched.CalendarOf(schedule.OwnOf(sn))
			return err
		})
		if _, err := f.sched.SetCalendar(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return c.School().Terms[0].To
	}
	inForce()
	j := reminder("周会", "每周一9:00")
	j.Days = "教学周工作日"
	f.put(j)
	shorter := year("2026-12-11")
	f.view(func(sn *store.Snapshot) error {
		c, err := when.NewCalendar(nil, shorter)
		if err != nil {
			return err
		}
		if got, want := f.sched.Effect(sn, c), "周会，不再发：12月14日至2027年1月11日（不在教学周）"; len(got) != 1 || got[0] != want {
			t.Errorf("the effect is %q, want %q", got, want)
		}
		return nil
	})
	f.update(func(tx *store.Tx) error { return f.sched.PutSchool(tx, shorter, editor) })
	if got := inForce(); got != day("2026-12-11") {
		t.Errorf("the term ends on %s, want what was entered", got)
	}
	if err := f.store.Update(t.Context(), func(tx *store.Tx) error { return f.sched.PutSchool(tx, year("2026-08-01"), editor) }); err == nil {
		t.Error("a term that ends before it begins was taken")
	}
	file = year("2027-01-22")
	if got := inForce(); got != day("2027-01-22") {
		t.Errorf("the term ends on %s, want what the file says since", got)
	}
}
