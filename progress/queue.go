package progress

import (
	"cmp"
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
func (q queue[T]) add(tx *store.Tx, record func(number int) T) (int, error) {
	last, _, err := store.Load[int](tx, q.last)
	if err != nil {
		return 0, err
	}
	n := last + 1
	return n, cmp.Or(store.Save(tx, q.last, n), store.Save(tx, q.waitingKey(n), n), store.Save(tx, q.key(n), record(n)))
}

func (q queue[T]) find(s *store.Snapshot, number int) (T, bool, error) {
	return store.Load[T](s, q.key(number))
}

// open returns the records that wait, oldest first.
func (q queue[T]) open(s *store.Snapshot) ([]T, error) {
	var all []T
	for rec, err := range store.Scan[int](s, q.waiting, 0) {
		if err != nil {
			return nil, err
		}
		v, ok, err := q.find(s, rec.Value)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, v)
		}
	}
	return all, nil
}

// close stores the record of a number, which waits no more, as edit leaves it. It
// does nothing and returns false if there is none, or if edit returns false.
func (q queue[T]) close(tx *store.Tx, number int, edit func(*T) bool) (bool, error) {
	v, ok, err := q.find(tx.Snapshot, number)
	if err != nil || !ok || !edit(&v) {
		return false, err
	}
	return true, cmp.Or(tx.Delete([]byte(q.waitingKey(number))), store.Save(tx, q.key(number), v))
}
