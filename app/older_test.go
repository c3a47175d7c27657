package app_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"duban/app"
	"duban/config"
	"duban/store"
	"duban/store/bolt"
)

// keptOlder opens an office and copies its store as before an upgrade.
func keptOlder(t *testing.T, c config.Config) *app.Office {
	t.Helper()
	o, err := app.Open(t.Context(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	err = o.Store.Write(t.Context(), func(tx *store.Tx) { store.Save(tx, store.Work+"x", 17) })
	for range 2 { // the second time as after an interruption
		err = errors.Join(err, o.KeepOlder(t.Context(), 1))
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// checkOlder opens a copy and looks whether it holds what the office did.
func checkOlder(t *testing.T, path string) {
	t.Helper()
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s, err := store.Open(t.Context(), e, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := store.Read(t.Context(), s, func(sn *store.Snapshot) int {
		n, _ := store.Load[int](sn, store.Work+"x")
		return n
	})
	if n != 17 || err != nil {
		t.Errorf("in the copy: got %d, %v, want 17", n, err)
	}
}

// TestKeepOlder copies a store as before an upgrade. The copy opens, only its owner
// reads it, and it is gone when it is old.
func TestKeepOlder(t *testing.T) {
	c := inFolder(t)
	o := keptOlder(t, c)
	file := filepath.Join(c.Data, "duban.db.schema1")
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("the copy: got %v, %v, want mode 0600", info, err)
	}
	older := filepath.Join(t.TempDir(), "duban.db")
	if err := os.Link(file, older); err != nil {
		t.Fatal(err)
	}
	checkOlder(t, older)
	if err := o.DropOlder(time.Hour); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("a copy of a moment ago: got %v, want it there", err)
	}
	if err := os.Chtimes(file, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := o.DropOlder(time.Hour); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a copy of two hours ago: got %v, want it gone", err)
	}
}
