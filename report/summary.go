package report

import (
	"time"

	"duban/progress"
)

// A Summary is how far the measures of a plan are.
type Summary struct {
	Kind  Kind   // Progress or Stale
	Plan  string // the plan's title, without 《》
	Scope string // whose measures, as people call them; "" is all
	AsOf  time.Time
	Parts []Part
	Away  []Absence // when the bot was not there lately
	Mark  string    // who exported it, for tables
}

// A Part is a part of the plan with its measures.
type Part struct {
	Name    string // 二、推进优良学风建设
	Problem string // 问题描述, verbatim
	Goal    string // 目标任务, verbatim
	Rows    []Row
}

// A Row is how far one measure is. What people said is defanged: no link in it can
// be tapped.
type Row struct {
	Number string // as printed; "" if it has none
	Title  string // in short
	Body   string // verbatim
	Owners []string
	Due    string    // as written
	DueAt  time.Time // that day; zero if the text names none

	Reported bool // the rest is set
	Status   progress.Status
	Percent  *int
	Line     string // status and percent in a word: 80%
	Note     string
	By       string // who said it
	Updated  time.Time
	People   int // who reported on it

	Light progress.Light
	Why   string // it is lit
}

// A Count says how many measures stand how.
type Count struct {
	All, Finished, Doing, Blocked, NotStarted, Silent int
	Red, Yellow, Blue                                 int
}

func (c *Count) add(r *Row) {
	c.All++
	switch {
	case !r.Reported:
		c.Silent++
	case r.Status == progress.Finished:
		c.Finished++
	case r.Status == progress.Blocked:
		c.Blocked++
	case r.Status == progress.NotStarted:
		c.NotStarted++
	default:
		c.Doing++
	}
	switch r.Light {
	case progress.Red:
		c.Red++
	case progress.Yellow:
		c.Yellow++
	case progress.Blue:
		c.Blue++
	case progress.NoLight:
	}
}

// Count counts the measures of the part.
func (p *Part) Count() (c Count) {
	for i := range p.Rows {
		c.add(&p.Rows[i])
	}
	return c
}

// Count counts all measures.
func (s *Summary) Count() (c Count) {
	for i := range s.Parts {
		for j := range s.Parts[i].Rows {
			c.add(&s.Parts[i].Rows[j])
		}
	}
	return c
}

// stale tells whether an unfinished measure has not been heard of for 30 days.
// What was never reported on counts from when the plan came into force.
func (r *Row) stale(now, since time.Time) bool {
	const silent = 30 * 24 * time.Hour
	if r.Reported {
		since = r.Updated
	}
	done := r.Status == progress.Finished || r.Percent != nil && *r.Percent >= 100
	return !done && !since.IsZero() && now.Sub(since) > silent
}
