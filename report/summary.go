package report

import (
	"strings"
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
	ID     string // of the measure's node in the plan
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

// A Count says how many measures stand how, by the word for it.
type Count map[string]int

// The words by which measures are counted: all, then each by its state and, if it
// has one, by its light.
var (
	allWord    = "条数"
	stateWords = strings.Fields("办结 推进中 受阻 未启动 未填报")
	lightWords = strings.Fields("红 黄 蓝")
)

func (c Count) add(rows []Row) Count {
	for i := range rows {
		c[allWord]++
		c[rows[i].state()]++
		c[rows[i].Light.String()]++
	}
	return c
}

// Count counts the measures of the part.
func (p *Part) Count() Count { return Count{}.add(p.Rows) }

// Count counts all measures.
func (s *Summary) Count() Count {
	c := Count{}
	for i := range s.Parts {
		c.add(s.Parts[i].Rows)
	}
	return c
}

// state is the word for where the measure stands.
func (r *Row) state() string {
	if !r.Reported {
		return "未填报"
	}
	return r.Status.String()
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
