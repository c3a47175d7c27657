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
	return cal.holiday(d, strings.TrimSuffix(string(k), "假期"))
}

// week returns the number in 第8教学周.
func (k kind) week() (n int, ok bool) {
	_, err := fmt.Sscanf(string(k), "第%d教学周", &n)
	return n, err == nil
}

// missing says what a calendar lacks to know the kind; "" if it lacks nothing.
func (k kind) missing(cal *Calendar) string {
	school := cal.School()
	_, numbered := k.week()
	known, text := cal != nil, "没有节假日日历，不知道“%s”是哪几天；请写明如“周一到周五8:30”或“10月1日到10月7日每天9:00”"
	switch {
	case k == winter || k == summer:
		known = slices.ContainsFunc(school.Holidays, func(s Span) bool { return s.Name == string(k) })
		text = "未设置%s起止日期，请写明如“1月16日到2月21日每天18:00”，或先设置校历"
	case k == vacation:
		known, text = len(school.Holidays) > 0, "未设置寒暑假起止日期，请写明如“1月16日到2月21日每天18:00”，或先设置校历"
	case k == exams:
		known = slices.ContainsFunc(school.Terms, func(t Term) bool { return len(t.Exams) > 0 })
		text = "未设置考试周，请写明如“1月4日到1月15日每天18:00”，或先设置校历"
	case k == teaching || k == oddWeek || k == evenWeek || numbered:
		known, text = len(school.Terms) > 0, "未设置校历，不知道“%s”是哪几天；请写明日期如“9月1日到1月15日每周一9:00”，或先设置校历"
	}
	if known {
		return ""
	}
	return strings.ReplaceAll(text, "%s", string(k))
}

// excluded is the pattern of days that can be left out.
const excluded = `(周末|法定节假日|节假日|考试周|寒暑假|寒假|暑假|周[一二三四五六日](?:[、,和及到-]?周?[一二三四五六日])*)`

// kindClause takes days that only a calendar knows: 寒假期间, 教学周, 国庆假期.
func kindClause(d *draft, m []string) {
	kinds := d.kindsOf(m[1], m[2], m[3])
	switch k := kinds[0]; {
	case k == legal || k == holiday || k == free:
		d.repeats(perDay, 1)
		d.days.work = k == legal
		if k != legal {
			d.days.kinds = kinds
		}
		d.choose()
		return
	case d.days.kinds != nil && d.unit != "":
		conflict(string(d.days.kinds[0]), m[1])
	}
	d.days.kinds = append(d.days.kinds, kinds...) // 寒假、暑假
}

// kindWords are other words for kinds.
var kindWords = map[string][]kind{
	"寒暑假": {winter, summer}, "放假": {vacation}, "节假日": {holiday}, "法定假日": {holiday}, "休息日": {free}, "非工作日": {free},
}

// statutory are the holidays of several days, under the calendar's names.
var statutory = map[string]string{
	"元旦": "元旦", "春节": "春节", "清明": "清明节", "五一": "劳动节", "劳动": "劳动节",
	"端午": "端午节", "中秋": "中秋节", "十一": "国庆节", "国庆": "国庆节",
}

// kindsOf finds the kinds that a word means, if the calendar knows them. Week is
// the number of a teaching week in it, and feast the name of a holiday.
func (d *draft) kindsOf(word, week, feast string) []kind {
	kinds := kindWords[word]
	switch {
	case week != "":
		n := number(week)
		if n < 1 || n > 30 {
			fail("“%s”不对，教学周应在1到30之间", word)
		}
		kinds = []kind{kind(fmt.Sprintf("第%d教学周", n))}
	case feast != "":
		kinds = []kind{kind(statutory[feast] + "假期")}
	case kinds == nil:
		kinds = []kind{kind(word)}
	}
	for _, k := range kinds {
		if text := k.missing(d.set.Calendar); text != "" {
			fail("%s", text)
		}
	}
	return kinds
}

// exclude takes 除周末外, 周三除外, 节假日不发.
func exclude(d *draft, m []string) {
	word, named := strings.CutPrefix(m[1], "周")
	if !named {
		d.days.except = append(d.days.except, d.kindsOf(word, "", "")...)
		return
	}
	mask := weekend
	if word != "末" {
		t := text{word}
		if mask = t.weekdays(); t.rest != "" {
			unknown(m[1])
		}
	}
	if d.days.week != 0 || d.days.front|d.days.back != 0 {
		conflict(d.said, m[1]+"除外")
	}
	if d.days.week = ^mask & everyWeekday; d.days.week == 0 {
		fail("“%s除外”就一天也不剩了，请检查", m[1])
	}
}
