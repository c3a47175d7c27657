package store_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"duban/store"
	"duban/store/bolt"
	"duban/store/enginetest"
	"duban/store/storetest"
)

// spoil turns one bit of the value of each key, behind the back of duban.
func spoil(t *testing.T, path string, keys ...string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
			for _, k := range keys {
				v := bytes.Clone(b.Get([]byte(k)))
				v[2] ^= 1 // 1 becomes 0, and is a number all the same
				if err := b.Put([]byte(k), v); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// Damaged records count as missing and are set aside once; all others are as they were.
func TestLoad_damaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	open := func() (*store.Store, func()) {
		e, err := bolt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), e, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s, func() { _ = e.Close() }
	}
	s, shut := open()
	update(t, s, func(tx *store.Tx) error {
		for _, k := range []string{"w/1", "w/2", "w/3", "w/4"} {
			store.Save(tx, k, 111)
		}
		return nil
	})
	shut()
	spoil(t, path, "w/2", "w/4")
	s, shut = open()
	defer func() { shut() }()
	if n, damaged, err := s.VerifyRecords(t.Context()); err != nil || n != 7 || !maps.Equal(damaged, map[string]int{"w": 2}) {
		t.Errorf("VerifyRecords: got %d, %v, %v, want 7 records, 2 of w damaged", n, damaged, err)
	}
	err := s.View(t.Context(), func(sn *store.Snapshot) error {
		if _, ok := store.Load[int](sn, "w/2"); ok || sn.Damaged() != 1 {
			t.Errorf("Load: got a record, %d damaged, want none and 1", sn.Damaged())
		}
		for rec := range store.ScanRange[int](sn, []byte("w/2"), nil, 1) { // counts what is sound
			if rec.Key != "w/3" || rec.Value != 111 {
				t.Errorf("ScanRange: got %v, want w/3", rec)
			}
			return nil
		}
		t.Error("ScanRange: got nothing, want w/3")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	update(t, s, func(tx *store.Tx) error {
		names := store.Names(tx, "w/", 0)
		if !slices.Equal(names, []string{"1", "3", "chain"}) || tx.Damaged() != 2 {
			t.Errorf("Names: got %v, %d damaged, want 1, 3 and the chain, and 2", names, tx.Damaged())
		}
		store.Save(tx, "w/4", 5)
		return nil
	})
	shut() // before anybody was told
	s, shut = open()
	for i, want := range []int{2, 0} {
		if n := told(t, s); n != want {
			t.Errorf("SetAside %d: told of %d records, want %d", i, n, want)
		}
	}
	if n, damaged, err := s.VerifyRecords(t.Context()); err != nil || n != 10 || len(damaged) != 0 {
		t.Errorf("VerifyRecords after all: got %d, %v, %v, want 10 whole records: 4 of w, 2 aside with their notes, the version twice", n, damaged, err)
	}
}

// A view notes what it finds for SetAside.
func TestSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	for want := range 2 {
		e, err := bolt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), e, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Read(t.Context(), s, func(sn *store.Snapshot) bool { return store.Has(sn, "w/1") })
		if err != nil || got {
			t.Errorf("Has: got %v, %v, want false", got, err)
		}
		if n := told(t, s); n != want {
			t.Errorf("SetAside: told of %d records, want %d", n, want)
		}
		update(t, s, func(tx *store.Tx) error { store.Save(tx, "w/1", 111); return nil })
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		spoil(t, path, "w/1")
	}
}

// A record whose key is damaged is missing wherever it is looked for; so it is found
// when the store is opened.
func TestOpen_damagedKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	open := func() (*store.Store, *bolt.Engine) {
		e, err := bolt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), e, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s, e
	}
	s, e := open()
	update(t, s, func(tx *store.Tx) error { store.Save(tx, "w/said/6/a", 111); return nil })
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.ReplaceAll(raw, []byte("w/said/6/a"), []byte("w/said/7/a")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, e = open()
	defer func() { _ = e.Close() }()
	missing := func() int {
		n, err := store.Read(t.Context(), s, func(sn *store.Snapshot) int {
			for range store.Scan[int](sn, "w/said/6/", 0) {
				t.Error("got a record under its old key, want none")
			}
			return sn.Aside()
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	if n := missing(); n != 1 {
		t.Errorf("Aside: got %d missing, want 1", n)
	}
	if n := told(t, s); n != 1 || missing() != 1 {
		t.Errorf("SetAside: told of %d, then %d missing, want 1 and 1", n, missing())
	}
}

// told sets aside what was found, and returns of how many records it tells.
func told(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	if err := s.SetAside(t.Context(), func(_ *store.Tx, told int) { n = told }); err != nil {
		t.Error(err)
	}
	return n
}

func update(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// A store in which nothing can be read is no new one.
func TestOpen_allDamaged(t *testing.T) {
	e := enginetest.New(t)
	if _, err := store.Open(t.Context(), e, store.Options{}); err != nil {
		t.Fatal(err)
	}
	all := storetest.Damaging(e, func(string) bool { return true })
	if _, err := store.Open(t.Context(), all, store.Options{}); !errors.Is(err, store.ErrNoSchema) {
		t.Errorf("Open: got error %v, want ErrNoSchema", err)
	}
}
