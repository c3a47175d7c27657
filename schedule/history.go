package schedule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/notice"
	"duban/roster"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// An Edition is one version of a job, as people read it.
type Edition struct {
	Version int
	At      time.Time
	By      string // who made it
	What    string // what it changed
	Job     Job
}

// History says who changed what in a job and when, newest first; nil if no job has or
// had the id.
func History(sn *store.Snapshot, id string, zone *time.Location) (all []Edition) {
	people := roster.Current(sn)
	var before *Job
	for _, j := range JobVersions(sn, id) {
		all = append(all, Edition{Version: j.Version, At: j.Changed, By: changedBy(j, people), What: Changes(before, j, zone), Job: j})
		before = &j
	}
	slices.Reverse(all)
	return all
}

// changedBy names who made a version.
func changedBy(j Job, people *roster.Roster) string {
	p, known := people.Person(j.By)
	switch {
	case known:
		return p.Name
	case j.Source == store.Config:
		return "配置文件"
	case j.Source == store.CLI:
		return "命令行"
	}
	return "系统"
}

// Changes says what a version changes; before is nil for a new job.
func Changes(before *Job, j Job, zone *time.Location) string {
	switch {
	case j.Deleted:
		return "删除"
	case before == nil:
		return "新建，" + j.When
	case before.Deleted:
		return "找回，" + j.When
	}
	a := *before
	var all []string
	said := func(changed bool, format string, args ...any) {
		if changed {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	said(a.Name != j.Name, "改名“%s”→“%s”", a.Name, j.Name)
	said(a.When != j.When, "时间 %s→%s", a.When, j.When)
	said(a.Days != j.Days, "日子 %s→%s", cmp.Or(a.Days, "每天"), cmp.Or(j.Days, "每天"))
	said(!slices.Equal(a.Groups, j.Groups), "发到 %s→%s", strings.Join(a.Groups, "、"), strings.Join(j.Groups, "、"))
	said(a.Class != j.Class, "类别 %s→%s", a.Class, j.Class)
	said(a.Text != j.Text, "文字%s", notice.Difference(a.Text, j.Text))
	said(!maps.Equal(a.Vars, j.Vars), "改了文字里的变量")
	said(a.Missed != j.Missed || a.Window != j.Window, "改了错过时的做法")
	said(a.Always != j.Always, "改了安静时段的做法")
	paused := j.Paused && (!a.Paused || !a.Resume.Equal(j.Resume))
	said(a.Paused && !j.Paused, "继续")
	said(paused && j.Resume.IsZero(), "暂停")
	said(paused && !j.Resume.IsZero(), "暂停到%s", when.DayOf(j.Resume.In(zone)))
	for _, p := range j.Silent {
		said(!slices.Contains(a.Silent, p), "%s至%s停发", p.From, p.To)
	}
	for _, p := range a.Silent {
		said(!slices.Contains(j.Silent, p), "取消%s至%s的停发", p.From, p.To)
	}
	ends := !a.Until.Equal(j.Until)
	said(ends && j.Until.IsZero(), "不再有截止日")
	said(ends && !j.Until.IsZero(), "截止%s", when.DayOf(j.Until.In(zone)))
	said(j.Snooze == nil && a.Snooze != nil, "取消推迟")
	if z := j.Snooze; z != nil {
		said(a.Snooze == nil || *a.Snooze != *z, "推迟到%s", zh.ISOMoment(z.To.In(zone)))
	}
	return cmp.Or(strings.Join(all, "；"), "没有变化")
}
