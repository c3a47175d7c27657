package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"duban/store"
	"duban/store/bolt"
	"duban/store/mem"
)

// older is how many records a store of schema 1 has in these tests: enough for three
// turns of a step.
const older = 2*store.StepRecords + 100

// planted are the steps of a program that is not written yet: the first puts numbers
// into objects, the second moves them.
func planted() []store.Step {
	return []store.Step{
		{Name: "numbers are objects", Turn: func(tx *store.Tx, from string) string {
			return store.Each(tx, "n/", from, func(tx *store.Tx, key string, raw []byte) {
				store.Save(tx, key, map[string]int{"n": store.Decode[int](tx, raw) + 1})
			})
		}},
		{Name: "they lie elsewhere", Turn: func(tx *store.Tx, from string) string {
			return store.Each(tx, "n/", from, func(tx *store.Tx, key string, raw []byte) {
				store.SaveRaw(tx, "x/"+key, raw)
				store.Delete(tx, key)
			})
		}},
	}
}

// engines returns a function that opens the same engine again and again.
func engines(t *testing.T, path string) map[string]func() (store.Engine, func()) {
	inMemory := mem.New()
	return map[string]func() (store.Engine, func()){
		"mem": func() (store.Engine, func()) { return inMemory, func() {} },
		"bolt": func() (store.Engine, func()) {
			e, err := bolt.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			return e, func() { _ = e.Close() }
		},
	}
}

// A stopping engine fails its n-th update: before it, or after it has happened.
type stopping struct {
	store.Engine
	n     int
	after bool
}

var errStop = errors.New("stopped")

func (s *stopping) Update(ctx context.Context, fn func(store.Writer) error) error {
	s.n--
	if s.n == 0 && !s.after {
		return errStop
	}
	if err := s.Engine.Update(ctx, fn); err != nil {
		return err
	}
	if s.n == 0 {
		return errStop
	}
	return nil
}

// fill makes a store of schema 1.
func fill(t *testing.T, e store.Engine) {
	t.Helper()
	s, err := store.OpenWith(t.Context(), e, store.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *store.Tx) error {
		for i := range older {
			store.Save(tx, fmt.Sprintf("n/%05d", i), i)
		}
		return nil
	})
}

// upgraded fails the test if a store is not what the planted steps make of it.
func upgraded(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		n := 0
		for rec := range store.Scan[map[string]int](sn, "x/n/", 0) {
			if rec.Key != fmt.Sprintf("x/n/%05d", n) || rec.Value["n"] != n+1 {
				t.Fatalf("record %d: got %s with %v, want its number, and one more in it", n, rec.Key, rec.Value)
			}
			n++
		}
		if left := store.Names(sn, "n/", 0); n != older || len(left) > 0 {
			t.Errorf("got %d records, %d left behind, want %d and none", n, len(left), older)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOpen_upgrade stops the upgrade at each of its transactions, before it and after
// it has happened, and opens the store again until it is upgraded.
func TestOpen_upgrade(t *testing.T) {
	for _, after := range []bool{false, true} {
		for name, open := range engines(t, filepath.Join(t.TempDir(), "duban.db")) {
			t.Run(fmt.Sprintf("%s after %v", name, after), func(t *testing.T) {
				steps, copies, stops := planted(), []int{}, 0
				e, shut := open()
				fill(t, e)
				shut()
				for n := 1; ; n++ {
					e, shut := open()
					// The first of what is left fails: so each transaction does once, or all of them after they happened.
					s, err := store.OpenWith(t.Context(), &stopping{Engine: e, n: 1 + n%2, after: after}, store.Options{
						Upgrade: func(schema int) error { copies = append(copies, schema); return nil },
					}, steps)
					if err == nil {
						upgraded(t, s)
						shut()
						break
					}
					stops++
					if !errors.Is(err, errStop) || stops > 50 {
						t.Fatalf("Open: got error %v at the %d. stop", err, stops)
					}
					if n > 1 {
						if _, err := store.OpenWith(t.Context(), e, store.Options{}, nil); !errors.Is(err, store.ErrSchema) {
							t.Fatalf("Open by the old program after %d stops: got error %v, want ErrSchema", stops, err)
						}
					}
					shut()
				}
				if stops < 3 || !slices.Equal(slices.Compact(copies), []int{1, 2}) {
					t.Errorf("got %d stops and copies of the schemas %v, want some, and copies of 1 and 2", stops, copies)
				}
			})
		}
	}
}

// TestOpen_upgradeWithoutCopy lets the copy before the upgrade fail.
func TestOpen_upgradeWithoutCopy(t *testing.T) {
	e := mem.New()
	fill(t, e)
	full := errors.New("no space left on device")
	_, err := store.OpenWith(t.Context(), e, store.Options{Upgrade: func(int) error { return full }}, planted())
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("got error %v, want that of the copy, and that nothing was changed", err)
	}
	if _, err := store.OpenWith(t.Context(), e, store.Options{}, nil); err != nil {
		t.Errorf("Open by the old program: got error %v, want none", err)
	}
}

// TestOpen_noSchema takes away what says which schema a store has: once it is made
// whole, and twice it is an error, because nobody may guess.
func TestOpen_noSchema(t *testing.T) {
	e := mem.New()
	fill(t, e)
	remove := func(keys ...string) {
		err := e.Update(t.Context(), func(w store.Writer) error {
			for _, k := range keys {
				if err := w.Delete([]byte(k)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"meta/version", "meta/version.2", "meta/version"} {
		remove(key)
		if _, err := store.Open(t.Context(), e, store.Options{}); err != nil {
			t.Errorf("Open without %s: got error %v, want none", key, err)
		}
	}
	remove("meta/version", "meta/version.2")
	if _, err := store.Open(t.Context(), e, store.Options{}); !errors.Is(err, store.ErrNoSchema) {
		t.Errorf("Open without both: got error %v, want ErrNoSchema", err)
	}
}

// TestOpen_upgradeDamaged damages one of the records: it is set aside, and all others
// are upgraded.
func TestOpen_upgradeDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	open := engines(t, path)["bolt"]
	e, shut := open()
	fill(t, e)
	shut()
	spoil(t, path, "n/00003")
	e, shut = open()
	defer shut()
	s, err := store.OpenWith(t.Context(), e, store.Options{}, planted())
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(sn *store.Snapshot) error {
		left, moved := store.Names(sn, "n/", 0), store.Names(sn, "x/n/", 0)
		if len(left) > 0 || len(moved) != older-1 || sn.Aside() != 1 {
			t.Errorf("got %d left, %d moved, %d aside, want none, %d and 1", len(left), len(moved), sn.Aside(), older-1)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
