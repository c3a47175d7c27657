package progress_test

import (
	"strings"
	"testing"
	"time"

	"duban/progress"
)

func TestLightOf(t *testing.T) {
	cst := time.FixedZone("CST", 8*3600)
	now := time.Date(2026, 6, 20, 0, 30, 0, 0, cst)
	day := func(n int) time.Time { return time.Date(2026, 6, 20+n, 0, 0, 0, 0, cst) }
	p := func(n int) *int { return &n }
	for name, c := range map[string]struct {
		due     time.Time
		status  progress.Status
		percent *int
		last    time.Time
		want    progress.Light
		why     string
	}{
		"a measure without a date and fresh":                      {percent: p(10), last: day(-3), want: progress.NoLight},
		"one that is due today":                                   {due: day(0), percent: p(80), want: progress.Blue, why: "今天到期"},
		"one that was due yesterday":                              {due: day(-1), percent: p(99), want: progress.Red, why: "已超期1天"},
		"one that was due yesterday and is done":                  {due: day(-1), status: progress.Finished, want: progress.NoLight},
		"one that was due yesterday and is at 100":                {due: day(-1), percent: p(100), want: progress.NoLight},
		"one that is overdue and stuck":                           {due: day(-5), status: progress.Blocked, want: progress.Red, why: "已超期5天"},
		"one due in seven days":                                   {due: day(7), percent: p(50), want: progress.Blue, why: "还剩7天到期"},
		"one due in eight days":                                   {due: day(8), percent: p(50), want: progress.NoLight},
		"one due in eight days and not half done":                 {due: day(8), percent: p(49), want: progress.Yellow, why: "还剩8天，进度不足一半"},
		"one due in 29 days that nobody gave a percentage of":     {due: day(29), want: progress.Yellow, why: "还剩29天，进度不足一半"},
		"one due in 30 days":                                      {due: day(30), want: progress.NoLight},
		"one that is stuck":                                       {status: progress.Blocked, percent: p(90), want: progress.Yellow, why: "受阻"},
		"one that was reported on 30 days ago":                    {percent: p(60), last: day(-30), want: progress.NoLight},
		"one that was reported on 31 days ago":                    {percent: p(60), last: day(-31), want: progress.Yellow, why: "31天没有新进展"},
		"one that was reported on at midnight by another clock":   {percent: p(60), last: day(-30).UTC(), want: progress.NoLight},
		"one whose due day is written in the time of Greenwich":   {due: day(0).UTC(), percent: p(60), want: progress.Blue, why: "今天到期"},
		"one that is nearly due and was not reported on for long": {due: day(3), percent: p(70), last: day(-40), want: progress.Yellow, why: "40天没有新进展"},
	} {
		if got, why := progress.LightOf(c.due, now, c.status, c.percent, c.last); got != c.want || why != c.why {
			t.Errorf("%s: got %q (%s), want %q (%s)", name, got, why, c.want, c.why)
		}
	}
}

func TestLight_Rule(t *testing.T) {
	for _, l := range progress.Lights() {
		if rule := l.Rule(); !strings.HasPrefix(rule, l.String()+"：") {
			t.Errorf("got %q as the rule of %q, want it to begin with the light's word", rule, l)
		}
	}
	if got := progress.Yellow.Rule(); !strings.Contains(got, "30天") {
		t.Errorf("got %q, want the days of the rule in it", got)
	}
}

func TestDueDate(t *testing.T) {
	plain, school := progress.Year{First: 2026}, progress.Year{First: 2026, School: true}
	for _, c := range []struct {
		text string
		year progress.Year
		want string
	}{
		{"6月底", plain, "2026-06-30"},
		{"6月底前", plain, "2026-06-30"},
		{"2月底", plain, "2026-02-28"},
		{"6月30日前", plain, "2026-06-30"},
		{"６月３０日", plain, "2026-06-30"},
		{"2026年12月31日前", plain, "2026-12-31"},
		{"2027年3月", plain, "2027-03-31"},
		{"2026年9月至12月", plain, "2026-12-31"},
		{"2026年9月—2027年1月10日", plain, "2027-01-10"},
		{"3月-6月", plain, "2026-06-30"},
		{"2026-06-30", plain, "2026-06-30"},
		{"2026.6.30", plain, "2026-06-30"},
		{"12月中旬", plain, "2026-12-20"},
		{"4月上旬", plain, "2026-04-10"},
		{"4月下旬前", plain, "2026-04-30"},
		{"第三季度", plain, "2026-09-30"},
		{"二季度末", plain, "2026-06-30"},
		{"年底", plain, "2026-12-31"},
		{"今年底前", plain, "2026-12-31"},
		{"明年1月15日", plain, "2027-01-15"},
		{"9月至次年6月", plain, "2027-06-30"},
		{"上半年", plain, "2026-06-30"},
		{"3月完成排查，10月底完成整改", plain, "2026-10-31"},
		{"6月底", school, "2027-06-30"},
		{"10月底", school, "2026-10-31"},
		{"1月15日", school, "2027-01-15"},
		{"年底", school, ""},
		{"2月30日", plain, ""},
		{"13月底", plain, ""},
		{"学期末", plain, ""},
		{"学期底前", plain, ""},
		{"月底", plain, ""},
		{"每月底", plain, ""},
		{"长期坚持", plain, ""},
		{"全年", plain, ""},
		{"", plain, ""},
		{"即时", plain, ""},
	} {
		got, ok := progress.DueDate(c.text, c.year, time.UTC)
		if ok != (c.want != "") || ok && got.Format(time.DateOnly) != c.want {
			t.Errorf("got %v, %v from %q, want %q", got, ok, c.text, c.want)
		}
	}
}

func TestYearOf(t *testing.T) {
	for title, want := range map[string]progress.Year{
		"学生工作部2026年工作要点":      {First: 2026},
		"２０２６年学工要点":           {First: 2026},
		"2025—2026学年工作要点":     {First: 2025, School: true},
		"2025-2026学年第一学期工作计划": {First: 2025, School: true},
		"2025-26学年工作要点":       {First: 2025, School: true},
		"学工处工作要点":             {First: 2030},
	} {
		if got := progress.YearOf(title, 2030); got != want {
			t.Errorf("got %+v from %q, want %+v", got, title, want)
		}
	}
}
