package when

import (
	"fmt"
	"slices"
	"strings"
)

// A kind is a kind of day that only a calendar knows.
type kind string

// The kinds that are not the name of one holiday.
const (
	winter   kind = "寒假"
	summer   kind = "暑假"
	vacation kind = "假期"    // of the school
	teaching kind = "教学周"   // weekends of them included
	exams    kind = "考试周"   // weekends of them included
	holiday  kind = "法定节假日" // any statutory day off
	legal    kind = "法定工作日"
	free     kind = "休息日" // whatever is not worked
)

const (
	oddWeek  kind = "单周" // of the term
	evenWeek kind = "双周"
)

// match reports whether d is of this kind.
func (k kind) match(d Day, cal *Calendar) bool {
	switch k {
	case winter, summer:
		return cal.vacation(d, string(k))
	case vacation:
		return cal.vacation(d, "")
	case teaching:
		return cal.TeachingWeek(d) > 0 && !cal.exam(d)
	case exams:
		return cal.exam(d)
	case holiday:
		return cal.holiday(d, "")
	case legal:
		return cal.Workday(d)
	case free:
		return !cal.Workday(d)
	case oddWeek:
		return cal.TeachingWeek(d)%2 == 1
	case evenWeek:
		n := cal.TeachingWeek(d)
		return n > 0 && n%2 == 0
	}
	if n, ok := k.week(); ok {
		return cal.TeachingWeek(d) == n
	}
	return cal.holiday(d, k.name())
}

// week returns the number in 第8教学周.
func (k kind) week() (n int, ok bool) {
	_, err := fmt.Sscanf(string(k), "第%d教学周", &n)
	return n, err == nil
}

// name is that of the holiday in 国庆节假期.
func (k kind) name() string { return strings.TrimSuffix(string(k), "假期") }

// missing says what a calendar lacks to know the kind; "" if it lacks nothing.
func (k kind) missing(cal *Calendar) string {
	school := cal.schoolYear()
	_, numbered := k.week()
	switch {
	case k == winter || k == summer:
		if !slices.ContainsFunc(school.Holidays, func(s Span) bool { return s.Name == string(k) }) {
			return fmt.Sprintf("未设置%s起止日期，请写明如“1月16日到2月21日每天18:00”，或先设置校历", k)
		}
	case k == vacation:
		if len(school.Holidays) == 0 {
			return "未设置寒暑假起止日期，请写明如“1月16日到2月21日每天18:00”，或先设置校历"
		}
	case k == exams:
		if !slices.ContainsFunc(school.Terms, func(t Term) bool { return len(t.Exams) > 0 }) {
			return "未设置考试周，请写明如“1月4日到1月15日每天18:00”，或先设置校历"
		}
	case k == teaching || k == oddWeek || k == evenWeek || numbered:
		if len(school.Terms) == 0 {
			return fmt.Sprintf("未设置校历，不知道“%s”是哪几天；请写明日期如“9月1日到1月15日每周一9:00”，或先设置校历", k)
		}
	case cal == nil:
		return fmt.Sprintf("没有节假日日历，不知道“%s”是哪几天；请写明如“周一到周五8:30”或“10月1日到10月7日每天9:00”", k)
	}
	return ""
}
