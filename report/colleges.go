package report

import (
	"regexp"
	"slices"
	"time"

	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// A College is what a college has reported and answered.
type College struct {
	Name     string
	Measures int // those of which the plan names it as responsible
	Told     int // those of them on which it has reported this month
	Also     int // other measures on which it has
	Blocked  int // measures that are blocked by its word
	Proofs   int // pieces of evidence
	Last     time.Time

	Answered, Owed int // of this month's notices
}

// everyCollege is how a plan names all colleges as responsible.
var everyCollege = regexp.MustCompile(`^(?:各|全体|所有)(?:二级)?(?:学院|院|教学单位)`)

// Colleges returns the colleges of those who are asked, in the order of the roster, as far
// as want accepts them.
func Colleges(s *store.Snapshot, zone *time.Location, want func(college string) bool) []College {
	g := newGathering(s, Order{Zone: zone})
	now := s.Now().In(zone)
	c := colleges{gathering: g, month: time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone), at: map[string]int{}, of: map[string]string{}}
	for _, p := range g.people.all {
		if p.College == "" || !want(p.College) {
			continue
		}
		c.of[p.ID] = p.College
		if _, known := c.at[p.College]; !known && p.Asked() {
			c.at[p.College] = len(c.all)
			c.all = append(c.all, College{Name: p.College})
		}
	}
	for _, n := range Measures(g.plan) {
		c.measure(n.ID, Owners(g.plan, n))
	}
	c.notices()
	return c.all
}

// colleges are a comparison while it is put together.
type colleges struct {
	*gathering

	month time.Time
	all   []College
	at    map[string]int    // where in all a college is
	of    map[string]string // a person's college
}

// find returns the college of a person, nil if it is not compared.
func (c *colleges) find(person string) *College {
	if i, ok := c.at[c.of[person]]; ok {
		return &c.all[i]
	}
	return nil
}

// measure counts what was said on a measure.
func (c *colleges) measure(id string, owners []string) {
	every := slices.ContainsFunc(owners, everyCollege.MatchString)
	owns, told := map[*College]bool{}, map[*College]bool{}
	for i := range c.all {
		if x := &c.all[i]; every || (roster.Person{College: x.Name}).Among(owners) {
			owns[x] = true
			x.Measures++
		}
	}
	for _, l := range progress.Words(c.snap, id) {
		x := c.find(l.Update.Person)
		if x == nil {
			continue
		}
		if l.Update.At.After(x.Last) {
			x.Last = l.Update.At.In(c.order.Zone)
		}
		if !l.Update.At.Before(c.month) && !told[x] {
			told[x] = true
			x.tell(owns[x])
		}
	}
	c.states(id, owners)
}

// tell counts a measure of which the college has reported.
func (x *College) tell(owned bool) {
	if owned {
		x.Told++
	} else {
		x.Also++
	}
}

// states counts where a measure is blocked, and what was sent as evidence of it.
func (c *colleges) states(id string, owners []string) {
	college := func(person string) string { return c.of[person] }
	for name, u := range progress.Standings(c.snap, id, college, roster.Among(c.people.all, owners)) {
		if i, ok := c.at[name]; ok && u.Status == progress.Blocked {
			c.all[i].Blocked++
		}
	}
	for _, l := range progress.Proofs(c.snap, id) {
		if x := c.find(l.Update.Person); x != nil {
			x.Proofs += len(l.Update.Evidence)
		}
	}
}

// mostNotices is how many of a month's notices are counted, the newest ones.
const mostNotices = 100

// notices counts who has answered what was asked this month.
func (c *colleges) notices() {
	for _, n := range notice.Newest(c.snap, mostNotices) {
		if n.Created.Before(c.month) || !n.Class.Asks() || n.End == notice.Withdrawn {
			continue
		}
		has := notice.CircumstancesOf(c.snap, n)
		for _, i := range notice.Items(c.snap, n.Number) {
			x, standing := c.find(i.Person), has.Standing(i)
			if x == nil || standing == notice.Gone {
				continue
			}
			if x.Owed++; standing == notice.Answered || standing == notice.Delegated {
				x.Answered++
			}
		}
	}
}
