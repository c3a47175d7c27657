package when

import (
	"regexp"
	"strings"
	"time"
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

// period takes 下个月, 12月, 明年, 2027年3月 before the days in it.
func period(d *draft, s string) (int, error) {
	m := periodMark.FindStringSubmatch(s)
	if m == nil || d.unit != "" {
		return 0, nil
	}
	said := strings.TrimSuffix(m[0], "每天")
	w := &within{unit: perMonth, said: said}
	var err error
	switch {
	case m[1] != "":
		d.relativePeriod(w, m[1], m[2])
	case m[3] != "":
		err = d.namedYear(w, m[3], m[4])
	default:
		month, ok := number(m[5])
		if !ok {
			return 0, nil
		}
		year, this, _ := d.today.YMD()
		if month < int(this) {
			year++
		}
		err = w.setMonth(year, month)
	}
	if err != nil {
		return 0, err
	}
	w.first = max(w.first, d.today)
	return len(said), d.inside(w)
}

func (d *draft) relativePeriod(w *within, which, unit string) {
	y, m, _ := d.today.YMD()
	ahead := strings.Count(which, "下")
	first, last := int(m)+ahead, int(m)+ahead
	if unit == "季度" {
		w.unit = perQuarter
		first = (int(m)-1)/3*3 + 1 + 3*ahead
		last = first + 2
	}
	w.first, w.last = Date(y, time.Month(first), 1), Date(y, time.Month(last+1), 1)-1
}

func (d *draft) namedYear(w *within, year, month string) error {
	y, ok := d.year(year)
	if !ok {
		return unknown(w.said)
	}
	if month == "" {
		w.unit, w.first, w.last = perYear, Date(y, 1, 1), Date(y, 12, 31)
		return nil
	}
	m, ok := number(month)
	if !ok {
		return unknown(w.said)
	}
	return w.setMonth(y, m)
}

func (w *within) setMonth(year, month int) error {
	if month < 1 || month > 12 {
		return noSuchDate(month, 1)
	}
	w.first, w.last = Date(year, time.Month(month), 1), Date(year, time.Month(month)+1, 1)-1
	return nil
}

// inside sets the period that the days are in.
func (d *draft) inside(w *within) error {
	if d.within != nil || d.once != nil || d.unit != "" || d.chosen {
		return d.conflict(d.said, w.said)
	}
	if w.last < d.today {
		return Refuse("“%s”已经过去，请写将来的时间", w.said)
	}
	d.within, d.said = w, w.said
	return nil
}

// monthList takes 3、6、9、12月 after 每年 or 每逢.
func monthList(d *draft, s string) (int, error) {
	if m := evenMonths.FindStringSubmatch(s); m != nil {
		return len(m[0]), d.everySecondMonth(m)
	}
	m := months.FindStringSubmatch(s)
	if m == nil || !strings.HasSuffix(m[0], "月") {
		return 0, nil
	}
	yearly := d.unit == perYear
	if !yearly && !strings.HasPrefix(m[0], "每") && !strings.HasPrefix(m[0], "逢") {
		return 0, Refuse("“%s”是每年还是今年？请写“每年%[1]s”，或写明日期", m[0])
	}
	if !yearly {
		if err := d.repeats(perYear, 1, m[0]); err != nil {
			return 0, err
		}
	}
	if d.days.months != 0 || d.chosen {
		return 0, d.conflict(d.said, m[0])
	}
	var err error
	if d.days.months, err = monthSet(m[1]); err != nil {
		return 0, err
	}
	d.said = m[0]
	if strings.HasPrefix(s[len(m[0]):], "份") {
		return len(m[0]) + len("份"), nil
	}
	return len(m[0]), nil
}

// monthSet reads 3、6、9、12 and 3月到6月.
func monthSet(s string) (set bits, err error) {
	last, at := 0, 0
	for _, span := range oneNumber.FindAllStringIndex(s, -1) {
		n, ok := number(s[span[0]:span[1]])
		if !ok || n < 1 || n > 12 {
			return 0, noSuchDate(n, 1)
		}
		if between := s[at:span[0]]; strings.Contains(between, "到") || strings.Contains(between, "-") {
			for x := last; x != n; x = x%12 + 1 {
				set |= bit(x)
			}
		}
		set |= bit(n)
		last, at = n, span[1]
	}
	return set, nil
}

// everySecondMonth is 每逢单月.
func (d *draft) everySecondMonth(m []string) error {
	if d.unit != perYear || d.days.months != 0 || d.chosen {
		if err := d.repeats(perYear, 1, m[0]); err != nil {
			return err
		}
	}
	d.said = m[0]
	if d.days.months = bit(1, 3, 5, 7, 9, 11); m[1] == "双" || m[1] == "偶数" {
		d.days.months = bit(2, 4, 6, 8, 10, 12)
	}
	return nil
}

// inMonths reports whether days of a month are being chosen.
func (d *draft) inMonths() bool {
	return d.unit == perMonth || d.unit == perYear && d.days.months != 0 || d.unit == "" && d.within != nil && d.within.unit == perMonth
}

// monthDayList takes 5号、15号 and 1-5号.
func monthDayList(d *draft, s string) (int, error) {
	if d.unit == "" && d.within == nil {
		if m := onDay.FindStringSubmatch(s); m != nil && m[1] != "" {
			return len(m[1]), d.repeats(perMonth, 1, m[0])
		} else if m != nil {
			return 0, Refuse("“%s”是哪个月的？请写如“每月%[1]s”“本月%[1]s”或“12月%[1]s”", m[0])
		}
	}
	if !d.inMonths() {
		return 0, nil
	}
	if m := parity.FindStringSubmatch(s); m != nil {
		for n := 1; n <= 31; n++ {
			if (n%2 == 1) == (m[1] == "单") {
				d.days.monthly |= bit(n)
			}
		}
		return len(m[0]), d.choose(m[0])
	}
	set, at, err := readDays(s)
	if at == 0 || err != nil {
		return 0, err
	}
	if err := d.choose(s[:at]); err != nil {
		return 0, err
	}
	d.days.monthly |= set
	return at, nil
}

// readDays reads numbers up to the last one that is marked as a day by 号 or 日.
func readDays(s string) (set bits, end int, err error) {
	var read bits
	last, at := 0, 0
	for {
		lead, ranged := daySeparator(s[at:], at == 0)
		m := oneDay.FindStringSubmatch(s[at+len(lead):])
		if m == nil || at > 0 && lead == "" {
			return set, end, nil
		}
		at += len(lead) + len(m[0])
		n, ok := number(m[1])
		possible := ok && n >= 1 && n <= 31
		switch marked := m[2] != ""; {
		case !marked && (clockMark.MatchString(s[at:]) || !possible):
			return set, end, nil
		case !possible:
			return 0, 0, Refuse("没有“%s”，日期应在1到31之间，请检查日期", m[0])
		case ranged && n <= last:
			return 0, 0, Refuse("“%s”的结束在开始之前，请检查日期", s[:at])
		}
		for x := last; ranged && x < n; x++ {
			read |= bit(x)
		}
		read |= bit(n)
		if last = n; m[2] != "" {
			set, end = read, at
		}
	}
}

// daySeparator returns what stands before a day, and whether it makes a range.
func daySeparator(s string, first bool) (lead string, ranged bool) {
	if lead = listMark.FindString(s); lead != "" || first {
		return lead, false
	}
	lead = clockTo.FindString(s)
	return lead, lead != ""
}

// alsoChoose is choose, but lets the last day stand beside days of the month.
func (d *draft) alsoChoose(in unit, words string) error {
	if d.chosen && d.days.monthly != 0 && in == perMonth && d.days.front|d.days.back == 0 && !d.asked {
		return nil
	}
	return d.choose(words)
}

// unitEnd takes 每月底, 每季度末, 每年年底.
func unitEnd(d *draft, s string) (int, error) {
	m := endMark.FindStringSubmatch(s)
	if m == nil {
		return 0, nil
	}
	in := d.counted()
	of := map[string]unit{"月": perMonth, "季": perQuarter, "年": perYear}
	if want, ok := of[firstRune(m[1])]; ok && want != in {
		return 0, Refuse("“%s”请写全，如“本月底”“每月底”“每年12月31日”", m[0])
	}
	if in == "" || in == perDay || in == perWeek {
		return 0, nil
	}
	if err := d.alsoChoose(in, m[0]); err != nil {
		return 0, err
	}
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
	return len(m[0]), nil
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
