package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"testing"
	"time"

	"duban/store"
)

// TestFiles checks files against the contract of [store.Files]. They are empty.
func TestFiles(t *testing.T, f store.Files) {
	t.Helper()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	all := map[string][]byte{}
	for _, data := range [][]byte{{}, []byte("一张照片"), bytes.Repeat([]byte("0123456789abcdef"), 1<<16), make([]byte, 256<<10)} {
		sum := sha256.Sum256(data)
		all[hex.EncodeToString(sum[:])] = data
	}
	for hash, data := range all {
		for _, at := range []time.Time{now, now.Add(time.Hour)} { // again, and young again
			if err := f.Put(hash, data, at); err != nil {
				t.Fatalf("Put %d bytes: got error %v, want none", len(data), err)
			}
		}
	}
	found := 0
	err := f.Each(func(name string, put time.Time) error {
		if all[name] == nil || !put.Equal(now.Add(time.Hour)) {
			t.Errorf("Each: got %q, put at %v, want a hash, put at the second time", name, put)
		}
		found++
		return nil
	})
	if err != nil || found != len(all) {
		t.Errorf("Each: got %d files, error %v, want %d", found, err, len(all))
	}
	for hash, data := range all {
		r, err := f.Open(hash)
		if err != nil {
			t.Fatalf("Open: got error %v, want none", err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, data) {
			t.Errorf("Open: got %d bytes, error %v, want the %d that were put", len(got), err, len(data))
		}
		if err := f.Remove(hash, now); err != nil {
			t.Errorf("Remove what was put since: got error %v, want none", err)
		}
		if r, err := f.Open(hash); err != nil || r.Close() != nil {
			t.Errorf("Open what was put since it was named: got error %v, want none", err)
		}
		if err := f.Remove(hash, now.Add(time.Hour)); err != nil {
			t.Errorf("Remove: got error %v, want none", err)
		}
		if _, err := f.Open(hash); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open what was removed: got error %v, want fs.ErrNotExist", err)
		}
	}
}
