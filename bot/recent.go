package bot

import (
	"slices"
	"sync"
)

// A Recent is a map that keeps so many keys at most, those that were put in last. Its
// methods may be called by several goroutines at once.
type Recent[K comparable, V any] struct {
	mu    sync.Mutex
	most  int
	all   map[K]V
	order []K // oldest first
}

// NewRecent returns an empty map of at most so many keys.
func NewRecent[K comparable, V any](most int) *Recent[K, V] {
	return &Recent[K, V]{most: most, all: map[K]V{}}
}

// Get returns what a key stands for.
func (r *Recent[K, V]) Get(k K) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok = r.all[k]
	return v, ok
}

// Put lets a key stand for v.
func (r *Recent[K, V]) Put(k K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(k)
	r.all[k], r.order = v, append(r.order, k)
	if len(r.order) > r.most {
		delete(r.all, r.order[0])
		r.order = r.order[1:]
	}
}

// Take returns what a key stands for, and lets it stand for nothing.
func (r *Recent[K, V]) Take(k K) (v V, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.remove(k)
}

func (r *Recent[K, V]) remove(k K) (v V, ok bool) {
	if v, ok = r.all[k]; ok {
		delete(r.all, k)
		i := slices.Index(r.order, k)
		r.order = slices.Delete(r.order, i, i+1)
	}
	return v, ok
}
