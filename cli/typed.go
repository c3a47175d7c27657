package cli

import (
	"context"
	"io"
)

// typed is what somebody types, until a context ends: one Ctrl-C ends what waits for a
// line of it.
type typed struct {
	ctx context.Context //nolint:containedctx // a reader has no other way to learn of its end
	in  io.Reader
}

// Read implements [io.Reader]. What is read when the context ends is lost.
func (t typed) Read(p []byte) (int, error) {
	type result struct {
		data []byte
		err  error
	}
	got := make(chan result, 1)
	go func() {
		data := make([]byte, len(p))
		n, err := t.in.Read(data)
		got <- result{data[:n], err}
	}()
	select {
	case r := <-got:
		return copy(p, r.data), r.err
	case <-t.ctx.Done():
		return 0, context.Cause(t.ctx)
	}
}
