package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// List says in Chinese which jobs there are and when they come next.
func (s *Scheduler) List(sn *store.Snapshot) (string, error) {
	jobs, err := Jobs(sn)
	if err != nil {
		return "", err
	}
	if len(jobs) == 0 {
		return "还没有定时提醒。", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "定时提醒 %d 条：", len(jobs))
	for i, j := range jobs {
		fmt.Fprintf(&b, "\n%d. %s（%s）%s", i+1, j.Name, j.ID, j.When)
		if j.Days != "" {
			fmt.Fprintf(&b, "，%s", j.Days)
		}
		fmt.Fprintf(&b, "，%s", s.stands(sn, j))
	}
	return b.String(), nil
}

// stands says where a job stands: when it comes next, or why it does not.
func (s *Scheduler) stands(sn *store.Snapshot, j Job) string {
	turns, err := s.turns(j)
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
	next := turns.Next(from)
	if next.IsZero() {
		return text + "今后没有一次"
	}
	return text + "下次" + zh.Date(next) + "（" + zh.Weekday(next.Weekday()) + "）" + zh.Clock(next)
}

// Coming returns the next n turns of a job after a time.
func (s *Scheduler) Coming(j Job, after time.Time, n int) ([]time.Time, error) {
	turns, err := s.turns(j)
	if err != nil {
		return nil, err
	}
	var all []time.Time
	for at := turns.Next(after); !at.IsZero() && len(all) < n; at = turns.Next(at) {
		all = append(all, at)
	}
	return all, nil
}

// History says in Chinese who changed a job and when, newest first.
func (s *Scheduler) History(sn *store.Snapshot, id string, name func(person string) string) (string, error) {
	var lines []string
	for j, err := range JobVersions(sn, id) {
		if err != nil {
			return "", err
		}
		what := j.When
		if j.Deleted {
			what = "删除"
		}
		lines = append(lines, fmt.Sprintf("第%d版 %s %s：%s", j.Version, zh.Date(j.Changed.In(s.o.Zone))+zh.Clock(j.Changed.In(s.o.Zone)), by(j, name), what))
	}
	if lines == nil {
		return "", when.Refuse("没有编号为“%s”的提醒", id)
	}
	slices.Reverse(lines)
	return strings.Join(lines, "\n"), nil
}

func by(j Job, name func(string) string) string {
	switch {
	case j.By != "":
		return name(j.By)
	case j.Source == store.Config:
		return "配置文件"
	case j.Source == store.CLI:
		return "命令行"
	}
	return "系统"
}
