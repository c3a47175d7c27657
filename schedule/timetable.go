package schedule

import "duban/schedule/when"

// timetable reads what a stored job says under a calendar.
func (s *Scheduler) timetable(j Job, c *when.Calendar) (*when.Timetable, error) {
	return timetable(j, when.ParseStored, when.Setting{Zone: s.o.Zone, Calendar: c})
}

// timetable reads when a job fires.
func timetable(j Job, parse func(string, when.Setting) (*when.Schedule, error), set when.Setting) (*when.Timetable, error) {
	spec, err := parse(j.When, set)
	if err != nil {
		return nil, err
	}
	rule, err := when.ParseRule(j.Days)
	if err != nil {
		return nil, err
	}
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
