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
//   - While a send is in flight nothing is gained, so it does not matter when
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

	any   time.Time            // no send before
	start time.Time            // of the pacer
	chats map[string]time.Time // no send into that chat before
}

func newPacer(p Pace, now time.Time) *pacer {
	r := &pacer{pace: p, since: now, start: now, chats: map[string]time.Time{}}
	r.any = now.Add(r.gap(p.Gap))
	if p.PerMinute > 0 {
		burst := min(max(p.Burst, 1), p.PerMinute)
		gain := time.Duration(p.PerMinute - burst + 1)
		r.interval = (time.Minute + gain - 1) / gain
		r.full = time.Duration(burst) * r.interval
	}
	return r
}

// account returns how long the account must wait from now before it may send.
func (r *pacer) account(now time.Time) time.Duration {
	wait := max(r.any.Sub(now), 0)
	if r.interval > 0 {
		wait = max(wait, r.interval-r.balance(now))
	}
	return wait
}

// chat returns how long chat must wait from now for its next text.
func (r *pacer) chat(chat string, now time.Time) time.Duration {
	if r.pace.ChatGap <= 0 {
		return 0
	}
	if at, ok := r.chats[chat]; ok {
		return max(at.Sub(now), 0)
	}
	return max(r.start.Add(r.pace.ChatGap).Sub(now), 0)
}

// begin takes the credit for a send that begins now.
func (r *pacer) begin(now time.Time) {
	if r.interval > 0 {
		r.credit = r.balance(now) - r.interval
	}
}

// end notes that the send into chat is over.
func (r *pacer) end(chat string, now time.Time) {
	r.since = now
	r.any = now.Add(r.gap(r.pace.Gap))
	if r.pace.ChatGap <= 0 {
		return
	}
	maps.DeleteFunc(r.chats, func(_ string, at time.Time) bool { return !at.After(now) })
	r.chats[chat] = now.Add(r.gap(r.pace.ChatGap))
}

func (r *pacer) balance(now time.Time) time.Duration {
	return min(r.credit+max(now.Sub(r.since), 0), r.full)
}

func (r *pacer) gap(d time.Duration) time.Duration {
	return d + time.Duration(float64(d)*r.pace.Jitter*rand.Float64())
}
