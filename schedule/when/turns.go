package when

import (
	"cmp"
	"time"
)

// A Turn is a day on which a timetable comes, or would come but for the calendar, its
// rule, or days on which it is silent.
type Turn struct {
	Day   Day
	Times []time.Time // when it comes; none if it is left out
	Added bool        // it comes because of the calendar alone
	Why   string      // why it is left out or added
}

// Turns returns the turns from one day to another, both included, ascending.
func (t *Timetable) Turns(from, to Day) (all []Turn) {
	times := map[Day][]time.Time{}
	end := (to + 1).At(0, t.Spec.zone)
	for at := t.Next(from.At(0, t.Spec.zone).Add(-time.Second)); !at.IsZero() && at.Before(end); at = t.Next(at) {
		times[DayOf(at)] = append(times[DayOf(at)], at)
	}
	for d := from; d <= to; d++ {
		plain := t.wouldCome(d)
		turn := Turn{Day: d, Times: times[d], Added: !plain && times[d] != nil}
		if turn.Added || times[d] == nil {
			turn.Why = cmp.Or(t.moved(d), t.why(d))
		}
		if plain || turn.Added {
			all = append(all, turn)
		}
	}
	return all
}

// wouldCome reports whether something would be sent on d if no calendar were known. What
// is for holidays alone is not meant for other days.
func (t *Timetable) wouldCome(d Day) bool {
	over := !t.Until.IsZero() && d.At(t.Spec.times[0], t.Spec.zone).After(t.Until)
	meant := t.Rule.only != vacationRule || t.Rule.stops(d, t.Spec.calendar) == ""
	return meant && !over && t.Spec.from <= d && d <= t.Spec.until && t.plain.match(d, nil)
}

// moved says that the turn of d is moved to another time, or from another time to d.
func (t *Timetable) moved(d Day) string {
	if s := t.Snooze; s != nil && (DayOf(s.Turn.In(t.Spec.zone)) == d || DayOf(s.To.In(t.Spec.zone)) == d) {
		return "推迟"
	}
	return ""
}

// Changes are the rows of days on which turns are left out, and those on which they are
// added, as in a [Preview].
func Changes(turns []Turn) (skipped, added []Change) {
	var less, more rows
	for _, t := range turns {
		switch {
		case t.Times == nil:
			less.add(t.Day, t.Why)
		case t.Added:
			more.add(t.Day, t.Why)
			less.open = false
		default:
			less.open, more.open = false, false
		}
	}
	return less.all, more.all
}
