package when_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"duban/schedule/when"
	"duban/schedule/when/whentest"
	"duban/zh"
)

// TestTurns says of each day of a few weeks whether something comes, and why it is
// otherwise than the phrase alone says.
func TestTurns(t *testing.T) {
	zone := whentest.At(t, "2026-09-18 12:00").Location()
	day := func(s string) when.Day {
		d, err := when.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ phrase, rule, until, want, skipped, added string }{
		{
			"工作日16:00", "", "", "18 20+国庆节调休上班 21 22 23 24 25-中秋节放假 28 29 30",
			"25-25中秋节放假", "20-20国庆节调休上班",
		},
		{"每周五17:00", "法定工作日", "", "18 25-中秋节放假", "25-25中秋节放假", ""},
		{"每天8点、20点", "仅假期", "2026-09-26 12:00", "25 25 26", "", ""},
		{"9月20日到9月22日每天9点", "", "", "20 21 22", "", ""},
	} {
		cal, err := when.NewCalendar(nil, when.School{})
		if err != nil {
			t.Fatal(err)
		}
		spec, err := when.Parse(c.phrase, when.Setting{Now: whentest.At(t, "2026-09-18 12:00"), Zone: zone, Calendar: cal})
		if err != nil {
			t.Fatal(err)
		}
		rule, err := when.ParseRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		table, err := when.NewTimetable(spec, rule)
		if err != nil {
			t.Fatal(err)
		}
		if c.until != "" {
			table.Until = whentest.At(t, c.until)
		}
		turns := table.Turns(day("2026-09-18"), day("2026-09-30"))
		var got []string
		for _, x := range turns {
			_, _, d := x.Day.YMD()
			for range x.Times {
				if x.Added {
					got = append(got, fmt.Sprintf("%d+%s", d, x.Why))
				} else {
					got = append(got, fmt.Sprint(d))
				}
			}
			if x.Times == nil {
				got = append(got, fmt.Sprintf("%d-%s", d, x.Why))
			}
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s: got  %s\nwant %s", c.phrase, got, c.want)
		}
		rows := func(all []when.Change) string {
			return zh.Join(all, " ", func(x when.Change) string {
				_, _, a := x.From.YMD()
				_, _, b := x.To.YMD()
				return fmt.Sprintf("%d-%d%s", a, b, x.Why)
			})
		}
		skipped, added := when.Changes(turns)
		if rows(skipped) != c.skipped || rows(added) != c.added {
			t.Errorf("%s: got the rows %q and %q, want %q and %q", c.phrase, rows(skipped), rows(added), c.skipped, c.added)
		}
	}
}

// TestParse_instead: a refusal proposes what may be meant, and that can be read.
func TestParse_instead(t *testing.T) {
	now := whentest.At(t, "2026-09-18 12:00")
	set := when.Setting{Now: now, Zone: now.Location()}
	for phrase, want := range map[string]string{
		"工作日下午16点半到17点":   "工作日 16:30|工作日 17:00",
		"每周五9点到11点，教学周除外": "",
		"9月24日周五9点":       "2026-09-24 09:00|2026-09-25 09:00",
		"9月19日周日8点到9点":    "", // two faults
		"每月最后一天上午9点到10点":  "每月最后一天 09:00|每月最后一天 10:00",
		"9月24日周五、9月25日周六": "",
		"什么时候":            "",
	} {
		_, err := when.Parse(phrase, set)
		r, ok := errors.AsType[*when.Refusal](err)
		if !ok {
			t.Errorf("%s: got %v, want a refusal", phrase, err)
			continue
		}
		if got := strings.Join(r.Instead, "|"); got != want {
			t.Errorf("%s: proposed %q, want %q", phrase, got, want)
		}
		for _, p := range r.Instead {
			if _, err := when.Parse(p, set); err != nil {
				t.Errorf("%s: proposed %s, which is refused: %v", phrase, p, err)
			}
		}
	}
}
