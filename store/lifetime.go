package store

import (
	"time"

	"duban/notice"
)

// A notice that could not be posted in time is not posted at all, because its day
// has passed: a reminder at the end of the next day, what a person announced two
// days later, and either when the time has passed that it sets. They are whole
// days, so that texts of one day can leave as one.
const (
	reminderDays = 2
	noticeDays   = 4
)

// lastUse returns when the text of a notice is no longer worth posting.
func (tx *Tx) lastUse(n notice.Notice) time.Time {
	asked := n.Asked()
	if asked.IsZero() {
		asked = tx.Now()
	}
	days := noticeDays
	if n.Job != "" {
		days = reminderDays
	}
	last := LimitsOf(tx.Snapshot).day(asked).AddDate(0, 0, days)
	if n.Due.After(asked) && n.Due.Before(last) {
		return n.Due
	}
	return last
}
