package when

import (
	"strings"
	"time"
)

// A within is a period that was named.
type within struct {
	first, last Day
	unit        unit
	said        string
}

// period takes 下个月, 12月, 明年, 2027年3月 before the days in it.
func period(d *draft, m []string) {
	if d.unit != "" {
		d.back()
		return
	}
	y, this, _ := d.today.YMD()
	next := time.Month(strings.Count(m[1], "下"))
	switch {
	case m[2] == "季度":
		d.inside(perQuarter, Date(y, this+3*next, 1))
	case m[2] != "":
		d.inside(perMonth, Date(y, this+next, 1))
	case m[4] != "":
		d.inside(perMonth, checkedDate(d.year(m[3]), number(m[4]), 1))
	case m[3] != "":
		d.inside(perYear, Date(d.year(m[3]), 1, 1))
	default:
		if number(m[5]) < int(this) {
			y++
		}
		d.inside(perMonth, checkedDate(y, number(m[5]), 1))
	}
}

// inside sets the period that the days are in: the unit that a day is in.
func (d *draft) inside(u unit, day Day) {
	d.unsaid()
	first, last := u.around(day)
	if last < d.today {
		fail("“%s”已经过去，请写将来的时间", d.words())
	}
	d.said = d.words()
	d.within = &within{max(first, d.today), last, u, d.said}
}

// monthList takes 3、6、9、12月 after 每年 or 每逢.
func monthList(d *draft, m []string) {
	if d.unit != perYear {
		if !strings.HasPrefix(m[0], "每") && !strings.HasPrefix(m[0], "逢") {
			fail("“%s”是每年还是今年？请写“每年%[1]s”，或写明日期", m[0])
		}
		d.repeats(perYear, 1)
	}
	if d.days.months != 0 || d.chosen {
		d.clash()
	}
	d.days.months = numberSet(m[1], 12, true, func(n int) { noSuchDate(n, 1) })
	d.said = m[0]
}

// numberSet reads 3、6、9 and 3月到6月, from 1 to most. In a ring 1 comes after most.
func numberSet(s string, most int, ring bool, wrong func(n int)) (set bits) {
	last, at := 0, 0
	for _, span := range oneNumber.FindAllStringIndex(s, -1) {
		n := number(s[span[0]:span[1]])
		ranged := strings.ContainsAny(s[at:span[0]], "到-")
		if n < 1 || n > most || ranged && !ring && n <= last {
			wrong(n)
		}
		if ranged {
			for x := last; x != n; x = x%most + 1 {
				set |= bit(x)
			}
		}
		set |= bit(n)
		last, at = n, span[1]
	}
	return set
}

// everySecondMonth is 每逢单月.
func everySecondMonth(d *draft, m []string) {
	if d.unit != perYear || d.days.months != 0 || d.chosen {
		d.repeats(perYear, 1)
	}
	d.said = m[0]
	if d.days.months = odd & everyMonth; m[1] == "双" || m[1] == "偶数" {
		d.days.months = odd << 1 & everyMonth
	}
}

// monthDayList takes 5号、15号, 1-5号 and 单号.
func monthDayList(d *draft, m []string) {
	switch in := d.counted(); {
	case in == "" && m[1] != "":
		d.repeats(perMonth, 1)
	case in == "" && m[3] != "":
		fail("“%s”是哪个月的？请写如“每月%[1]s”“本月%[1]s”或“12月%[1]s”", m[0])
	case in != perMonth:
		d.back()
		return
	}
	d.choose()
	switch m[2] {
	case "单":
		d.days.monthly |= odd & everyMonthDay
	case "双":
		d.days.monthly |= odd << 1 & everyMonthDay
	default:
		d.days.monthly |= numberSet(m[3], 31, false, func(int) { fail("“%s”不对，日期应在1到31之间，由小到大，请检查日期", m[3]) })
	}
}

// alsoChoose is choose, but lets the last day stand beside days of the month.
func (d *draft) alsoChoose(in unit) {
	if d.chosen && d.days.monthly != 0 && in == perMonth && d.days.front|d.days.back == 0 && d.clocks == nil {
		return
	}
	d.choose()
}

// unitEnd takes 每月底, 每季度末, 每年年底.
func unitEnd(d *draft, m []string) {
	in := d.counted()
	if !strings.HasPrefix(string(in), m[1]) {
		fail("“%s”请写全，如“本月底”“每月底”“每年12月31日”", m[0])
	}
	if in == "" || in == perDay || in == perWeek {
		d.back()
		return
	}
	if d.days.week != 0 {
		d.clash() // 除周末外每月底
	}
	d.alsoChoose(in)
	last := !strings.HasSuffix(m[0], "初")
	switch {
	case last && in == perYear:
		d.days.yearly = []int{1231}
	case in == perYear:
		d.days.yearly = []int{101}
	case last:
		d.days.back = bit(1)
	default:
		d.days.front = bit(1)
		d.note("“%s”按第一天理解", m[0])
	}
}

// counted returns the unit in which the n-th day is counted.
func (d *draft) counted() unit {
	switch {
	case d.unit == "" && d.within != nil:
		return d.within.unit
	case d.unit == perYear && d.days.months != 0:
		return perMonth
	}
	return d.unit
}
