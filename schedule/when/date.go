package when

import (
	"regexp"
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

var (
	isoDate   = regexp.MustCompile(`^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})[日号]?`)
	fullDate  = regexp.MustCompile(`^([0-9]{4}|[〇零一二三四五六七八九]{4}|今|明|后)年的?` + numeral + `月(?:份的?)?` + numeral + `([日号]?)`)
	monthDate = regexp.MustCompile(`^` + numeral + `月(?:份的?)?` + numeral + `([日号]?)`)
	slashDate = regexp.MustCompile(`^([0-9]{1,2})/([0-9]{1,2})[日号]?`)
	nearDay   = regexp.MustCompile(`^(今|明|大+后|后|即)[天日]`)
	weekDay   = regexp.MustCompile(`^(本|这个?|下+个?)周([一二三四五六日1-7])`)
	nearMonth = regexp.MustCompile(`^(本|这个?|当|下+个?)月的?(?:` + numeral + `[日号]|(月?底|末|最后[一1]天))`)
	yearEnd   = regexp.MustCompile(`^(今|明|后|本)年的?年?(?:底|末)`)
	daysLater = regexp.MustCompile(`^(?:过|再过)?` + numeral + `(天|日|周|个月|年)(?:之|以)?后的?`)
	clockMark = regexp.MustCompile(`^(?:点|时|:|[0-9]|小时|分)`)
)

// in returns a yearless date in a year; 29 February may be 1 March there.
func (d dateRef) in(year int) Day { return Date(year, time.Month(d.yearly/100), d.yearly%100) }

// checked refuses a yearless date that a year has not.
func (d dateRef) checked(year int) Day { return checkedDate(year, d.yearly/100, d.yearly%100) }

// A reader reads the dates of a phrase, which depend on the day on which it is said.
type reader struct {
	text
	now   time.Time // in the zone of the schedule
	today Day
}

// date reads one date; ok is false if there is none.
func (r *reader) date() (d dateRef, ok bool) {
	start := r.rest
	for _, read := range []func() (dateRef, bool){
		r.writtenDate, r.yearlessDate, r.nearDate, r.weekDate, r.monthDate, r.laterDate, r.festivalDate,
	} {
		if d, ok = read(); ok {
			d.said = r.since(start)
			return d, true
		}
		r.rest = start
	}
	return dateRef{}, false
}

// writtenDate reads 2026-12-20, 2026年12月20日, 明年3月1日.
func (r *reader) writtenDate() (dateRef, bool) {
	m := r.take(isoDate)
	if m == nil {
		if m = r.take(fullDate); m == nil || m[4] == "" && r.ahead(clockMark) {
			return dateRef{}, false
		}
	}
	year, month, dom := r.year(m[1]), number(m[2]), number(m[3])
	if min(year, month, dom) < 0 {
		return dateRef{}, false
	}
	return dateRef{day: checkedDate(year, month, dom)}, true
}

// year reads 2026, 二〇二六, 今, 明 and 后; a negative one is none.
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
		fail("%d年没有%d月%d日，请检查日期", year, month, dom)
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

// yearlessDate reads 12月20日, 12/20.
func (r *reader) yearlessDate() (dateRef, bool) {
	m := r.take(monthDate)
	if m == nil {
		m = r.take(slashDate)
	} else if m[3] == "" && r.ahead(clockMark) {
		return dateRef{}, false // 12月8点
	}
	if m == nil || min(number(m[1]), number(m[2])) < 0 {
		return dateRef{}, false
	}
	return dateRef{yearly: checkYearly(number(m[1]), number(m[2]))}, true
}

// nearDate reads 今天, 明天, 后天, 大后天.
func (r *reader) nearDate() (dateRef, bool) {
	m := r.take(nearDay)
	if m == nil {
		return dateRef{}, false
	}
	ahead := strings.Count(m[1], "大")
	switch {
	case m[1] == "明":
		ahead = 1
	case strings.HasSuffix(m[1], "后"):
		ahead += 2
	}
	return dateRef{day: r.today + Day(ahead)}, true
}

// weekDate reads 本周五, 下周五, 下下周五.
func (r *reader) weekDate() (dateRef, bool) {
	m := r.take(weekDay)
	if m == nil {
		return dateRef{}, false
	}
	r.rest = m[2] + r.rest
	after := r.rest[len(m[2]):]
	days := r.weekdays()
	if r.rest != after || days.len() != 1 {
		return dateRef{}, false // 下周一三五 is a list
	}
	if m[1] == "下个" {
		fail("“下个周%s”是本周还是下周？请写“本周%[1]s”或“下周%[1]s”", m[2])
	}
	day := r.today.Monday() + Day(7*strings.Count(m[1], "下"))
	for !days.has(int(day.Weekday())) {
		day++
	}
	return dateRef{day: day}, true
}

// monthDate reads 下个月5号, 本月底, 明年年底.
func (r *reader) monthDate() (dateRef, bool) {
	if m := r.take(yearEnd); m != nil {
		return dateRef{day: Date(r.year(m[1]), time.December, 31)}, true
	}
	m := r.take(nearMonth)
	if m == nil {
		return dateRef{}, false
	}
	month := r.today.month() + strings.Count(m[1], "下")
	year, of := month/12, month%12+1
	dom := monthDays(year, time.Month(of))
	if m[2] != "" {
		dom = number(m[2])
	}
	if dom < 0 {
		return dateRef{}, false
	}
	return dateRef{day: checkedDate(year, of, dom)}, true
}

// laterDate reads 三天后, 两周后, 3个月后.
func (r *reader) laterDate() (dateRef, bool) {
	m := r.take(daysLater)
	if m == nil {
		return dateRef{}, false
	}
	n := number(m[1])
	switch {
	case n < 0 || n > 3660:
		return dateRef{}, false
	case n == 0:
		fail("“%s”就是现在，请写将来的时间", m[0])
	case m[2] == "周":
		return dateRef{day: r.today + Day(7*n)}, true
	case m[2] == "天" || m[2] == "日":
		return dateRef{day: r.today + Day(n)}, true
	case m[2] == "年":
		n *= 12
	}
	_, _, dom := r.today.YMD()
	at := r.today.month() + n
	return dateRef{day: checkedDate(at/12, at%12+1, dom)}, true
}

// festivals are days of the year that people call by name, as month*100+day.
// Those of the lunar calendar move, and are refused.
var festivals = map[string]int{
	"元旦": 101, "妇女节": 308, "植树节": 312, "国家安全教育日": 415, "劳动节": 501, "青年节": 504,
	"儿童节": 601, "建党节": 701, "建军节": 801, "教师节": 910, "国庆节": 1001, "国庆": 1001, "消防日": 1109,
	"国家宪法日": 1204, "宪法日": 1204, "国家公祭日": 1213, "公祭日": 1213, "圣诞节": 1225,
}

var (
	festivalMark = regexp.MustCompile(`^(?:(今|明|后|[0-9]{4})年的?)?(元旦|妇女节|植树节|国家安全教育日|劳动节|青年节|儿童节|建党节|建军节|教师节|国庆节|国庆|消防日|国家宪法日|宪法日|国家公祭日|公祭日|圣诞节)(?:当天|那天|当日)?`)
	notFestival  = regexp.MustCompile(`^(?:前|后|期间|假期|长假|放假|小长假|节)`)
)

// festivalDate reads 元旦, 明年国庆节.
func (r *reader) festivalDate() (dateRef, bool) {
	m := r.take(festivalMark)
	if m == nil || r.ahead(notFestival) {
		return dateRef{}, false
	}
	date := festivals[m[2]]
	if m[1] == "" {
		return dateRef{yearly: date}, true
	}
	return dateRef{day: dateRef{yearly: date}.checked(r.year(m[1]))}, true
}

// nearest gives a yearless date its year: the one in which it comes next.
func (r *reader) nearest(d dateRef, last Clock) Day {
	if d.yearly == 0 {
		return d.day
	}
	year, _, _ := r.today.YMD()
	if d.in(year) < r.today {
		year++
	}
	if dom := d.yearly % 100; dom > monthDays(year, time.Month(d.yearly/100)) {
		fail("%d年没有%d月%d日，请写明年份", year, d.yearly/100, dom)
	}
	day := d.in(year)
	if day == r.today && !day.At(last, r.now.Location()).After(r.now) {
		fail("今天（%s）%s已经过去，请写将来的时间，或写明年份", day, last)
	}
	return day
}
