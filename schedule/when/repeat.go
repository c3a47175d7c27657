package when

import (
	"regexp"
	"strings"
	"time"
)

var (
	laterMark   = regexp.MustCompile(`^(?:再?过)?(?:` + numeral + `个半|` + numeral + `个?|(半)个?)(小时|钟头|分钟|刻钟)(?:之|以)?后|^再?过(?:` + numeral + `个半|` + numeral + `个?|(半)个?)(小时|钟头|分钟|刻钟)`)
	everyMin    = regexp.MustCompile(`^(?:每?间?隔|每)(?:` + numeral + `个半|` + numeral + `个?|(半)个?|个?)(小时|钟头|分钟|刻钟)(?:[一1]次)?`)
	onTheHour   = regexp.MustCompile(`^(?:每个?|逢)?整点`)
	offsetMark  = regexp.MustCompile(`^的?(?:第|过|零)?` + numeral + `分钟?`)
	everyDays   = regexp.MustCompile(`^(每?间?隔|每)` + numeral + `(天|日|个月|个?季度|年)(?:[一1]次)?`)
	everyDay    = regexp.MustCompile(`^(?:每一?天|每日|天天|每个?日子)`)
	everyOther  = regexp.MustCompile(`^隔(天|日)`)
	everyMonth  = regexp.MustCompile(`^` + sep + `?(?:每逢|每一?个?|逢)月份?`)
	everyQuart  = regexp.MustCompile(`^每一?个?季度?(?:的?(首月|第[一1]个月|第[二2]个月|第[三3]个月|末月|最后[一1]个月))?`)
	everyYear   = regexp.MustCompile(`^(?:每一?年|年年)`)
	workdayMark = regexp.MustCompile(`^(?:每逢|每个?|逢)?(?:工作日|上班日)`)
	nextWorkday = regexp.MustCompile(`^下[一1]?个工作日`)
)

// later takes 2小时后.
func later(d *draft) bool {
	m := d.take(laterMark)
	if m == nil {
		return false
	}
	n := amount(m[1]+m[5], m[2]+m[6], m[3]+m[7], m[4]+m[8])
	if n <= 0 || n > 366*24*60 {
		fail("“%s”不对，请写如“30分钟后”“2小时后”，或写明日期和时刻", m[0])
	}
	if !d.instant.IsZero() {
		d.conflict("前面的时间", m[0])
	}
	d.instant = d.now.Add(time.Duration(n) * time.Minute)
	return true
}

// amount is a duration in minutes: 一个半小时, 2小时, 半小时, 一刻钟. A negative
// one is none.
func amount(andHalf, whole, half, unit string) int {
	size := map[string]int{"小时": 60, "钟头": 60, "刻钟": 15, "分钟": 1}[unit]
	switch {
	case (half != "" || andHalf != "") && size != 60:
		return -1
	case half != "":
		return size / 2
	case andHalf != "" && number(andHalf) >= 0:
		return number(andHalf)*size + size/2
	case andHalf != "":
		return -1
	case whole == "":
		return size
	}
	return number(whole) * size
}

// everyMinutes takes 每两小时, 每30分钟, 每小时的第15分.
func everyMinutes(d *draft) bool {
	n, said := 60, d.skip(onTheHour)
	onTheHour := said != ""
	if !onTheHour {
		m := d.take(everyMin)
		if m == nil {
			return false
		}
		n, said = amount(m[1], m[2], m[3], m[4]), m[0]
	}
	switch {
	case n == 0:
		fail("最小间隔为1分钟，请写如“每30分钟”“每小时”")
	case n < 0 || n >= 24*60:
		fail("“%s”不对，间隔应在1分钟到一天之间；更长请写如“每两天9点”", said)
	case d.every == 60 && onTheHour: // 每小时整点
		return true
	case d.every > 0:
		d.conflict("前面的间隔", said)
	}
	d.every = n
	if n != 60 {
		return true
	}
	if m := d.take(offsetMark); m != nil {
		if d.offset = number(m[1]); d.offset < 0 || d.offset > 59 {
			fail("分钟应在0到59之间，“%s”不对", m[0])
		}
	}
	return true
}

// everyUnits takes 每天, 每三天, 每月, 每两个月, 每季度, 每年.
func everyUnits(d *draft) bool {
	for _, u := range []struct {
		pattern *regexp.Regexp
		take    func(m []string)
	}{
		{everyDays, d.everyN},
		{everyDay, func(m []string) { d.daily(m[0]) }},
		{everyOther, func(m []string) { d.repeats(perDay, 2, m[0]) }},
		{everyYear, func(m []string) { d.repeats(perYear, 1, m[0]) }},
		{everyQuart, d.quarterly},
		{everyMonth, func(m []string) { d.monthly(m[0]) }},
	} {
		if m := d.take(u.pattern); m != nil {
			u.take(m)
			return true
		}
	}
	return false
}

// monthly is 每月; a second one adds days to those of the first.
func (d *draft) monthly(said string) {
	if d.unit == perMonth && d.days.step == 1 && d.days.monthly != 0 && d.clocks == nil {
		d.chosen = false // 每月1号和每月15号
		return
	}
	d.repeats(perMonth, 1, said)
}

// daily is 每天, which adds nothing after 周一到周五 or 12月1日到5日.
func (d *draft) daily(said string) {
	switch {
	case d.unit == perDay && d.each:
		d.conflict(d.said, said)
	case d.chosen || d.once != nil || d.days.months != 0:
		d.each = true
	default:
		d.repeats(perDay, 1, said)
	}
}

func (d *draft) everyN(m []string) {
	n, unit := number(m[2]), strings.TrimPrefix(m[3], "个")
	skips := strings.Contains(m[1], "隔")
	long := unit == "年" || unit == "季度"
	switch {
	case n < 1 || n > 366:
		fail("“%s”不对，请写如“每3天9点”", m[0])
	case long && (n > 1 || skips):
		fail("不支持“%s”，请写明日期，或写“每年3月12日9点”“每季度末9点”", m[0])
	case skips && n > 1:
		apart(n, m[3])
	case skips:
		n = 2
	}
	switch {
	case unit == "年":
		d.repeats(perYear, 1, m[0])
	case unit == "季度":
		d.repeats(perQuarter, 1, m[0])
	case unit == "月":
		d.repeats(perMonth, n, m[0])
	case n == 1:
		d.daily(m[0])
	default:
		d.repeats(perDay, n, m[0])
	}
}

// quarterly is 每季度, or 每季度首月 which means four months of the year.
func (d *draft) quarterly(m []string) {
	if m[1] == "" {
		d.repeats(perQuarter, 1, m[0])
		return
	}
	d.repeats(perMonth, 1, m[0])
	first := 1
	switch {
	case strings.ContainsAny(m[1], "二2"):
		first = 2
	case strings.ContainsAny(m[1], "三3末") || strings.HasPrefix(m[1], "最后"):
		first = 3
	}
	d.days.months = bit(first, first+3, first+6, first+9)
}

// workdays takes 工作日 and 下一个工作日.
func workdays(d *draft) bool {
	if m := d.skip(nextWorkday); m != "" {
		if d.unit != "" || d.chosen || d.once != nil || d.within != nil {
			d.conflict(d.said, m)
		}
		day := d.today + 1
		for !d.set.Calendar.Workday(day) {
			day++
		}
		d.once, d.said = []dateRef{{day: day, said: m}}, m
		return true
	}
	m := d.skip(workdayMark)
	if m == "" {
		return false
	}
	if d.unit == perDay && !d.chosen && d.days.step <= 1 { // 每天，工作日
		d.conflict(d.said, m)
	}
	if d.unit == perWeek && !d.chosen && d.days.step == 1 { // 每周工作日
		d.unit = ""
	}
	d.repeats(perDay, 1, m)
	d.days.work = true
	d.choose(m)
	return true
}
