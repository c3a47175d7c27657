package jobs

import (
	"fmt"
	"strings"
	"time"

	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// costs writes what a job costs.
func costs(c schedule.Cost, p schedule.JobPreview, perDay int, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "发到：%s（%s，共%d人", strings.Join(p.Job.Groups, "、"), p.Job.Class, c.People)
	if c.Asked > 0 {
		fmt.Fprintf(&b, "，应回%d人", c.Asked)
	}
	fmt.Fprintf(&b, "）\n费用：每次%d条消息，一天最多%d条", c.Texts, p.Cost)
	if c.Most > 0 {
		fmt.Fprintf(&b, "；连同其他提醒，最忙的%s共%d条", span(c.Day, c.Day, now), c.Most)
	}
	if perDay > 0 {
		fmt.Fprintf(&b, "（额度每天%d条）", perDay)
	}
	if len(c.Nowhere) > 0 {
		fmt.Fprintf(&b, "\n注意：%s里还没有机器人，发不到", strings.Join(c.Nowhere, "、"))
	}
	return b.String()
}

// settings says in a line of its own what a job has beside its time and its text.
func (d *Desk) settings(s *store.Snapshot, j schedule.Job) string {
	var all []string
	switch {
	case j.Paused && j.Resume.IsZero():
		all = append(all, "现在是暂停状态")
	case j.Paused && j.Resume.After(s.Now()):
		all = append(all, "暂停到"+d.day(j.Resume, s.Now()))
	}
	if !j.Until.IsZero() {
		all = append(all, "截止"+d.day(j.Until, s.Now())+"，之后不发")
	}
	for _, p := range j.Silent {
		if p.To >= when.DayOf(s.Now().In(d.Zone)).String() {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s至%s停发 %s", p.From, p.To, p.Why)))
		}
	}
	if z := j.Snooze; z != nil && z.To.After(s.Now()) {
		all = append(all, fmt.Sprintf("%s这一次推迟到%s%s", d.day(z.Turn, s.Now()), d.day(z.To, s.Now()), zh.Clock(z.To.In(d.Zone))))
	}
	if j.Always {
		all = append(all, "安静时段也发")
	}
	switch j.Missed {
	case schedule.SendAll:
		all = append(all, "停机错过的全部补发（最多20次）")
	case schedule.SendNone:
		all = append(all, "停机错过的不补发")
	case schedule.SendLatest:
	}
	if j.Window > 0 {
		all = append(all, "最多晚"+zh.Lasting(time.Duration(j.Window))+"补发")
	}
	if all == nil {
		return ""
	}
	return "\n另有：" + strings.Join(all, "；")
}
