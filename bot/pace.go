package bot

import (
	"maps"
	"math/rand/v2"
	"time"
)

// A Pace limits how fast an account sends. The zero Pace limits nothing.
//
// No 60 seconds ever see more than PerMinute sends, wherever they begin, and
// restarts do not change that, although nothing about it is stored:
//
//   - A bucket holds at most Burst sends and gains (PerMinute-Burst+1)/60 of a
//     send per second. Of n sends within 60 seconds, the first leaves at most
//     Burst-1 behind it, and the others need what is gained in less than 60
//     seconds; so n-1 < Burst-1 + PerMinute-Burst+1, that is n <= PerMinute.
//   - While any send is in flight nothing is gained, so it does not matter when
//     in its flight the network counts it.
//   - A bucket starts empty, and what a process had left is lost with it. So
//     restarts can only lose sends, not gain them. (This takes a text that is
//     in flight at a crash to arrive before the next process starts its loop.)
//   - Gap and ChatGap count from the start as if a text had just left.
type Pace struct {
	PerMinute int           // sends in any 60 seconds; 0 is no limit
	Burst     int           // how many of them may follow one another at once; 0 is 1, at most PerMinute
	Gap       time.Duration // from the end of one send to the next
	ChatGap   time.Duration // the same within one chat
	Jitter    float64       // each gap is longer by a random part of up to this: 0.5 is up to half

	// Private tells the chats of one person, in which PrivateGap holds instead of
	// ChatGap. Nil tells none.
	Private    func(chat string) bool
	PrivateGap time.Duration

	// Slow tells whether only a quarter of PerMinute and Burst may be used now, as
	// by an account that is new on its network. It is asked often. Nil is never.
	Slow func() bool
}

// Slowed divides the limits of an account that is slow: it uses a quarter of them.
const Slowed = 4

// now returns the pace that holds at the moment.
func (p Pace) now() Pace {
	if p.Slow != nil && p.Slow() && p.PerMinute > 0 {
		p.PerMinute, p.Burst = max(p.PerMinute/Slowed, 1), max(p.Burst/Slowed, 1)
	}
	return p
}

// Cost returns how long n messages take at the pace that holds now, if nothing
// else is sent. It is not less than it will be, but for jitter.
func (p Pace) Cost(n int) time.Duration {
	p = p.now()
	each := p.Gap + time.Duration(float64(p.Gap)*p.Jitter/2)
	if p.PerMinute > 0 {
		each = max(each, time.Minute/time.Duration(p.PerMinute))
	}
	return time.Duration(n) * each
}

// Apart returns how long must be between two messages of one send, which count as two
// at the network and as one here.
func (p Pace) Apart() time.Duration {
	each, _ := p.now().interval()
	return max(each, p.Gap)
}

// bounded tells whether p limits anything.
func (p Pace) bounded() bool { return p.PerMinute > 0 || p.Gap > 0 || p.ChatGap > 0 }

// interval returns how much time one send costs, and the most that is saved up.
func (p Pace) interval() (each, full time.Duration) {
	if p.PerMinute <= 0 {
		return 0, 0
	}
	burst := min(max(p.Burst, 1), p.PerMinute)
	gain := time.Duration(p.PerMinute - burst + 1)
	each = (time.Minute + gain - 1) / gain
	return each, time.Duration(burst) * each
}

// A pacer keeps one account's pace. It is used by one goroutine.
type pacer struct {
	pace Pace

	// Time is credit: a send costs one interval, and credit grows with the
	// time during which nothing is in flight.
	interval time.Duration // 0: no limit
	credit   time.Duration
	full     time.Duration // the most credit
	since    time.Time     // when credit was last right
	flying   int           // sends in flight

	any   time.Time            // no send before
	start time.Time            // of the pacer
	chats map[string]time.Time // no send into that chat before
}

func newPacer(p Pace, now time.Time) *pacer {
	r := &pacer{pace: p, since: now, start: now, chats: map[string]time.Time{}}
	r.any = now.Add(r.gap(p.Gap))
	r.interval, r.full = p.now().interval()
	return r
}

// tune follows a pace that has become slow, or is slow no more. What was saved up
// counts as little as it can, so that no minute sees more than either limit.
func (r *pacer) tune(now time.Time) {
	each, full := r.pace.now().interval()
	if each != r.interval {
		r.credit, r.since = min(r.balance(now), 0), now
		r.interval, r.full = each, full
	}
}

// account returns how long the account must wait from now before it may send.
func (r *pacer) account(now time.Time) time.Duration {
	r.tune(now)
	wait := max(r.any.Sub(now), 0)
	if r.interval > 0 {
		wait = max(wait, r.interval-r.balance(now))
	}
	return wait
}

// chat returns how long chat must wait from now for its next text.
func (r *pacer) chat(chat string, now time.Time) time.Duration {
	gap := r.within(chat)
	if gap <= 0 {
		return 0
	}
	if at, ok := r.chats[chat]; ok {
		return max(at.Sub(now), 0)
	}
	return max(r.start.Add(gap).Sub(now), 0)
}

// within returns the gap between two texts of chat.
func (r *pacer) within(chat string) time.Duration {
	if r.pace.Private != nil && r.pace.Private(chat) {
		return r.pace.PrivateGap
	}
	return r.pace.ChatGap
}

// begin takes the credit for a send that begins now.
func (r *pacer) begin(now time.Time) {
	if r.interval > 0 {
		r.credit = r.balance(now) - r.interval
	}
	r.flying++
}

// end notes that the send into chat is over.
func (r *pacer) end(chat string, now time.Time) {
	r.flying--
	r.since = now
	r.any = now.Add(r.gap(r.pace.Gap))
	gap := r.within(chat)
	if gap <= 0 {
		return
	}
	maps.DeleteFunc(r.chats, func(_ string, at time.Time) bool { return !at.After(now) })
	r.chats[chat] = now.Add(r.gap(gap))
}

func (r *pacer) balance(now time.Time) time.Duration {
	if r.flying > 0 {
		return r.credit
	}
	return min(r.credit+max(now.Sub(r.since), 0), r.full)
}

func (r *pacer) gap(d time.Duration) time.Duration {
	return d + time.Duration(float64(d)*r.pace.Jitter*rand.Float64())
}
