package when

import (
	"slices"
	"time"
)

// A Schedule says when something happens. It is made by [Parse] and never changes.
type Schedule struct {
	text  string // the canonical form, which is stored
	cron  string // five fields, if the days and times can be said so
	notes []string

	zone     *time.Location
	calendar *Calendar

	days        days
	times       []Clock // ascending, at least one
	from, until Day     // inclusive; open if they are noFrom and noUntil
}

// The ends of a Schedule that has none.
const (
	noFrom  Day = -1 << 31
	noUntil Day = 1<<31 - 1
)

// horizon is how many days ahead a firing is looked for. The rarest day that can
// be asked for is 29 February, which is missing for eight years around 2100.
const horizon = 9 * 366

// newSchedule returns a schedule without ends.
func newSchedule(set Setting) *Schedule {
	return &Schedule{zone: set.zone(), calendar: set.Calendar, from: noFrom, until: noUntil}
}

// String returns the canonical form: Parse of it gives an equal Schedule, whatever
// the time is then.
func (s *Schedule) String() string { return s.text }

// Cron returns five cron fields that fire at the same times between the ends of
// the spec, or "" if there are none.
func (s *Schedule) Cron() string { return s.cron }

// Times returns the clock times, ascending.
func (s *Schedule) Times() []Clock { return slices.Clone(s.times) }

// Once reports whether the spec fires on named dates only, and so ends by itself.
func (s *Schedule) Once() bool { return s.days.dates != nil }

// Next returns the first firing after a time, or the zero time if there is none.
// The clock of the spec's zone counts: a time that is skipped when summer time
// begins is the first minute after the gap, and one that comes twice when it
// ends is the first of the two.
func (s *Schedule) Next(after time.Time) time.Time {
	return s.next(after, func(d Day) bool { return s.days.match(d, s.calendar) })
}

func (s *Schedule) next(after time.Time, match func(Day) bool) time.Time {
	local := after.In(s.zone)
	first, earliest := DayOf(local), ClockOf(local)
	begin := max(first, s.from)
	last := min(begin+horizon, s.until)
	if all := s.days.dates; all != nil {
		begin, last = max(begin, all[0]), min(s.until, all[len(all)-1])
	}
	for d := begin; d <= last; d++ {
		if !match(d) {
			continue
		}
		from := 0
		if d == first {
			from, _ = slices.BinarySearch(s.times, earliest)
		}
		for _, c := range s.times[from:] {
			if t := d.At(c, s.zone); t.After(after) {
				return t
			}
		}
	}
	return time.Time{}
}

// Gap returns the shortest time between two firings on the clock, at most a day.
func (s *Schedule) Gap() time.Duration {
	gap := 24 * 60
	for i := 1; i < len(s.times); i++ {
		gap = min(gap, int(s.times[i]-s.times[i-1]))
	}
	if n := len(s.times); n > 1 && !s.Once() {
		gap = min(gap, 24*60-int(s.times[n-1]-s.times[0]))
	}
	return time.Duration(gap) * time.Minute
}
