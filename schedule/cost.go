package schedule

import (
	"maps"
	"slices"

	"duban/outbox"
	"duban/roster"
	"duban/schedule/when"
	"duban/store"
	"duban/zh"
)

// A Cost is what a job costs those who read it, and the accounts that send it.
type Cost struct {
	People  int      // who read it
	Asked   int      // of them, who are to answer
	Texts   int      // messages of one turn
	Month   int      // messages of the next 31 days
	Nowhere []string // groups that cannot be reached

	Day  when.Day // the busiest day on which the job comes
	Most int      // messages of all jobs on that day, through one account
}

// costDays is how far ahead the busiest day is looked for, and mostTurns how
// many turns of one job are counted for it.
const (
	costDays  = 31
	mostTurns = 48 * costDays
)

// Cost counts what j would cost beside the jobs that there are. An error may be a
// [when.Refusal]: it is beyond an account's daily budget.
func (s *Scheduler) Cost(sn *store.Snapshot, j Job) (c Cost, err error) {
	r := roster.Current(sn)
	for _, p := range r.People {
		if slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(j.Groups, g) }) {
			c.People++
			if p.Asked() && j.Class.Asks() {
				c.Asked++
			}
		}
	}
	targets := roster.Targets(sn, j.Groups)
	c.Texts = len(targets)
	for _, g := range j.Groups {
		if !slices.ContainsFunc(targets, func(t roster.Target) bool { return t.Group == g }) {
			c.Nowhere = append(c.Nowhere, g)
		}
	}
	count := counting{s, sn, map[sending]int{}}
	account, err := count.busiest(j, targets, &c)
	if most := outbox.LimitsOf(sn).Jobs.PerDay; err == nil && most > 0 && c.Most > most {
		return c, when.Refuse("超出发送额度：账号%s一天最多发%d条提醒，加上这条，%s要发%d条；请减少次数或群",
			account, most, zh.DateSeen(c.Day.At(0, s.o.Zone), sn.Now().In(s.o.Zone)), c.Most)
	}
	return c, err
}

// A sending is what one account sends on one day.
type sending struct {
	account string
	day     when.Day
}

// A counting counts the messages of jobs in the days to come.
type counting struct {
	*Scheduler

	sn    *store.Snapshot
	total map[sending]int
}

// busiest finds the day on which an account that j uses sends most reminders.
func (n counting) busiest(j Job, targets []roster.Target, c *Cost) (account string, err error) {
	if err := n.add(j, targets); err != nil {
		return "", err
	}
	for _, texts := range n.total {
		c.Month += texts
	}
	mine := slices.SortedFunc(maps.Keys(n.total), func(a, b sending) int { return int(a.day - b.day) })
	for _, o := range Jobs(n.sn) {
		if o.ID == j.ID || !o.Ended.IsZero() {
			continue
		}
		_ = n.add(o, roster.Targets(n.sn, o.Groups)) // that it cannot run is told elsewhere
	}
	for _, at := range mine {
		if n.total[at] > c.Most {
			c.Most, c.Day, account = n.total[at], at.day, at.account
		}
	}
	return account, nil
}

// add adds the messages of a job.
func (n counting) add(j Job, to []roster.Target) error {
	if j.Paused && j.Resume.IsZero() {
		return nil
	}
	at, end := n.sn.Now(), n.sn.Now().AddDate(0, 0, costDays)
	for range mostTurns {
		next, err := n.Next(j, at)
		if err != nil || next.IsZero() || next.After(end) {
			return err
		}
		at = next
		if j.Paused && at.Before(j.Resume) {
			continue
		}
		for _, t := range to {
			n.total[sending{t.Account, when.DayOf(at.In(n.o.Zone))}]++
		}
	}
	return nil
}
