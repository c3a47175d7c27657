package config

import (
	"errors"
	"fmt"
	"time"

	"duban/notice"
	"duban/outbox"
	"duban/schedule/when"
)

// Chase says when people are asked again who have not answered.
type Chase struct {
	After time.Duration   `yaml:"after"` // from when a notice was posted; 0 never asks again by itself
	At    string          `yaml:"at"`    // the time of a working day from which that is done
	Until string          `yaml:"until"` // and until which
	Times int             `yaml:"times"` // how often, about one notice
	Steps []time.Duration `yaml:"steps"` // when an urgent notice goes to the person, the college lead and the office
	Grace time.Duration   `yaml:"grace"` // from the end of the day on which a notice is due until it is closed
	Stale time.Duration   `yaml:"stale"` // after which one without a due time is closed; 0 never closes it
}

// Caps bounds what duban says that nobody asked for.
type Caps struct {
	GroupPerDay int           `yaml:"group_per_day"` // texts in one group on one day; 0 is no limit
	Merge       time.Duration `yaml:"merge"`         // texts of one group that are due so near to one another leave as one
	Stop        int           `yaml:"stop"`          // times the usual volume of a day at which all sending stops; 0 never stops
	Usual       int           `yaml:"usual"`         // the volume that is usual at least
}

func defaultChase() Chase {
	r := notice.DefaultRules()
	return Chase{
		After: r.After, At: clockText(r.At), Until: clockText(r.Until), Times: r.Times, Steps: r.Steps, Grace: r.Grace, Stale: r.Stale,
	}
}

func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// clock reads 09:30 as the time since midnight.
func clock(text string) (time.Duration, error) {
	c, err := when.ParseClock(text)
	return time.Duration(c) * time.Minute, err
}

func (c Chase) check() error {
	at, err := clock(c.At)
	if err != nil {
		return fmt.Errorf("chase.at: %w", err)
	}
	until, err := clock(c.Until)
	if err != nil {
		return fmt.Errorf("chase.until: %w", err)
	}
	if until <= at {
		return errors.New("chase.until: must be later than chase.at")
	}
	if c.Times < 1 {
		return errors.New("chase.times: must be at least 1; chase.after: 0s asks nobody again")
	}
	if len(c.Steps) > len(notice.Levels()) {
		return fmt.Errorf("chase.steps: at most %d", len(notice.Levels()))
	}
	for i, s := range c.Steps {
		if i > 0 && s <= c.Steps[i-1] {
			return errors.New("chase.steps: each must be longer than the one before")
		}
	}
	return nil
}

// Rules returns the rules of notices. Working days are those of the calendar.
func (c Config) Rules(zone *time.Location, workday func(time.Time) bool) notice.Rules {
	at, _ := clock(c.Chase.At) // checked when it was read
	until, _ := clock(c.Chase.Until)
	return notice.Rules{
		Zone: zone, Workday: workday, After: c.Chase.After, At: at, Until: until, Times: c.Chase.Times,
		Steps: c.Chase.Steps, Grace: c.Chase.Grace, Stale: c.Chase.Stale,
		Quiet: func(t time.Time) bool { return !c.QuietEnd(t.In(zone)).IsZero() },
	}
}

// Quiet returns the quiet hours, in which reminders are not posted.
func (c Config) Quiet() when.Quiet {
	q, _ := when.ParseQuiet(c.QuietHours) // checked when it was read
	return q
}

// QuietEnd returns when the quiet hours end that a time lies in, by the clock of
// its location; the zero time if it lies in none.
func (c Config) QuietEnd(t time.Time) time.Time {
	q := c.Quiet()
	if !q.Has(when.ClockOf(t)) {
		return time.Time{}
	}
	y, m, d := t.Date()
	end := time.Date(y, m, d, int(q.To)/60, int(q.To)%60, 0, 0, t.Location())
	if !end.After(t) {
		end = end.AddDate(0, 0, 1)
	}
	return end
}

// OutboxLimits returns how much duban may say, from everything that is configured
// about that but the accounts.
func (c Config) OutboxLimits(zone *time.Location) outbox.Limits {
	l := outbox.DefaultLimits()
	l.Zone, l.Quiet = zone, func(t time.Time) time.Time { return c.QuietEnd(t.In(zone)) }
	l.PerGroup, l.Merge, l.Stop, l.Usual = c.Caps.GroupPerDay, c.Caps.Merge, c.Caps.Stop, c.Caps.Usual
	l.Answers = outbox.Answers{PerMinute: c.Answers.PerMinute, Pause: c.Answers.MuteFor}
	l.Jobs = c.Limits
	if q := c.Quiet(); q != (when.Quiet{}) {
		l.Daybreak = time.Duration(q.To) * time.Minute
	}
	return l
}
