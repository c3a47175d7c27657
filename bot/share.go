package bot

import (
	"context"
	"time"
)

// share lets results wait for a moment for the next message: what comes of that shares
// their commit then. They do not if more is to be sent already, for which the chat
// may wait for them.
func (d *deliverer) share(ctx context.Context) {
	if len(d.ended) == 0 || d.window == 1 || d.stirs.Load() > d.taken || time.Since(d.lively) > livelyFor || d.pace.pace.bounded() || !d.failing.IsZero() || ctx.Err() != nil {
		return
	}
	t := time.NewTimer(sharing)
	defer t.Stop()
	d.waiting.Store(d.flying < d.window)
	defer d.waiting.Store(false)
	for {
		select {
		case f := <-d.landed:
			d.land(ctx, f)
		case <-d.wake:
			return
		case <-ctx.Done():
			return
		case <-t.C:
			return
		}
	}
}
