package privacy

import (
	"errors"
	"fmt"
	"time"
)

// A Retention says for how many days what is done with is kept, each kind of record
// for itself.
type Retention struct {
	Seen    int `yaml:"seen"`    // marks of handled messages; at least 7, because networks bring old messages again
	Outbox  int `yaml:"outbox"`  // texts of closed rows; their keys stay for ever
	Inbound int `yaml:"inbound"` // what people said that is bound to nothing, from when it was dealt with
	Replies int `yaml:"replies"` // texts of reports and answers, from the end of the semester; what was reported, and when, stays
	Acks    int `yaml:"acks"`    // who answered what and when, from the end of the school year; then only counts are kept
	Files   int `yaml:"files"`   // evidence; its record stays
	Audit   int `yaml:"audit"`   // at least 180

	// Semester returns the end of the semester that a time lies in; nil is the end
	// of January or of July.
	Semester func(time.Time) time.Time `yaml:"-"`
}

// days is how long so many days are.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// DefaultRetention is what duban keeps unless an office says otherwise.
func DefaultRetention() Retention {
	return Retention{Seen: 30, Outbox: 30, Inbound: 7, Replies: 180, Acks: 365, Files: 30, Audit: 365}
}

// minSeen is for how many days at least a replayed message must be recognised.
const minSeen = 7

// minAudit is for how many days at least it must be known who did what: six months,
// as the Cybersecurity Law asks of network logs.
const minAudit = 180

// Check says what is wrong with r.
func (r Retention) Check() error {
	switch {
	case r.Seen < minSeen:
		return fmt.Errorf("seen marks must be kept for %d days at least, because networks bring old messages again", minSeen)
	case r.Audit < minAudit:
		return fmt.Errorf("the audit log must be kept for %d days at least", minAudit)
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
