package schedule

import (
	"context"
	"fmt"
	"strings"
	"time"

	"duban/schedule/when"
	"duban/store"
)

// nextYear raises an alarm once a week from November on, while the next year's
// holidays are not known.
func (s *Scheduler) nextYear(now time.Time) {
	cal := s.cal.Load()
	today := when.DayOf(now.In(s.o.Zone))
	year, month, _ := today.YMD()
	if cal == nil || month < time.November || cal.Known(year+1) || today < s.told+7 && s.told != 0 || !s.anyNeeds() {
		return
	}
	s.told = today
	s.o.Alarm(Alarm{Kind: "calendar", Text: fmt.Sprintf(
		"%d年放假安排还没有录入日历。国务院办公厅公布后请补录，否则%d年的法定工作日按周一至周五计算。", year+1, year+1)})
}

// anyNeeds reports whether any job's firings depend on the statutory calendar.
func (s *Scheduler) anyNeeds() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.cache {
		if c.times != nil && c.times.UsesCalendar() {
			return true
		}
	}
	return false
}

// SetCalendar puts another calendar in force, from the next look on, and says
// in Chinese which firings of the next three months move; "" if none does.
func (s *Scheduler) SetCalendar(ctx context.Context, c *when.Calendar) (string, error) {
	var moved []string
	err := s.store.Write(ctx, func(tx *store.Tx) {
		moved = nil
		for _, j := range Jobs(tx.Snapshot) {
			if before, err := s.Times(j); err == nil && before.Next(cursor(tx.Snapshot, j)).IsZero() {
				setCursor(tx, j.ID, tx.Now()) // what the calendar adds to the past is over
			}
			j = revive(s, tx, j, c)
			if line := s.moved(j, c, tx.Now()); line != "" && j.Ended.IsZero() {
				moved = append(moved, line)
			}
		}
	})
	if err != nil {
		return "", err
	}
	s.cal.Store(c)
	s.Wake()
	return strings.Join(moved, "\n"), nil
}

// revive takes up a job again that has ended and comes under a calendar.
func revive(s *Scheduler, tx *store.Tx, j Job, c *when.Calendar) Job {
	if j.Ended.IsZero() {
		return j
	}
	if times, err := s.timetable(j, c); err == nil && !times.Over(tx.Now()) {
		j.Ended = time.Time{}
		setCursor(tx, j.ID, tx.Now())
		store.Save(tx, headKey(j.ID), j)
	}
	return j
}

// Effect says in Chinese which firings of the next three months move under another
// calendar, a line for each job.
func (s *Scheduler) Effect(sn *store.Snapshot, c *when.Calendar) (lines []string) {
	for _, j := range Listed(sn) {
		if line := s.moved(j, c, sn.Now()); line != "" && j.Ended.IsZero() {
			lines = append(lines, line)
		}
	}
	return lines
}

// moved says which firings of a job differ under another calendar.
func (s *Scheduler) moved(j Job, c *when.Calendar, now time.Time) string {
	before, err := s.Times(j)
	if err != nil {
		return ""
	}
	after, err := s.timetable(j, c)
	if err != nil {
		return fmt.Sprintf("%s：不能再运行：%v", j.Name, err)
	}
	if text := after.Moved(before, now); text != "" {
		return j.Name + text
	}
	return ""
}
