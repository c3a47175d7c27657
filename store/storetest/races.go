package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"duban/store"
)

// Each runs fn n times side by side and waits.
func Each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

// number returns the number stored under key, 0 if there is none.
func number(r store.Reader, key string) (int, error) {
	v, err := r.Get([]byte("t/" + key))
	if err != nil || v == nil {
		return 0, err
	}
	return strconv.Atoi(string(v))
}

func testSnapshot(t *testing.T, b bench) {
	b.put("a", "0", "b", "0")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
				b.put("a", strconv.Itoa(i), "b", strconv.Itoa(i))
			}
		}
	})
	Each(8, func(int) {
		for range 50 {
			b.view(func(r store.Reader) error {
				first, list, second := 0, all(r), 0
				first, err := number(r, "a")
				if err != nil {
					return err
				}
				second, err = number(r, "b")
				if want := fmt.Sprintf("a=%d b=%d", first, first); second != first || list != want {
					t.Errorf("one view: got %q, then a=%d, b=%d, want one state", list, first, second)
				}
				return err
			})
		}
	})
	close(stop)
	wg.Wait()
}

// testWriteSkew lets many take the last of two places that must not both be
// given up: each looks at both and clears its own.
func testWriteSkew(t *testing.T, b bench) {
	for round := range 50 {
		b.put("a", "1", "b", "1")
		Each(2, func(i int) {
			own := []string{"a", "b"}[i]
			_ = b.e.Update(context.Background(), func(w store.Writer) error {
				x, err := number(w, "a")
				y, err2 := number(w, "b")
				if err := errors.Join(err, err2); err != nil || x+y < 2 {
					return err
				}
				return put(w, own, "0")
			})
		})
		b.view(func(r store.Reader) error {
			x, _ := number(r, "a")
			y, _ := number(r, "b")
			if x+y != 1 {
				t.Errorf("round %d: got %d left, want 1", round, x+y)
			}
			return nil
		})
	}
}

// testPhantoms lets many add a key of their own if a scan found none.
func testPhantoms(t *testing.T, b bench) {
	for round := range 20 {
		prefix := fmt.Sprintf("%d/", round)
		var mu sync.Mutex
		won := 0
		Each(8, func(i int) {
			added := false
			b.update(func(w store.Writer) error {
				added = list(w, "t/"+prefix, "t/"+prefix+"\xff") == ""
				if !added {
					return nil
				}
				return put(w, prefix+strconv.Itoa(i), "")
			})
			if added {
				mu.Lock()
				defer mu.Unlock()
				won++
			}
		})
		if won != 1 {
			t.Errorf("round %d: got %d that found nothing, want 1", round, won)
		}
	}
}

func testCounter(t *testing.T, b bench) {
	const workers, times = 32, 25
	Each(workers, func(int) {
		for range times {
			b.update(func(w store.Writer) error {
				n, err := number(w, "n")
				if err != nil {
					return err
				}
				return put(w, "n", strconv.Itoa(n+1))
			})
		}
	})
	b.expect(fmt.Sprintf("n=%d", workers*times))
}

// testMixed runs functions that succeed, fail and panic side by side, so that an
// engine that commits in groups has them in one. Each adds one to the count and
// leaves a key of its own; only those of the first kind may be found.
func testMixed(t *testing.T, b bench) {
	const workers, times = 24, 20
	b.put("a", "1", "b", "2", "c", "3")
	Each(workers, func(i int) {
		for j := range times {
			func() {
				defer func() {
					if p := recover(); (p != nil) != (i%3 == 2) {
						t.Errorf("worker %d: got panic %v", i, p)
					}
				}()
				err := b.e.Update(context.Background(), func(w store.Writer) error {
					return mixed(w, i, j)
				})
				if (err != nil) != (i%3 == 1) {
					t.Errorf("worker %d: got error %v", i, err)
				}
			}()
		}
	})
	b.view(func(r store.Reader) error {
		n, err := number(r, "n")
		if err != nil || n != workers/3*times {
			t.Errorf("count: got %d, %v, want %d", n, err, workers/3*times)
		}
		if got, want := list(r, "t/", "t/d"), "a=1 b=2 c=3"; got != want {
			t.Errorf("what was there before: got %q, want %q", got, want)
		}
		for p, err := range r.Scan([]byte("t/own/"), []byte("t/own0")) {
			var i, j int
			if _, err := fmt.Sscanf(string(p.Key), "t/own/%d/%d", &i, &j); err != nil || i%3 != 0 {
				t.Errorf("found %q, which its function took back, %v", p.Key, err)
			}
			n--
			if err != nil {
				return err
			}
		}
		if n != 0 {
			t.Errorf("keys: got %d fewer than counts", n)
		}
		return nil
	})
}

func mixed(w store.Writer, i, j int) error {
	n, err := number(w, "n")
	if err != nil {
		return err
	}
	if err := put(w, "n", strconv.Itoa(n+1), fmt.Sprintf("own/%d/%d", i, j), ""); err != nil {
		return err
	}
	if i%3 == 0 {
		return nil
	}
	if err := spoil(w); err != nil || i%3 == 1 {
		return errors.Join(err, errTest)
	}
	panic("on purpose")
}
