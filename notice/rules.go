package notice

import (
	"cmp"
	"time"

	"duban/zh"
)

// Rules say when people are asked again, whom else an urgent notice tells, and
// when a notice ends. They are the office's promise of 减负 in one place: nobody is
// asked again who has answered, is on leave or only reads along; nobody more than
// once a day about one notice; and never in quiet hours.
type Rules struct {
	Zone    *time.Location
	Quiet   func(time.Time) bool // in quiet hours; nil is never
	Workday func(time.Time) bool // nil is Monday to Friday

	After time.Duration // from when it was asked until it is asked about again; 0 never asks again
	At    time.Duration // the time of the day from which that is done
	Until time.Duration // and the one until which
	Times int           // how often, by itself; 0 is 3

	Steps []time.Duration // when an urgent notice that is not answered goes to each of [Levels], from when it was asked

	Grace time.Duration // from the end of the day on which a notice is due until it ends
	Stale time.Duration // from when it was asked until one without a due time ends; 0 never ends it
}

// DefaultRules are those of a configuration that says nothing.
func DefaultRules() Rules {
	return Rules{
		Zone:  time.UTC,
		After: 24 * time.Hour, At: 9*time.Hour + 30*time.Minute, Until: 18 * time.Hour, Times: 3,
		Steps: []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour},
		Grace: 24 * time.Hour, Stale: 30 * 24 * time.Hour,
	}
}

// Ends returns when a notice ends by itself: some time after the day on which it
// is due; the zero time is never.
func (r Rules) Ends(n Notice) time.Time {
	switch {
	case !n.Due.IsZero():
		return r.midnight(n.Due).AddDate(0, 0, 1).Add(r.Grace)
	case r.Stale > 0:
		return n.Asked().Add(r.Stale)
	}
	return time.Time{}
}

// Ended tells whether a notice must be closed now.
func (r Rules) Ended(n Notice, now time.Time) bool {
	end := r.Ends(n)
	return n.Closed.IsZero() && !end.IsZero() && !now.Before(end)
}

// Working tells whether people may be asked again at a time: on a working day, in
// working hours, outside of quiet hours. For an urgent notice every day is one.
func (r Rules) Working(c Class, at time.Time) bool {
	clock := at.Sub(r.midnight(at))
	return (c == Urgent || r.workday(at)) && clock >= r.At && (r.Until == 0 || clock < r.Until) && !(r.Quiet != nil && r.Quiet(at))
}

// Chase tells whether the person of an item is to be asked again now, by itself.
// Reached is when the notice was first posted where they are. Who has read it knows of
// it, and is given twice the time.
func (r Rules) Chase(n Notice, i Item, reached, now time.Time) bool {
	after := r.After
	if !i.Read.IsZero() && i.State == Open {
		after *= 2
	}
	return r.After > 0 && r.May(n, i, reached, now) && r.Working(n.Class, now) &&
		i.Chases < cmp.Or(r.Times, 3) && now.Sub(asked(n, i, reached)) >= after
}

// May tells whether the person of an item may be asked again at all, also by
// hand: the notice is open and has reached them, they owe it, and were not asked
// today.
func (r Rules) May(n Notice, i Item, reached, now time.Time) bool {
	return n.Class.Asks() && n.Closed.IsZero() && i.Owed() && !reached.IsZero() && !ahead(i.Chased, now) && !r.SameDay(i.Chased, now) && !r.Ended(n, now)
}

// ahead tells whether a chase leaves after now, at the end of quiet hours. One that is
// further away was noted by a clock that was wrong.
func ahead(chased, now time.Time) bool {
	return chased.After(now) && chased.Sub(now) <= 24*time.Hour
}

// Step returns the step of the escalation that an item must take now. Only an
// urgent notice has any. Steps that were missed are not taken all at once: each
// keeps its distance from the one before.
func (r Rules) Step(n Notice, i Item, reached, now time.Time) (Level, bool) {
	k := len(i.Steps)
	if n.Class != Urgent || !n.Closed.IsZero() || i.State != Open || reached.IsZero() || k >= min(len(r.Steps), len(Levels())) || k > 0 && i.Steps[k-1].To == ToOffice {
		return "", false
	}
	at := asked(n, i, reached).Add(r.Steps[k])
	if k > 0 {
		if after := i.Steps[k-1].At.Add(r.Steps[k] - r.Steps[k-1]); after.After(at) {
			at = after
		}
	}
	return Levels()[k], !now.Before(at)
}

// Next returns when a notice must be looked at again, after it was at now.
func (r Rules) Next(n Notice, now time.Time) time.Time {
	next := r.Ends(n)
	sooner := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if !n.Class.Asks() {
		return next
	}
	if r.After > 0 {
		day := r.midnight(now)
		sooner(day.Add(r.At))
		sooner(day.AddDate(0, 0, 1).Add(r.At))
		if r.Working(n.Class, now) {
			sooner(now.Add(10 * time.Minute))
		}
	}
	if n.Class == Urgent && len(r.Steps) > 0 {
		sooner(now.Add(time.Minute))
	}
	return next
}

// SameDay tells whether two times are on one day of the office; the zero time is
// on none.
func (r Rules) SameDay(a, b time.Time) bool {
	return !a.IsZero() && r.midnight(a).Equal(r.midnight(b))
}

// asked is since when the person has owed an answer to the present text.
func asked(n Notice, i Item, reached time.Time) time.Time {
	at := i.Asked
	for _, t := range []time.Time{n.Revised, reached} {
		if t.After(at) {
			at = t
		}
	}
	return at
}

func (r Rules) midnight(t time.Time) time.Time {
	return zh.StartOfDay(t.In(cmp.Or(r.Zone, time.UTC)))
}

func (r Rules) workday(at time.Time) bool {
	if r.Workday != nil {
		return r.Workday(at)
	}
	day := r.midnight(at).Weekday()
	return day != time.Saturday && day != time.Sunday
}
