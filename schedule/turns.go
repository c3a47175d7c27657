package schedule

import (
	"slices"
	"time"
)

// Turns are the times at which one job comes: its spec, as far as its rule and
// the calendar let it.
type Turns struct {
	spec   *Spec
	plain  *Spec // what the spec would be if no calendar were known
	rule   Rule
	cal    *Calendar
	silent []silence
	until  time.Time
	snooze *Snooze
}

type silence struct {
	from, to Day
	why      string
}

// NewTurns applies a rule to a spec. Under a rule for workdays, Monday to
// Friday of the spec stands for the workdays of the calendar, so that a Sunday
// that is worked is added.
func NewTurns(spec *Spec, rule Rule) (*Turns, error) {
	if err := rule.check(spec.calendar); err != nil {
		return nil, err
	}
	s, plain := *spec, *spec
	d := &s.days
	if rule.wantsWorkdays() && d.week == monToFri && d.front|d.back == 0 && d.dates == nil {
		d.week, d.work = 0, true
	}
	plain.calendar = nil
	plain.days.kinds, plain.days.except = nil, nil
	return &Turns{spec: &s, plain: &plain, rule: rule, cal: spec.calendar}, nil
}

// jobTurns reads what a stored job says.
func jobTurns(j Job, set Setting) (*Turns, error) {
	spec, err := parseStored(j.When, set)
	if err != nil {
		return nil, err
	}
	rule, err := ParseRule(j.Days)
	if err != nil {
		return nil, err
	}
	t, err := NewTurns(spec, rule)
	if err != nil {
		return nil, err
	}
	for _, p := range j.Silent {
		from, err := ParseDay(p.From)
		if err != nil {
			return nil, err
		}
		to, err := ParseDay(p.To)
		if err != nil {
			return nil, err
		}
		t.silent = append(t.silent, silence{from, to, p.Why})
	}
	t.until, t.snooze = j.Until, j.Snooze
	return t, nil
}

// parseStored reads a canonical text, which may be over by now.
func parseStored(text string, set Setting) (*Spec, error) {
	set.Now, set.stored = time.Date(2000, 1, 1, 0, 0, 0, 0, set.zone()), true
	return Parse(text, set)
}

// Spec returns the schedule without the rule.
func (t *Turns) Spec() *Spec { return t.spec }

// Next returns the first turn after a time, or the zero time if there is none.
func (t *Turns) Next(after time.Time) time.Time {
	next := t.regular(after)
	if s := t.snooze; s != nil {
		if next.Equal(s.Turn) {
			next = t.regular(next)
		}
		if s.To.After(after) && (next.IsZero() || s.To.Before(next)) {
			next = s.To.In(t.spec.zone)
		}
	}
	if !t.until.IsZero() && next.After(t.until) {
		return time.Time{}
	}
	return next
}

// regular is Next without snoozing.
func (t *Turns) regular(after time.Time) time.Time {
	return t.spec.next(after, func(d Day) bool { return t.stops(d) == "" && t.spec.days.match(d, t.cal) })
}

// stops returns why nothing is sent on d, or "".
func (t *Turns) stops(d Day) string {
	for _, s := range t.silent {
		if s.from <= d && d <= s.to {
			if s.why != "" {
				return s.why
			}
			return "停发期"
		}
	}
	return t.rule.stops(d, t.cal)
}

// usesCalendar reports whether the turns change with the statutory calendar.
func (t *Turns) usesCalendar() bool {
	d := &t.spec.days
	named := func(k kind) bool {
		_, numbered := k.week()
		return !numbered && !slices.Contains([]kind{winter, summer, vacation, teaching, exams, oddWeek, evenWeek}, k)
	}
	return t.cal != nil && (d.work || t.rule.only == workdayRule || t.rule.only == teachingRule || t.rule.noUnsure ||
		slices.ContainsFunc(d.kinds, named) || slices.ContainsFunc(d.except, named))
}
