package wechat

import (
	"context"
	"math/rand/v2"
	"time"
)

// sleep waits for d and reports false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}

// between returns a random time from a to b, so that nothing happens on the dot.
func between(a, b time.Duration) time.Duration { return a + rand.N(b-a) }
