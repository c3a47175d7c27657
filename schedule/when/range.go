package when

import (
	"cmp"
	"time"
)

var (
	dayAhead  = begins(numeral + `[日号]?`)
	toMark    = begins(`(?:开始)?,?(?:一直)?(?:直到|到|-)`)
	sameMonth = begins(numeral + `[日号]`)
	inSpan    = begins(`期间|之间|为止|止|结束|以内|内|这段时间`)
	sinceMark = begins(`(?:开始|起|以后|之后)(?:,|、)?`)
	dayOfWeek = begins(`\(?(周[一二三四五六日])\)?`)
	nextYear  = begins(`(?:次年|第二年|翌年)的?`)
	nearEnd   = begins(`月底|年底|年末`)
)

// dates takes 12月20日到1月15日, 12月1日起 and 11月30日、12月5日.
func dates(d *draft, m []string) {
	first := d.date()
	if first == nil {
		d.back()
		return
	}
	after := d.rest
	if d.skip(toMark) != "" {
		if last := d.end(first); last != nil {
			d.ranges(first, last)
			d.skip(inSpan)
			return
		}
		d.rest = after
	}
	switch {
	case d.skip(sinceMark) != "":
		d.ranges(first, nil)
	case m[0] != "": // 从12月1日, and no more
		d.back()
	default:
		d.dateList(first)
	}
}

// until takes 到12月31日止.
func until(d *draft, _ []string) {
	last := d.end(&dateRef{day: d.today})
	if last == nil {
		d.back()
		return
	}
	d.ranges(nil, last)
	d.skip(inSpan)
}

// ranges sets the ends, or one of them.
func (d *draft) ranges(first, last *dateRef) {
	if first != nil && d.first != nil || last != nil && d.last != nil {
		conflict("前面的起止日期", d.words())
	}
	d.first, d.last = cmp.Or(first, d.first), cmp.Or(last, d.last)
}

// inARow takes 连续三天. A date before it is the first of them.
func inARow(d *draft, m []string) {
	n := number(m[1])
	if d.row > 0 || d.last != nil || n < 1 {
		conflict("前面的起止日期", d.words())
	}
	d.row = n
	if len(d.once) == 1 && d.first == nil {
		d.first, d.once, d.said = d.once[0], nil, ""
	}
}

// fillRow sets the last of the days in a row. They begin with the next firing, unless
// a beginning was said.
func (d *draft) fillRow(s *Schedule) {
	if d.row == 0 {
		return
	}
	if d.last != nil || s.Once() || s.until != noUntil || s.days.unit != perDay && d.every == 0 {
		fail("“连续%d天”只能和“每天”一起写，请写如“从明天起连续三天9点”", d.row)
	}
	if s.from == noFrom {
		s.from = DayOf(s.Next(d.now).In(s.zone))
	}
	s.until = s.from + Day(d.row) - 1
}

// end reads the end of a range, which may leave out the month or the week.
func (r *reader) end(from *dateRef) *dateRef {
	start := r.rest
	over := r.skip(nextYear) != ""
	if until := r.date(); until != nil {
		if over && (until.yearly == 0 || until.yearly >= from.yearly) {
			fail("“%s”请写明年份，如“2026年12月20日到2027年1月15日”", r.since(start))
		}
		return until
	}
	r.rest = start
	if m := r.skip(nearEnd); m != "" {
		unit := perYear
		if m == "月底" {
			unit = perMonth
		}
		_, last := unit.around(r.today)
		return &dateRef{day: last}
	}
	m := r.take(sameMonth)
	if m == nil {
		return nil
	}
	if from.yearly > 0 {
		return &dateRef{yearly: checkYearly(from.yearly/100, number(m[1])), said: m[0]}
	}
	y, month, _ := from.day.YMD()
	return &dateRef{day: checkedDate(y, int(month), number(m[1])), said: m[0]}
}

// monthRange takes 9月到12月 without days: from the first day of the one to the
// last of the other, in the year in which that ends next.
func monthRange(d *draft, m []string) {
	if d.unit == perYear || d.ahead(dayAhead) {
		d.back()
		return
	}
	a, b := number(m[1]), number(m[2])
	checkYearly(a, 1)
	checkYearly(b, 1)
	end, this, _ := d.today.YMD()
	if b < int(this) {
		end++
	}
	begin := end
	if a > b {
		begin--
	}
	d.ranges(&dateRef{day: Date(begin, time.Month(a), 1)}, &dateRef{day: Date(end, time.Month(b)+1, 1) - 1})
}

// longestRange is how many days a range without years may have: a school year,
// but not one whose ends were exchanged.
const longestRange = 320

// fillRange sets the ends of the schedule, in the years in which a range ends next.
func (d *draft) fillRange(s *Schedule) {
	from, until := d.first, d.last
	if from == nil && until == nil {
		return
	}
	if s.Once() || s.from != noFrom || s.until != noUntil {
		conflict("起止日期", d.said)
	}
	base := d.today
	if from != nil && from.yearly == 0 {
		base = from.day
	}
	if until != nil {
		s.until = until.nearest(base, 1)
	}
	switch {
	case from == nil:
	case until != nil:
		s.from = from.nearest(s.until, -1)
	default:
		s.from = from.nearest(base, 1)
		if year, _, _ := d.today.YMD(); from.yearly != 0 && from.in(year) < d.today {
			fail("今年的%d月%d日已经过去，请写明年份，如“%d年%[1]d月%[2]d日起”", from.yearly/100, from.yearly%100, year+1)
		}
	}
	switch {
	case s.from > s.until:
		fail("结束日期%s在开始日期%s之前，请检查日期", s.until, s.from)
	case s.until < d.today:
		fail("结束日期%s已经过去，请写将来的日期", s.until)
	case from != nil && until != nil && from.yearly != 0 && until.yearly != 0 && s.until-s.from > longestRange:
		fail("“%s到%s”的结束在开始之前，请检查日期，跨年请写明年份", from.said, until.said)
	}
}

// dateList takes 11月30日、12月5日; with 每年 before it the dates come every year.
func (d *draft) dateList(first *dateRef) {
	all := []*dateRef{first}
	for before := d.rest; d.skip(listMark) != ""; before = d.rest {
		next := d.end(first)
		if next == nil {
			d.rest = before
			break
		}
		all = append(all, next)
	}
	if d.unit == "" {
		if m := d.take(dayOfWeek); m != nil {
			all[len(all)-1].week = m[1]
		}
	}
	switch {
	case d.unit == perYear:
		d.everyYear(all)
	case d.days.kinds != nil:
		d.clash()
	default:
		d.only(all)
	}
}

func (d *draft) everyYear(all []*dateRef) {
	d.choose()
	if d.days.months != 0 {
		d.clash()
	}
	for _, r := range all {
		if r.yearly == 0 {
			conflict("每年", r.said)
		}
		d.days.yearly = append(d.days.yearly, r.yearly)
	}
	d.days.yearly = sortedSet(d.days.yearly)
}
