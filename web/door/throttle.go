package door

import (
	"sync"
	"time"
)

// How many wrong passwords are borne. Who guesses from one address is stopped by the
// address. Who guesses from many is stopped by the account, but only where nobody has
// got in as that person before: its owner, at the usual place, is never locked out.
const (
	perAddress = 10 // in the window, of one address
	perPlace   = 10 // of one account from an address that it knows
	perAccount = 50 // of one account from all others together
	window     = 15 * time.Minute

	mostCounts = 20_000 // addresses and accounts that are counted; beyond it, the oldest are forgotten
)

// A Throttle counts wrong passwords. The zero value is ready.
type Throttle struct {
	mu     sync.Mutex
	counts map[string]count
}

type count struct {
	n     int
	since time.Time
}

// Allow tells whether a password may be tried now, and counts it as wrong until
// [Throttle.Right] says otherwise: so nobody tries many at the same moment. Left is how
// many more may be wrong; wait is for how long none is tried.
func (t *Throttle) Allow(person, address string, known bool, now time.Time) (left int, wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, p := "a/"+address, "p/"+person
	most := perAccount
	if known {
		p, most = "k/"+person+"/"+address, perPlace
	}
	left = min(perAddress-t.of(a, now).n, most-t.of(p, now).n)
	if left <= 0 {
		for _, k := range []string{a, p} {
			wait = max(wait, t.of(k, now).since.Add(window).Sub(now))
		}
		return 0, wait, false
	}
	t.add(a, now)
	t.add(p, now)
	return left - 1, 0, true
}

// Right takes back what [Throttle.Allow] has counted.
func (t *Throttle) Right(person, address string, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.counts, "a/"+address)
	delete(t.counts, "k/"+person+"/"+address)
	if c, ok := t.counts["p/"+person]; ok && !known {
		c.n--
		t.counts["p/"+person] = c
	}
}

func (t *Throttle) of(key string, now time.Time) count {
	c := t.counts[key]
	if now.Sub(c.since) >= window {
		return count{}
	}
	return c
}

func (t *Throttle) add(key string, now time.Time) {
	c := t.of(key, now)
	if c.n == 0 {
		c.since = now
	}
	c.n++
	if t.counts == nil {
		t.counts = map[string]count{}
	}
	if len(t.counts) >= mostCounts {
		t.forget(now)
	}
	t.counts[key] = c
}

// forget removes what has run out, or half of all if that is not enough.
func (t *Throttle) forget(now time.Time) {
	for k, c := range t.counts {
		if now.Sub(c.since) >= window {
			delete(t.counts, k)
		}
	}
	for k := range t.counts {
		if len(t.counts) < mostCounts/2 {
			return
		}
		if k[0] == 'a' || k[0] == 'k' { // what accounts have borne is kept: their number is the roster's
			delete(t.counts, k)
		}
	}
}
