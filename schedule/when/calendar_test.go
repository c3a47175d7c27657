package when_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"duban/schedule/when"
	"duban/schedule/when/whentest"
)

// TestWorkday compares every day of 2026 with the table typed from the notice.
func TestWorkday(t *testing.T) {
	cal := whentest.School(t)
	for x := whentest.At(t, "2026-01-01 12:00"); x.Year() == 2026; x = x.AddDate(0, 0, 1) {
		if got, want := cal.Workday(when.DayOf(x)), whentest.Worked2026(x); got != want {
			t.Errorf("%s: worked %t, want %t", x.Format(time.DateOnly), got, want)
		}
	}
	if !cal.Known(2026) || cal.Known(2027) {
		t.Errorf("known: 2026 %t, 2027 %t; want that only 2026 is", cal.Known(2026), cal.Known(2027))
	}
}

func TestNewCalendar(t *testing.T) {
	override := when.Override{Day: "2026-12-31", Kind: when.Off, Name: "校庆", Source: "校办〔2026〕1号"}
	cal, err := when.NewCalendar([]when.Override{override}, when.School{})
	if err != nil {
		t.Fatal(err)
	}
	if cal.Workday(whentest.Day(t, "2026-12-31")) || cal.Reason(whentest.Day(t, "2026-12-31")) != "校庆放假" {
		t.Error("an office's own day off is not in the calendar")
	}
	year := []when.Override{
		{Day: "2027-01-01", To: "2027-01-03", Kind: when.Off, Name: "元旦", Source: "x"},
		{Day: "2027-02-05", To: "2027-02-13", Kind: when.Off, Name: "春节", Source: "x"},
	}
	if cal, err = when.NewCalendar(year, when.School{}); err != nil || !cal.Known(2027) {
		t.Errorf("a year that an office entered is not known: %v", err)
	}
	wrong := map[string]when.Override{
		"a date that is none":     {Day: "2026-02-30", Kind: when.Off, Source: "x"},
		"an end before the start": {Day: "2026-02-10", To: "2026-02-09", Kind: when.Off, Source: "x"},
		"a kind that is none":     {Day: "2026-02-10", Kind: "闲", Source: "x"},
		"no source":               {Day: "2026-02-10", Kind: when.Off},
	}
	for name, o := range wrong {
		if _, err := when.NewCalendar([]when.Override{o}, when.School{}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestTeachingWeek(t *testing.T) {
	cal := whentest.School(t)
	for text, want := range map[string]int{
		"2026-09-06": 0, "2026-09-07": 1, "2026-09-13": 1, "2026-09-14": 2, "2026-10-26": 8, "2027-01-15": 19, "2027-01-16": 0,
	} {
		if got := cal.TeachingWeek(whentest.Day(t, text)); got != want {
			t.Errorf("%s is in week %d, want %d", text, got, want)
		}
	}
}

// TestParse_school reads phrases that need a calendar, and compares them with
// the oracle.
func TestParse_school(t *testing.T) {
	now := whentest.At(t, "2026-09-15 12:00")
	set := when.Setting{Now: now, Calendar: whentest.School(t)}
	tests := []struct{ phrase, days, times string }{
		{"寒假期间每天下午6点", "from:2027-01-17", ""},
		{"第8周周三9点", "dates:2026-10-28", "09:00"},
		{"第八教学周每周五15:00", "dates:2026-10-30", "15:00"},
		{"单周周一9点", "dates:2026-09-21,2026-10-05,2026-10-19,2026-11-02", "09:00"},
		{"双周周五16:00", "dates:2026-09-18,2026-10-02,2026-10-16,2026-10-30", "16:00"},
		{"考试周每天8点", "from:2027-01-04 until:2027-01-15", "08:00"},
		{"教学周每周一9点", "dow:1 from:2026-09-21", "09:00"},
		{"国庆期间每天9点", "from:2026-10-01 until:2026-10-07", "09:00"},
		{"中秋假期每天10点", "from:2026-09-25 until:2026-09-27", "10:00"},
		{"法定工作日8:30", "work", "08:30"},
		{"工作日8:30", "work", "08:30"},
		{"每天9点，节假日除外", "dates:2026-09-16,2026-09-17,2026-09-18,2026-09-19", "09:00"},
		{"每月最后一个工作日9点", "backwork:1", "09:00"},
		{"休息日10点", "dates:2026-09-19,2026-09-25,2026-09-26,2026-09-27", "10:00"},
		{"休息日10点，周日除外", "dates:2026-09-19,2026-09-25,2026-09-26,2026-10-01", "10:00"},
		{"本月最后一个工作日17:00", "dates:2026-09-30", "17:00"},
		{"下一个工作日9点", "dates:2026-09-16", "09:00"},
		{"每周五16:30，考试周除外", "dow:5", "16:30"},
	}
	for _, tt := range tests {
		spec, err := when.Parse(tt.phrase, set)
		if tt.times == "" {
			if err == nil {
				t.Errorf("%s: taken although that holiday is over and the next is not known", tt.phrase)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: refused: %v", tt.phrase, err)
			continue
		}
		want := whentest.NewOracle(t, tt.days, tt.times, whentest.Worked2026).Next(now, 4)
		if got := following(spec, now, 4); !slices.Equal(format(got), format(want)) {
			t.Errorf("%s: got %v, want %v", tt.phrase, format(got), format(want))
		}
		checkRoundTrip(t, tt.phrase, spec, set)
	}
}

func TestPreview(t *testing.T) {
	entry := func(day, to, kind string) when.Override {
		return when.Override{Day: day, To: to, Kind: kind, Name: "校庆", Source: "x"}
	}
	own, err := when.NewCalendar([]when.Override{
		entry("2026-11-25", "2026-11-27", when.Off), entry("2026-11-28", "", when.Work), entry("2026-11-30", "", when.Off),
	}, when.School{})
	if err != nil {
		t.Fatal(err)
	}
	school := whentest.School(t)
	for _, c := range []struct {
		name, when, rule, now string
		cal                   *when.Calendar
		n                     int
		want                  []string
		warnings              int
	}{
		{"another year is named", "每天20:00", "每天", "2026-12-30 12:00", school, 12, []string{"12月31日（周四）20:00", "2027年1月1日（周五）20:00"}, 0},
		{"a firing between two days off ends a row", "每天8:30", "法定工作日", "2026-11-23 12:00", school, 12, []string{"跳过：11月28日至11月29日（周末）、12月5日至12月6日（周末）"}, 1},
		{"a weekly turn outside of a period is one row", "寒假期间每周一9:00", "", "2025-11-24 12:00", school, 12, []string{"跳过：12月1日至2026年1月12日（"}, 0},
		{"a day that is added ends a row", "工作日8:30", "", "2026-11-23 12:00", own, 4, []string{
			"跳过：11月25日至11月27日（校庆放假）、11月30日（校庆放假）\n增加：11月28日（校庆调休上班）",
		}, 1},
		{"what the rule changes is said", "30 8 * * 1-5", "法定工作日", "2026-09-18 12:00", school, 16, []string{
			"工作日 08:30（北京时间）", "规则：法定工作日", "9月20日（周日）08:30",
			"跳过：9月25日（中秋节放假）、10月1日至10月7日（国庆节放假）", "增加：9月20日（国庆节调休上班）、10月10日（国庆节调休上班）",
		}, 0},
		{"in November the next year is asked for", "30 8 * * 1-5", "法定工作日", "2026-11-02 12:00", school, 3, []string{"注意：2027年放假安排未录入"}, 1},
		{"a turn in a year that is not known is warned of", "30 8 * * 1-5", "法定工作日", "2026-06-02 12:00", school, 150, nil, 1},
		{"a year without data can be silent", "30 8 * * 1-5", "法定工作日，无放假安排的年份不发", "2026-12-31 12:00", school, 1, []string{"今后没有一次会发送"}, 2},
	} {
		set := when.Setting{Now: whentest.At(t, c.now), Calendar: c.cal}
		rule, err := when.ParseRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		turns, err := when.NewTimetable(parse(t, c.when, set), rule)
		if err != nil {
			t.Fatal(err)
		}
		text := turns.Preview(set.Now, c.n).String()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the preview does not say %q:\n%s", c.name, want, text)
			}
		}
		if got := strings.Count(text, "注意："); got != c.warnings {
			t.Errorf("%s: %d warnings, want %d:\n%s", c.name, got, c.warnings, text)
		}
	}
}

func TestParseRule(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "每天": "", "工作日": "法定工作日", "教学周工作日": "教学周工作日", "仅假期": "仅假期",
		"考试周除外": "考试周除外", "工作日,考试周除外": "法定工作日，考试周除外",
	} {
		if got, err := when.ParseRule(text); err != nil || got.String() != want {
			t.Errorf("%q: got %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"晴天", "每天、工作日", "仅假期 教学周"} {
		if got, err := when.ParseRule(text); err == nil {
			t.Errorf("%q: taken as %q", text, got)
		}
	}
}

func TestQuiet(t *testing.T) {
	for text, hours := range map[string][2]string{"22:00-07:00": {"23:00", "12:00"}, "12:00-14:00": {"13:00", "14:00"}, "": {"", "00:00"}} {
		q, err := when.ParseQuiet(text)
		if err != nil || q.String() != text {
			t.Fatalf("%q: got %q, %v", text, q, err)
		}
		for i, want := range []bool{true, false} {
			if hours[i] == "" {
				continue
			}
			c, err := when.ParseClock(hours[i])
			if err != nil {
				t.Fatal(err)
			}
			if q.Has(c) != want {
				t.Errorf("%s in %q: %t, want %t", c, text, !want, want)
			}
		}
	}
	for _, text := range []string{"22", "25:00-07:00", "22:00-7点"} {
		if _, err := when.ParseQuiet(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
