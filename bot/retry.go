package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// RepeatMark stands in front of a text that may have reached its chat before.
const RepeatMark = "【可能重复】"

// A TooOften is an [ErrTooOften] of a network that says how much is too much.
type TooOften struct {
	After time.Duration // when it takes messages again; 0: it does not say
	Chat  bool          // only the chat has had enough, and others go on
}

// Error says what the network said.
func (t *TooOften) Error() string { return fmt.Sprintf("%v: again after %v", ErrTooOften, t.After) }

// Is makes it an [ErrTooOften].
func (*TooOften) Is(target error) bool { return target == ErrTooOften }

// chatAgain is how long a chat that has had enough is left alone if the network does
// not say for how long.
const chatAgain = time.Minute

// shortest is for how long sending rests at least, whatever the network says.
const shortest = time.Second

// rest is how long the network wants to be left alone; 0: it does not say.
func (t *TooOften) rest() time.Duration {
	if t.After <= 0 {
		return 0
	}
	return max(t.After, shortest)
}

// enough tells whether err says that one chat alone has had enough, and for how long.
func enough(err error) (wait time.Duration, ok bool) {
	often, ok := errors.AsType[*TooOften](err)
	if !ok || !often.Chat {
		return 0, false
	}
	return cmp.Or(often.rest(), chatAgain), true
}

// retries are the pauses after the first, second, … attempt that failed; each
// is changed by up to a fifth. After the last the row is given up.
var retries = [...]time.Duration{
	15 * time.Second, time.Minute, 4 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
}

// parkedFor is when a row whose chat is not resolved is looked at again at the
// latest, should nobody have said that it is resolved now.
const parkedFor = time.Hour

// verdict says what becomes of m after an attempt that ended with err.
//
// An unknown outcome counts before all others, because only it can lead to a
// second copy. The answer to a message is then given up, as the person can ask
// again, unless the network drops that copy; anything else is repeated under its
// mark until it is known to have been taken.
func (l *line) verdict(m Outgoing, receipt Receipt, err error, now time.Time) Result {
	r := Result{Receipt: receipt, Err: err}
	wait, chat := enough(err)
	switch {
	case err == nil:
	case chat:
		r.Held, r.Again = true, now.Add(wait)
	case errors.Is(err, ErrUnknown):
		if !m.Answer || l.once(m, now) {
			r.Again = again(m, now)
		}
	case errors.Is(err, ErrOut), errors.Is(err, ErrTooOften):
		r.Held, r.Again = true, now
	case errors.Is(err, ErrUnresolved):
		r.Held, r.Parked, r.Again = true, true, now.Add(parkedFor)
	case errors.Is(err, ErrRefused):
	default:
		r.Again = again(m, now)
	}
	return r
}

// again returns when to try m again, or the zero time if not at all.
func again(m Outgoing, now time.Time) time.Time {
	n := max(m.Attempt, 1)
	if n > len(retries) {
		return time.Time{}
	}
	at := now.Add(jitter(retries[n-1]))
	if !m.Expires.IsZero() && at.After(m.Expires) {
		return time.Time{}
	}
	return at
}

// classify makes sure that an attempt that was cut off or panicked counts as
// unknown, even if the account does not say so.
func classify(err error) error {
	_, cut := errors.AsType[*PanicError](err)
	cut = cut || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
	said := errors.Is(err, ErrUnknown) || errors.Is(err, ErrOut) || errors.Is(err, ErrTooOften) ||
		errors.Is(err, ErrRefused) || errors.Is(err, ErrUnresolved)
	if !cut || said {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnknown, err)
}

// once tells whether the network still drops a second message for m's key. The first
// was sent when m was due at the earliest.
func (l *line) once(m Outgoing, now time.Time) bool { return now.Sub(m.Due).Abs() < l.dedupes }

// marked returns m as it must leave at now.
func (l *line) marked(m Outgoing, now time.Time) Outgoing {
	switch {
	case !m.Repeat, m.Replaces != "", l.once(m, now):
	case m.Notice == "":
		m.Text = RepeatMark + m.Text
	default:
		m.Text = RepeatMark + "通知" + m.Notice + "：" + m.Text
	}
	return m
}

// A pause is how long an account stays silent after it could not send.
type pause struct {
	zone  *time.Location
	outs  int    // times in a row that it was out
	often int    // times today that it sent too often
	day   string // the day of often
}

const (
	firstProbe = 5 * time.Second
	lastProbe  = time.Minute
)

// after returns how long to stay silent after an attempt that ended with err.
func (p *pause) after(err error, now time.Time) time.Duration {
	often, said := errors.AsType[*TooOften](err)
	switch {
	case said && often.Chat:
		return 0
	case said && often.rest() > 0:
		return often.rest()
	case errors.Is(err, ErrTooOften):
		return p.tooOften(now.In(p.zone))
	case errors.Is(err, ErrOut):
		d := min(firstProbe<<min(p.outs, 10), lastProbe)
		p.outs++
		return jitter(d)
	default:
		p.outs = 0
		return 0
	}
}

// tooOften is longer each time on one day; from the fourth time on it is the
// rest of the day.
func (p *pause) tooOften(now time.Time) time.Duration {
	if day := now.Format(time.DateOnly); day != p.day {
		p.day, p.often = day, 0
	}
	p.often++
	switch p.often {
	case 1:
		return 10 * time.Minute
	case 2:
		return 30 * time.Minute
	case 3:
		return 2 * time.Hour
	default:
		y, m, d := now.Date()
		return time.Date(y, m, d+1, 0, 0, 0, 0, p.zone).Sub(now)
	}
}
