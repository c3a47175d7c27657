package when

import (
	"regexp"
	"strings"
	"time"

	"duban/zh"
)

var (
	onDay      = regexp.MustCompile(`^(每逢|逢)?` + numeral + `[号日]`)
	months     = regexp.MustCompile(`^(?:每年|每逢|逢)?的?(` + numeral + `月?(?:(?:` + sep + `|到|-)` + numeral + `月?)*)`)
	evenMonths = regexp.MustCompile(`^(?:每年|每逢|每个?|逢)?的?(单|双|奇数|偶数)月份?的?`)

	oneDay     = regexp.MustCompile(`^` + numeral + `([日号])?`)
	endMark    = regexp.MustCompile(`^(?:的|` + sep + `)?(月底|月末|月初|年底|年末|年终|年初|季末|季初|底|末|初)`)
	parity     = regexp.MustCompile(`^的?(单|双)[号日]`)
	periodMark = regexp.MustCompile(`^(?:(本|这个?|当|下+个?)(月|季度)|(今|明|后|[0-9]{4})年(?:的?` + numeral + `月份?)?|` + numeral + `月份?)(?:的|里|内|期间|每天)?`)
)

// A within is a period that was named.
type within struct {
	first, last Day
	unit        unit
	said        string
}

// period takes 下个月, 12月, 明年, 2027年3月 before the days in it.
func period(d *draft) bool {
	start := d.rest
	m := d.take(periodMark)
	if m == nil || d.unit != "" {
		return false
	}
	said := strings.TrimSuffix(m[0], "每天")
	d.rest = start[len(said):]
	y, this, _ := d.today.YMD()
	var w *within
	switch {
	case m[2] == "季度":
		first := (this-1)/3*3 + 1 + time.Month(3*strings.Count(m[1], "下"))
		w = &within{Date(y, first, 1), Date(y, first+3, 1) - 1, perQuarter, said}
	case m[2] != "":
		w = oneMonth(y, this+time.Month(strings.Count(m[1], "下")), said)
	case m[3] != "":
		w = d.namedYear(m[3], m[4], said)
	case number(m[5]) < 0:
		return false
	default:
		month := number(m[5])
		if month < int(this) {
			y++
		}
		checkYearly(month, 1)
		w = oneMonth(y, time.Month(month), said)
	}
	w.first = max(w.first, d.today)
	d.inside(w)
	return true
}

func (d *draft) namedYear(year, month, said string) *within {
	y, m := d.year(year), time.January
	if month != "" {
		m = time.Month(number(month))
	}
	if y < 0 || m < 0 {
		unknown(said)
	}
	if month == "" {
		return &within{Date(y, 1, 1), Date(y, 12, 31), perYear, said}
	}
	checkYearly(int(m), 1)
	return oneMonth(y, m, said)
}

func oneMonth(year int, month time.Month, said string) *within {
	return &within{Date(year, month, 1), Date(year, month+1, 1) - 1, perMonth, said}
}

// inside sets the period that the days are in.
func (d *draft) inside(w *within) {
	if d.within != nil || d.once != nil || d.unit != "" || d.chosen {
		d.conflict(d.said, w.said)
	}
	if w.last < d.today {
		fail("“%s”已经过去，请写将来的时间", w.said)
	}
	d.within, d.said = w, w.said
}

// monthList takes 3、6、9、12月 after 每年 or 每逢.
func monthList(d *draft) bool {
	if m := d.take(evenMonths); m != nil {
		d.everySecondMonth(m)
		return true
	}
	m := d.take(months)
	if m == nil || !strings.HasSuffix(m[0], "月") {
		return false
	}
	if d.unit != perYear {
		if !strings.HasPrefix(m[0], "每") && !strings.HasPrefix(m[0], "逢") {
			fail("“%s”是每年还是今年？请写“每年%[1]s”，或写明日期", m[0])
		}
		d.repeats(perYear, 1, m[0])
	}
	if d.days.months != 0 || d.chosen {
		d.conflict(d.said, m[0])
	}
	d.days.months, d.said = monthSet(m[1]), m[0]
	d.cut("份")
	return true
}

// monthSet reads 3、6、9、12 and 3月到6月.
func monthSet(s string) (set bits) {
	last, at := 0, 0
	for _, span := range oneNumber.FindAllStringIndex(s, -1) {
		n, size := zh.ParseInt(s[span[0]:span[1]])
		if size != span[1]-span[0] {
			noSuchDate(n, 1)
		}
		checkYearly(n, 1)
		if between := s[at:span[0]]; strings.Contains(between, "到") || strings.Contains(between, "-") {
			for x := last; x != n; x = x%12 + 1 {
				set |= bit(x)
			}
		}
		set |= bit(n)
		last, at = n, span[1]
	}
	return set
}

// everySecondMonth is 每逢单月.
func (d *draft) everySecondMonth(m []string) {
	if d.unit != perYear || d.days.months != 0 || d.chosen {
		d.repeats(perYear, 1, m[0])
	}
	d.said = m[0]
	if d.days.months = bit(1, 3, 5, 7, 9, 11); m[1] == "双" || m[1] == "偶数" {
		d.days.months = bit(2, 4, 6, 8, 10, 12)
	}
}

// monthDayList takes 5号、15号 and 1-5号.
func monthDayList(d *draft) bool {
	start, in := d.rest, d.counted()
	if in == "" {
		m := d.take(onDay)
		if m == nil {
			return false
		}
		if m[1] == "" {
			fail("“%s”是哪个月的？请写如“每月%[1]s”“本月%[1]s”或“12月%[1]s”", m[0])
		}
		d.repeats(perMonth, 1, m[0])
		d.rest = start[len(m[1]):]
		return true
	}
	if in != perMonth {
		return false
	}
	var set bits
	if m := d.take(parity); m == nil {
		set = d.monthDays()
	} else if set = bit(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31); m[1] == "双" {
		set = set << 1 &^ bit(32)
	}
	if set == 0 {
		return false
	}
	d.choose(d.since(start))
	d.days.monthly |= set
	return true
}

// monthDays reads numbers up to the last one that is marked as a day by 号 or 日.
func (t *text) monthDays() (set bits) {
	start, end, last := t.rest, t.rest, 0
	var read bits
	for {
		first := t.rest == start
		lead := t.skip(listMark)
		ranged := !first && lead == "" && t.skip(clockTo) != ""
		m := t.take(oneDay)
		if m == nil || !first && lead == "" && !ranged {
			break
		}
		n := number(m[1])
		possible, marked := n >= 1 && n <= 31, m[2] != ""
		if !marked && (t.ahead(clockMark) || !possible) {
			break
		}
		if !possible {
			fail("没有“%s”，日期应在1到31之间，请检查日期", m[0])
		}
		if ranged && n <= last {
			fail("“%s”的结束在开始之前，请检查日期", t.since(start))
		}
		if read |= bit(n); ranged {
			read |= bit(n) - bit(last) // last to n-1
		}
		if last = n; marked {
			set, end = read, t.rest
		}
	}
	t.rest = end
	return set
}

// alsoChoose is choose, but lets the last day stand beside days of the month.
func (d *draft) alsoChoose(in unit, words string) {
	if d.chosen && d.days.monthly != 0 && in == perMonth && d.days.front|d.days.back == 0 && d.clocks == nil {
		return
	}
	d.choose(words)
}

// unitEnd takes 每月底, 每季度末, 每年年底.
func unitEnd(d *draft) bool {
	m := d.take(endMark)
	if m == nil {
		return false
	}
	in := d.counted()
	of := map[string]unit{"月": perMonth, "季": perQuarter, "年": perYear}
	if want, ok := of[firstRune(m[1])]; ok && want != in {
		fail("“%s”请写全，如“本月底”“每月底”“每年12月31日”", m[0])
	}
	if in == "" || in == perDay || in == perWeek {
		return false
	}
	d.alsoChoose(in, m[0])
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
	return true
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
