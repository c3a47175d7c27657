package webchat

import "time"

// How much one person can say: a burst, and then so many a second.
const (
	burst     = 40
	perSecond = 5
	maxStream = 64 // open streams of all browsers
)

// allow reports whether a person may say something more, and counts that they do.
func (a *Account) allow(person string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, full := a.o.Now(), a.full[person]
	if full.Before(now) {
		full = now
	}
	full = full.Add(time.Second / perSecond)
	if full.Sub(now) > burst*time.Second/perSecond {
		return false
	}
	a.full[person] = full
	return true
}
