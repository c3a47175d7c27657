package schedule

import (
	"duban/schedule/when"
	"fmt"
	"time"
)

// What is done about turns that passed.
const (
	// Grace is how late a turn may be without being called late: the loop
	// looks every half minute.
	Grace = 2 * time.Minute

	// DefaultWindow is how late a missed turn is still sent.
	DefaultWindow = 3 * time.Hour

	mostMissed   = 20                   // turns of one job that are sent late, at most
	mostBacklog  = 366 * 24 * time.Hour // turns from before are not even counted
	mostRecorded = 100                  // turns that get a record each; the ones before share one
)

// A verdict is what is to be done about the turns of a job that are due.
type verdict struct {
	turns []Firing  // ascending by Instant
	done  time.Time // the cursor moves here
}

// judge decides about the turns with after < turn <= now, of which there is at
// least one. It is pure.
func judge(t *when.Timetable, j Job, after, now time.Time) verdict {
	due, earlier := dueTurns(t, after, now)
	v := verdict{done: earlier.Last}
	if len(due) > 0 {
		v.done = due[len(due)-1]
	}
	if earlier.Count > 0 {
		earlier.Job, earlier.Version, earlier.Outcome, earlier.Why = j.ID, j.Version, Merged, "积压太多，合并"
		if j.Missed == SendNone {
			earlier.Outcome, earlier.Why = Skipped, "停机错过，按设置不补发"
		}
		v.turns = append(v.turns, earlier)
	}
	for i, at := range due {
		turn := Firing{Job: j.ID, Version: j.Version, Instant: at}
		turn.Outcome, turn.Why = outcome(j, now, due, i)
		if earlier.Count > 0 && turn.Outcome == Late && i < len(due)-1 {
			turn.Outcome, turn.Why = Merged, "积压太多，合并"
		}
		v.turns = append(v.turns, turn)
	}
	return v
}

// outcome decides about due[i].
func outcome(j Job, now time.Time, due []time.Time, i int) (Outcome, string) {
	at, late := due[i], now.Sub(due[i])
	switch {
	case j.Paused && (j.Resume.IsZero() || at.Before(j.Resume)):
		return Skipped, "已暂停"
	case !j.Until.IsZero() && now.After(j.Until):
		return Skipped, "已过截止时间"
	case late <= Grace:
		return OnTime, ""
	case j.Missed == SendNone:
		return Skipped, "停机错过，按设置不补发"
	case j.Missed == SendAll:
		if len(due)-i > mostMissed {
			return Merged, fmt.Sprintf("补发最多%d次", mostMissed)
		}
		return Late, ""
	case i < len(due)-1:
		return Merged, "合并到后面一次"
	case late > window(j):
		return Skipped, fmt.Sprintf("晚了%s，超过%s", hours(late), hours(window(j)))
	}
	return Late, ""
}

func window(j Job) time.Duration {
	if j.Window > 0 {
		return time.Duration(j.Window)
	}
	return DefaultWindow
}

// hours writes a duration as people say it.
func hours(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d天", d/(24*time.Hour))
	case d >= time.Hour:
		return fmt.Sprintf("%.1f小时", d.Hours())
	}
	return fmt.Sprintf("%d分钟", d/time.Minute)
}

// dueTurns returns the last turns with after < turn <= now, and one record for
// those before them.
func dueTurns(t *when.Timetable, after, now time.Time) (due []time.Time, earlier Firing) {
	if start := now.Add(-mostBacklog); after.Before(start) {
		if first := t.Next(after); !first.After(start) {
			earlier.Instant, earlier.Last, earlier.Count = first, start, 1
			after = start
		}
	}
	for at := t.Next(after); !at.IsZero() && !at.After(now); at = t.Next(at) {
		due = append(due, at)
		if len(due) <= mostRecorded {
			continue
		}
		if earlier.Count == 0 {
			earlier.Instant = due[0]
		}
		earlier.Last = due[0]
		earlier.Count++
		due = due[1:]
	}
	return due, earlier
}
