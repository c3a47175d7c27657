package zh

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
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
	today := StartOfDay(now)
	switch {
	case d.Near:
		return today.AddDate(0, 0, d.Offset)
	case d.Week != NoWeek:
		ahead := (int(d.Weekday)+6)%7 - (int(today.Weekday())+6)%7 // weeks begin on Monday
		if d.Week == NextWeek || d.Week == AnyWeek && ahead < 0 {
			ahead += 7
		}
		return today.AddDate(0, 0, ahead)
	case d.Month > 0:
		return d.date(today)
	case d.Dom > 0:
		month := today.Month()
		if d.Dom < today.Day() {
			month++
		}
		return time.Date(today.Year(), month, d.Dom, 0, 0, 0, 0, today.Location())
	}
	return time.Time{}
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
	const half = 183 * 24 * time.Hour
	switch {
	case d.Year > 0:
	case t.Sub(today) > half:
		return t.AddDate(-1, 0, 0)
	case today.Sub(t) > half:
		return t.AddDate(1, 0, 0)
	}
	return t
}

// nearDays are the days around today, by their distance.
var nearDays = map[string]int{
	"大前天": -3, "前天": -2, "昨天": -1, "今天": 0, "今日": 0, "今晚": 0,
	"明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3,
}

// weeks are the words before 周.
var weeks = map[string]Week{"": AnyWeek, "本": ThisWeek, "这": ThisWeek, "下": NextWeek}

var (
	number     = `([0-9０-９]{1,4}|[零〇○一二两三四五六七八九十百千万廿卅]{1,6})`
	nearDay    = regexp.MustCompile(`^(?:` + strings.Join(slices.Collect(maps.Keys(nearDays)), "|") + `)`)
	dayOfWeek  = regexp.MustCompile(`^(?:(本|这|下)个?)?(?:周|星期|礼拜)([一二三四五六日天末1-7])`)
	dayOfMonth = regexp.MustCompile(`^(?:` + number + `年)?(?:` + number + `月)?` + number + `([日号])?`)
)

// ParseDay reads the day that s begins with and returns how many bytes it
// takes; size is 0 if s begins with none. Digits may be of either width or
// Chinese. 1.8 is no day: it may be anything.
func ParseDay(s string) (d Day, size int) {
	// Callers try at every character, and a pattern is slow to say no.
	if r, _ := utf8.DecodeRuneInString(s); !strings.ContainsRune("大前昨今明后本这下周星礼0123456789", fold(r)) && !IsNumeral(r) {
		return Day{}, 0
	}
	if word := nearDay.FindString(s); word != "" {
		return Day{Near: true, Offset: nearDays[word]}, len(word)
	}
	if m := dayOfWeek.FindStringSubmatch(s); m != nil {
		n := slices.IndexFunc(strings.Fields("日天末7 一1 二2 三3 四4 五5 六6"), func(names string) bool { return strings.Contains(names, m[2]) })
		return Day{Weekday: time.Weekday(n), Week: weeks[m[1]]}, len(m[0])
	}
	m := dayOfMonth.FindStringSubmatch(s)
	if m == nil || m[2]+m[4] == "" {
		return Day{}, 0
	}
	size = len(m[0])
	for i, field := range []*int{&d.Year, &d.Month, &d.Dom} {
		n, read := ParseInt(m[i+1])
		switch {
		case read == len(m[i+1]):
		case field == &d.Dom && d.Month > 0: // 十二月二十三三点: the rest is another number
			size += read - len(m[3]+m[4])
		default:
			return Day{}, 0
		}
		*field = n
	}
	switch {
	case m[1] != "" && (m[2] == "" || d.Year < 1900 || d.Year >= 2200),
		m[2] != "" && (d.Month < 1 || d.Month > 12),
		d.Dom < 1 || d.Dom > 31:
		return Day{}, 0
	}
	return d, size
}
