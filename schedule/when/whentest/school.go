package whentest

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the zones that tests name

	"duban/schedule/when"
)

// Shanghai is the zone that duban uses unless another is configured.
func Shanghai(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// At reads 2026-11-23 12:00 in Shanghai.
func At(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, Shanghai(t))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Worked2026 is which days were worked in 2026, typed from the State Council's
// notice 国办发明电〔2025〕7号 and not taken from any library.
func Worked2026(at time.Time) bool {
	day := at.Format("01-02")
	for _, off := range [][2]string{
		{"01-01", "01-03"},
		{"02-15", "02-23"},
		{"04-04", "04-06"},
		{"05-01", "05-05"},
		{"06-19", "06-21"},
		{"09-25", "09-27"},
		{"10-01", "10-07"},
	} {
		if off[0] <= day && day <= off[1] {
			return false
		}
	}
	if slices.Contains([]string{"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}, day) {
		return true
	}
	return MondayToFriday(at)
}

// School is a calendar with two terms, as a university might set it.
func School(t testing.TB) *when.Calendar {
	t.Helper()
	day := func(s string) when.Day { return Day(t, s) }
	cal, err := when.NewCalendar(nil, when.School{
		Terms: []when.Term{
			{Name: "2026春", From: day("2026-03-02"), To: day("2026-07-03"), Exams: []when.Span{{From: day("2026-06-22"), To: day("2026-07-03")}}},
			{Name: "2026秋", From: day("2026-09-07"), To: day("2027-01-15"), Exams: []when.Span{{From: day("2027-01-04"), To: day("2027-01-15")}}},
		},
		Holidays: []when.Span{
			{Name: "寒假", From: day("2026-01-17"), To: day("2026-03-01")},
			{Name: "暑假", From: day("2026-07-04"), To: day("2026-09-06")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// Day reads 2026-09-20.
func Day(t testing.TB, s string) when.Day {
	t.Helper()
	d, err := when.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
