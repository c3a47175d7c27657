package when_test

import (
	"fmt"
	"testing"
	"time"

	"duban/schedule/when"
	"duban/schedule/when/whentest"
)

// oddDays are days on which the clocks of a zone are changed.
var oddDays = []struct{ zone, day string }{
	{"America/New_York", "2026-03-08"},    // an hour is left out at 2:00
	{"America/New_York", "2026-11-01"},    // 1:00 to 2:00 comes twice
	{"Europe/Berlin", "2026-03-29"},       //
	{"Europe/Berlin", "2026-10-25"},       //
	{"Australia/Lord_Howe", "2026-04-05"}, // half an hour comes twice
	{"Australia/Lord_Howe", "2026-10-04"}, // half an hour is left out
	{"America/Sao_Paulo", "2018-11-04"},   // midnight is left out
	{"Asia/Beirut", "2026-03-29"},         //
}

// noonBefore is noon of the day before a day.
func noonBefore(t *testing.T, zone, day string) time.Time {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	date, _ := time.Parse("2006-01-02", day)
	return time.Date(date.Year(), date.Month(), date.Day()-1, 12, 0, 0, 0, z)
}

// firstShown goes through the minutes of a day and returns the first one at
// which the clock shows a time, or has just jumped over it.
func firstShown(zone *time.Location, day string, minute int) time.Time {
	date, _ := time.Parse("2006-01-02", day)
	t := time.Date(date.Year(), date.Month(), date.Day(), 12, 0, 0, 0, zone).Add(-15 * time.Hour)
	for {
		if late := t.Day() - date.Day(); late > 0 && late < 15 || late < -15 || late == 0 && t.Hour()*60+t.Minute() >= minute {
			return t
		}
		t = t.Add(time.Minute)
	}
}

// TestNext_summerTime asks for every quarter of an hour of the days on which
// clocks are changed: each comes once, at the first minute that shows it.
func TestNext_summerTime(t *testing.T) {
	for _, odd := range oddDays {
		t.Run(odd.zone+" "+odd.day, func(t *testing.T) {
			before := noonBefore(t, odd.zone, odd.day)
			zone := before.Location()
			for minute := 0; minute < 24*60; minute += 15 {
				phrase := fmt.Sprintf("每天%02d:%02d", minute/60, minute%60)
				spec := parse(t, phrase, when.Setting{Now: before, Zone: zone})
				want := firstShown(zone, odd.day, minute)
				count := 0
				for at := spec.Next(before); at.Before(before.Add(60 * time.Hour)); at = spec.Next(at) {
					if at.Format("2006-01-02") == odd.day || at.Equal(want) {
						count++
						if !at.Equal(want) {
							t.Errorf("%s: fires at %v, want %v", phrase, at, want)
						}
					}
				}
				if count != 1 {
					t.Errorf("%s: fires %d times on %s, want once", phrase, count, odd.day)
				}
			}
		})
	}
}

// TestNext_sequence goes through odd days with a schedule of many times, from
// every minute: a turn is always later than what was asked for.
func TestNext_sequence(t *testing.T) {
	for _, odd := range oddDays {
		start := noonBefore(t, odd.zone, odd.day)
		spec := parse(t, "每30分钟", when.Setting{Now: start, Zone: start.Location()})
		last := time.Time{}
		for m := range 48 * 60 {
			after := start.Add(time.Duration(m) * time.Minute)
			at := spec.Next(after)
			if !at.After(after) || at.Before(last) || at.Sub(after) > 2*time.Hour {
				t.Fatalf("%s: after %v comes %v", odd.zone, after, at)
			}
			last = at
		}
	}
}

// TestParse_hostZone runs the phrases again in processes whose own zone is
// another one: only the zone that duban is configured for counts.
func TestParse_hostZone(t *testing.T) { whentest.HostZones(t, "^(TestParse|TestParse_school)$") }
