package when

import (
	"slices"
	"strings"
	"time"
)

// The patterns of a duration: 一个半, 2, 半 and 小时.
const (
	howLong   = numeral + `(?:(个半)|个)?|(半)个?`
	clockUnit = `(小时|钟头|分钟|刻钟)`
)

// amount is a duration in minutes, from the groups of its patterns. There is none of 半分钟.
func amount(m []string) int {
	half, size := m[1]+m[2] != "", map[string]int{"小时": 60, "钟头": 60, "刻钟": 15, "分钟": 1}[m[3]]
	switch {
	case half && size != 60:
		return 0
	case m[2] != "":
		return size / 2
	case m[0] == "":
		return size
	case half:
		return number(m[0])*size + size/2
	}
	return number(m[0]) * size
}

// later takes 2小时后.
func later(d *draft, m []string) {
	if m[1]+m[6] == "" {
		d.back()
		return
	}
	n := amount(m[2:])
	if n <= 0 || n > 366*24*60 {
		fail("“%s”不对，请写如“30分钟后”“2小时后”，或写明日期和时刻", m[0])
	}
	if !d.instant.IsZero() {
		conflict("前面的时间", m[0])
	}
	d.instant = d.now.Add(time.Duration(n) * time.Minute)
}

var offsetMark = begins(`的?(?:第|过|零)?` + numeral + `分钟?`)

// interval takes 每两小时, 每30分钟, 每小时的第15分.
func (d *draft) interval(minutes int) {
	switch {
	case minutes <= 0:
		fail("最小间隔为1分钟，请写如“每30分钟”“每小时”")
	case minutes >= 24*60:
		fail("“%s”不对，间隔应在1分钟到一天之间；更长请写如“每两天9点”", d.words())
	case d.every > 0:
		conflict("前面的间隔", d.words())
	}
	d.every = minutes
	if minutes != 60 {
		return
	}
	if m := d.take(offsetMark); m != nil {
		if d.offset = number(m[1]); d.offset > 59 {
			fail("分钟应在0到59之间，“%s”不对", m[0])
		}
	}
}

// fullHours takes 整点, which adds nothing to 每小时.
func fullHours(d *draft, _ []string) {
	if d.every != 60 {
		d.interval(60)
	}
}

// monthly is 每月; a second one adds days to those of the first.
func monthly(d *draft, _ []string) {
	if d.unit == perMonth && d.days.step == 1 && d.days.monthly != 0 && d.clocks == nil {
		d.chosen = false // 每月1号和每月15号
		return
	}
	d.repeats(perMonth, 1)
}

// daily is 每天, which adds nothing after 周一到周五 or 12月1日到5日.
func daily(d *draft, _ []string) {
	switch {
	case d.unit == perDay && d.each:
		d.clash()
	case d.chosen || d.once != nil || d.days.months != 0:
		d.each = true
	default:
		d.repeats(perDay, 1)
	}
}

// everyN takes 每三天, 每隔一天, 每两个月.
func everyN(d *draft, m []string) {
	n, u := number(m[2]), unit(strings.TrimPrefix(m[3], "个"))
	if u == "日" {
		u = perDay
	}
	skips := strings.Contains(m[1], "隔")
	long := u == perYear || u == perQuarter
	switch {
	case n < 1 || n > 366:
		fail("“%s”不对，请写如“每3天9点”", m[0])
	case long && (n > 1 || skips):
		fail("不支持“%s”，请写明日期，或写“每年3月12日9点”“每季度末9点”", m[0])
	}
	n = step(n, skips, m[3])
	if u == perDay && n == 1 {
		daily(d, m)
		return
	}
	d.repeats(u, n)
}

// quarterly takes 每季度, and 每季度首月 which means four months of the year.
func quarterly(d *draft, m []string) {
	month := slices.IndexFunc(m[1:], func(s string) bool { return s != "" })
	if month < 0 {
		d.repeats(perQuarter, 1)
		return
	}
	d.repeats(perMonth, 1)
	d.days.months = bit(1, 4, 7, 10) << month
}

// nextWorkday takes 下一个工作日.
func nextWorkday(d *draft, m []string) {
	day := d.today + 1
	for !d.set.Calendar.Workday(day) {
		day++
	}
	d.only([]*dateRef{{day: day, said: m[0]}})
}

// workdays takes 工作日.
func workdays(d *draft, _ []string) {
	if d.unit == perDay && !d.chosen && d.days.step <= 1 { // 每天，工作日
		d.clash()
	}
	if d.unit == perWeek && !d.chosen && d.days.step == 1 { // 每周工作日
		d.unit = ""
	}
	d.repeats(perDay, 1)
	d.days.work = true
	d.choose()
}
