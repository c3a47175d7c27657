package schedule

import (
	"fmt"
	"strings"
	"time"

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
	}
	return b.String()
}

// Stands says where a job stands: when it comes next, or why it does not.
func (s *Scheduler) Stands(sn *store.Snapshot, j Job) string {
	times, err := s.times(j)
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
	if next.IsZero() {
		return text + "今后没有一次"
	}
	return text + "下次" + zh.Date(next) + "（" + zh.Weekday(next.Weekday()) + "）" + zh.Clock(next)
}

// Next returns when a job fires first after a time; zero if it never does.
func (s *Scheduler) Next(j Job, after time.Time) (time.Time, error) {
	times, err := s.times(j)
	if err != nil {
		return time.Time{}, err
	}
	return times.Next(after), nil
}
