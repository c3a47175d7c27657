package when

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// A dateRef is a date as it was said.
type dateRef struct {
	day    Day // known, unless
	yearly int // month*100+day of a date without a year; 0 if it has one
	said   string
	week   string // 周一, if that was said beside it
}

// What stands behind a number that is no day of the month.
var clockMark = begins(`点|时|:|[0-9]|小时|分`)

// in returns a yearless date in a year; 29 February may be 1 March there.
func (d *dateRef) in(year int) Day { return Date(year, time.Month(d.yearly/100), d.yearly%100) }

// checked refuses a yearless date that a year has not.
func (d *dateRef) checked(year int) Day { return checkedDate(year, d.yearly/100, d.yearly%100) }

// A reader reads the dates of a phrase, which depend on the day on which it is said.
type reader struct {
	text
	now   time.Time // in the zone of the schedule
	today Day
}

// date reads one date; nil if there is none.
func (r *reader) date() *dateRef {
	start := r.rest
	for _, n := range namedDays {
		m := r.take(n.begins)
		if m == nil {
			continue
		}
		if d := n.read(r, m); d != nil {
			d.said = r.since(start)
			return d
		}
		r.rest = start
	}
	return nil
}

// isoDate reads 2026-12-20.
func (r *reader) isoDate(m []string) *dateRef {
	return &dateRef{day: checkedDate(r.year(m[1]), number(m[2]), number(m[3]))}
}

// writtenDate reads 2026年12月20日, 明年3月1日.
func (r *reader) writtenDate(m []string) *dateRef {
	if m[4] == "" && r.ahead(clockMark) {
		return nil // 2026年12月8点
	}
	return r.isoDate(m)
}

// year reads 2026, 二〇二六, 今, 明 and 后.
func (r *reader) year(s string) int {
	this, _, _ := r.today.YMD()
	switch s {
	case "今", "本":
		return this
	case "明":
		return this + 1
	case "后":
		return this + 2
	}
	return number(s)
}

func checkedDate(year, month, dom int) Day {
	checkYearly(month, dom)
	if dom > monthDays(year, time.Month(month)) {
		fail("%d年没有%d月%d日，请检查日期或写明年份", year, month, dom)
	}
	return Date(year, time.Month(month), dom)
}

// checkYearly refuses a date that no year has, and returns month*100+dom.
func checkYearly(month, dom int) int {
	if dom < 1 || dom > longest(month) {
		noSuchDate(month, dom)
	}
	return month*100 + dom
}

// slashDate reads 12/20.
func (r *reader) slashDate(m []string) *dateRef {
	return &dateRef{yearly: checkYearly(number(m[1]), number(m[2]))}
}

// yearlessDate reads 12月20日.
func (r *reader) yearlessDate(m []string) *dateRef {
	if m[3] == "" && r.ahead(clockMark) {
		return nil // 12月8点
	}
	return r.slashDate(m)
}

// nearDate reads 今天, 明天, 后天, 大后天.
func (r *reader) nearDate(m []string) *dateRef {
	ahead := strings.Count(m[1], "大")
	switch {
	case m[1] == "明":
		ahead = 1
	case strings.HasSuffix(m[1], "后"):
		ahead += 2
	}
	return &dateRef{day: r.today + Day(ahead)}
}

// weekDate reads 本周五, 下周五, 下下周五.
func (r *reader) weekDate(m []string) *dateRef {
	after := r.rest
	r.rest = m[2] + after
	days := r.weekdays()
	if r.rest != after || days.len() != 1 {
		return nil // 下周一三五 is a list
	}
	if m[1] == "下个" {
		fail("“下个周%s”是本周还是下周？请写“本周%[1]s”或“下周%[1]s”", m[2])
	}
	day := r.today.Monday() + Day(7*strings.Count(m[1], "下"))
	for !days.has(int(day.Weekday())) {
		day++
	}
	return &dateRef{day: day}
}

// yearEnd reads 明年年底.
func (r *reader) yearEnd(m []string) *dateRef {
	return &dateRef{day: Date(r.year(m[1]), time.December, 31)}
}

// monthDate reads 下个月5号, 本月底.
func (r *reader) monthDate(m []string) *dateRef {
	month := r.today.month() + strings.Count(m[1], "下")
	year, of := month/12, month%12+1
	if m[2] == "" {
		return &dateRef{day: Date(year, time.Month(of)+1, 1) - 1}
	}
	return &dateRef{day: checkedDate(year, of, number(m[2]))}
}

// laterDate reads 三天后, 两周后, 3个月后.
func (r *reader) laterDate(m []string) *dateRef {
	n := number(m[1])
	switch {
	case n > 3660:
		return nil
	case n == 0:
		fail("“%s”就是现在，请写将来的时间", m[0])
	case m[2] == "周":
		return &dateRef{day: r.today + Day(7*n)}
	case m[2] == "天" || m[2] == "日":
		return &dateRef{day: r.today + Day(n)}
	case m[2] == "年":
		n *= 12
	}
	_, _, dom := r.today.YMD()
	at := r.today.month() + n
	return &dateRef{day: checkedDate(at/12, at%12+1, dom)}
}

// festivals are days of the year that people call by name, as month*100+day.
// Those of the lunar calendar move, and are refused.
var festivals = map[string]int{
	"元旦": 101, "妇女节": 308, "植树节": 312, "国家安全教育日": 415, "劳动节": 501, "青年节": 504,
	"儿童节": 601, "建党节": 701, "建军节": 801, "教师节": 910, "国庆节": 1001, "国庆": 1001, "消防日": 1109,
	"国家宪法日": 1204, "宪法日": 1204, "国家公祭日": 1213, "公祭日": 1213, "圣诞节": 1225,
}

// festivalNames are the names; one that begins with another stands before it.
func festivalNames() []string {
	names := slices.Sorted(maps.Keys(festivals))
	slices.Reverse(names)
	return names
}

// notFestival stands behind a name when not the day itself is meant.
var notFestival = begins(`前|后|期间|假期|长假|放假|小长假|节`)

// festivalDate reads 元旦, 明年国庆节.
func (r *reader) festivalDate(m []string) *dateRef {
	d := &dateRef{yearly: festivals[m[2]]}
	switch {
	case r.ahead(notFestival):
		return nil
	case m[1] == "":
		return d
	}
	return &dateRef{day: d.checked(r.year(m[1]))}
}

// nearest gives a yearless date its year: the one in which it comes next after
// base, with step 1, or came last before it, with step -1. Base itself will do.
func (d *dateRef) nearest(base Day, step int) Day {
	if d.yearly == 0 {
		return d.day
	}
	year, _, _ := base.YMD()
	if step*int(d.in(year)-base) < 0 {
		year += step
	}
	return d.checked(year)
}

// coming is the day that a date names when it is said now; one that is today
// must have a time left.
func (r *reader) coming(d *dateRef, last Clock) Day {
	day := d.nearest(r.today, 1)
	if d.yearly != 0 && day == r.today && !day.At(last, r.now.Location()).After(r.now) {
		fail("今天（%s）%s已经过去，请写将来的时间，或写明年份", day, last)
	}
	return day
}
