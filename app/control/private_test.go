//go:build unix

package control_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"duban/app/control"
)

// TestListen_private: nobody else can connect, not even in the moment in which the
// socket has been made and its mode has not: it is never at a place that others reach.
func TestListen_private(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	for name, data := range map[string]string{"short": t.TempDir(), "long": filepath.Join(t.TempDir(), strings.Repeat("d", 100))} {
		if err := os.MkdirAll(data, 0o755); err != nil { //nolint:gosec // a folder that others can enter
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(data, control.BirthName), 0o777); err != nil { // left behind, or put there
			t.Fatal(err)
		}
		loose, stop := make(chan string, 1), make(chan struct{})
		go func() { // what a neighbour sees
			defer close(loose)
			for {
				select {
				case <-stop:
					return
				default:
				}
				if info, err := os.Lstat(filepath.Join(data, "control")); err == nil && info.Mode().Perm()&0o077 != 0 {
					loose <- info.Mode().String()
					return
				}
			}
		}()
		for range 200 {
			l, err := control.Listen(data)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := control.Dial(t.Context(), data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := errors.Join(conn.Close(), l.Close()); err != nil {
				t.Fatal(err)
			}
		}
		close(stop)
		if mode, seen := <-loose; seen {
			t.Errorf("%s: the socket was %s for a moment, want it private from the start", name, mode)
		}
		if left, err := os.ReadDir(data); err != nil || len(left) > 1 {
			t.Errorf("%s: got %v, %v after closing, want nothing left behind", name, left, err)
		}
	}
}
