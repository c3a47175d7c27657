package when

import (
	"strings"
	"unicode/utf8"
)

var (
	notDay    = begins(`点|时|刻|次|号|月|个|天|分|小时`)
	notDigit  = begins(`[0-9:]`)
	daySep    = begins(sep + `?(周?)`)
	rangeSep  = begins(`(?:到|-)周?`)
	wrongWeek = begins(`[七八九零〇0-9]`)
)

// weekClause takes 每周一三五, 每两周周五, 周一到周五, 下周三、五.
func weekClause(d *draft, m []string) {
	every := m[1]+m[2]+m[3] != ""
	if rest, ok := strings.CutPrefix(d.rest, "末"); ok {
		d.rest = rest
		if m[4] != "" {
			fail("“%s”是周六还是周日？请写“%s周六”或“%[2]s周日”", d.words(), m[4])
		}
		d.weekly(d.weekStep(m), weekend)
		return
	}
	mask := d.weekdays()
	if mask == 0 && d.ahead(wrongWeek) && !d.ahead(clockHead) {
		fail("没有“周%s”，请写周一到周日", string([]rune(d.rest)[:1]))
	}
	switch {
	case m[4] != "":
		d.namedWeek(m[4], mask)
	case every:
		d.weekly(d.weekStep(m), mask)
	case mask == 0:
		d.back()
	default:
		d.plainWeek(mask)
	}
}

// weekStep is 2 for 每两周, 每隔一周 and 隔周.
func (d *draft) weekStep(m []string) int {
	switch {
	case m[3] != "":
		return 2
	case m[2] == "":
		return 1
	}
	n := number(m[2])
	if n < 1 || n > 52 {
		fail("“%s”不对，请写1到52周，如“每两周周五15:00”", d.words())
	}
	return step(n, strings.HasPrefix(m[0], "每隔"), "周")
}

// step is n for 每n天, and 2 for 每隔一天. 每隔两天 is refused: some read it as every
// second and some as every third.
func step(n int, skips bool, unit string) int {
	switch {
	case !skips:
		return n
	case n > 1:
		fail("“每隔%d%s”有人理解为每%[1]d%[2]s，有人理解为每%[3]d%[2]s，请写“每%[1]d%[2]s”或“每%[3]d%[2]s”", n, unit, n+1)
	}
	return 2
}

func (d *draft) weekly(step int, mask bits) {
	switch {
	case d.bare && mask == 0 && d.unit == "": // 周五，每两周
		d.unit, d.days.step, d.bare, d.chosen, d.said = perWeek, step, false, true, d.words()
		return
	case step == 1 && d.unit == perWeek && mask != 0 && d.clocks == nil && d.days.front|d.days.back == 0 && (!d.chosen || d.days.step == 1):
		d.days.week |= mask // 每周的周一, 每周一和每周四
		d.chosen = true
		return
	}
	d.repeats(perWeek, step)
	if mask != 0 {
		d.days.week = mask
		d.choose()
	}
}

// namedWeek is 下周一、三, or 下周 alone before 每天.
func (d *draft) namedWeek(which string, mask bits) {
	monday := d.today.Monday() + Day(7*strings.Count(which, "下"))
	if which == "下个" && mask.len() == 1 {
		fail("“%s”是本周还是下周？请写“本%s”或“下%[2]s”", d.words(), weekdays(mask))
	}
	if mask == 0 {
		d.inside(perWeek, monday)
		return
	}
	var all []*dateRef
	for day := monday; day < monday+7; day++ {
		if mask.has(int(day.Weekday())) {
			all = append(all, &dateRef{day: day, said: d.words()})
		}
	}
	d.only(all)
}

// plainWeek is a list of weekdays without 每. Several of them mean every week;
// one alone could also mean this week.
func (d *draft) plainWeek(mask bits) {
	one := mask.len() == 1
	switch {
	case d.unit == perWeek && !d.chosen: // 每两周，周五
		d.days.week = mask
		d.choose()
		return
	case one && (d.unit == "" || d.unit == perYear) && d.days.kinds == nil && d.first == nil && d.last == nil && d.within == nil:
		if d.bare {
			conflict(weekdays(d.days.week), d.words())
		}
		d.bare, d.days.week = true, mask
		return
	case one && d.within != nil && d.unit == "":
		fail("“%s%s”是每个%[2]s还是其中一个？请写“%[1]s每%[2]s”或“%[1]s第一个%[2]s”", d.within.said, d.words())
	}
	d.weekly(1, mask)
}

// weekdays reads 一三五, 一、周三, 一到五 after the first 周. A number that
// belongs to a clock time is left alone; where both readings make sense the
// phrase is refused.
func (t *text) weekdays() (mask bits) {
	last := 0
	for {
		before, named, ranged := t.rest, mask == 0, false
		if mask != 0 {
			to := t.skip(rangeSep)
			ranged, named = to != "", strings.HasSuffix(to, "周")
			if !ranged {
				named = t.take(daySep)[1] != ""
			}
		}
		at := t.rest
		day, ok := t.weekday()
		if !ok {
			t.rest = before
			return mask
		}
		if !named && day == 2 && strings.HasPrefix(t.rest, "十") && clockHead.MatchString(at) {
			fail("“二十”是周二加十点，还是二十点？请加空格或用数字，如“每周一、周二 10点”或“每周一 20点”")
		}
		for x := last; ranged && x != day; x = (x + 1) % 7 {
			mask |= bit(x)
		}
		mask |= bit(day)
		last = day
	}
}

// weekday reads one day of the week; ok is false if the number there is something else.
func (t *text) weekday() (day int, ok bool) {
	r, n := utf8.DecodeRuneInString(t.rest)
	after := t.rest[n:]
	at := strings.IndexRune(weekdayNames, r)
	switch {
	case at >= 0:
		day = at / len("一")
	case r < '1' || r > '7' || notDigit.MatchString(after):
		return 0, false
	default:
		day = int(r-'0') % 7
	}
	if r != '日' && notDay.MatchString(after) {
		return 0, false
	}
	t.rest = after
	return day, true
}
