package when

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/zh"
)

// weekdayNames are the days of the week after 周, from Sunday.
const weekdayNames = "日一二三四五六"

func weekdayName(n int) string { return string([]rune(weekdayNames)[n]) }

// describe writes s in the canonical Chinese form, which Parse reads again.
func (s *Schedule) describe() string {
	days, times := s.days.describe(), describeTimes(s.times)
	if days == "每天" && strings.HasPrefix(times, "每") {
		return s.span() + times
	}
	return s.span() + days + " " + times
}

func (s *Schedule) span() string {
	switch {
	case s.from != noFrom && s.until != noUntil:
		return fmt.Sprintf("%s至%s ", s.from, s.until)
	case s.from != noFrom:
		return fmt.Sprintf("从%s起 ", s.from)
	case s.until != noUntil:
		return fmt.Sprintf("至%s止 ", s.until)
	}
	return ""
}

func (s *days) describe() string {
	if s.dates != nil {
		return zh.List(s.dates, Day.String)
	}
	text := ""
	if s.kinds != nil {
		text = names(s.kinds) + " "
	}
	if s.months != 0 {
		text += "每年" + numbers(s.months) + "月"
	}
	text += s.which()
	var except []string
	if s.week != 0 && !s.saysWeek() {
		except = append(except, weekdays(^s.week&0b1111111))
	}
	for _, k := range s.except {
		except = append(except, string(k))
	}
	for _, e := range except {
		text += "，" + e + "除外"
	}
	return text
}

// which writes the days without the months that they are in.
func (s *days) which() string {
	every := "每"
	if s.step > 1 {
		every += strconv.Itoa(s.step)
		if s.unit == perMonth {
			every += "个"
		}
	}
	in := every + string(s.unit)
	inMonth := every + string(perMonth)
	if s.months != 0 {
		inMonth = ""
	}
	if s.unit == perMonth {
		in = inMonth
	}
	switch {
	case s.front|s.back != 0:
		return in + s.ordinals()
	case s.yearly != nil:
		return "每年" + zh.List(s.yearly, func(md int) string { return fmt.Sprintf("%d月%d日", md/100, md%100) })
	case s.monthly != 0:
		return inMonth + numbers(s.monthly) + "号"
	case s.step > 1 && s.unit == perWeek:
		return every + "周 " + weekdays(s.week)
	case s.step > 1:
		return in
	case s.work:
		return "工作日"
	case s.week != 0 && s.saysWeek():
		return "每" + weekdays(s.week)
	}
	return "每天"
}

// saysWeek reports whether which names the days of the week; elsewhere the others
// are written as exceptions.
func (s *days) saysWeek() bool {
	switch {
	case s.work || slices.Contains(s.kinds, holiday) || slices.Contains(s.kinds, free):
		return false
	case s.front|s.back != 0:
		return true
	case s.step > 1:
		return s.unit == perWeek
	}
	return s.yearly == nil && s.monthly == 0
}

// ordinals writes 第1个、最后一个周五.
func (s *days) ordinals() string {
	noun, count := "天", ""
	switch {
	case s.work:
		noun, count = "工作日", "个"
	case s.week != 0:
		noun, count = weekdays(s.week), "个"
	}
	var all []string
	for _, n := range s.monthly.list() {
		all = append(all, fmt.Sprintf("第%d", n))
	}
	for _, n := range s.front.list() {
		all = append(all, fmt.Sprintf("第%d%s", n, count))
	}
	for _, n := range slices.Backward(s.back.list()) {
		if n == 1 {
			all = append(all, "最后一"+count)
		} else {
			all = append(all, fmt.Sprintf("倒数第%d%s", n, count))
		}
	}
	return strings.Join(all, "、") + noun
}

// weekdays writes 周一、三、五 and 周一至周五.
func weekdays(b bits) string {
	all := b.list()
	if b.has(0) { // Sunday ends the week
		all = append(all[1:], 0)
	}
	if n := len(all); n > 3 && (all[n-1]+6)%7-(all[0]+6)%7 == n-1 {
		return "周" + weekdayName(all[0]) + "至周" + weekdayName(all[n-1])
	}
	return "周" + zh.List(all, weekdayName)
}

func names(kinds []kind) string { return zh.List(kinds, func(k kind) string { return string(k) }) }

func numbers(b bits) string { return zh.List(b.list(), strconv.Itoa) }

// fewTimes is how many times of day are written one by one.
const fewTimes = 4

// describeTimes writes 08:00、12:00 and 08:00到18:00每2小时.
func describeTimes(times []Clock) string {
	n := len(times)
	step := evenly(times)
	if n <= fewTimes || step == 0 {
		return zh.List(times, Clock.String)
	}
	every := "每" + Minutes(int(step))
	if step == 1 || step == 60 {
		every = strings.Replace(every, "1", "", 1)
	}
	if times[0] == 0 && times[n-1]+step == 24*60 {
		return every
	}
	return fmt.Sprintf("%s到%s%s", times[0], times[n-1], every)
}

// impossible refuses dates that no year has.
func (s *Schedule) impossible() {
	d := &s.days
	if d.months == 0 || d.monthly == 0 || d.countsDays() {
		return
	}
	months, first := d.months.list(), d.monthly.list()[0]
	if !slices.ContainsFunc(months, func(m int) bool { return first <= longest(m) }) {
		noSuchDate(months[0], first)
	}
}

// longest is the length of a month in a leap year; 0 if there is no such month.
func longest(month int) int {
	if month < 1 || month > 12 {
		return 0
	}
	return monthDays(2024, time.Month(month))
}

func noSuchDate(month, day int) {
	if month < 1 || month > 12 {
		fail("没有%d月，月份应在1到12之间，请检查日期", month)
	}
	fail("没有%d月%d日，%d月最多%d天，请检查日期", month, day, month, longest(month))
}

// Waits reports whether the next table of statutory holidays may give s a turn: where
// the table ends, 节假日 is not never.
func (s *Schedule) Waits() bool {
	return s.calendar != nil && slices.Contains(s.days.kinds, holiday) && s.until == noUntil
}

// over says why nothing comes after now.
func (s *Schedule) over(now time.Time) {
	switch {
	case s.Once():
		last := s.days.dates[len(s.days.dates)-1].At(s.times[len(s.times)-1], s.zone)
		panic(&Refusal{Over: true, Text: fmt.Sprintf("%s已经过去（现在是%s），请写将来的时间", zh.ISOMoment(last), zh.ISOMoment(now.In(s.zone)))})
	case s.until != noUntil:
		panic(&Refusal{Over: true, Text: fmt.Sprintf("在%s之前没有一次会发送，请检查起止日期", s.until+1)})
	}
	fail("这个时间永远不会到来，请检查日期和日历")
}

// leftOut says which months a spec leaves out because they are too short, and
// what workdays are without a calendar.
func (s *Schedule) leftOut() []string {
	d := &s.days
	var notes []string
	if d.work && s.calendar == nil {
		notes = append(notes, "没有设置节假日日历，工作日按周一至周五计算")
	}
	if slices.Contains(d.yearly, 229) {
		notes = append(notes, "2月29日只有闰年才有，其他年份不会发送")
	}
	if !d.countsDays() {
		notes = append(notes, shortMonths(d.months, d.monthly)...)
	}
	if d.unit == perMonth && d.week.len() == 1 && (d.front.has(5) || d.back.has(5)) {
		notes = append(notes, fmt.Sprintf("没有第5个%s的月份不会发送", weekdays(d.week)))
	}
	return notes
}

func shortMonths(months, monthly bits) (notes []string) {
	months = cmp.Or(months, everyMonth)
	for _, day := range (monthly & bit(29, 30, 31)).list() {
		var short []string
		for _, m := range months.list() {
			switch {
			case m == 2 && day == 29:
				short = append(short, "平年2")
			case day > longest(m):
				short = append(short, strconv.Itoa(m))
			}
		}
		if short != nil {
			notes = append(notes, fmt.Sprintf("没有%d号的月份（%s月）不会发送", day, strings.Join(short, "、")))
		}
	}
	return notes
}

// Minutes writes a number of minutes as 2小时 or 90分钟.
func Minutes(n int) string {
	if n%60 == 0 {
		return fmt.Sprintf("%d小时", n/60)
	}
	return fmt.Sprintf("%d分钟", n)
}
