package when

import (
	"regexp"
	"time"
)

var (
	monthSpan = regexp.MustCompile(`^从?` + numeral + `月?份?(?:到|-)(?:次年|第二年)?的?` + numeral + `月份?(?:底|期间|之间)?`)
	dayAhead  = regexp.MustCompile(`^` + numeral + `[日号]?`)
	toMark    = regexp.MustCompile(`^(?:开始)?,?(?:一直)?(?:直到|到|-)`)
	sameMonth = regexp.MustCompile(`^` + numeral + `[日号]`)
	inSpan    = regexp.MustCompile(`^(?:期间|之间|为止|止|结束|以内|内|这段时间)`)
	sinceMark = regexp.MustCompile(`^(?:开始|起|以后|之后)(?:,|、)?`)
	untilMark = regexp.MustCompile(`^(?:截止到|截止|截到|直到|到)`)
	dayOfWeek = regexp.MustCompile(`^\(?(周[一二三四五六日])\)?`)
	nextYear  = regexp.MustCompile(`^(?:次年|第二年|翌年)的?`)
	nearEnd   = regexp.MustCompile(`^(?:月底|年底|年末)`)
)

// dateRange takes 12月20日到1月15日.
func dateRange(d *draft) bool {
	start := d.rest
	d.cut("从")
	from, ok := d.date()
	if !ok || d.skip(toMark) == "" {
		return false
	}
	until, ok := d.end(from)
	if ok {
		d.ranges(&from, &until, d.since(start))
		d.skip(inSpan)
	}
	return ok
}

// ranges sets both ends.
func (d *draft) ranges(from, until *dateRef, said string) {
	if d.from != nil || d.until != nil {
		d.conflict("前面的起止日期", said)
	}
	d.from, d.until = from, until
}

// end reads the end of a range, which may leave out the month or the week.
func (r *reader) end(from dateRef) (dateRef, bool) {
	start := r.rest
	over := r.skip(nextYear) != ""
	if until, ok := r.date(); ok {
		if over && (until.yearly == 0 || until.yearly >= from.yearly) {
			fail("“%s”请写明年份，如“2026年12月20日到2027年1月15日”", r.since(start))
		}
		return until, true
	}
	r.rest = start
	if m := r.skip(nearEnd); m != "" {
		y, month, _ := r.today.YMD()
		if m != "月底" {
			month = time.December
		}
		return dateRef{day: Date(y, month+1, 1) - 1}, true
	}
	m := r.take(sameMonth)
	if m == nil || number(m[1]) < 0 {
		return dateRef{}, false
	}
	if from.yearly > 0 {
		return dateRef{yearly: checkYearly(from.yearly/100, number(m[1])), said: m[0]}, true
	}
	y, month, _ := from.day.YMD()
	return dateRef{day: checkedDate(y, int(month), number(m[1])), said: m[0]}, true
}

// openRange takes 12月1日起 and 到12月31日止.
func openRange(d *draft) bool {
	start := d.rest
	d.cut("从")
	if from, ok := d.date(); ok {
		if d.skip(sinceMark) == "" {
			return false
		}
		if d.from != nil {
			d.conflict(d.from.said, from.said)
		}
		d.from = &from
		return true
	}
	d.rest = start
	if d.skip(untilMark) == "" {
		return false
	}
	until, ok := d.end(dateRef{day: d.today})
	if !ok {
		return false
	}
	if d.until != nil {
		d.conflict(d.until.said, until.said)
	}
	d.until = &until
	d.skip(inSpan)
	return true
}

// monthRange takes 9月到12月 without days: from the first day of the one to the
// last of the other, in the year in which that ends next.
func monthRange(d *draft) bool {
	m := d.take(monthSpan)
	if m == nil || d.unit == perYear || d.ahead(dayAhead) {
		return false
	}
	a, b := number(m[1]), number(m[2])
	if min(a, b) < 0 {
		return false
	}
	checkYearly(a, 1)
	checkYearly(b, 1)
	end, this, _ := d.today.YMD() // the year in which the range ends
	if b < int(this) {
		end++
	}
	begin := end
	if a > b {
		begin--
	}
	d.ranges(&dateRef{day: Date(begin, time.Month(a), 1), said: m[0]}, &dateRef{day: Date(end, time.Month(b)+1, 1) - 1, said: m[0]}, m[0])
	return true
}

// ends gives the ends of the schedule their years.
func (d *draft) ends() (from, until Day) {
	from, until = noFrom, noUntil
	switch {
	case d.from != nil && d.until != nil:
		from, until = d.bothEnds(*d.from, *d.until)
	case d.from != nil:
		year, _, _ := d.today.YMD()
		if r := d.from.yearly; r > 0 && d.from.in(year) < d.today {
			fail("今年的%d月%d日已经过去，请写明年份，如“%d年%[1]d月%[2]d日起”", r/100, r%100, year+1)
		}
		from = d.nearest(*d.from, 24*60-1)
	default:
		until = d.nearest(*d.until, 24*60-1)
	}
	if from > until {
		fail("结束日期%s在开始日期%s之前，请检查日期", until, from)
	}
	if until < d.today {
		fail("%s到%s已经过去，请写将来的日期", from, until)
	}
	return from, until
}

// bothEnds gives a range without years the ones in which it ends next.
func (r *reader) bothEnds(from, until dateRef) (Day, Day) {
	switch {
	case from.yearly > 0 && until.yearly > 0:
		return r.yearlessEnds(from, until)
	case until.yearly > 0:
		year, _, _ := from.day.YMD()
		if until.in(year) < from.day {
			year++
		}
		return from.day, until.checked(year)
	case from.yearly > 0:
		year, _, _ := until.day.YMD()
		if from.in(year) > until.day {
			year--
		}
		return from.checked(year), until.day
	}
	return from.day, until.day
}

// longestRange is how many days a range without years may have: a school year,
// but not one whose ends were exchanged.
const longestRange = 320

// yearlessEnds is 12月20日到1月15日, which may go over a new year.
func (r *reader) yearlessEnds(from, until dateRef) (Day, Day) {
	crosses := 0
	if until.yearly < from.yearly {
		crosses = 1
	}
	this, _, _ := r.today.YMD()
	year := this - 1
	for until.in(year+crosses) < r.today {
		year++
	}
	a, b := from.checked(year), until.checked(year+crosses)
	if b-a > longestRange {
		fail("“%s到%s”的结束在开始之前，请检查日期，跨年请写明年份", from.said, until.said)
	}
	return a, b
}

// dateList takes 11月30日、12月5日; with 每年 before it the dates come every year.
func dateList(d *draft) bool {
	start := d.rest
	first, ok := d.date()
	if !ok {
		return false
	}
	all := []dateRef{first}
	for {
		before := d.rest
		if d.skip(listMark) == "" {
			break
		}
		next, ok := d.end(first)
		if !ok {
			d.rest = before
			break
		}
		all = append(all, next)
	}
	if m := dayOfWeek.FindStringSubmatch(d.rest); m != nil && d.unit == "" {
		all[len(all)-1].week = m[1]
		d.rest = d.rest[len(m[0]):]
	}
	said := d.since(start)
	switch {
	case d.unit == perYear:
		d.everyYear(all, said)
	case d.unit != "" || d.chosen || d.once != nil || d.within != nil || d.days.kinds != nil:
		d.conflict(d.said, said)
	default:
		d.once, d.said = all, said
	}
	return true
}

func (d *draft) everyYear(all []dateRef, said string) {
	d.choose(said)
	if d.days.months != 0 {
		d.conflict(d.said, said)
	}
	for _, r := range all {
		if r.yearly == 0 {
			d.conflict("每年", r.said)
		}
		d.days.yearly = append(d.days.yearly, r.yearly)
	}
	d.days.yearly = sortedSet(d.days.yearly)
}
