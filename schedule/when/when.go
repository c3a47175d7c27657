// Package when says at which times something happens.
//
// A [Schedule] is read from five cron fields or from a Chinese phrase such as
// 每月最后一个工作日下午三点. It is days times clock times, in one zone, and so is
// everything else here: a [Calendar] says what kind of day a day is, a [Rule]
// lets only some kinds of day pass, and [Preview] shows what comes out of the
// three before anybody saves it.
//
// Reading guesses nothing. A phrase is taken only if every character of it has
// one meaning; otherwise [Parse] returns a [Refusal], whose text says in Chinese
// what is wrong and what to write instead.
package when

import (
	"fmt"
	"time"
)

// A Setting is what a phrase is read against.
type Setting struct {
	Now      time.Time      // tomorrow is the day after this
	Zone     *time.Location // nil is the zone of Now
	Calendar *Calendar      // nil knows Monday to Friday and nothing else

	stored bool // the text was taken before, and may be over by now
}

func (s Setting) zone() *time.Location {
	if s.Zone == nil {
		return s.Now.Location()
	}
	return s.Zone
}

// A Refusal says in Chinese why a schedule is not taken, and what to write instead.
type Refusal struct {
	Text    string
	Instead []string // phrases of which one may be meant
	Over    bool     // the schedule was right once, and its time has passed
}

// Refuse makes a Refusal.
func Refuse(format string, args ...any) error { return &Refusal{Text: fmt.Sprintf(format, args...)} }

// Error returns the sentence for the person who wrote the phrase.
func (r *Refusal) Error() string { return r.Text }

// Default is the clock time of a phrase that names none.
const Default Clock = 9 * 60
