package when

import (
	"cmp"
	"slices"
	"time"
)

// A Timetable is the times at which one job fires: its schedule, as far as its
// rule and the calendar let it.
type Timetable struct {
	Spec   *Schedule // never changed
	Rule   Rule      // never changed
	Silent []Span    // nothing comes on these days, for the reason that is their name
	Until  time.Time // nothing comes after it; zero is no end
	Snooze *Snooze   // the one time that is moved; nil is none

	plain days // which days of Spec it would be if no calendar were known
}

// A Snooze moves one firing.
type Snooze struct {
	Turn time.Time `json:"turn"` // the firing that is moved
	To   time.Time `json:"to"`
}

// NewTimetable applies a rule to a schedule. Under a rule for workdays, Monday to
// Friday of the schedule stands for the workdays of the calendar, so that a Sunday
// that is worked is added.
func NewTimetable(spec *Schedule, rule Rule) (*Timetable, error) {
	if err := rule.check(spec.calendar); err != nil {
		return nil, err
	}
	s, plain := *spec, spec.days
	d := &s.days
	if rule.wantsWorkdays() && d.week == monToFri && d.front|d.back == 0 && d.dates == nil {
		d.week, d.work = 0, true
	}
	plain.kinds, plain.except = nil, nil
	return &Timetable{Spec: &s, Rule: rule, plain: plain}, nil
}

// Next returns the first firing after a time, or the zero time if there is none.
func (t *Timetable) Next(after time.Time) time.Time {
	next := t.regular(after)
	if s := t.Snooze; s != nil {
		if next.Equal(s.Turn) {
			next = t.regular(next)
		}
		if s.To.After(after) && (next.IsZero() || s.To.Before(next)) {
			next = s.To.In(t.Spec.zone)
		}
	}
	if !t.Until.IsZero() && next.After(t.Until) {
		return time.Time{}
	}
	return next
}

// Over tells whether nothing comes after a time, whatever a calendar may still say of
// the days to come.
func (t *Timetable) Over(after time.Time) bool {
	next := t.Spec.next(after, func(d Day) bool { return t.plain.match(d, nil) })
	return next.IsZero() || !t.Until.IsZero() && next.After(t.Until)
}

// Stopped tells whether something would come after a time, if no days were silent.
func (t *Timetable) Stopped(after time.Time) bool {
	loud := *t
	loud.Silent = nil
	next := loud.regular(after)
	return !next.IsZero() && (t.Until.IsZero() || !next.After(t.Until))
}

// regular is Next without snoozing.
func (t *Timetable) regular(after time.Time) time.Time {
	return t.Spec.next(after, t.comes)
}

// comes reports whether something is sent on d.
func (t *Timetable) comes(d Day) bool {
	return t.stops(d) == "" && t.Spec.days.match(d, t.Spec.calendar)
}

// stops returns why nothing is sent on d, or "".
func (t *Timetable) stops(d Day) string {
	for _, s := range t.Silent {
		if s.has(d) {
			return cmp.Or(s.Name, "停发期")
		}
	}
	return t.Rule.stops(d, t.Spec.calendar)
}

// UsesCalendar reports whether the firings change with the statutory calendar.
func (t *Timetable) UsesCalendar() bool {
	d := &t.Spec.days
	named := func(k kind) bool {
		_, numbered := k.week()
		return !numbered && !slices.Contains([]kind{winter, summer, vacation, teaching, exams, oddWeek, evenWeek}, k)
	}
	return t.Spec.calendar != nil && (d.work || t.Rule.only == workdayRule || t.Rule.only == teachingRule || t.Rule.noUnsure ||
		slices.ContainsFunc(d.kinds, named) || slices.ContainsFunc(d.except, named))
}
