package find

import (
	"regexp"
	"strings"

	"duban/plan"
	"duban/zh"
)

// A date is what a query or the key of a row says of time; 0 is not said.
type date struct{ month, day, weekday int }

var (
	monthDay = regexp.MustCompile(`([0-9]{1,2}|[一二三四五六七八九十]{1,3})月份?(?:([0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号])?|(?:^|[^0-9])([0-9]{1,2})[./]([0-9]{1,2})(?:$|[^0-9])`)
	weekday  = regexp.MustCompile(`(?:周|星期|礼拜)([一二三四五六日天])`)
	// about is what may stand round a date that is the whole query.
	about = regexp.MustCompile(`工作重点|重点工作|工作安排|工作任务|哪些|工作|重点|任务|安排|事情|事项|事|要做|该做|做|干`)
)

// dateIn reads the first date of a folded text, and returns the text without it.
func dateIn(s string) (d date, rest string) {
	if g := monthDay.FindStringSubmatch(s); g != nil {
		d.month, _ = zh.ParseInt(g[1] + g[3])
		d.day, _ = zh.ParseInt(g[2] + g[4])
		s = strings.Replace(s, g[0], " ", 1)
	}
	if g := weekday.FindStringSubmatch(s); g != nil {
		d.weekday = strings.Index("一二三四五六日天", g[1])/len("一") + 1
		d.weekday = min(d.weekday, 7)
		s = strings.Replace(s, g[0], " ", 1)
	}
	if d.month > 12 || d.day > 31 {
		return date{}, s
	}
	return d, s
}

// covers reports whether what is said of time in a query holds for d.
func (d date) covers(asked date) bool {
	same := func(has, asked int) bool { return asked == 0 || has == asked }
	return d != date{} && same(d.month, asked.month) && same(d.day, asked.day) && same(d.weekday, asked.weekday)
}

// byTime finds the rows of a day or month, and if there are none the measures
// that are due then: 3月有哪些工作, 周三, 2月3日.
func (x *Index) byTime(q string) []Hit {
	asked, rest := dateIn(q)
	rest = about.ReplaceAllString(idle.ReplaceAllString(rest, ""), "")
	if asked == (date{}) || strings.Trim(filler.ReplaceAllString(zh.Bare(rest), ""), "?？。!！,，、") != "" {
		return nil
	}
	var rows, due []*plan.Node
	for _, n := range x.plan.Nodes {
		switch has, _ := dateIn(key(n)); {
		case (n.Kind == plan.Row || n.Kind == plan.Day) && has.covers(asked):
			rows = append(rows, n)
		case n.Due != "" && n.Kind != plan.Field && strings.Contains(q, "月"):
			if has, _ := dateIn(zh.Fold(n.Due)); has.covers(asked) {
				due = append(due, n)
			}
		}
	}
	if len(rows) > 0 {
		return sure(rows)
	}
	return sure(due)
}

// key is what a row is called by. One that its document has cut in two goes on
// in the body: 一 / 月.
func key(n *plan.Node) string {
	s := zh.Fold(n.Label)
	if body := strings.TrimLeft(n.Body, "\n"); !strings.Contains(s, "月") && strings.HasPrefix(body, "月") {
		s += "月"
	}
	return s
}
