package webchat

import "time"

// How much one person can say: a burst, and then so many a second.
const (
	burst     = 40
	perSecond = 5
	maxStream = 64 // open streams of all browsers
)

// A bucket holds what a person may still say.
type bucket struct {
	left float64
	at   time.Time
}

// allow takes one from the bucket of a person, if it is not empty.
func (a *Account) allow(person string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.o.Now()
	b := a.buckets[person]
	if b == nil {
		b = &bucket{left: burst, at: now}
		a.buckets[person] = b
	}
	b.left = min(burst, b.left+max(0, now.Sub(b.at).Seconds())*perSecond)
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
