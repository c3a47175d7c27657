package outbox

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"duban/bot"
	"duban/store"
	"duban/zh"
)

// Limits say how much duban may say. All its limits stand here:
//
//	what is bounded             in config.yaml            and by whom
//	how fast an account sends   accounts[].pace           the delivery loop waits
//	its texts in a day          accounts[].pace.per_day   a claim puts off to the next day
//	its texts in a chat's hour  accounts[].pace.per_hour  a claim puts off
//	a group's texts in a day    caps.group_per_day        a claim puts off to the next day
//	texts at about one time     caps.merge                a claim lets them leave as one
//	a day that must be wrong    caps.stop, caps.usual     a claim stops the account
//	texts at night              quiet_hours               a claim puts off to the morning
//	answers in a chat           answers                   Speak refuses
//	what a job may ask for      limits                    the schedule refuses
//
// Only answers and jobs concern what somebody asked for. The zero Limits bound
// those two alone, by their defaults. Limits are given to [store.Open] as a value.
type Limits struct {
	Zone *time.Location // in which days end; nil is UTC

	// Accounts are the limits by account; one that is missing has none.
	Accounts map[string]bot.Limits
	Daybreak time.Duration // when the day of an account begins, after midnight

	PerGroup int           // texts that a group gets in a day; 0 is no limit
	Morning  time.Duration // when the day of a group begins, after midnight

	// Merge is how near two texts of a group must be due to leave as one; 0 merges
	// none.
	Merge time.Duration

	// Stop is how many times the usual volume of a day ends all sending; 0 never
	// does. Usual is the median of the days before, and Usual at least.
	Stop, Usual int

	// Quiet returns the end of the quiet hours that a time lies in, the zero time
	// if it lies in none.
	Quiet func(time.Time) time.Time

	Answers Answers
	Jobs    Jobs
}

// Answers bound what duban says by itself in one chat.
type Answers struct {
	PerMinute int           // 0 is the default
	Pause     time.Duration // for how long it says nothing after that many; 0 is the default
}

// Jobs bound what one recurring notice may ask for.
type Jobs struct {
	Gap    time.Duration `yaml:"gap"`     // the least time between two turns; 0 is the default
	PerDay int           `yaml:"per_day"` // messages of all jobs on one day and account; 0 is no limit
}

// DefaultLimits are those of an office that says nothing else.
func DefaultLimits() Limits {
	return Limits{
		Daybreak: 7 * time.Hour, PerGroup: 6, Morning: 8 * time.Hour, Merge: 10 * time.Minute, Stop: 3, Usual: 50,
		Answers: Answers{PerMinute: 12, Pause: 10 * time.Minute},
		Jobs:    Jobs{Gap: 30 * time.Minute, PerDay: 300},
	}
}

const (
	slowMinutes = 4                // minutes' worth of answers that may be given in a time as long as the pause
	echoGap     = 30 * time.Second // from one echo to the next to one person in a group
	usualDays   = 14               // days of sending that say what volume is usual
	mergedMost  = 3600             // bytes of texts that leave as one

	// MostGroups is how many groups one job may reach.
	MostGroups = 500
)

// LimitsOf returns the limits of the office.
func LimitsOf(s *store.Snapshot) Limits {
	l, d := store.Value[Limits](s), DefaultLimits()
	if l.Answers.PerMinute <= 0 {
		l.Answers.PerMinute = d.Answers.PerMinute
	}
	if l.Answers.Pause <= 0 {
		l.Answers.Pause = d.Answers.Pause
	}
	if l.Jobs.Gap == 0 {
		l.Jobs.Gap = d.Jobs.Gap
	}
	return l
}

// Check says what is wrong with l, beside its accounts, by the names of config.yaml.
func (l Limits) Check() error {
	switch {
	case l.Answers.PerMinute < 1:
		return errors.New("answers.per_minute: must be at least 1")
	case l.Jobs.PerDay < 0:
		return errors.New("limits.per_day: must not be negative; 0 is no limit")
	case l.PerGroup < 0 || l.Stop < 0 || l.Usual < 0:
		return errors.New("caps: numbers must not be negative; 0 is no limit")
	}
	return nil
}

// CheckAccount says what is wrong with the limits of one account. Usual are those
// of its kind.
func CheckAccount(l, usual bot.Limits) error {
	if slices.Min([]int{l.PerMinute, l.Burst, l.PerDay, l.PerHour}) < 0 || l.Jitter < 0 || l.Jitter > 1 {
		return errors.New("pace: numbers must not be negative, and jitter is between 0 and 1")
	}
	if usual.Most > 0 && l.PerMinute > usual.Most {
		return fmt.Errorf("pace: per_minute: more than %d costs a personal WeChat account; the default is %d", usual.Most, usual.PerMinute)
	}
	return nil
}

// Day returns the midnight at which the day of a time began.
func (l Limits) Day(t time.Time) time.Time {
	return zh.StartOfDay(t.In(cmp.Or(l.Zone, time.UTC)))
}

// today names the day of a time in records.
func (l Limits) today(t time.Time) string { return l.Day(t).Format(time.DateOnly) }

// slow returns n, or the part of it that a young account uses, at least 1. 0 stays 0.
func slow(n int, young bool) int {
	if !young || n == 0 {
		return n
	}
	return max(n/bot.Slowed, 1)
}

// A Forecast is how long an account takes for texts that nobody asked for.
type Forecast struct {
	Takes  time.Duration // at its pace
	Days   int           // 1 is today alone
	Sent   int           // what it has said today
	PerDay int           // what it may say in a day; 0 is no limit
}

// ForecastOf returns how long account takes for n texts more.
func ForecastOf(s *store.Snapshot, account string, n int) (f Forecast) {
	f.Sent, f.PerDay = Spent(s, account)
	f.Takes, f.Days = LimitsOf(s).Accounts[account].Cost(n), 1
	if young := Young(s, account); young {
		f.Takes *= bot.Slowed
	}
	if f.PerDay > 0 {
		f.Days += max(n-max(f.PerDay-f.Sent, 0)+f.PerDay-1, 0) / f.PerDay
	}
	return f
}
