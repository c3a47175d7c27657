package progress

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/zh"
)

// A Year is the year that a plan is for: a calendar year, or a school year,
// which begins in September of First.
type Year struct {
	First  int
	School bool
}

var (
	schoolYear = regexp.MustCompile(`(20[0-9]{2})(?:年)?[-—–~至]+(20[0-9]{2}|[0-9]{2})(?:年)?学年`)
	plainYear  = regexp.MustCompile(`(20[0-9]{2})(学)?年`)
	dueDate    = regexp.MustCompile(`(?:(20[0-9]{2})[年./-]|(今|本|当|明|次|翌)年)?` +
		`(?:([0-9]{1,2})(?:月份?|[./-])(?:([0-9]{1,2})[日号]?|(底|末|初|上旬|中旬|下旬))?|第?([1-4])季度|(年底|年末|底|末|上半年|下半年))`)
)

// YearOf returns the year that a plan's title names, or a calendar year.
func YearOf(title string, fallback int) Year {
	title = zh.Fold(title)
	if g := schoolYear.FindStringSubmatch(title); g != nil {
		n, _ := strconv.Atoi(g[1])
		return Year{First: n, School: true}
	}
	if g := plainYear.FindStringSubmatch(title); g != nil {
		n, _ := strconv.Atoi(g[1])
		return Year{First: n, School: g[2] != ""}
	}
	return Year{First: fallback}
}

// of returns the calendar year of a month that is named without one.
func (y Year) of(month time.Month) int {
	if y.School && month < time.August {
		return y.First + 1
	}
	return y.First
}

// DueDate returns the day by which something must be done, at midnight in zone,
// from the text of the plan: 6月底, 2026年12月31日前, 第三季度, 年底. Of a span or
// of several dates it is the last. A date without a year is in the plan's. ok is
// false if the text names no day: 长期, 每月底, 学期末.
func DueDate(text string, year Year, zone *time.Location) (due time.Time, ok bool) {
	text = strings.ReplaceAll(zh.Fold(text), " ", "")
	if strings.ContainsAny(text, "每逐") {
		return due, false
	}
	for _, w := range [][2]string{{"一季度", "1季度"}, {"二季度", "2季度"}, {"三季度", "3季度"}, {"四季度", "4季度"}} {
		text = strings.ReplaceAll(text, w[0], w[1])
	}
	said := 0 // the year that an earlier date of the same text named
	for _, at := range dueDate.FindAllStringSubmatchIndex(text, -1) {
		g := groups(text, at)
		if beforeWord(text, at[0]) {
			continue
		}
		d, next, exists := g.day(year, said, zone)
		if !exists {
			continue
		}
		said = next
		if d.After(due) {
			due, ok = d, true
		}
	}
	return due, ok
}

// dueText are the groups of dueDate in one match: the year as a number or as a
// word, month, day, part of the month, quarter, part of the year.
type dueText struct{ year, word, month, dom, part, quarter, half string }

func groups(text string, at []int) dueText {
	g := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return text[at[2*i]:at[2*i+1]]
	}
	return dueText{g(1), g(2), g(3), g(4), g(5), g(6), g(7)}
}

// beforeWord tells whether what stands before a date makes it something else:
// 月底 without its month, 学期末.
func beforeWord(text string, at int) bool {
	before := text[:at]
	return strings.HasSuffix(before, "月") || strings.HasSuffix(before, "期") || strings.HasSuffix(before, "周") ||
		strings.HasSuffix(before, "学年") || len(before) > 0 && before[len(before)-1] >= '0' && before[len(before)-1] <= '9'
}

// day returns the day that the groups name, and the year that they are in if it
// was said. exists is false if there is no such day.
func (g dueText) day(plan Year, said int, zone *time.Location) (d time.Time, year int, exists bool) {
	m, dom, ok := g.monthDay()
	if !ok {
		return d, said, false
	}
	switch {
	case g.year != "":
		said, _ = strconv.Atoi(g.year)
		year = said
	case g.word == "明" || g.word == "次" || g.word == "翌":
		said = max(said, plan.First) + 1
		year = said
	case said != 0:
		year = said
	case plan.School && g.half != "":
		return d, said, false // the end of which year?
	default:
		year = plan.of(m)
	}
	if dom == 0 { // the month's last day
		return time.Date(year, m+1, 0, 0, 0, 0, 0, zone), said, true
	}
	d = time.Date(year, m, dom, 0, 0, 0, 0, zone)
	return d, said, d.Month() == m
}

// monthDay returns the month and the day in it, 0 for its last.
func (g dueText) monthDay() (m time.Month, dom int, ok bool) {
	switch {
	case g.quarter != "":
		return time.Month(3 * (g.quarter[0] - '0')), 0, true
	case g.half == "上半年":
		return time.June, 0, true
	case g.half == "底" || g.half == "末":
		return time.December, 0, g.year != "" || g.word != ""
	case g.half != "":
		return time.December, 0, true
	}
	n, _ := strconv.Atoi(g.month)
	if n < 1 || n > 12 {
		return 0, 0, false
	}
	switch m = time.Month(n); {
	case g.dom != "":
		dom, _ = strconv.Atoi(g.dom)
		return m, dom, dom >= 1
	case g.part == "初" || g.part == "上旬":
		return m, 10, true
	case g.part == "中旬":
		return m, 20, true
	}
	return m, 0, true
}
