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
	moved, err := store.Read(ctx, s.store, func(sn *store.Snapshot) (moved []string) {
		for _, j := range Jobs(sn) {
			if line := s.moved(j, c, sn.Now()); line != "" && j.Ended.IsZero() {
				moved = append(moved, line)
			}
		}
		return moved
	})
	if err != nil {
		return "", err
	}
	s.cal.Store(c)
	s.Wake()
	return strings.Join(moved, "\n"), nil
}

// moved says which firings of a job differ under another calendar.
func (s *Scheduler) moved(j Job, c *when.Calendar, now time.Time) string {
	before, err := s.times(j)
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
