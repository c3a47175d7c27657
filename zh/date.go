package zh

import (
	"fmt"
	"time"
)

// Date writes the day of t without its year: 1月2日.
func Date(t time.Time) string { return t.Format("1月2日") }

// FullDate writes the day of t with its year: 2006年1月2日.
func FullDate(t time.Time) string { return t.Format("2006年1月2日") }

// DateSeen writes the day of t for somebody who reads it at now: with its year
// only if that is not the year of now. Both are read in the zone that they have.
func DateSeen(t, now time.Time) string {
	if t.Year() != now.Year() {
		return FullDate(t)
	}
	return Date(t)
}

// Span writes the days from one to another: 1月2日至1月8日, or one day. The years
// stand there if they differ, or if they are not the year of now.
func Span(from, to, now time.Time) string {
	write := Date
	if from.Year() != to.Year() || from.Year() != now.Year() {
		write = FullDate
	}
	switch {
	case FullDate(from) == FullDate(to):
		return write(from)
	case from.Year() == to.Year():
		return write(from) + "至" + Date(to)
	}
	return write(from) + "至" + write(to)
}

// StartOfDay returns the first moment of t's day, in t's zone.
func StartOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Month writes the month of t with its year: 2006年1月.
func Month(t time.Time) string { return t.Format("2006年1月") }

// Weekday writes a weekday: 周一.
func Weekday(d time.Weekday) string {
	return "周" + []string{"日", "一", "二", "三", "四", "五", "六"}[d]
}

// Clock writes the time of the day of t: 15:04.
func Clock(t time.Time) string { return t.Format("15:04") }

// Moment writes day and time of t without its year: 1月2日 15:04.
func Moment(t time.Time) string { return t.Format("1月2日 15:04") }

// FullMoment writes day and time of t with its year: 2006年1月2日 15:04.
func FullMoment(t time.Time) string { return t.Format("2006年1月2日 15:04") }

// Lasting writes how long something takes, to the minute: 2天3小时, 1小时5分钟, 30分钟.
func Lasting(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	var s string
	if days > 0 {
		s = fmt.Sprintf("%d天", days)
	}
	if hours > 0 {
		s += fmt.Sprintf("%d小时", hours)
	}
	if s == "" || days == 0 && minutes > 0 {
		s += fmt.Sprintf("%d分钟", max(minutes, 1))
	}
	return s
}

// ISOMoment writes day and time of t in digits: 2006-01-02 15:04.
func ISOMoment(t time.Time) string { return t.Format("2006-01-02 15:04") }
