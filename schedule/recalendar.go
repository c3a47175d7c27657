package schedule

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/store"
)

// nextYear raises an alarm once a week from November on, while the next year's
// holidays are not known.
func (s *Scheduler) nextYear(now time.Time) {
	cal := s.cal.Load()
	today := DayOf(now.In(s.o.Zone))
	year, month, _ := today.YMD()
	if cal == nil || month < time.November || cal.Known(year+1) || today < s.told+7 && s.told != 0 || !s.anyNeeds() {
		return
	}
	s.told = today
	s.o.Alarm(Alarm{Kind: "calendar", Text: fmt.Sprintf(
		"%d年放假安排还没有录入日历。国务院办公厅公布后请补录，否则%d年的法定工作日按周一至周五计算。", year+1, year+1)})
}

// anyNeeds reports whether any job's turns depend on the statutory calendar.
func (s *Scheduler) anyNeeds() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cache {
		if c.turns != nil && c.turns.usesCalendar() {
			return true
		}
	}
	return false
}

// reportDays is how far ahead SetCalendar compares.
const reportDays = 92

// SetCalendar puts another calendar in force, from the next look on, and says
// in Chinese which turns of the next three months move; "" if none does.
func (s *Scheduler) SetCalendar(ctx context.Context, c *Calendar) (string, error) {
	var moved []string
	err := s.store.View(ctx, func(sn *store.Snapshot) error {
		moved = nil
		jobs, err := Jobs(sn)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if line := s.moved(j, c, sn.Now()); line != "" && j.Ended.IsZero() {
				moved = append(moved, line)
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	s.cal.Store(c)
	s.Wake()
	return strings.Join(moved, "\n"), nil
}

// moved says which turns of a job differ under another calendar.
func (s *Scheduler) moved(j Job, c *Calendar, now time.Time) string {
	before, err := s.turns(j)
	if err != nil {
		return ""
	}
	after, err := jobTurns(j, Setting{Zone: s.o.Zone, Calendar: c})
	if err != nil {
		return fmt.Sprintf("%s：不能再运行：%v", j.Name, err)
	}
	end := now.AddDate(0, 0, reportDays)
	was, is := before.days(now, end), after.days(now, end)
	var gone, added rows
	for _, d := range was {
		if gone.open = gone.open && !contains(is, d); !contains(is, d) {
			gone.add(d, after.why(d, after.stops(d)))
		}
	}
	for _, d := range is {
		if added.open = added.open && !contains(was, d); !contains(was, d) {
			added.add(d, after.why(d, ""))
		}
	}
	text, year := "", now.In(s.o.Zone).Year()
	if gone.all != nil {
		text += "，不再发：" + changes(gone.all, year)
	}
	if added.all != nil {
		text += "，增加：" + changes(added.all, year)
	}
	if text == "" {
		return ""
	}
	return j.Name + text
}

// days returns the days on which a job comes.
func (t *Turns) days(from, to time.Time) []Day {
	var all []Day
	for at := t.Next(from); !at.IsZero() && at.Before(to); at = t.Next(at) {
		if d := DayOf(at); len(all) == 0 || all[len(all)-1] != d {
			all = append(all, d)
		}
	}
	return all
}

func contains(sorted []Day, d Day) bool {
	_, ok := slices.BinarySearch(sorted, d)
	return ok
}
