package schedule

import "duban/schedule/when"

// timetable reads what a stored job says under a calendar.
func (s *Scheduler) timetable(j Job, c *when.Calendar) (*when.Timetable, error) {
	spec, err := when.ParseStored(j.When, when.Setting{Zone: s.o.Zone, Calendar: c})
	if err != nil {
		return nil, err
	}
	rule, err := when.ParseRule(j.Days)
	if err != nil {
		return nil, err
	}
	return timetable(j, spec, rule)
}

// timetable applies what a job says beside its schedule.
func timetable(j Job, spec *when.Schedule, rule when.Rule) (*when.Timetable, error) {
	t, err := when.NewTimetable(spec, rule)
	if err != nil {
		return nil, err
	}
	for _, p := range j.Silent {
		silent, err := p.span()
		if err != nil {
			return nil, err
		}
		t.Silent = append(t.Silent, silent)
	}
	t.Until, t.Snooze = j.Until, j.Snooze
	return t, nil
}

func (p Period) span() (s when.Span, err error) {
	s.Name = p.Why
	if s.From, err = when.ParseDay(p.From); err != nil {
		return s, err
	}
	s.To, err = when.ParseDay(p.To)
	return s, err
}
