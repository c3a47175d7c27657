package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"duban/bot/bottest"
	"duban/store"
	"duban/store/bolt"
)

func set(t *testing.T, e *bolt.Engine, key, value string) {
	t.Helper()
	err := e.Update(t.Context(), func(w store.Writer) error {
		if value == "" {
			return w.Delete([]byte(key))
		}
		return w.Put([]byte(key), []byte(value))
	})
	if err != nil {
		t.Fatalf("Update: got error %v, want none", err)
	}
}

// count reads every byte of the records.
func count(t *testing.T, e *bolt.Engine) (n int) {
	t.Helper()
	err := e.View(t.Context(), func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			_ = append(bytes.Clone(p.Key), p.Value...)
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatalf("View: got error %v, want none", err)
	}
	return n
}

func TestEngine_Compact(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "duban.db")
	e := reopen(t, path)
	const canary = "金丝雀7f3a9c"
	for i := range 500 {
		set(t, e, fmt.Sprintf("k%04d", i), fmt.Sprintf("%s-%d", canary, i))
	}
	for i := range 500 {
		set(t, e, fmt.Sprintf("k%04d", i), map[bool]string{true: "", false: "kept"}[i%2 == 0])
	}
	if !bottest.InFolder(t, dir, canary) {
		t.Fatal("nothing is left of what was deleted even without a compaction: the test shows nothing")
	}
	if err := e.Compact(t.Context()); err != nil {
		t.Fatalf("Compact: got error %v, want none", err)
	}
	if bottest.InFolder(t, dir, canary) {
		t.Error("got what was deleted in the bytes of the folder, want none of it")
	}
	if _, err := bolt.Open(path); !errors.Is(err, store.ErrLocked) {
		t.Errorf("got %v from a second Open, want ErrLocked: the new file must be locked as the old one was", err)
	}
	set(t, e, "after", "x")
	if got := count(t, e); got != 251 {
		t.Errorf("got %d records, want 251", got)
	}
	end(t, e)
	e = reopen(t, path)
	if got := count(t, e); got != 251 {
		t.Errorf("got %d records after opening again, want 251", got)
	}
	end(t, e)
	if err := e.Compact(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v from a closed engine, want ErrClosed", err)
	}
}

// TestEngine_Compact_leftover shows that what a kill left of an unfinished copy is
// removed: it may hold what is to be erased.
func TestEngine_Compact_leftover(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	e := reopen(t, path)
	set(t, e, "k", "v")
	end(t, e)
	if err := os.WriteFile(path+".compact", []byte("half a copy"), 0o600); err != nil {
		t.Fatalf("WriteFile: got error %v, want none", err)
	}
	e = reopen(t, path)
	if _, err := os.Stat(path + ".compact"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want the unfinished copy gone", err)
	}
	if got := count(t, e); got != 1 {
		t.Errorf("got %d records, want 1", got)
	}
}

// TestEngine_Compact_busy compacts while others read and write: nothing that was
// acknowledged is lost, and nobody sees an error.
func TestEngine_Compact_busy(t *testing.T) {
	e := open(t)
	ctx, stop := context.WithCancel(t.Context())
	var readers, writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 100 {
				if err := put(e, fmt.Sprintf("w%d-%03d", w, i)); err != nil {
					t.Errorf("Update: got error %v, want none", err)
				}
			}
		})
		readers.Go(func() {
			for ctx.Err() == nil {
				err := e.View(context.Background(), func(r store.Reader) error {
					_, err := r.Get([]byte("w0-000"))
					return err
				})
				if err != nil {
					t.Errorf("View: got error %v, want none", err)
				}
			}
		})
	}
	for range 20 {
		if err := e.Compact(t.Context()); err != nil {
			t.Errorf("Compact: got error %v, want none", err)
		}
	}
	writers.Wait()
	stop()
	readers.Wait()
	if got := count(t, e); got != 400 {
		t.Errorf("got %d records, want 400", got)
	}
}

// TestEngine_CopyTo_busy copies while others write: each copy is whole, and sound to
// its last record.
func TestEngine_CopyTo_busy(t *testing.T) {
	e := open(t)
	const records = 8000
	round := func(n int) error {
		return e.Update(context.Background(), func(w store.Writer) error {
			for i := n % 40; i < records; i += 40 { // on each page of the file
				if err := w.Put(fmt.Appendf(nil, "k%05d", i), fmt.Appendf(nil, "%090d", n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	ctx, stop := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	for n := range 40 {
		if err := round(n); err != nil {
			t.Fatal(err)
		}
	}
	writer.Go(func() {
		for n := 40; ctx.Err() == nil; n++ {
			if err := round(n); err != nil {
				t.Errorf("Update: got error %v, want none", err)
			}
		}
	})
	for range 20 {
		at := filepath.Join(t.TempDir(), "copy.db")
		if err := e.CopyTo(t.Context(), at); err != nil {
			t.Errorf("CopyTo: got error %v, want none", err)
			continue
		}
		fresh := reopen(t, at)
		if got := count(t, fresh); got != records {
			t.Errorf("got %d records, want %d", got, records)
		}
		end(t, fresh)
	}
	stop()
	writer.Wait()
}
