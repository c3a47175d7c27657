//go:build linux

package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"duban/store"
	"duban/store/bolt"
)

// fullVar says that this is the child that has no room.
const fullVar = "DUBAN_TEST_FULL"

// limit bounds the size of every file that this process writes, until the function
// that it returns is called. To the program it is a disk without room.
func limit(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: old.Max}); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUpdate_full: with no room at every commit, whether the file cannot grow or not
// even be written in, nothing is in doubt, nothing is lost, and the engine goes on
// when there is room.
func TestUpdate_full(t *testing.T) {
	if os.Getenv(fullVar) == "" { // in a process of its own, because the limit holds for all that it writes
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUpdate_full$")
		c.Env = append(os.Environ(), fullVar+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	path := filepath.Join(t.TempDir(), "duban.db")
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(e *bolt.Engine, i int) error {
		return e.Update(t.Context(), func(w store.Writer) error {
			return w.Put(fmt.Appendf(nil, "k%04d", i), bytes.Repeat([]byte{byte(i)}, 100+i*7%3000))
		})
	}
	const rounds = 200
	for i := range rounds {
		if err := put(e, i); err != nil {
			t.Fatalf("with room: got error %v, want none", err)
		}
		lift := limit(t, 2*4096)
		if err := put(e, 9000+i); !errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrUnknown) {
			t.Errorf("nothing can be written: got error %v, want ErrFull", err)
		}
		if err := e.View(t.Context(), func(r store.Reader) error {
			v, err := r.Get(fmt.Appendf(nil, "k%04d", i))
			if len(v) != 100+i*7%3000 {
				t.Errorf("without room: got %d bytes of what was written before", len(v))
			}
			return err
		}); err != nil {
			t.Errorf("reading without room: got error %v, want none", err)
		}
		lift()
	}
	grew := 0
	for i, lift := rounds, limit(t, 256<<10); ; i++ {
		err := put(e, i)
		if err == nil {
			grew++
			continue
		}
		lift()
		if !errors.Is(err, store.ErrFull) {
			t.Errorf("the file cannot grow: got error %v, want ErrFull", err)
		}
		if err := put(e, i); err != nil {
			t.Errorf("with room again: got error %v, want none", err)
		}
		grew++
		break
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e, err = bolt.Open(path)
	if err != nil {
		t.Fatalf("opening again: got error %v, want none", err)
	}
	defer e.Close()
	n := 0
	err = e.View(context.Background(), func(r store.Reader) error {
		for p, err := range r.Scan([]byte("k"), nil) {
			if err != nil || bytes.HasPrefix(p.Key, []byte("k9")) {
				t.Errorf("got %q, %v, which was refused", p.Key, err)
			}
			n++
		}
		return nil
	})
	if err != nil || n != rounds+grew {
		t.Errorf("got %d records, %v, want %d", n, err, rounds+grew)
	}
}
