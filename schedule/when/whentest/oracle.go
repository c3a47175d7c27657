// Package whentest says independently of package when what phrases mean: tests
// compare the two.
package whentest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An Oracle says whether something happens in a minute. It shares no code with
// the package: it knows days as a table says them, and nothing of phrases.
type Oracle struct {
	Days  func(time.Time) bool // which days count
	times [24 * 60]bool        // minutes of the day
}

// Next finds the first n minutes after now.
func (o Oracle) Next(now time.Time, n int) []time.Time {
	return o.Between(now, now.AddDate(20, 0, 0), n)
}

// Between goes through the days and the minutes of each, and finds at most n
// minutes after now and before end.
func (o Oracle) Between(now, end time.Time, n int) []time.Time {
	var all []time.Time
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for day := midnight; day.Before(end); day = day.AddDate(0, 0, 1) {
		if !o.Days(day) {
			continue
		}
		for m := range 24 * 60 {
			t := day.Add(time.Duration(m) * time.Minute)
			if !o.times[m] || !t.After(now) || !t.Before(end) {
				continue
			}
			if all = append(all, t); len(all) == n {
				return all
			}
		}
	}
	return all
}

// NewOracle reads conditions that must all hold; each may be a list of
// alternatives with | between them.
func NewOracle(t testing.TB, days, times string, worked func(time.Time) bool) Oracle {
	t.Helper()
	var all []func(time.Time) bool
	for cond := range strings.FieldsSeq(days) {
		var either []func(time.Time) bool
		for alt := range strings.SplitSeq(cond, "|") {
			either = append(either, condition(t, alt, worked))
		}
		all = append(all, func(at time.Time) bool {
			return slices.ContainsFunc(either, func(f func(time.Time) bool) bool { return f(at) })
		})
	}
	return Oracle{
		Days: func(at time.Time) bool {
			return !slices.ContainsFunc(all, func(f func(time.Time) bool) bool { return !f(at) })
		},
		times: oracleTimes(t, times),
	}
}

// oracleTimes reads 09:00,12:00 and 08:00-18:00/120.
func oracleTimes(t testing.TB, s string) (all [24 * 60]bool) {
	t.Helper()
	minute := func(s string) int {
		at, err := time.Parse("15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return at.Hour()*60 + at.Minute()
	}
	for part := range strings.SplitSeq(s, ",") {
		span, step, ok := strings.Cut(part, "/")
		if !ok {
			all[minute(part)] = true
			continue
		}
		from, to, _ := strings.Cut(span, "-")
		for m := minute(from); m <= minute(to); m += integer(t, step) {
			all[m] = true
		}
	}
	// */20 8-10 is 8:00 to 10:40, which is written 08:00-10:59/20.
	return all
}

func integer(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func condition(t testing.TB, s string, worked func(time.Time) bool) func(time.Time) bool {
	t.Helper()
	name, arg, _ := strings.Cut(s, ":")
	switch name {
	case "all":
		return func(time.Time) bool { return true }
	case "odd":
		return func(at time.Time) bool { return at.Day()%2 == 1 }
	case "work":
		return worked
	case "dow":
		set := numberSet(t, arg)
		return func(at time.Time) bool { return set[int(at.Weekday())] }
	case "dom":
		set := numberSet(t, arg)
		return func(at time.Time) bool { return set[at.Day()] }
	case "month":
		set := numberSet(t, arg)
		return func(at time.Time) bool { return set[int(at.Month())] }
	case "md":
		list := strings.Split(arg, ",")
		return func(at time.Time) bool { return slices.Contains(list, at.Format("0102")) }
	case "dates":
		list := strings.Split(arg, ",")
		return func(at time.Time) bool { return slices.Contains(list, at.Format("2006-01-02")) }
	case "from":
		return func(at time.Time) bool { return at.Format("2006-01-02") >= arg }
	case "until":
		return func(at time.Time) bool { return at.Format("2006-01-02") <= arg }
	case "back":
		set := numberSet(t, arg)
		return func(at time.Time) bool { return set[left(at, func(time.Time) bool { return true })] }
	case "nthwork":
		return func(at time.Time) bool { return worked(at) && fmt.Sprint(passed(at, worked)) == arg }
	case "backwork":
		return func(at time.Time) bool { return worked(at) && fmt.Sprint(left(at, worked)) == arg }
	case "nthdow", "backdow":
		return weekdayOf(t, name, arg)
	}
	return counted(t, name, arg)
}

func weekdayOf(t testing.TB, name, arg string) func(time.Time) bool {
	n, day, _ := strings.Cut(arg, ":")
	is := func(at time.Time) bool { return int(at.Weekday()) == integer(t, day) }
	count := passed
	if name == "backdow" {
		count = left
	}
	return func(at time.Time) bool { return is(at) && count(at, is) == integer(t, n) }
}

// counted is every:3@2026-11-24, weeks:2@…, months:2@2026-12.
func counted(t testing.TB, name, arg string) func(time.Time) bool {
	t.Helper()
	count, from, ok := strings.Cut(arg, "@")
	if !ok {
		t.Fatalf("no such condition: %s:%s", name, arg)
	}
	n := integer(t, count)
	if name == "months" {
		from += "-01"
	}
	start, err := time.Parse("2006-01-02", from)
	if err != nil {
		t.Fatal(err)
	}
	return func(at time.Time) bool {
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		days := int(day.Sub(start).Hours() / 24)
		if name == "weeks" {
			monday := start.AddDate(0, 0, -int(start.Weekday()+6)%7)
			return days >= 0 && int(day.Sub(monday).Hours()/24)/7%n == 0
		}
		if name == "months" {
			return days >= 0 && (at.Year()*12+int(at.Month())-start.Year()*12-int(start.Month()))%n == 0
		}
		return days >= 0 && days%n == 0
	}
}

// passed counts the days of the month up to and with at that are of a kind.
func passed(at time.Time, is func(time.Time) bool) int {
	n := 0
	for d := 1; d <= at.Day(); d++ {
		if is(time.Date(at.Year(), at.Month(), d, 12, 0, 0, 0, at.Location())) {
			n++
		}
	}
	return n
}

// left counts the days of the month from at on that are of a kind.
func left(at time.Time, is func(time.Time) bool) int {
	n := 0
	for d := at.Day(); ; d++ {
		x := time.Date(at.Year(), at.Month(), d, 12, 0, 0, 0, at.Location())
		if x.Month() != at.Month() {
			return n
		}
		if is(x) {
			n++
		}
	}
}

func numberSet(t testing.TB, s string) map[int]bool {
	t.Helper()
	set := map[int]bool{}
	for part := range strings.SplitSeq(s, ",") {
		low, high, ok := strings.Cut(part, "-")
		if !ok {
			high = low
		}
		for n := integer(t, low); n <= integer(t, high); n++ {
			set[n] = true
		}
	}
	return set
}

// MondayToFriday is work as a calendar says it that knows no holidays.
func MondayToFriday(at time.Time) bool { return at.Weekday() >= 1 && at.Weekday() <= 5 }
