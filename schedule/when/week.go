package when

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	weekHead  = regexp.MustCompile(`^` + sep + `?(?:(每逢|每到|每个?|逢)|每隔?` + numeral + `个?|(隔|每隔)|(本|这个?|下+个?))?周`)
	notDay    = regexp.MustCompile(`^(?:点|时|刻|次|号|月|个|天|分|小时)`)
	notDigit  = regexp.MustCompile(`^[0-9:]`)
	daySep    = regexp.MustCompile(`^` + sep + `?(周?)`)
	rangeSep  = regexp.MustCompile(`^(?:到|-)周?`)
	wrongWeek = regexp.MustCompile(`^[七八九零〇0-9]`)
)

// weekClause takes 每周一三五, 每两周周五, 周一到周五, 下周三、五.
func weekClause(d *draft, s string) (int, error) {
	m := weekHead.FindStringSubmatch(s)
	if m == nil {
		return 0, nil
	}
	at := len(m[0])
	if strings.HasPrefix(s[at:], "末") {
		at += len("末")
		return at, d.weekend(m, s[:at])
	}
	mask, n, err := readWeekdays(s[at:])
	if err != nil {
		return 0, err
	}
	if n == 0 && wrongWeek.MatchString(s[at:]) && !clockAhead(s[at:]) {
		return 0, Refuse("没有“周%s”，请写周一到周日", firstRune(s[at:]))
	}
	said := s[:at+n]
	switch {
	case m[4] != "":
		return at + n, d.namedWeek(m[4], mask, said)
	case m[2] != "":
		return at + n, d.everyWeeks(m, mask, said)
	case m[3] != "":
		return at + n, d.weekly(2, mask, said)
	case m[1] != "":
		return at + n, d.weekly(1, mask, said)
	case n == 0:
		return 0, nil
	}
	return at + n, d.plainWeek(mask, said)
}

func firstRune(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

// clockAhead reports whether s begins with a clock time, so that the number in
// it is no day.
func clockAhead(s string) bool { return clockHead.MatchString(s) }

// everyWeeks is 每两周 and 每隔一周.
func (d *draft) everyWeeks(m []string, mask bits, said string) error {
	n, ok := number(m[2])
	if !ok || n < 1 || n > 52 {
		return Refuse("“%s”不对，请写1到52周，如“每两周周五15:00”", said)
	}
	if strings.HasPrefix(m[0], "每隔") {
		if n > 1 {
			return apart(n, "周")
		}
		n = 2
	}
	return d.weekly(n, mask, said)
}

// apart refuses 每隔两天, which some read as every second and some as every third.
func apart(n int, unit string) error {
	return Refuse("“每隔%d%s”有人理解为每%[1]d%[2]s，有人理解为每%[3]d%[2]s，请写“每%[1]d%[2]s”或“每%[3]d%[2]s”", n, unit, n+1)
}

func (d *draft) weekly(step int, mask bits, said string) error {
	if d.bare && mask == 0 && d.unit == "" { // 周五，每两周
		d.unit, d.days.step, d.bare, d.chosen, d.said = perWeek, step, false, true, said
		return nil
	}
	if step == 1 && d.unit == perWeek && mask != 0 && !d.asked && d.days.front|d.days.back == 0 && (!d.chosen || d.days.step == 1) {
		d.days.week |= mask // 每周的周一, 每周一和每周四
		d.chosen = true
		return nil
	}
	if err := d.repeats(perWeek, step, said); err != nil {
		return err
	}
	if mask == 0 {
		return nil
	}
	d.days.week = mask
	return d.choose(said)
}

// weekend is 周末, which stands for every one unless one week is named.
func (d *draft) weekend(m []string, said string) error {
	if m[4] != "" {
		return Refuse("“%s”是周六还是周日？请写“%s周六”或“%[2]s周日”", said, m[4])
	}
	step := 1
	if m[2] != "" {
		return d.everyWeeks(m, weekend, said)
	}
	if m[3] != "" {
		step = 2
	}
	return d.weekly(step, weekend, said)
}

// namedWeek is 下周一、三, or 下周 alone before 每天.
func (d *draft) namedWeek(which string, mask bits, said string) error {
	monday := d.today.Monday() + Day(7*strings.Count(which, "下"))
	if which == "下个" && mask.len() == 1 {
		return Refuse("“%s”是本周还是下周？请写“本%s”或“下%[2]s”", said, weekdays(mask))
	}
	if mask == 0 {
		return d.inside(&within{max(monday, d.today), monday + 6, perWeek, said})
	}
	if d.unit != "" || d.chosen || d.once != nil || d.within != nil {
		return d.conflict(d.said, said)
	}
	d.said = said
	for i := range Day(7) {
		if mask.has(int((monday + i).Weekday())) {
			d.once = append(d.once, dateRef{day: monday + i, said: said})
		}
	}
	return nil
}

// plainWeek is a list of weekdays without 每. Several of them mean every week;
// one alone could also mean this week.
func (d *draft) plainWeek(mask bits, said string) error {
	switch {
	case d.unit == perWeek && !d.chosen: // 每两周，周五
		d.days.week = mask
		return d.choose(said)
	case mask.len() == 1 && (d.unit == "" || d.unit == perYear) && d.days.kinds == nil && d.from == nil && d.until == nil && d.within == nil:
		if d.bare {
			return d.conflict(weekdays(d.days.week), said)
		}
		d.bare, d.days.week = true, mask
		return nil
	case d.within != nil && d.unit == "" && mask.len() == 1:
		return Refuse("“%s%s”是每个%[2]s还是其中一个？请写“%[1]s每%[2]s”或“%[1]s第一个%[2]s”", d.within.said, said)
	}
	return d.weekly(1, mask, said)
}

// readWeekdays reads 一三五, 一、周三, 一到五 after the first 周. A number that
// belongs to a clock time is left alone; where both readings make sense the
// phrase is refused.
func readWeekdays(s string) (mask bits, at int, err error) {
	last := -1
	for {
		lead, named := "", at == 0
		if at > 0 {
			m := daySep.FindStringSubmatch(s[at:])
			if r := rangeSep.FindString(s[at:]); r != "" {
				lead, named = r, strings.HasSuffix(r, "周")
			} else {
				lead, named = m[0], m[1] != ""
			}
		}
		day, n := weekdayAt(s[at+len(lead):])
		if n == 0 {
			return mask, at, nil
		}
		after := s[at+len(lead)+n:]
		if !named && day == 2 && strings.HasPrefix(after, "十") && clockHead.MatchString(s[at+len(lead):]) {
			return 0, 0, Refuse("“二十”是周二加十点，还是二十点？请加空格或用数字，如“每周一、周二 10点”或“每周一 20点”")
		}
		if rangeSep.MatchString(lead) {
			for x := last; x != day; x = (x + 1) % 7 {
				mask |= bit(x)
			}
		}
		mask |= bit(day)
		last = day
		at += len(lead) + n
	}
}

// weekdayAt reads one day of the week; n is 0 if the number there is something else.
func weekdayAt(s string) (day, n int) {
	if s == "" {
		return 0, 0
	}
	r, n := utf8.DecodeRuneInString(s)
	day = strings.IndexRune(weekdayNames, r) / len("一")
	if !strings.ContainsRune(weekdayNames, r) {
		if r < '1' || r > '7' {
			return 0, 0
		}
		if notDigit.MatchString(s[n:]) {
			return 0, 0
		}
		day = int(r-'0') % 7
	}
	if r == '日' || !notDay.MatchString(s[n:]) {
		return day, n
	}
	return 0, 0
}
