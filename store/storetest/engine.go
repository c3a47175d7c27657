package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"duban/store"
)

// TestEngine checks an engine against the contract of [store.Engine]. open
// returns a new and empty one, which TestEngine closes.
func TestEngine(t *testing.T, open func(t *testing.T) store.Engine) {
	t.Helper()
	tests := []struct {
		name string
		test func(*testing.T, bench)
	}{
		{"keeps what was put", testKeeps},
		{"scans in the order of the keys", testOrder},
		{"scans within limits and stops early", testLimits},
		{"shows a function its own writes", testOwnWrites},
		{"lets the body of a scan write", testWriteInScan},
		{"keeps nothing of a function that fails", testFailure},
		{"keeps nothing of a function that panics", testPanic},
		{"keeps nothing of a function that ends its goroutine", testGoexit},
		{"refuses what is too large", testSizes},
		{"starts nothing after the context ends", testContext},
		{"takes nothing after it is closed", testClosed},
		{"holds much data", testMuch},
		{"shows a view one snapshot", testSnapshot},
		{"has no write skew", testWriteSkew},
		{"has no phantoms", testPhantoms},
		{"loses no update of many at once", testCounter},
		{"isolates those that fail among many", testMixed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := open(t)
			t.Cleanup(func() { _ = e.Close() })
			tt.test(t, bench{t, e})
		})
	}
}

// errTest is an error that a function returns to be undone.
var errTest = errors.New("function fails on purpose")

// A bench is an engine with shorter words for what the tests do with it.
type bench struct {
	t *testing.T
	e store.Engine
}

// update runs fn within the scope "t/" and expects it to be committed.
func (b bench) update(fn func(store.Writer) error) {
	b.t.Helper()
	if err := b.e.Update(context.Background(), fn); err != nil {
		b.t.Errorf("Update: got error %v, want none", err)
	}
}

// view runs fn on a snapshot.
func (b bench) view(fn func(store.Reader) error) {
	b.t.Helper()
	if err := b.e.View(context.Background(), fn); err != nil {
		b.t.Errorf("View: got error %v, want none", err)
	}
}

// put stores pairs of key and value under "t/".
func (b bench) put(pairs ...string) {
	b.t.Helper()
	b.update(func(w store.Writer) error { return put(w, pairs...) })
}

func put(w store.Writer, pairs ...string) error {
	for p := range slices.Chunk(pairs, 2) {
		if err := w.Put([]byte("t/"+p[0]), []byte(p[1])); err != nil {
			return err
		}
	}
	return nil
}

// expect compares everything that is stored with "key=value key=value …".
func (b bench) expect(want string) {
	b.t.Helper()
	b.view(func(r store.Reader) error {
		if got := all(r); got != want {
			b.t.Errorf("stored: got %q, want %q", got, want)
		}
		return nil
	})
}

// all lists what is under "t/".
func all(r store.Reader) string { return list(r, "t/", "t0") }

func list(r store.Reader, from, to string) string {
	var found []string
	for p, err := range r.Scan([]byte(from), []byte(to)) {
		if err != nil {
			return "error: " + err.Error()
		}
		found = append(found, strings.TrimPrefix(string(p.Key), "t/")+"="+string(p.Value))
	}
	return strings.Join(found, " ")
}

func testKeeps(t *testing.T, b bench) {
	b.put("a", "1", "b", "2", "a", "3", "empty", "", "nul\x00", "x")
	b.expect("a=3 b=2 empty= nul\x00=x")
	b.update(func(w store.Writer) error {
		return errors.Join(w.Delete([]byte("t/a")), w.Delete([]byte("t/missing")))
	})
	b.expect("b=2 empty= nul\x00=x")
	b.view(func(r store.Reader) error {
		for key, want := range map[string]bool{"t/b": true, "t/empty": true, "t/a": false, "t/": false} {
			v, err := r.Get([]byte(key))
			if err != nil || (v != nil) != want {
				t.Errorf("Get(%q): got %q, %v, want found to be %v", key, v, err, want)
			}
		}
		return nil
	})
	b.update(func(w store.Writer) error { // slices that are used again belong to the caller
		k, v := []byte("t/k"), []byte("one")
		if err := w.Put(k, v); err != nil {
			return err
		}
		copy(k, "###")
		copy(v, "###")
		return nil
	})
	b.expect("b=2 empty= k=one nul\x00=x")
}

func testOrder(t *testing.T, b bench) {
	keys := []string{"", "\x00", "a", "a\x00", "a/", "a/b", "a0", "aa", "b", "é", "中", "\xff", "\xff\xff"}
	shuffled := []int{7, 2, 12, 0, 9, 4, 11, 5, 1, 10, 3, 8, 6}
	b.update(func(w store.Writer) error {
		for _, i := range shuffled {
			if err := put(w, keys[i], ""); err != nil {
				return err
			}
		}
		return nil
	})
	want := strings.Join(keys, "= ") + "="
	b.expect(want)
	b.update(func(w store.Writer) error {
		if got := all(w); got != want {
			t.Errorf("scan in an update: got %q, want %q", got, want)
		}
		return nil
	})
}

func testLimits(t *testing.T, b bench) {
	b.put("a", "1", "b", "2", "c", "3", "d", "4")
	check := func(r store.Reader) error {
		for _, tt := range []struct{ from, to, want string }{
			{"t/b", "t/d", "b=2 c=3"},
			{"t/b", "", "b=2 c=3 d=4"},
			{"t/aa", "t/bb", "b=2"},
			{"t/d", "t/b", ""},
			{"t/b", "t/b", ""},
			{"t/e", "t0", ""},
		} {
			if got := list(r, tt.from, tt.to); got != tt.want {
				t.Errorf("Scan(%q, %q): got %q, want %q", tt.from, tt.to, got, tt.want)
			}
		}
		seen := 0
		for _, err := range r.Scan([]byte("t/"), []byte("t0")) {
			if err != nil {
				return err
			}
			if seen++; seen == 2 {
				break
			}
		}
		if seen != 2 {
			t.Errorf("a scan that is left after 2 pairs gave %d", seen)
		}
		return nil
	}
	b.view(check)
	b.update(func(w store.Writer) error { return check(w) })
}

func testOwnWrites(t *testing.T, b bench) {
	b.put("a", "1", "b", "2", "c", "3")
	b.update(func(w store.Writer) error {
		if err := put(w, "b", "new", "bb", "4"); err != nil {
			return err
		}
		if err := w.Delete([]byte("t/c")); err != nil {
			return err
		}
		if got, want := all(w), "a=1 b=new bb=4"; got != want {
			t.Errorf("Scan after writes: got %q, want %q", got, want)
		}
		for key, want := range map[string]string{"t/b": "new", "t/bb": "4", "t/c": ""} {
			if v, err := w.Get([]byte(key)); err != nil || string(v) != want {
				t.Errorf("Get(%q) after writes: got %q, %v, want %q", key, v, err, want)
			}
		}
		return nil
	})
	b.expect("a=1 b=new bb=4")
}

// testWriteInScan deletes, changes and adds keys all around the place where a
// scan stands. What was there when it began and was not touched ahead of it must
// come exactly once, in order.
func testWriteInScan(t *testing.T, b bench) {
	const n = 2000
	fill := func(w store.Writer) error {
		for i := range n {
			if err := put(w, fmt.Sprintf("%05d", 2*i), "old"); err != nil {
				return err
			}
		}
		return nil
	}
	b.update(fill)
	b.update(func(w store.Writer) error {
		if err := fill(w); err != nil { // again, so that the scan meets what this function wrote
			return err
		}
		last, count := "", 0
		for p, err := range w.Scan([]byte("t/"), []byte("t0")) {
			k := string(p.Key)
			if err != nil || k <= last {
				return fmt.Errorf("after %q came %q, %w", last, k, err)
			}
			last = k
			var i int
			if _, err := fmt.Sscanf(k, "t/%d", &i); err != nil {
				return err
			}
			if i%2 == 1 {
				continue // a write of this loop, which may appear
			}
			if count++; i != 2*(count-1) {
				return fmt.Errorf("pair %d was %q", count, k)
			}
			if err := churn(w, i); err != nil {
				return err
			}
		}
		if count != n {
			t.Errorf("a scan whose body writes: got %d of the old pairs, want %d", count, n)
		}
		return nil
	})
	b.update(func(w store.Writer) error {
		for p, err := range w.Scan([]byte("t/"), []byte("t0")) {
			if err != nil || string(p.Value) != "new" {
				t.Errorf("after the scan: got %q=%q, %v, want new values only", p.Key, p.Value, err)
			}
		}
		return nil
	})
}

// churn is what the body of a scan does at the even key i: it deletes or changes
// that key, and adds one behind it, one before it, or none.
func churn(w store.Writer, i int) error {
	name := func(i int) string { return fmt.Sprintf("%05d", i) }
	switch i / 2 % 4 {
	case 0:
		return w.Delete([]byte("t/" + name(i)))
	case 1:
		return put(w, name(i), "new")
	case 2:
		return errors.Join(w.Delete([]byte("t/"+name(i))), put(w, name(i+1), "new"))
	}
	return errors.Join(w.Delete([]byte("t/"+name(i))), put(w, name(max(i-7, 1)|1), "new", name(i+1), "new"))
}
