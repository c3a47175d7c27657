package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"duban/store"
)

// spoil makes changes of every kind, which must all be undone.
func spoil(w store.Writer) error {
	return errors.Join(
		put(w, "a", "changed", "new", "1", "new", "2", "b", "x"),
		w.Delete([]byte("t/b")), w.Delete([]byte("t/new")), w.Delete([]byte("t/c")),
		put(w, "c", "again", "", "root"),
	)
}

func testFailure(t *testing.T, b bench) {
	b.put("a", "1", "b", "2", "c", "3")
	err := b.e.Update(context.Background(), func(w store.Writer) error {
		return errors.Join(spoil(w), errTest)
	})
	if !errors.Is(err, errTest) {
		t.Errorf("Update: got error %v, want the function's own", err)
	}
	b.expect("a=1 b=2 c=3")
	b.put("d", "4")
	b.expect("a=1 b=2 c=3 d=4")
}

func testPanic(t *testing.T, b bench) {
	b.put("a", "1", "b", "2", "c", "3")
	got := func() (p any) {
		defer func() { p = recover() }()
		return b.e.Update(context.Background(), func(w store.Writer) error {
			_ = spoil(w)
			panic("on purpose")
		})
	}()
	if got != "on purpose" {
		t.Errorf("Update of a function that panics: got %v, want its panic in the caller", got)
	}
	b.expect("a=1 b=2 c=3")
	b.put("d", "4")
	b.expect("a=1 b=2 c=3 d=4")
}

// testGoexit is what t.Fatal inside of a function does.
func testGoexit(_ *testing.T, b bench) {
	b.put("a", "1", "b", "2", "c", "3")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = b.e.Update(context.Background(), func(w store.Writer) error {
			_ = spoil(w)
			runtime.Goexit()
			return nil
		})
	}()
	<-ended
	b.expect("a=1 b=2 c=3")
	b.put("d", "4")
	b.expect("a=1 b=2 c=3 d=4")
}

func testSizes(t *testing.T, b bench) {
	long := bytes.Repeat([]byte("t/"), store.MaxKey/2)
	large := make([]byte, store.MaxValue)
	b.update(func(w store.Writer) error { return w.Put(long, large) })
	for name, pair := range map[string]store.Pair{
		"an empty key":          {Key: nil, Value: []byte("x")},
		"a key that is long":    {Key: append(long, 'x'), Value: []byte("x")},
		"a value that is large": {Key: []byte("t/x"), Value: append(large, 0)},
	} {
		err := b.e.Update(context.Background(), func(w store.Writer) error {
			return errors.Join(put(w, "beside", "x"), w.Put(pair.Key, pair.Value))
		})
		if !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("Put of %s: got error %v, want ErrTooLarge", name, err)
		}
	}
	b.update(func(w store.Writer) error {
		if v, err := w.Get(long); err != nil || len(v) != store.MaxValue {
			t.Errorf("Get of the largest value: got %d bytes, %v, want %d", len(v), err, store.MaxValue)
		}
		return w.Delete(long)
	})
	b.expect("")
}

func testContext(t *testing.T, b bench) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	started := false
	err := b.e.Update(ctx, func(w store.Writer) error {
		started = true
		return put(w, "a", "1")
	})
	if !errors.Is(err, context.Canceled) || started {
		t.Errorf("Update after cancel: got error %v, started %v, want it not to start", err, started)
	}
	err = b.e.View(ctx, func(store.Reader) error { started = true; return nil })
	if !errors.Is(err, context.Canceled) || started {
		t.Errorf("View after cancel: got error %v, started %v, want it not to start", err, started)
	}
	ctx, cancel = context.WithCancel(context.Background())
	err = b.e.Update(ctx, func(w store.Writer) error {
		cancel()
		return put(w, "a", "1")
	})
	if err != nil {
		t.Errorf("Update cancelled when it had begun: got error %v, want the truth, which is none", err)
	}
	b.expect("a=1")
}

func testClosed(t *testing.T, b bench) {
	b.put("a", "1")
	if err := b.e.Close(); err != nil {
		t.Fatalf("Close: got error %v, want none", err)
	}
	err := b.e.Update(context.Background(), func(store.Writer) error { return nil })
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update after Close: got error %v, want ErrClosed", err)
	}
	err = b.e.View(context.Background(), func(store.Reader) error { return nil })
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("View after Close: got error %v, want ErrClosed", err)
	}
}

// testMuch is past what fits a page, an inline bucket or one level of a tree.
func testMuch(t *testing.T, b bench) {
	const n = 5000
	value := func(i, round int) []byte { return bytes.Repeat([]byte{byte(i), byte(round)}, 10+i%300) }
	name := func(i int) []byte { return fmt.Appendf(nil, "t/%x/%05d", i*7919%256, i) }
	for round := range 2 {
		for from := 0; from < n; from += 500 {
			b.update(func(w store.Writer) error {
				for i := from; i < from+500; i++ {
					if err := w.Put(name(i), value(i, round)); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	b.update(func(w store.Writer) error {
		for i := range n {
			if v, err := w.Get(name(i)); err != nil || !bytes.Equal(v, value(i, 1)) {
				t.Fatalf("Get(%q): got %d bytes, %v, want the value of the second round", name(i), len(v), err)
			}
			if i%10 == 0 {
				continue
			}
			if err := w.Delete(name(i)); err != nil {
				return err
			}
		}
		return nil
	})
	count := 0
	b.view(func(r store.Reader) error {
		for _, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			count++
		}
		return nil
	})
	if count != n/10 {
		t.Errorf("after deleting nine of ten: got %d pairs, want %d", count, n/10)
	}
}
