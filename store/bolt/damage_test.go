package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"duban/store"
	"duban/store/bolt"
)

// TestOpen_damaged opens files that were cut, zeroed, overwritten or in which
// bits were turned. Open must say so or give an engine that can be read from end
// to end and holds what was written, but for records that are named as damaged; a
// panic or a bad memory access would end the test.
func TestOpen_damaged(t *testing.T) {
	sound, want := soundFile(t)
	tries := 360
	if testing.Short() {
		tries = 90
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	page := os.Getpagesize()
	damages := []struct {
		name string
		do   func(b []byte) []byte
	}{
		{"cut", func(b []byte) []byte { return b[:rnd.IntN(len(b))] }},
		{"zeroed", func(b []byte) []byte { clear(at(b, rnd.IntN(len(b)), 512)); return b }},
		{"bit", func(b []byte) []byte { b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8); return b }},
		{"head bit", func(b []byte) []byte { b[rnd.IntN(len(b)/page)*page+rnd.IntN(64)] ^= 1 << rnd.IntN(8); return b }},
		{"bit of a meta page", func(b []byte) []byte { b[rnd.IntN(2)*page+16+rnd.IntN(64)] ^= 1 << rnd.IntN(8); return b }},
		{"bit of a count", func(b []byte) []byte { b[(2+rnd.IntN(len(b)/page-2))*page+10] ^= 1 << rnd.IntN(8); return b }},
		{"noise", func(b []byte) []byte { noise(rnd, at(b, rnd.IntN(len(b)), 64)); return b }},
		{"old page", func(b []byte) []byte {
			copy(at(b, rnd.IntN(len(b)/page)*page, page), b[rnd.IntN(len(b)/page)*page:])
			return b
		}},
		{"all noise", func(b []byte) []byte { noise(rnd, b); return b }},
	}
	for _, damage := range damages {
		refused := 0
		for i := range tries / len(damages) {
			path := filepath.Join(t.TempDir(), fmt.Sprint(i))
			broken := damage.do(bytes.Clone(sound))
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			e, err := bolt.Open(path)
			if err != nil {
				refused++
				unchanged(t, damage.name, path, broken, err)
				continue
			}
			if got, damaged, err := contents(t, e); err != nil || !damaged && !maps.Equal(got, want) {
				t.Errorf("%s: got %d records, error %v, from a read, want %d, the error from Open, or a damaged record named",
					damage.name, len(got), err, len(want))
			}
			if err := errors.Join(put(e, "key/new"), put(e, "key/000500")); err != nil {
				t.Errorf("%s: got error %v from use, want it from Open", damage.name, err)
			}
			_ = e.Close()
		}
		t.Logf("%s: %d of %d refused", damage.name, refused, tries/len(damages))
		if refused == 0 && !slices.Contains([]string{"bit", "bit of a meta page", "noise", "old page"}, damage.name) {
			t.Errorf("%s: got no file refused", damage.name)
		}
	}
}

// contents reads all records, and tells whether some are damaged.
func contents(t *testing.T, e *bolt.Engine) (all map[string]string, damaged bool, err error) {
	t.Helper()
	all = map[string]string{}
	err = e.View(t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			var one *store.DamagedError
			switch {
			case errors.As(err, &one):
				damaged = true
			case err != nil:
				return err
			default:
				all[string(p.Key)] = string(p.Value)
			}
		}
		return nil
	})
	return all, damaged, err
}

// unchanged checks that a refused file is left as it is and called damaged.
func unchanged(t *testing.T, name, path string, want []byte, err error) {
	t.Helper()
	if !errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("%s: got error %v, want ErrDamaged", name, err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: got the file changed (%v), want it left as it is", name, err)
	}
}

// at returns at most n bytes of b from an offset.
func at(b []byte, from, n int) []byte { return b[from:min(from+n, len(b))] }

func noise(rnd *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
}

// soundFile returns a database of several levels with free pages, and what it holds.
func soundFile(t *testing.T) ([]byte, map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sound")
	e := reopen(t, path)
	for round := range 5 {
		err := e.Update(context.Background(), func(w store.Writer) error {
			for i := range 2000 {
				k := fmt.Appendf(nil, "key/%06d", i)
				if i%5 == round {
					if err := w.Delete(k); err != nil {
						return err
					}
					continue
				}
				if err := w.Put(k, bytes.Repeat([]byte{byte(i)}, 20+(i+round)%200)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("Update: got error %v, want none", err)
		}
	}
	all, _, err := contents(t, e)
	end(t, e)
	b, failed := os.ReadFile(path)
	if err := errors.Join(err, failed); err != nil {
		t.Fatal(err)
	}
	return b, all
}
