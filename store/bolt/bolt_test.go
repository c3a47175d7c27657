package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"duban/store"
	"duban/store/bolt"
	"duban/store/storetest"
)

// open returns an engine on a new file, which is closed when the test ends.
func open(t *testing.T) *bolt.Engine {
	t.Helper()
	return reopen(t, filepath.Join(t.TempDir(), "duban.db"))
}

func reopen(t *testing.T, path string) *bolt.Engine {
	t.Helper()
	e, err := bolt.Open(path)
	if err != nil {
		t.Fatalf("Open: got error %v, want none", err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// end closes an engine.
func end(t *testing.T, e *bolt.Engine) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Fatalf("Close: got error %v, want none", err)
	}
}

// put stores one pair.
func put(e *bolt.Engine, key string) error {
	return e.Update(context.Background(), func(w store.Writer) error {
		return w.Put([]byte(key), []byte("x"))
	})
}

func TestEngine(t *testing.T) {
	storetest.TestEngine(t, func(t *testing.T) store.Engine { return open(t) })
}

func TestEngine_unknown(t *testing.T) {
	storetest.TestUnknown(t, func(t *testing.T) (store.Engine, func(), func() store.Engine) {
		path := filepath.Join(t.TempDir(), "duban.db")
		e := reopen(t, path)
		return e, e.Break, func() store.Engine { return reopen(t, path) }
	})
}

func TestOpen_modes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "some", "data", "duban.db")
	reopen(t, path)
	if runtime.GOOS == "windows" {
		t.Skip("there are no such modes on Windows")
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700 | os.ModeDir} {
		info, err := os.Stat(name)
		if err != nil || info.Mode() != want {
			t.Errorf("mode of %s: got %v, %v, want %v", filepath.Base(name), info.Mode(), err, want)
		}
	}
}

func TestOpen_locked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	e := reopen(t, path)
	start := time.Now()
	_, err := bolt.Open(path)
	if !errors.Is(err, store.ErrLocked) || time.Since(start) > time.Second {
		t.Errorf("second Open: got error %v after %v, want ErrLocked within 1s", err, time.Since(start))
	}
	if err := put(e, "k"); err != nil {
		t.Errorf("Update of the first: got error %v, want none", err)
	}
	end(t, e)
	reopen(t, path)
}

func TestOpen_impossible(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("not a directory"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"a directory": dir, "a file as directory": filepath.Join(file, "duban.db")} {
		if _, err := bolt.Open(path); err == nil {
			t.Errorf("Open of %s: got no error, want one", name)
		}
	}
	if _, err := bolt.Open(file); !errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("Open of a text file: got error %v, want ErrDamaged", err)
	}
	if text, err := os.ReadFile(file); string(text) != "not a directory" {
		t.Errorf("after a refused Open: got %q, %v, want the file as it was", text, err)
	}
}

// TestOpen_unfinished opens what is left of an Open that a power cut ended.
func TestOpen_unfinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	if err := os.WriteFile(path+".new", make([]byte, 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := put(reopen(t, path), "k"); err != nil {
		t.Errorf("Update: got error %v, want none", err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the unfinished file: got %v, want it gone", err)
	}
}

// TestOpen_lost takes the file of a store away, empties it, or makes it impossible to
// look at it: none of that may make a new store in its place.
func TestOpen_lost(t *testing.T) {
	for name, c := range map[string]struct {
		lose func(path string) error
		want error
	}{
		"gone":    {os.Remove, bolt.ErrLost},
		"emptied": {func(path string) error { return os.Truncate(path, 0) }, bolt.ErrDamaged},
		"a link in a circle": {func(path string) error {
			return errors.Join(os.Remove(path), os.Symlink(path, path))
		}, syscall.ELOOP},
		"a link to nowhere": {func(path string) error {
			return errors.Join(os.Remove(path), os.Symlink(path+".elsewhere", path))
		}, bolt.ErrLost},
	} {
		path := filepath.Join(t.TempDir(), "duban.db")
		end(t, reopen(t, path))
		if err := c.lose(path); err != nil {
			t.Fatal(err)
		}
		before, _ := os.Lstat(path)
		for range 2 { // the second time as well
			if _, err := bolt.Open(path); !errors.Is(err, c.want) {
				t.Errorf("%s: got error %v, want %v", name, err, c.want)
			}
		}
		after, _ := os.Lstat(path)
		if (before == nil) != (after == nil) || before != nil && (before.Mode() != after.Mode() || before.Size() != after.Size()) {
			t.Errorf("%s: got the file changed, want it left as it is", name)
		}
	}
}

// TestOpen_unmarked opens a store whose maker died before it could leave the marker.
func TestOpen_unmarked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	end(t, reopen(t, path))
	for range 2 {
		if err := os.Remove(path + ".stands"); err != nil {
			t.Fatal(err)
		}
		end(t, reopen(t, path))
	}
}

func TestOpen_foreign(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("of another program"))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(path); !errors.Is(err, bolt.ErrDamaged) {
		t.Errorf("Open of another program's database: got error %v, want ErrDamaged", err)
	}
}

// hold lets an update run that does not end until release is called.
func hold(t *testing.T, e *bolt.Engine) (release func()) {
	t.Helper()
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = e.Update(context.Background(), func(store.Writer) error {
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun
	return func() { close(end); <-ended }
}

// queue starts n updates and returns when they wait behind one that is held.
func queue(t *testing.T, n int, update func(i int)) (wait func()) {
	t.Helper()
	var started, ended sync.WaitGroup
	for i := range n {
		started.Add(1)
		ended.Go(func() {
			started.Done()
			update(i)
		})
	}
	started.Wait()
	for range 10 * n { // let those that have started reach the queue
		runtime.Gosched()
	}
	return ended.Wait
}

func TestUpdate_sharesCommits(t *testing.T) {
	e := open(t)
	const n = 3 * bolt.Group / 2
	before := e.Commits()
	release := hold(t, e)
	wait := queue(t, n, func(i int) {
		if err := put(e, fmt.Sprint(i)); err != nil {
			t.Errorf("Update: got error %v, want none", err)
		}
	})
	release()
	wait()
	if got := e.Commits() - before; got < 2 || got > 20 {
		t.Errorf("%d updates that waited: got %d commits, want a few, and at least 2 as a group has bounds", n, got)
	}
}

func TestUpdate_withoutWritesCommitsNothing(t *testing.T) {
	e := open(t)
	set(t, e, "k", "x")
	before := e.Commits()
	for range 10 {
		err := e.Update(context.Background(), func(w store.Writer) error {
			_, err := w.Get([]byte("k"))
			return errors.Join(err, w.Delete([]byte("missing")))
		})
		if err != nil {
			t.Errorf("Update: got error %v, want none", err)
		}
	}
	if got := e.Commits() - before; got != 0 {
		t.Errorf("updates without writes: got %d commits, want 0", got)
	}
}

func TestUpdate_cancelledWhileWaiting(t *testing.T) {
	e := open(t)
	release := hold(t, e)
	ctx, cancel := context.WithCancel(context.Background())
	wait := queue(t, 20, func(int) {
		err := e.Update(ctx, func(w store.Writer) error { return w.Put([]byte("k"), nil) })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Update: got error %v, want context.Canceled", err)
		}
	})
	cancel()
	release()
	wait()
	if got := count(t, e); got != 0 {
		t.Errorf("after the cancelled updates: got %d records, want none", got)
	}
}

// TestClose_waiting closes the engine under updates that wait: each ends, and
// what it says is true.
func TestClose_waiting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "duban.db")
	e := reopen(t, path)
	release := hold(t, e)
	const n = 50
	var done [n]bool
	wait := queue(t, n, func(i int) {
		err := put(e, fmt.Sprint(i))
		if done[i] = err == nil; err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("Update: got error %v, want none or ErrClosed", err)
		}
	})
	closed := make(chan error)
	go func() { closed <- e.Close() }()
	release()
	if err := <-closed; err != nil {
		t.Errorf("Close: got error %v, want none", err)
	}
	wait()
	err := reopen(t, path).View(context.Background(), func(r store.Reader) error {
		for i := range n {
			if v, _ := r.Get([]byte(fmt.Sprint(i))); (v != nil) != done[i] {
				t.Errorf("update %d: got found %v, acknowledged %v, want them equal", i, v != nil, done[i])
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("View: got error %v, want none", err)
	}
}
