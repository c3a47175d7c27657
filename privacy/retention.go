package privacy

import (
	"errors"
	"fmt"
	"time"
)

// A Retention says how long what is done with is kept, each kind of record for
// itself.
type Retention struct {
	Seen    time.Duration // marks of handled messages; at least 7 days, because networks bring old messages again
	Outbox  time.Duration // texts of closed rows; their keys stay for ever
	Inbound time.Duration // what people said that is bound to nothing, from when it was dealt with
	Replies time.Duration // texts of reports and answers, from the end of the semester; what was reported, and when, stays
	Acks    time.Duration // who answered what and when, from the end of the school year; then only counts are kept
	Files   time.Duration // evidence; its record stays
	Audit   time.Duration // at least 180 days

	// Semester returns the end of the semester that a time lies in; nil is the end
	// of January or of July.
	Semester func(time.Time) time.Time
}

const daily = 24 * time.Hour

// DefaultRetention is what duban keeps unless an office says otherwise.
func DefaultRetention() Retention {
	return Retention{
		Seen: 30 * daily, Outbox: 30 * daily, Inbound: 7 * daily, Replies: 180 * daily, Acks: 365 * daily,
		Files: 30 * daily, Audit: 365 * daily,
	}
}

// minSeen is the least time for which a replayed message must be recognised.
const minSeen = 7 * daily

// minAudit is the least time for which it must be known who did what: six months,
// as the Cybersecurity Law asks of network logs.
const minAudit = 180 * daily

// Check says what is wrong with r.
func (r Retention) Check() error {
	switch {
	case r.Seen < minSeen:
		return fmt.Errorf("seen marks must be kept for %d days at least, because networks bring old messages again", minSeen/daily)
	case r.Audit < minAudit:
		return fmt.Errorf("the audit log must be kept for %d days at least", minAudit/daily)
	case r.Outbox < 0 || r.Inbound < 0 || r.Replies < 0 || r.Acks < 0 || r.Files < 0:
		return errors.New("nothing can be kept for less than no time")
	}
	return nil
}

// semester is the end of the semester that t lies in.
func (r Retention) semester(t time.Time) time.Time {
	if r.Semester != nil {
		return r.Semester(t)
	}
	return SemesterEnd(t)
}

// SemesterEnd is the end of the semester that t lies in where no calendar says it:
// that of January or of July, in t's zone.
func SemesterEnd(t time.Time) time.Time {
	switch y := t.Year(); {
	case t.Month() == time.January:
		return time.Date(y, time.February, 1, 0, 0, 0, 0, t.Location())
	case t.Month() <= time.July:
		return time.Date(y, time.August, 1, 0, 0, 0, 0, t.Location())
	default:
		return time.Date(y+1, time.February, 1, 0, 0, 0, 0, t.Location())
	}
}

// SchoolYearEnd is the end of the school year that t lies in: that of August.
func SchoolYearEnd(t time.Time) time.Time {
	y := t.Year()
	if t.Month() >= time.September {
		y++
	}
	return time.Date(y, time.September, 1, 0, 0, 0, 0, t.Location())
}
