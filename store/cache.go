package store

import "sync"

// A cache keeps, by name, the value that was decoded last, under the revision of
// what it was decoded from. A revision is a hash of the content, so a value may
// come from a transaction that is not committed, or that is run again.
type cache struct {
	mu     sync.Mutex
	values map[string]cached
}

type cached struct {
	rev   string
	value any
}

// value returns what was decoded from raw, nil if the last that was kept under this name
// was decoded from something else.
func (c *cache) value(name string, raw []byte) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.values[name]; ok && raw != nil && v.rev == string(raw) {
		return v.value
	}
	return nil
}

func (c *cache) keep(name string, raw []byte, v any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.set(name, string(raw), v)
}

func (c *cache) set(name, rev string, v any) {
	if c.values == nil {
		c.values = map[string]cached{}
	}
	c.values[name] = cached{rev, v}
}

// LoadCached is [Load] for one of a few records that are read much more often than they
// change: each is decoded once. The value is shared and must not be changed.
func LoadCached[T any](s State, key string) (v T, ok bool) {
	raw := s.snapshot().get(key)
	if raw == nil {
		return v, false
	}
	c := &s.snapshot().store.cache
	if v, ok := c.value(key, raw).(T); ok {
		return v, true
	}
	decode([]byte(key), raw, &v)
	c.keep(key, raw, v)
	return v, true
}

// Cached returns the value that read decodes from the records of revision rev. It
// is read once as long as the revision under this name stays the same, is shared
// between transactions, and must not be changed. The revision "" is never kept.
func Cached[T any](s *Snapshot, name, rev string, read func() T) T {
	c := &s.store.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.values[name]; ok && v.rev == rev && rev != "" {
		if t, ok := v.value.(T); ok {
			return t
		}
	}
	v := read()
	c.set(name, rev, v)
	return v
}
