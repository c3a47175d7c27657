package page

import "sync"

// A Bell wakes everybody who waits for it. The zero value is ready.
type Bell struct {
	mu   sync.Mutex
	next chan struct{}
}

// Wait returns a channel that is closed when the bell rings next.
func (b *Bell) Wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// Ring wakes who waits.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}
