package zh

import (
	"strings"
	"time"
)

// A Day is a day as people name it in a chat: 1月8日, 周三, 下周一, 明天. It
// becomes a date only in [Day.On]. The zero Day is none.
type Day struct {
	Month, Dom int          // 1月8日; with Year if one was written. Dom alone: 8号
	Year       int          // 0 if not written
	Weekday    time.Weekday // with Week set: 周三
	Week       Week
	Offset     int  // with Near: days from today, 1 for 明天
	Near       bool // Offset counts
}

// A Week says which week a weekday is in.
type Week int8

// The weeks of a [Day].
const (
	NoWeek   Week = iota // the Day names no weekday
	AnyWeek              // 周三: the next one, or today
	ThisWeek             // 本周三
	NextWeek             // 下周三
)

// IsZero reports whether d names no day.
func (d Day) IsZero() bool { return d == Day{} }

// On returns the date that d names when it is said on the day of now, at
// midnight in now's zone. A date without a year is the nearest such date. It
// returns the zero Time for the zero Day and for dates that do not exist.
func (d Day) On(now time.Time) time.Time {
	y, m, dom := now.Date()
	today := time.Date(y, m, dom, 0, 0, 0, 0, now.Location())
	switch {
	case d.Near:
		return today.AddDate(0, 0, d.Offset)
	case d.Week != NoWeek:
		return d.weekday(today)
	case d.Month > 0:
		return d.date(today)
	case d.Dom > 0:
		t := time.Date(y, m, d.Dom, 0, 0, 0, 0, now.Location())
		if t.Before(today) {
			t = time.Date(y, m+1, d.Dom, 0, 0, 0, 0, now.Location())
		}
		return t
	}
	return time.Time{}
}

func (d Day) weekday(today time.Time) time.Time {
	// Weeks begin on Monday.
	ahead := (int(d.Weekday)+6)%7 - (int(today.Weekday())+6)%7
	switch {
	case d.Week == NextWeek:
		ahead += 7
	case d.Week == AnyWeek && ahead < 0:
		ahead += 7
	}
	return today.AddDate(0, 0, ahead)
}

func (d Day) date(today time.Time) time.Time {
	year := d.Year
	if year == 0 {
		year = today.Year()
	}
	t := time.Date(year, time.Month(d.Month), d.Dom, 0, 0, 0, 0, today.Location())
	if t.Day() != d.Dom {
		return time.Time{}
	}
	if d.Year > 0 {
		return t
	}
	const half = 183 * 24 * time.Hour
	switch {
	case t.Sub(today) > half:
		return t.AddDate(-1, 0, 0)
	case today.Sub(t) > half:
		return t.AddDate(1, 0, 0)
	}
	return t
}

var nearDays = []struct {
	offset int
	words  []string
}{
	{-3, []string{"大前天"}},
	{-2, []string{"前天"}},
	{-1, []string{"昨天"}},
	{0, []string{"今天", "今日", "今晚"}},
	{1, []string{"明天", "明日", "明早", "明晚"}},
	{2, []string{"后天"}},
	{3, []string{"大后天"}},
}

var weekWords = []struct {
	word string
	week Week
}{
	{"本", ThisWeek}, {"这个", ThisWeek}, {"这", ThisWeek}, {"下个", NextWeek}, {"下", NextWeek}, {"", AnyWeek},
}

// ParseDay reads the day that s begins with and returns how many bytes it
// takes; size is 0 if s begins with none. Digits may be of either width or
// Chinese. 1.8 is no day: it may be anything.
func ParseDay(s string) (d Day, size int) {
	for _, near := range nearDays {
		for _, w := range near.words {
			if strings.HasPrefix(s, w) {
				return Day{Near: true, Offset: near.offset}, len(w)
			}
		}
	}
	if d, size = parseWeekday(s); size > 0 {
		return d, size
	}
	return parseDate(s)
}

func parseWeekday(s string) (Day, int) {
	for _, w := range weekWords {
		rest, ok := strings.CutPrefix(s, w.word)
		if !ok {
			continue
		}
		for _, name := range []string{"周", "星期", "礼拜"} {
			day, ok := strings.CutPrefix(rest, name)
			if !ok {
				continue
			}
			if n, size := weekdayNumber(day); size > 0 {
				return Day{Weekday: n, Week: w.week}, len(w.word) + len(name) + size
			}
		}
	}
	return Day{}, 0
}

func weekdayNumber(s string) (time.Weekday, int) {
	for i, r := range []string{"日", "一", "二", "三", "四", "五", "六"} {
		if strings.HasPrefix(s, r) {
			return time.Weekday(i), len(r)
		}
	}
	switch {
	case strings.HasPrefix(s, "天"), strings.HasPrefix(s, "末"):
		return time.Sunday, len("天")
	case s != "" && s[0] >= '1' && s[0] <= '7':
		return time.Weekday(s[0]-'0') % 7, 1
	}
	return 0, 0
}

func parseDate(s string) (d Day, size int) {
	n, used := ParseInt(s)
	if used == 0 {
		return Day{}, 0
	}
	at := used
	if n >= 1900 && n < 2200 && strings.HasPrefix(s[at:], "年") {
		d.Year = n
		at += len("年")
		if n, used = ParseInt(s[at:]); used == 0 {
			return Day{}, 0
		}
		at += used
	}
	if strings.HasPrefix(s[at:], "月") && n >= 1 && n <= 12 {
		d.Month = n
		at += len("月")
		if n, used = ParseInt(s[at:]); used == 0 {
			return Day{}, 0
		}
		at += used
	}
	if n < 1 || n > 31 || (d.Year > 0 && d.Month == 0) {
		return Day{}, 0
	}
	d.Dom = n
	switch {
	case strings.HasPrefix(s[at:], "日"), strings.HasPrefix(s[at:], "号"):
		return d, at + len("日")
	case d.Month > 0:
		return d, at
	}
	return Day{}, 0
}
