package when

import (
	"regexp"
	"strings"
	"time"
)

var (
	toMark    = regexp.MustCompile(`^(?:开始)?,?(?:一直)?(?:直到|到|-)`)
	sameMonth = regexp.MustCompile(`^` + numeral + `[日号]`)
	inSpan    = regexp.MustCompile(`^(?:期间|之间|为止|止|结束|以内|内|这段时间)`)
	sinceMark = regexp.MustCompile(`^(?:开始|起|以后|之后)(?:,|、)?`)
	untilMark = regexp.MustCompile(`^(?:截止到|截止|截到|直到|到)`)
	dayOfWeek = regexp.MustCompile(`^\(?(周[一二三四五六日])\)?`)
	nextYear  = regexp.MustCompile(`^(?:次年|第二年|翌年)的?`)
	nearEnd   = regexp.MustCompile(`^(?:月底|年底|年末)`)
	listMark  = regexp.MustCompile(`^` + sep)
)

// dateRange takes 12月20日到1月15日.
func dateRange(d *draft, s string) (int, error) {
	begin := len(s) - len(strings.TrimPrefix(s, "从"))
	from, n, err := d.readDate(s[begin:])
	if n == 0 || err != nil {
		return 0, err
	}
	at := begin + n
	mark := len(toMark.FindString(s[at:]))
	if mark == 0 {
		return 0, nil
	}
	at += mark
	until, n, err := d.readEnd(s[at:], from)
	if n == 0 || err != nil {
		return 0, err
	}
	if d.from != nil || d.until != nil {
		return 0, d.conflict("前面的起止日期", s[:at+n])
	}
	d.from, d.until = &from, &until
	at += n
	return at + len(inSpan.FindString(s[at:])), nil
}

// readEnd reads the end of a range, which may leave out the month or the week.
func (d *draft) readEnd(s string, from dateRef) (dateRef, int, error) {
	skip := len(nextYear.FindString(s))
	until, n, err := d.readDate(s[skip:])
	if n > 0 && skip > 0 && !(from.yearless && until.yearless && until.month*100+until.dom < from.month*100+from.dom) {
		return dateRef{}, 0, Refuse("“%s”请写明年份，如“2026年12月20日到2027年1月15日”", s[:skip+n])
	}
	if n > 0 || err != nil {
		return until, skip + n, err
	}
	if m := nearEnd.FindString(s); m != "" {
		until, _, err := d.monthDate("本" + strings.Replace(m, "年", "年年", 1))
		return until, len(m), err
	}
	m := sameMonth.FindStringSubmatch(s)
	if m == nil {
		return dateRef{}, 0, nil
	}
	dom, ok := number(m[1])
	if !ok {
		return dateRef{}, 0, nil
	}
	until = dateRef{yearless: from.yearless, month: from.month, dom: dom, said: m[0]}
	if from.yearless {
		if dom < 1 || dom > longest(from.month) {
			return dateRef{}, 0, noSuchDate(from.month, dom)
		}
		return until, len(m[0]), nil
	}
	y, month, _ := from.day.YMD()
	until.day, err = checkedDate(y, int(month), dom)
	return until, len(m[0]), err
}

// openRange takes 12月1日起 and 到12月31日止.
func openRange(d *draft, s string) (int, error) {
	begin := len(s) - len(strings.TrimPrefix(s, "从"))
	if r, n, err := d.readDate(s[begin:]); n > 0 || err != nil {
		mark := len(sinceMark.FindString(s[begin+n:]))
		if err != nil || mark == 0 {
			return 0, err
		}
		if d.from != nil {
			return 0, d.conflict(d.from.said, r.said)
		}
		d.from = &r
		return begin + n + mark, nil
	}
	mark := len(untilMark.FindString(s))
	if mark == 0 {
		return 0, nil
	}
	r, n, err := d.readEnd(s[mark:], dateRef{day: d.today})
	if n == 0 || err != nil {
		return 0, err
	}
	if d.until != nil {
		return 0, d.conflict(d.until.said, r.said)
	}
	d.until = &r
	mark += n
	return mark + len(inSpan.FindString(s[mark:])), nil
}

// ends gives the ends of the spec their years.
func (d *draft) ends() (from, until Day, err error) {
	from, until = noFrom, noUntil
	switch {
	case d.from != nil && d.until != nil:
		from, until, err = d.bothEnds(*d.from, *d.until)
	case d.from != nil:
		from, err = d.begin(*d.from)
	default:
		until, err = d.nearest(*d.until, 24*60-1)
	}
	if err != nil {
		return 0, 0, err
	}
	if from > until {
		return 0, 0, Refuse("结束日期%s在开始日期%s之前，请检查日期", until, from)
	}
	if until < d.today {
		return 0, 0, Refuse("%s到%s已经过去，请写将来的日期", from, until)
	}
	return from, until, nil
}

// begin gives the beginning of an open range its year.
func (d *draft) begin(r dateRef) (Day, error) {
	year, _, _ := d.today.YMD()
	if r.yearless && Date(year, time.Month(r.month), r.dom) < d.today {
		return 0, Refuse("今年的%d月%d日已经过去，请写明年份，如“%d年%[1]d月%[2]d日起”", r.month, r.dom, year+1)
	}
	return d.nearest(r, 24*60-1)
}

// yearlessEnds is 12月20日到1月15日, which may go over a new year.
func (d *draft) yearlessEnds(from, until dateRef) (Day, Day, error) {
	crosses := 0
	if until.month*100+until.dom < from.month*100+from.dom {
		crosses = 1
	}
	this, _, _ := d.today.YMD()
	year := this - 1
	for Date(year+crosses, time.Month(until.month), until.dom) < d.today {
		year++
	}
	a, err := checkedDate(year, from.month, from.dom)
	if err != nil {
		return 0, 0, err
	}
	b, err := checkedDate(year+crosses, until.month, until.dom)
	if err == nil && b-a > longestRange {
		err = Refuse("“%s到%s”的结束在开始之前，请检查日期，跨年请写明年份", from.said, until.said)
	}
	return a, b, err
}

// longestRange is how many days a range without years may have: a school year,
// but not one whose ends were exchanged.
const longestRange = 320

// bothEnds gives a range without years the ones in which it ends next.
func (d *draft) bothEnds(from, until dateRef) (Day, Day, error) {
	switch {
	case !from.yearless && !until.yearless:
		return from.day, until.day, nil
	case from.yearless && until.yearless:
		return d.yearlessEnds(from, until)
	case until.yearless:
		year, _, _ := from.day.YMD()
		if Date(year, time.Month(until.month), until.dom) < from.day {
			year++
		}
		b, err := checkedDate(year, until.month, until.dom)
		return from.day, b, err
	}
	year, _, _ := until.day.YMD()
	if Date(year, time.Month(from.month), from.dom) > until.day {
		year--
	}
	a, err := checkedDate(year, from.month, from.dom)
	return a, until.day, err
}

// dateList takes 11月30日、12月5日; with 每年 before it the dates come every year.
func dateList(d *draft, s string) (int, error) {
	r, at, err := d.readDate(s)
	if at == 0 || err != nil {
		return 0, err
	}
	all := []dateRef{r}
	for {
		mark := len(listMark.FindString(s[at:]))
		if mark == 0 {
			break
		}
		r, n, err := d.readEnd(s[at+mark:], r)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		all = append(all, r)
		at += mark + n
	}
	if m := dayOfWeek.FindStringSubmatch(s[at:]); m != nil && d.unit == "" {
		all[len(all)-1].week = m[1]
		at += len(m[0])
	}
	if d.unit == perYear {
		return at, d.everyYear(all, s[:at])
	}
	if d.unit != "" || d.chosen || d.once != nil || d.within != nil || d.days.kinds != nil {
		return 0, d.conflict(d.said, s[:at])
	}
	d.once, d.said = all, s[:at]
	return at, nil
}

func (d *draft) everyYear(all []dateRef, said string) error {
	if err := d.choose(said); err != nil {
		return err
	}
	if d.days.months != 0 {
		return d.conflict(d.said, said)
	}
	for _, r := range all {
		if !r.yearless {
			return d.conflict("每年", r.said)
		}
		d.days.yearly = append(d.days.yearly, r.month*100+r.dom)
	}
	d.days.yearly = sortedSet(d.days.yearly)
	return nil
}
