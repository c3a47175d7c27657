package schedule

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"duban/schedule/when"
)

// What is done about firings whose time has passed.
const (
	// Grace is how late a firing may be without being called late: the loop
	// looks every half minute.
	Grace = 2 * time.Minute

	// DefaultWindow is how late a missed firing is still sent.
	DefaultWindow = 3 * time.Hour

	tooLate = "晚了" // how the reason begins for which a missed firing is not sent any more

	mostMissed   = 20                   // firings of one job that are sent late, at most
	mostBacklog  = 366 * 24 * time.Hour // firings from before are not even counted
	mostRecorded = 100                  // firings that get a record each; the ones before share one
)

// judge decides about the firings with after < instant <= now, of which there is
// at least one: they are returned ascending, with the time to which the cursor
// moves. It is pure.
func judge(t *when.Timetable, j Job, after, now time.Time) (firings []Firing, done time.Time) {
	due, earlier := due(t, after, now)
	done = earlier.Last
	if len(due) > 0 {
		done = due[len(due)-1]
	}
	if earlier.Count > 0 {
		earlier.Job, earlier.Version, earlier.Outcome, earlier.Why = j.ID, j.Version, Merged, "积压太多，合并"
		if j.Missed == SendNone {
			earlier.Outcome, earlier.Why = Skipped, "停机错过，按设置不补发"
		}
		firings = append(firings, earlier)
	}
	for i, at := range due {
		f := Firing{Job: j.ID, Version: j.Version, Instant: at}
		f.Outcome, f.Why = outcome(j, now, due, i)
		f.missed = f.Outcome == Skipped && strings.HasPrefix(f.Why, tooLate)
		if earlier.Count > 0 && f.Outcome == Late && i < len(due)-1 {
			f.Outcome, f.Why = Merged, "积压太多，合并"
		}
		firings = append(firings, f)
	}
	return firings, done
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
	}
	if window := cmp.Or(time.Duration(j.Window), DefaultWindow); late > window {
		return Skipped, fmt.Sprintf(tooLate+"%s，超过%s", hours(late), hours(window))
	}
	return Late, ""
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

// due returns the last firings with after < instant <= now, and one record for
// those before them.
func due(t *when.Timetable, after, now time.Time) (last []time.Time, earlier Firing) {
	if start := now.Add(-mostBacklog); after.Before(start) {
		if first := t.Next(after); !first.After(start) {
			earlier.Instant, earlier.Last, earlier.Count = first, start, 1
			after = start
		}
	}
	for at := t.Next(after); !at.IsZero() && !at.After(now); at = t.Next(at) {
		last = append(last, at)
		if len(last) <= mostRecorded {
			continue
		}
		if earlier.Count == 0 {
			earlier.Instant = last[0]
		}
		earlier.Last = last[0]
		earlier.Count++
		last = last[1:]
	}
	return last, earlier
}
