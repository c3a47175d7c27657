package when

import (
	"fmt"
	"time"
)

// A Day is a date without a zone: the number of days since 1970-01-01.
type Day int

// DayOf returns the day that it is at t, in t's zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Date(y, m, d)
}

// Date returns a day. Like [time.Date] it takes 32 January as 1 February.
func Date(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// ParseDay reads 2026-09-20.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, Refuse("“%s”不是日期，请写成 2026-09-20 的样子", s)
	}
	return DayOf(t), nil
}

// YMD returns year, month and day of the month.
func (d Day) YMD() (int, time.Month, int) {
	return d.utc().Date()
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday {
	return time.Weekday(((int(d)+4)%7 + 7) % 7) // day 0 was a Thursday
}

// Monday returns the Monday of d's week; a week ends on Sunday.
func (d Day) Monday() Day { return d - Day((int(d.Weekday())+6)%7) }

// String writes 2026-09-20.
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes 2026-09-20.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2026-09-20.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDay(string(b))
	return err
}

// month counts months since the year 0.
func (d Day) month() int {
	y, m, _ := d.YMD()
	return y*12 + int(m) - 1
}

// monthDays is the number of days that a month has.
func monthDays(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// A Clock is a time of day in minutes after midnight.
type Clock int

// ParseClock reads 22:00.
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, Refuse("“%s”不是时刻，请写成 22:00 的样子", s)
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

// ClockOf returns the time of day at t, in t's zone.
func ClockOf(t time.Time) Clock { return Clock(t.Hour()*60 + t.Minute()) }

// String writes 08:30.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// At returns the first instant at which the clocks of zone show c on d. If they
// jump over c (summer time begins) it is the first minute after the jump.
func (d Day) At(c Clock, zone *time.Location) time.Time {
	y, m, day := d.YMD()
	t := time.Date(y, m, day, 0, int(c), 0, 0, zone)
	start, end := t.ZoneBounds()
	asked, shown := int(d)*24*60+int(c), int(DayOf(t))*24*60+int(ClockOf(t))
	switch {
	case shown > asked: // t is counted as before the jump
		return start
	case shown < asked:
		return end
	}
	// If the clocks were set back, they may have shown c before that as well.
	_, now := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	if first := t.Add(time.Duration(now-before) * time.Second); first.Before(start) {
		return first
	}
	return t
}
