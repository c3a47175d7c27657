package when

import (
	"regexp"
	"strings"
	"time"
)

// A dateRef is a date as it was said.
type dateRef struct {
	day      Day // known, unless
	yearless bool
	month    int // for a yearless one
	dom      int
	said     string
	week     string // 周一, if that was said beside it
}

var (
	isoDate   = regexp.MustCompile(`^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})[日号]?`)
	fullDate  = regexp.MustCompile(`^([0-9]{4}|[〇零一二三四五六七八九]{4}|今|明|后)年的?` + numeral + `月(?:份的?)?` + numeral + `([日号]?)`)
	monthDate = regexp.MustCompile(`^` + numeral + `月(?:份的?)?` + numeral + `([日号]?)`)
	slashDate = regexp.MustCompile(`^([0-9]{1,2})/([0-9]{1,2})[日号]?`)
	nearDay   = regexp.MustCompile(`^(今|明|大+后|后|即)[天日]`)
	weekDay   = regexp.MustCompile(`^(本|这个?|下+个?)(周)([一二三四五六日1-7])`)
	nearMonth = regexp.MustCompile(`^(本|这个?|当|下+个?)月的?(?:` + numeral + `[日号]|(月?底|末|最后[一1]天))`)
	yearEnd   = regexp.MustCompile(`^(今|明|后|本)年的?年?(?:底|末)`)
	daysLater = regexp.MustCompile(`^(?:过|再过)?` + numeral + `(天|日|周|个月|年)(?:之|以)?后的?`)
	clockMark = regexp.MustCompile(`^(?:点|时|:|[0-9]|小时|分)`)
)

// readDate reads one date at the beginning of s; n is 0 if there is none.
func (d *draft) readDate(s string) (r dateRef, n int, err error) {
	for _, read := range []func(string) (dateRef, int, error){
		d.writtenDate, d.yearlessDate, d.nearDate, d.weekDate, d.monthDate, d.laterDate, d.festivalDate,
	} {
		if r, n, err = read(s); n > 0 || err != nil {
			r.said = s[:n]
			return r, n, err
		}
	}
	return dateRef{}, 0, nil
}

// writtenDate reads 2026-12-20, 2026年12月20日, 明年3月1日.
func (d *draft) writtenDate(s string) (dateRef, int, error) {
	m := isoDate.FindStringSubmatch(s)
	if m == nil {
		if m = fullDate.FindStringSubmatch(s); m == nil || m[4] == "" && clockMark.MatchString(s[len(m[0]):]) {
			return dateRef{}, 0, nil
		}
	}
	year, ok := d.year(m[1])
	month, ok2 := number(m[2])
	dom, ok3 := number(m[3])
	if !ok || !ok2 || !ok3 {
		return dateRef{}, 0, nil
	}
	day, err := checkedDate(year, month, dom)
	return dateRef{day: day}, len(m[0]), err
}

// year reads 2026, 二〇二六, 今, 明 and 后.
func (d *draft) year(s string) (int, bool) {
	this, _, _ := d.today.YMD()
	switch s {
	case "今", "本":
		return this, true
	case "明":
		return this + 1, true
	case "后":
		return this + 2, true
	}
	return number(s)
}

func checkedDate(year, month, dom int) (Day, error) {
	if dom < 1 || dom > longest(month) {
		return 0, noSuchDate(month, dom)
	}
	if dom > monthDays(year, time.Month(month)) {
		return 0, Refuse("%d年没有%d月%d日，请检查日期", year, month, dom)
	}
	return Date(year, time.Month(month), dom), nil
}

// yearlessDate reads 12月20日, 12/20.
func (d *draft) yearlessDate(s string) (dateRef, int, error) {
	m := monthDate.FindStringSubmatch(s)
	if m == nil {
		if m = slashDate.FindStringSubmatch(s); m == nil {
			return dateRef{}, 0, nil
		}
	} else if m[3] == "" && clockMark.MatchString(s[len(m[0]):]) {
		return dateRef{}, 0, nil // 12月8点
	}
	month, ok := number(m[1])
	dom, ok2 := number(m[2])
	if !ok || !ok2 {
		return dateRef{}, 0, nil
	}
	if dom < 1 || dom > longest(month) {
		return dateRef{}, 0, noSuchDate(month, dom)
	}
	return dateRef{yearless: true, month: month, dom: dom}, len(m[0]), nil
}

// nearDate reads 今天, 明天, 后天, 大后天.
func (d *draft) nearDate(s string) (dateRef, int, error) {
	m := nearDay.FindStringSubmatch(s)
	if m == nil {
		return dateRef{}, 0, nil
	}
	ahead := 0
	switch m[1] {
	case "明":
		ahead = 1
	case "后":
		ahead = 2
	default:
		if m[1] != "今" && m[1] != "即" {
			ahead = 2 + strings.Count(m[1], "大")
		}
	}
	return dateRef{day: d.today + Day(ahead)}, len(m[0]), nil
}

// weekDate reads 本周五, 下周五, 下下周五.
func (d *draft) weekDate(s string) (dateRef, int, error) {
	m := weekDay.FindStringSubmatch(s)
	if m == nil {
		return dateRef{}, 0, nil
	}
	mask, n, err := readWeekdays(s[len(m[1])+len(m[2]):])
	if err != nil || n != len(m[3]) || mask.len() != 1 {
		return dateRef{}, 0, err // 下周一三五 is a list
	}
	if m[1] == "下个" {
		return dateRef{}, 0, Refuse("“下个周%s”是本周还是下周？请写“本周%[1]s”或“下周%[1]s”", m[3])
	}
	ahead := Day(7 * strings.Count(m[1], "下"))
	day := d.today.Monday() + ahead
	for !mask.has(int(day.Weekday())) {
		day++
	}
	return dateRef{day: day}, len(m[0]), nil
}

// monthDate reads 下个月5号, 本月底, 明年年底.
func (d *draft) monthDate(s string) (dateRef, int, error) {
	if m := yearEnd.FindStringSubmatch(s); m != nil {
		year, _ := d.year(m[1])
		return dateRef{day: Date(year, time.December, 31)}, len(m[0]), nil
	}
	m := nearMonth.FindStringSubmatch(s)
	if m == nil {
		return dateRef{}, 0, nil
	}
	month := d.today.month() + strings.Count(m[1], "下")
	year, of := month/12, month%12+1
	dom := monthDays(year, time.Month(of))
	if m[2] != "" {
		n, ok := number(m[2])
		if !ok {
			return dateRef{}, 0, nil
		}
		dom = n
	}
	day, err := checkedDate(year, of, dom)
	return dateRef{day: day}, len(m[0]), err
}

// laterDate reads 三天后, 两周后, 3个月后.
func (d *draft) laterDate(s string) (dateRef, int, error) {
	m := daysLater.FindStringSubmatch(s)
	if m == nil {
		return dateRef{}, 0, nil
	}
	n, ok := number(m[1])
	if !ok || n > 3660 {
		return dateRef{}, 0, nil
	}
	if n == 0 {
		return dateRef{}, 0, Refuse("“%s”就是现在，请写将来的时间", m[0])
	}
	y, month, dom := d.today.YMD()
	switch m[2] {
	case "周":
		return dateRef{day: d.today + Day(7*n)}, len(m[0]), nil
	case "个月", "年":
		if m[2] == "年" {
			n *= 12
		}
		at := y*12 + int(month) - 1 + n
		day, err := checkedDate(at/12, at%12+1, dom)
		return dateRef{day: day}, len(m[0]), err
	}
	return dateRef{day: d.today + Day(n)}, len(m[0]), nil
}

// nearest gives a yearless date its year: the one in which it comes next.
func (d *draft) nearest(r dateRef, last Clock) (Day, error) {
	if !r.yearless {
		return r.day, nil
	}
	year, _, _ := d.today.YMD()
	day := Date(year, time.Month(r.month), r.dom)
	if day < d.today {
		year++
	}
	day, err := checkedDate(year, r.month, r.dom)
	if err != nil {
		return 0, Refuse("%d年没有%d月%d日，请写明年份", year, r.month, r.dom)
	}
	if day == d.today && !day.At(last, d.set.zone()).After(d.now) {
		return 0, Refuse("今天（%s）%s已经过去，请写将来的时间，或写明年份", day, last)
	}
	return day, nil
}
