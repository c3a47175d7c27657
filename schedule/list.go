package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/roster"
	"duban/store"
	"duban/zh"
)

// List says in Chinese which jobs there are and when they come next.
func (s *Scheduler) List(sn *store.Snapshot) string {
	jobs := Listed(sn)
	if len(jobs) == 0 {
		return "还没有定时提醒。"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "定时提醒 %d 条：", len(jobs))
	for _, j := range jobs {
		fmt.Fprintf(&b, "\n%d. %s（%s）%s", j.Number, j.Name, j.ID, j.When)
		if j.Days != "" {
			fmt.Fprintf(&b, "，%s", j.Days)
		}
		fmt.Fprintf(&b, "，%s", s.Stands(sn, j))
		if lost := LostGroups(sn, j); len(lost) > 0 {
			fmt.Fprintf(&b, "，名单里没有%s", strings.Join(lost, "、"))
		}
	}
	return b.String()
}

// Stands says where a job stands: when it comes next, or why it does not.
func (s *Scheduler) Stands(sn *store.Snapshot, j Job) string {
	times, err := s.Times(j)
	switch {
	case err != nil:
		return fmt.Sprintf("不能运行：%v", err)
	case !j.Ended.IsZero():
		return "已结束"
	case j.Paused && j.Resume.IsZero():
		return "已暂停"
	}
	from := sn.Now()
	text := ""
	if j.Paused && j.Resume.After(from) {
		from = j.Resume.Add(-time.Second)
		text = "暂停到" + zh.Date(j.Resume.In(s.o.Zone)) + "，"
	}
	next := times.Next(from)
	switch {
	case next.IsZero() && (times.Over(from) || times.Stopped(from)):
		return text + "今后没有一次"
	case next.IsZero():
		return text + "暂无下次，等日历补录"
	}
	return text + "下次" + zh.Date(next) + "（" + zh.Weekday(next.Weekday()) + "）" + zh.Clock(next)
}

// LostGroups returns the groups of a job that nobody of the roster is in and that are
// not known otherwise.
func LostGroups(sn *store.Snapshot, j Job) []string {
	known := roster.Current(sn).Groups()
	return slices.DeleteFunc(slices.Clone(j.Groups), func(g string) bool {
		return len(known) == 0 || slices.Contains(known, g) || len(roster.Targets(sn, []string{g})) > 0
	})
}

// Next returns when a job fires first after a time; zero if it never does.
func (s *Scheduler) Next(j Job, after time.Time) (time.Time, error) {
	times, err := s.Times(j)
	if err != nil {
		return time.Time{}, err
	}
	return times.Next(after), nil
}
