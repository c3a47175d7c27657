package when

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/robfig/cron/v3"

	"duban/zh"
)

var (
	cronLike   = regexp.MustCompile(`^[-*?/,0-9a-z#]+(\s+[-*?/,0-9a-z#]+)+$`)
	cronParser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
)

// star is the bit by which cron/v3 marks a field that restricts nothing.
const star bits = 1 << 63

// isCron reports whether text is meant as cron fields, right or wrong.
func isCron(text string) bool {
	if strings.HasPrefix(text, "@") || strings.HasPrefix(text, "tz=") || strings.HasPrefix(text, "cron_tz=") {
		return true
	}
	return cronLike.MatchString(text) && (len(strings.Fields(text)) >= 3 || strings.Contains(text, "*"))
}

// parseCron reads five cron fields, which cron/v3 would let pass in some forms
// that surprise people: both day fields set, dates that never come.
func parseCron(text string, set Setting) *Schedule {
	switch {
	case strings.HasPrefix(text, "tz=") || strings.HasPrefix(text, "cron_tz="):
		fail("cron 里不能写时区（TZ=），时区在配置里统一设置；请只写五段，如“0 9 * * 1”")
	case strings.HasPrefix(text, "@"):
		fail("不支持“%s”，请写五段 cron 如“0 9 * * 1”，或中文如“每天9点”", text)
	}
	fields := strings.Fields(text)
	if len(fields) != 5 {
		fail("cron 要写五段“分 时 日 月 周”，这里有%d段；如每周一9点是“0 9 * * 1”", len(fields))
	}
	fields[4] = sunday(fields[4])
	for i, f := range fields {
		checkField(f, i)
	}
	text = strings.Join(fields, " ")
	parsed, err := cronParser.Parse(text)
	c, ok := parsed.(*cron.SpecSchedule)
	if err != nil || !ok {
		fail("cron 五段是“分 时 日 月 周”，如每周一9点是“0 9 * * 1”")
	}
	return fromCron(c, text, set)
}

// checkField refuses what cron/v3 does not take, what other crons know with what
// to write instead, and empty list elements, which cron/v3 drops.
func checkField(f string, i int) {
	if strings.Contains(f, "#") || i == 2 && strings.Contains(f, "l") {
		fail("cron 里不支持“%s”，请写中文，如“每月最后一天9点”“每月第一个周一9点”", f)
	}
	if slices.Contains(strings.Split(f, ","), "") {
		fail("cron 的“%s”里有多余的逗号", f)
	}
	alone := []string{"*", "*", "*", "*", "*"}
	alone[i] = f
	if _, err := cronParser.Parse(strings.Join(alone, " ")); err != nil {
		names := []string{"分钟（0-59）", "小时（0-23）", "日（1-31）", "月（1-12）", "星期（0-7，0和7都是周日）"}
		fail("cron 第%d段是%s，“%s”不对；如每周一9点是“0 9 * * 1”", i+1, names[i], f)
	}
}

// sunday writes the 7 of a day-of-week field as 0, which is all that cron/v3 knows.
func sunday(field string) string {
	var parts []string
	for part := range strings.SplitSeq(field, ",") {
		from, step, _ := strings.Cut(part, "/")
		low, high, ranged := strings.Cut(from, "-")
		switch {
		case part == "7":
			part = "0"
		case ranged && (high == "7" || high == "sun") && step == "":
			part = "0"
			if low == "6" || low == "sat" {
				part = "6,0"
			} else if low != "7" && low != "sun" {
				part = low + "-6,0"
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

func fromCron(c *cron.SpecSchedule, fields string, set Setting) *Schedule {
	dom, dow := bits(c.Dom), bits(c.Dow)
	if dom&star == 0 && dow&star == 0 {
		fail("“日”和“星期”同时写时，cron 的意思是“或”，多半不是您要的；" +
			"请只写其中一个，或写中文如“每月第一个周一9点”")
	}
	s := newSchedule(set)
	s.text, s.cron = fields, fields
	for _, h := range (bits(c.Hour) &^ star).list() {
		for _, m := range (bits(c.Minute) &^ star).list() {
			s.times = append(s.times, Clock(h*60+m))
		}
	}
	s.days.months = full(bits(c.Month), everyMonth)
	s.days.monthly = full(dom, everyMonthDay)
	s.days.week = full(dow, everyWeekday)
	s.finish(set)
	return s
}

// full returns the numbers in b, or none if b has all that there are.
func full(b, all bits) bits {
	if b &= all; b == all {
		return 0
	}
	return b
}

// fields returns the cron fields that say the same as s, or "".
func (s *Schedule) fields() string {
	d := &s.days
	if d.dates != nil || d.step > 1 || d.front|d.back != 0 || d.kinds != nil || d.except != nil || d.work && s.calendar != nil {
		return ""
	}
	months, monthly := d.months, d.monthly
	if d.yearly != nil {
		for _, md := range d.yearly {
			months |= bit(md / 100)
			monthly |= bit(md % 100)
		}
		if months.len()*monthly.len() != len(d.yearly) {
			return ""
		}
	}
	week := d.week
	if d.work {
		if week != 0 && week&monToFri != monToFri {
			return ""
		}
		week = monToFri
	}
	if monthly != 0 && week != 0 {
		return ""
	}
	minutes, hours, ok := s.product()
	if !ok {
		return ""
	}
	return strings.Join([]string{
		field(minutes, 0, 59), field(hours, 0, 23), field(monthly, 1, 31), field(months, 1, 12), field(week, 0, 6),
	}, " ")
}

// product splits the times into minutes and hours, if every minute stands in
// every hour.
func (s *Schedule) product() (minutes, hours bits, ok bool) {
	for _, c := range s.times {
		minutes |= bit(int(c) % 60)
		hours |= bit(int(c) / 60)
	}
	return minutes, hours, minutes.len()*hours.len() == len(s.times)
}

// field writes a set the way people write it: *, */2, 8-18/2, 1-5, 1,15.
func field(b bits, low, high int) string {
	all := b.list()
	n, step := len(all), evenly(all)
	switch {
	case n == 0 || n == high-low+1:
		return "*"
	case n < 3 || step == 0:
	case step == 1:
		return fmt.Sprintf("%d-%d", all[0], all[n-1])
	case all[0] == low && all[n-1]+step > high:
		return fmt.Sprintf("*/%d", step)
	case n > 3:
		return fmt.Sprintf("%d-%d/%d", all[0], all[n-1], step)
	}
	return zh.Join(all, ",", strconv.Itoa)
}

// evenly returns the step between ascending numbers; 0 if it is not the same everywhere.
func evenly[T ~int](all []T) (step T) {
	for i := 1; i < len(all); i++ {
		if i > 1 && all[i]-all[i-1] != step {
			return 0
		}
		step = all[i] - all[i-1]
	}
	return step
}

// finish writes the forms of s that follow from the others, and refuses a
// schedule that never fires after now, whatever a calendar may still say.
func (s *Schedule) finish(set Setting) {
	if s.cron == "" {
		s.cron = s.fields()
	}
	if s.text == "" {
		s.text = s.describe()
	}
	s.impossible()
	if !set.stored && s.Next(set.Now).IsZero() && !s.Waits() {
		s.over(set.Now)
	}
	s.notes = append(s.notes, s.leftOut()...)
}
