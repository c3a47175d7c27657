package report

import (
	"cmp"
	"time"

	"duban/progress"
	"duban/roster"
	"duban/store"
)

// A Then is how many measures stood how at the end of a month, or stand now.
type Then struct {
	Month time.Time // its first moment
	Now   bool      // it is not over
	Count Count
}

// mostMonths is how many months a trend goes back.
const mostMonths = 12

// Trend returns how the measures of the plan in force stood at the end of each month, the
// present one last: of a year at most, and not before the first plan came or somebody
// said something.
func Trend(s *store.Snapshot, zone *time.Location) []Then {
	g := newGathering(s, Order{Zone: zone})
	now := s.Now().In(zone)
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, zone)
	var all []Then
	var times []time.Time
	for i := range mostMonths {
		first := this.AddDate(0, i-mostMonths+1, 0)
		all = append(all, Then{first, first.Equal(this), Count{}})
		times = append(times, first.AddDate(0, 1, 0).Add(-time.Nanosecond))
	}
	for _, n := range Measures(g.plan) {
		owners := roster.Among(g.people.all, Owners(g.plan, n))
		for i, u := range progress.Past(s, n.ID, owners, times) {
			row := Row{Reported: !u.At.IsZero(), Status: cmp.Or(u.Status, progress.Doing)}
			all[i].Count[allWord]++
			all[i].Count[row.state()]++
		}
	}
	return begun(s, all)
}

// begun leaves out the months before anything was known.
func begun(s *store.Snapshot, all []Then) []Then {
	first := s.Now()
	if plans := progress.PlanHistory(s); len(plans) > 0 {
		first = plans[0].Imported
	}
	for i, m := range all {
		if m.Month.AddDate(0, 1, 0).After(first) || m.Count["未填报"] < m.Count[allWord] {
			return all[i:]
		}
	}
	return nil
}
