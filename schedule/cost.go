package jobs

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/outbox"
	"duban/roster"
	"duban/schedule"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// A jobCost is what a job costs those who read it, and the accounts that send it.
type jobCost struct {
	people  int      // who read it
	asked   int      // of them, who are to answer
	texts   int      // messages of one turn
	nowhere []string // groups that cannot be reached

	day  when.Day // the busiest day on which the job comes
	most int      // messages of all jobs on that day, through one account
}

// costDays is how far ahead the busiest day is looked for, and mostTurns how
// many turns of one job are counted for it.
const (
	costDays  = 31
	mostTurns = 48 * costDays
)

// cost counts what j would cost beside the jobs that there are. An error may be
// a refusal: it is beyond an account's daily budget.
func (d *Desk) cost(s *store.Snapshot, j schedule.Job) (c jobCost, err error) {
	r := roster.Current(s)
	for _, p := range r.People {
		if slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(j.Groups, g) }) {
			c.people++
			if p.Asked() && j.Class.Asks() {
				c.asked++
			}
		}
	}
	targets := roster.Targets(s, j.Groups)
	c.texts = len(targets)
	for _, g := range j.Groups {
		if !slices.ContainsFunc(targets, func(t roster.Target) bool { return t.Group == g }) {
			c.nowhere = append(c.nowhere, g)
		}
	}
	account, err := d.busiest(s, j, targets, &c)
	if most := outbox.LimitsOf(s).Jobs.PerDay; err == nil && most > 0 && c.most > most {
		return c, when.Refuse("超出发送额度：账号%s一天最多发%d条提醒，加上这条，%s要发%d条；请减少次数或群",
			account, most, span(c.day, c.day, s.Now().In(d.Zone)), c.most)
	}
	return c, err
}

// A sending is what one account sends on one day.
type sending struct {
	account string
	day     when.Day
}

// busiest finds the day on which an account that j uses sends most reminders.
func (d *Desk) busiest(s *store.Snapshot, j schedule.Job, targets []roster.Target, c *jobCost) (account string, err error) {
	total := map[sending]int{}
	if err := d.count(total, j, targets, s.Now()); err != nil {
		return "", err
	}
	mine := slices.SortedFunc(maps.Keys(total), func(a, b sending) int { return int(a.day - b.day) })
	for _, o := range schedule.Jobs(s) {
		if o.ID == j.ID || !o.Ended.IsZero() {
			continue
		}
		_ = d.count(total, o, roster.Targets(s, o.Groups), s.Now()) // that it cannot run is told elsewhere
	}
	for _, at := range mine {
		if total[at] > c.most {
			c.most, c.day, account = total[at], at.day, at.account
		}
	}
	return account, nil
}

// count adds the messages of a job in the days to come.
func (d *Desk) count(total map[sending]int, j schedule.Job, to []roster.Target, now time.Time) error {
	if j.Paused && j.Resume.IsZero() {
		return nil
	}
	at, end := now, now.AddDate(0, 0, costDays)
	for range mostTurns {
		next, err := d.Schedule.Next(j, at)
		if err != nil || next.IsZero() || next.After(end) {
			return err
		}
		at = next
		if j.Paused && at.Before(j.Resume) {
			continue
		}
		for _, t := range to {
			total[sending{t.Account, when.DayOf(at.In(d.Zone))}]++
		}
	}
	return nil
}

// says writes what a job costs.
func (c jobCost) says(p schedule.JobPreview, perDay int, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "发到：%s（%s，共%d人", strings.Join(p.Job.Groups, "、"), p.Job.Class, c.people)
	if c.asked > 0 {
		fmt.Fprintf(&b, "，应回%d人", c.asked)
	}
	fmt.Fprintf(&b, "）\n费用：每次%d条消息，一天最多%d条", c.texts, p.Cost)
	if c.most > 0 {
		fmt.Fprintf(&b, "；连同其他提醒，最忙的%s共%d条", span(c.day, c.day, now), c.most)
	}
	if perDay > 0 {
		fmt.Fprintf(&b, "（额度每天%d条）", perDay)
	}
	if len(c.nowhere) > 0 {
		fmt.Fprintf(&b, "\n注意：%s里还没有机器人，发不到", strings.Join(c.nowhere, "、"))
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
