package schedule_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/schedule"
	"duban/schedule/when/whentest"
)

// twentyJobs are schedules with what the oracle should find for each.
var twentyJobs = []struct{ when, days, oracle, times string }{
	{"每天8:30", "", "all", "08:30"},
	{"30 8 * * 1-5", "", "dow:1-5", "08:30"},
	{"30 8 * * 1-5", "法定工作日", "work", "08:30"},
	{"工作日下午4点", "", "work", "16:00"},
	{"每天17:00", "法定工作日", "work", "17:00"},
	{"每周一上午9点", "法定工作日", "dow:1 work", "09:00"},
	{"每月最后一个工作日15:00", "", "backwork:1", "15:00"},
	{"每月第一个工作日9点", "", "nthwork:1", "09:00"},
	{"每月最后一天23:00", "", "back:1", "23:00"},
	{"每月1号、15号10点", "", "dom:1,15", "10:00"},
	{"每周一到周五8点到18点每两小时", "法定工作日", "work", "08:00-18:00/120"},
	{"每周三10点", "教学周工作日", "dow:3 work teaching", "10:00"},
	{"每天21:30", "仅假期", "vacation", "21:30"},
	{"寒假、暑假期间每周日20:00", "", "dow:0 break", "20:00"},
	{"每周五16:30", "考试周除外", "dow:5 noexam", "16:30"},
	{"每季度末9点", "", "back:1 month:3,6,9,12", "09:00"},
	{"从2026-01-05起每两周周二11:00", "", "dow:2 weeks:2@2026-01-05", "11:00"},
	{"2026-12-20至2027-01-15每天18:00", "", "from:2026-12-20 until:2027-01-15", "18:00"},
	{"2026-10-01、2026-10-10 12:00", "", "dates:2026-10-01,2026-10-10", "12:00"},
	{"每月31号7点", "", "dom:31", "07:00"},
}

// spans reads first and last days of rows of days in pairs.
func spans(days string) func(time.Time) bool {
	ends := strings.Fields(days)
	return func(at time.Time) bool {
		day := at.Format("06-01-02")
		for pair := range slices.Chunk(ends, 2) {
			if pair[0] <= day && day <= pair[1] {
				return true
			}
		}
		return false
	}
}

// schoolOracle adds the words of the school year to the oracle's conditions.
func schoolOracle(t *testing.T, conditions, times string) whentest.Oracle {
	t.Helper()
	term, exam := spans("26-03-02 26-07-03 26-09-07 27-01-15"), spans("26-06-22 26-07-03 27-01-04 27-01-15")
	rest := spans("26-01-17 26-03-01 26-07-04 26-09-06")
	feasts := spans("26-01-01 26-01-03 26-02-15 26-02-23 26-04-04 26-04-06 26-05-01 26-05-05 26-06-19 26-06-21 26-09-25 26-09-27 26-10-01 26-10-07")
	words := map[string]func(time.Time) bool{
		"teaching": func(at time.Time) bool { return term(at) && !exam(at) },
		"noexam":   func(at time.Time) bool { return !exam(at) },
		"break":    rest,
		"vacation": func(at time.Time) bool { return rest(at) || feasts(at) },
	}
	plain, school := "", []func(time.Time) bool{}
	for c := range strings.FieldsSeq(conditions) {
		if is := words[c]; is != nil {
			school = append(school, is)
		} else {
			plain += c + " "
		}
	}
	o := whentest.NewOracle(t, plain, times, whentest.Worked2026)
	days := o.Days
	o.Days = func(at time.Time) bool {
		return days(at) && !slices.ContainsFunc(school, func(f func(time.Time) bool) bool { return !f(at) })
	}
	return o
}

// TestRun_year lets a year of twenty jobs pass, and compares every turn with
// the oracle.
func TestRun_year(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, end := whentest.At(t, "2026-01-01 00:00"), whentest.At(t, "2027-01-01 00:00")
		<-time.After(time.Until(start.Add(-time.Minute)))
		f := newOffice(t, "", schedule.Options{Calendar: whentest.School(t), Interval: 6 * time.Hour})
		for i, j := range twentyJobs {
			job := reminder(string(rune('a'+i)), j.when)
			job.Days = j.days
			f.put(job)
		}
		stop := f.run()
		<-time.After(time.Until(end))
		stop()
		late := 0
		for i, j := range twentyJobs {
			var got []string
			for instant, turn := range f.turns(string(rune('a' + i))) {
				if turn.Outcome != schedule.OnTime {
					late++
				}
				if turn.Outcome != schedule.OnTime && late < 10 {
					t.Errorf("%s %s: the turn at %s ended as %s", j.when, j.days, instant, turn.Outcome)
				}
				got = append(got, instant)
			}
			var want []string
			for _, at := range schoolOracle(t, j.oracle, j.times).Between(start.Add(-time.Minute), end, 1e6) {
				want = append(want, at.Format("01-02 15:04"))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: got %d turns, want %d; extra %v, missing %v", j.when, j.days, len(got), len(want), without(got, want), without(want, got))
			}
		}
	})
}

// without returns what is in one list only.
func without(all, those []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(x string) bool { return slices.Contains(those, x) })
}
