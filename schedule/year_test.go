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

func inSpans(at time.Time, spans ...[2]string) bool {
	day := at.Format("2006-01-02")
	return slices.ContainsFunc(spans, func(s [2]string) bool { return s[0] <= day && day <= s[1] })
}

// schoolOracle adds the words of the school year to the oracle's conditions.
func schoolOracle(t *testing.T, conditions, times string) whentest.Oracle {
	t.Helper()
	var school []func(time.Time) bool
	exam := func(at time.Time) bool {
		return inSpans(at, [2]string{"2026-06-22", "2026-07-03"}, [2]string{"2027-01-04", "2027-01-15"})
	}
	rest := func(at time.Time) bool {
		return inSpans(at, [2]string{"2026-01-17", "2026-03-01"}, [2]string{"2026-07-04", "2026-09-06"})
	}
	plain := ""
	for c := range strings.FieldsSeq(conditions) {
		switch c {
		case "teaching":
			school = append(school, func(at time.Time) bool {
				return inSpans(at, [2]string{"2026-03-02", "2026-07-03"}, [2]string{"2026-09-07", "2027-01-15"}) && !exam(at)
			})
		case "noexam":
			school = append(school, func(at time.Time) bool { return !exam(at) })
		case "break":
			school = append(school, rest)
		case "vacation":
			school = append(school, func(at time.Time) bool {
				festive := !whentest.Worked2026(at) && (whentest.MondayToFriday(at) || inSpans(at, [2]string{"2026-01-03", "2026-01-03"},
					[2]string{"2026-02-15", "2026-02-23"}, [2]string{"2026-04-04", "2026-04-05"}, [2]string{"2026-05-02", "2026-05-03"},
					[2]string{"2026-06-20", "2026-06-21"}, [2]string{"2026-09-26", "2026-09-27"}, [2]string{"2026-10-03", "2026-10-04"}))
				return rest(at) || festive
			})
		default:
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
