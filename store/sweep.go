package store

import (
	"context"
	"fmt"
)

// Batch is how many records one transaction of a long piece of work changes at most.
const Batch = 500

// SweepMost is how many records one call of [Sweep] changes, give or take a [Batch]:
// what a mistake can take at once is bounded.
const SweepMost = 20000

// lookMost bounds how many records one view of a sweep looks at.
const lookMost = 20000

// Sweep changes the old ones of the records whose keys begin with prefix, in small
// transactions beside everything else, and returns their number. A sweep that is
// interrupted, or has changed [SweepMost], is continued by the next. Old is asked again in the transaction.
func Sweep[T any](ctx context.Context, s *Store, prefix string, old func(key string, v T) bool, change func(*Tx, string, T)) (n int, err error) {
	for from := []byte(prefix); from != nil && n < SweepMost; {
		keys, next, err := oldRecords(ctx, s, from, PrefixEnd(prefix), old)
		if err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		from = next
		if len(keys) == 0 {
			continue
		}
		err = s.Write(ctx, func(tx *Tx) {
			for _, k := range keys {
				if v, ok := Load[T](tx, k); ok && old(k, v) {
					change(tx, k, v)
				}
			}
		})
		if err != nil {
			return n, fmt.Errorf("sweep: %w", err)
		}
		n += len(keys)
	}
	return n, nil
}

// oldRecords returns the keys of some old records, and where to go on, nil at the end.
func oldRecords[T any](ctx context.Context, s *Store, from, to []byte, old func(string, T) bool) (keys []string, next []byte, err error) {
	err = s.View(ctx, func(sn *Snapshot) error {
		keys, next = nil, nil
		looked := 0
		for rec := range ScanRange[T](sn, from, to, 0) {
			if old(rec.Key, rec.Value) {
				keys = append(keys, rec.Key)
			}
			if looked++; len(keys) == Batch || looked == lookMost {
				next = []byte(rec.Key + "\x00")
				return nil
			}
		}
		return nil
	})
	return keys, next, err
}

// Remove deletes a record; it is a change for [Sweep].
func Remove[T any](tx *Tx, key string, _ T) { Delete(tx, key) }
