package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"iter"
	"slices"

	"go.etcd.io/bbolt"

	"duban/store"
)

// A call is one Update on its way through the writer.
type call struct {
	turn chan turn   // twice: run now, and how the group ended
	ran  chan result // once: the function has ended
	gone bool        // the caller panicked and listens no more; set before ran
}

// A turn is what the writer tells a call.
type turn struct {
	bucket *bbolt.Bucket // not nil: run now
	err    error
}

// A result is what a call tells the writer.
type result struct {
	wrote   bool // it left writes
	spoiled bool // it could not be undone, so the whole group must be
}

// serve waits for the call's turn, runs fn, and waits for the commit.
func (c *call) serve(ctx context.Context, fn func(store.Writer) error) error {
	t := <-c.turn
	if t.bucket == nil {
		return t.err
	}
	failed := c.run(ctx, t.bucket, fn)
	if t = <-c.turn; t.err != nil {
		return t.err // also for a failed function: it may have read what is now in doubt
	}
	return failed
}

// run runs fn and undoes it if it fails. It hands the turn back in any case,
// also when fn panics or ends its goroutine.
func (c *call) run(ctx context.Context, b *bbolt.Bucket, fn func(store.Writer) error) (err error) {
	t := &txn{bucket: b}
	ended := false
	defer func() {
		var r result
		if !ended || err != nil {
			r.spoiled = guarded(t.rollback) != nil
		}
		r.wrote, c.gone = len(t.undo) > 0, !ended
		c.ran <- r
	}()
	if err = ctx.Err(); err == nil {
		err = fn(t)
	}
	ended = true
	return err
}

// A txn is a function's view of the bucket. Slices from bbolt are valid as long
// as its transaction, so that they need no copies.
type txn struct {
	bucket *bbolt.Bucket
	look   *bbolt.Cursor // of Get, which would make one each time
	walk   *bbolt.Cursor // of a Scan that has ended
	undo   []change
}

// A change says what a key held before it was written.
type change struct{ key, old []byte }

// Get returns the value, nil if there is none.
func (t *txn) Get(key []byte) ([]byte, error) { return unseal(key, t.get(key)) }

// get returns what stands under key, with its checksum.
func (t *txn) get(key []byte) []byte {
	if t.look == nil {
		t.look = t.bucket.Cursor()
	}
	if k, v := t.look.Seek(key); bytes.Equal(k, key) {
		return v
	}
	return nil
}

// Put sets the value and notes the old one, for undoing.
func (t *txn) Put(key, value []byte) error {
	key, value = bytes.Clone(key), seal(key, value)
	t.undo = append(t.undo, change{key, t.get(key)})
	return t.bucket.Put(key, value)
}

// Delete removes the key and notes its value, for undoing.
func (t *txn) Delete(key []byte) error {
	old := t.get(key)
	if old == nil {
		return nil
	}
	t.undo = append(t.undo, change{bytes.Clone(key), old})
	return t.bucket.Delete(key)
}

// sumSize is how many bytes of checksum follow a value: CRC-32C over key and value,
// so that neither a turned bit nor a value under another's key is believed.
const sumSize = 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func sum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// seal returns a copy of value with its checksum.
func seal(key, value []byte) []byte {
	sealed := append(make([]byte, 0, len(value)+sumSize), value...)
	return binary.BigEndian.AppendUint32(sealed, sum(key, value))
}

// unseal returns the value without its checksum, nil for none.
func unseal(key, sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	n := len(sealed) - sumSize
	if n < 0 || binary.BigEndian.Uint32(sealed[n:]) != sum(key, sealed[:n]) {
		return nil, &store.DamagedError{Key: key, Raw: sealed}
	}
	return sealed[:n:n], nil
}

// rollback puts back what the function changed, the last change first.
func (t *txn) rollback() error {
	for _, c := range slices.Backward(t.undo) {
		var err error
		if c.old == nil {
			err = t.bucket.Delete(c.key)
		} else {
			err = t.bucket.Put(c.key, c.old)
		}
		if err != nil {
			return err
		}
	}
	t.undo = nil
	return nil
}

// Scan walks with a cursor. A cursor loses its place when the bucket is written,
// so it is set anew whenever the loop's body did that.
func (t *txn) Scan(from, to []byte) iter.Seq2[store.Pair, error] {
	return func(yield func(store.Pair, error) bool) {
		c := t.walk
		if t.walk = nil; c == nil {
			c = t.bucket.Cursor()
		}
		defer func() { t.walk = c }()
		k, v := c.Seek(from)
		for k != nil && (len(to) == 0 || bytes.Compare(k, to) < 0) {
			writes := len(t.undo)
			value, err := unseal(k, v)
			if !yield(store.Pair{Key: k, Value: value}, err) {
				return
			}
			if writes == len(t.undo) {
				k, v = c.Next()
				continue
			}
			last := k
			if k, v = c.Seek(last); bytes.Equal(k, last) {
				k, v = c.Next()
			}
		}
	}
}
