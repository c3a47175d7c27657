package store

import "sync"

// A memo keeps the value that was decoded last, under the hash of what it was
// decoded from. Because the hash names the content it may be filled from a
// transaction that is not committed, or that is run again.
type memo[T any] struct {
	mu    sync.Mutex
	rev   string
	value T
}

// of returns the value of rev, which read decodes if it is not the one kept.
func (m *memo[T]) of(rev string, read func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rev == rev && rev != "" {
		return m.value, nil
	}
	v, err := read()
	if err != nil {
		return v, err
	}
	m.rev, m.value = rev, v
	return v, nil
}
