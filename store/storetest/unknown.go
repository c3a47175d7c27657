package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"duban/store"
)

// TestUnknown checks what an engine does when a commit fails. open returns a new
// engine, a function that makes commits fail from then on, and one that opens
// what is left of it again.
func TestUnknown(t *testing.T, open func(t *testing.T) (e store.Engine, fail func(), reopen func() store.Engine)) {
	t.Helper()
	const writers = 40
	e, fail, reopen := open(t)
	write := func(e store.Engine, i int) error {
		return e.Update(context.Background(), func(w store.Writer) error { return once(w, i) })
	}
	for i := range writers {
		if err := write(e, i); err != nil {
			t.Fatalf("Update before the fault: got error %v, want none", err)
		}
	}
	fail()
	var mu sync.Mutex
	unknown := 0
	Each(writers, func(i int) {
		err := write(e, writers+i)
		mu.Lock()
		defer mu.Unlock()
		if errors.Is(err, store.ErrUnknown) {
			unknown++
		}
		if !errors.Is(err, store.ErrUnknown) && !errors.Is(err, store.ErrBroken) {
			t.Errorf("Update after the fault: got error %v, want ErrUnknown or ErrBroken", err)
		}
	})
	if unknown == 0 {
		t.Errorf("updates after the fault: got none with ErrUnknown")
	}
	if err := write(e, 0); !errors.Is(err, store.ErrBroken) || errors.Is(err, store.ErrUnknown) {
		t.Errorf("Update later: got error %v, want ErrBroken, as it did not begin", err)
	}
	if err := e.View(context.Background(), func(store.Reader) error { return nil }); !errors.Is(err, store.ErrBroken) {
		t.Errorf("View later: got error %v, want ErrBroken, as nobody knows what is durable", err)
	}
	_ = e.Close()
	e = reopen()
	if n := consistent(t, e); n < writers {
		t.Errorf("opened again: got %d effects, want the %d that were acknowledged", n, writers)
	}
	for i := range 2 * writers {
		if err := write(e, i); err != nil {
			t.Errorf("Update after opening again: got error %v, want none", err)
		}
	}
	if n := consistent(t, e); n != 2*writers {
		t.Errorf("after each was run again: got %d effects, want %d", n, 2*writers)
	}
}

// once counts i, and marks it so that a second run does not count it again.
func once(w store.Writer, i int) error {
	mark := fmt.Sprintf("mark/%d", i)
	if v, err := w.Get([]byte("t/" + mark)); err != nil || v != nil {
		return err
	}
	n, err := number(w, "n")
	if err != nil {
		return err
	}
	return put(w, "n", fmt.Sprint(n+1), mark, "")
}

// consistent returns the count of once, which must be that of its marks.
func consistent(t *testing.T, e store.Engine) (n int) {
	t.Helper()
	marks := 0
	err := e.View(context.Background(), func(r store.Reader) (err error) {
		n, err = number(r, "n")
		for _, scanErr := range r.Scan([]byte("t/mark/"), []byte("t/mark0")) {
			marks++
			err = errors.Join(err, scanErr)
		}
		return err
	})
	if err != nil || n != marks {
		t.Errorf("count and marks: got %d and %d, %v, want them equal", n, marks, err)
	}
	return n
}
