package progress

import (
	"fmt"

	"duban/store"
)

// A queue keeps numbered records, and knows which of them wait for somebody.
type queue[T any] struct {
	last    string // the key of the number that was given out last
	all     string // begins the keys of the records
	waiting string // begins the keys of the numbers that wait
}

func (q queue[T]) key(number int) string { return fmt.Sprintf("%s%08d", q.all, number) }

func (q queue[T]) waitingKey(number int) string { return fmt.Sprintf("%s%08d", q.waiting, number) }

// add stores what record makes of the next number, and returns the number.
func (q queue[T]) add(tx *store.Tx, record func(number int) T) int {
	last, _ := store.Load[int](tx, q.last)
	n := last + 1
	store.Save(tx, q.last, n)
	store.Save(tx, q.waitingKey(n), n)
	store.Save(tx, q.key(n), record(n))
	return n
}

// Find returns the record of a number.
func (q queue[T]) Find(s *store.Snapshot, number int) (T, bool) {
	return store.Load[T](s, q.key(number))
}

// Open returns the records that wait, oldest first.
func (q queue[T]) Open(s *store.Snapshot) []T {
	var all []T
	for rec := range store.Scan[int](s, q.waiting, 0) {
		if v, ok := q.Find(s, rec.Value); ok {
			all = append(all, v)
		}
	}
	return all
}

// close stores the record of a number, which waits no more, as edit leaves it. It
// does nothing and returns false if there is none, or if edit returns false.
func (q queue[T]) close(tx *store.Tx, number int, edit func(*T) bool) bool {
	v, ok := q.Find(tx.Snapshot, number)
	if !ok || !edit(&v) {
		return false
	}
	store.Delete(tx, q.waitingKey(number))
	store.Save(tx, q.key(number), v)
	return true
}
