package bolt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"

	"duban/store"
)

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = 500 * time.Millisecond

// ErrDamaged means that the file is not, or not any more, a database. It is left
// as it is.
var ErrDamaged = errors.New("database file is damaged")

// Open opens the database file at path, reads all of it once to see that it is
// sound, and returns an engine on it. A missing file is made, readable by its
// owner only, and so is its directory. Open returns an error that wraps
// store.ErrLocked within a second if another process has the file open, and one
// that wraps ErrDamaged if the file is not sound; the process that got it should
// end, because bbolt may have left the file locked.
func Open(path string) (*Engine, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	e := &Engine{calls: make(chan *call), closing: make(chan struct{}), stopped: make(chan struct{})}
	if err := e.open(path); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	go e.write()
	return e, nil
}

func (e *Engine) open(path string) error {
	_, statErr := os.Stat(path)
	if err := guarded(func() error { return e.openFile(path) }); err != nil {
		return err
	}
	err := guarded(e.check)
	if err == nil {
		err = e.db.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucketIfNotExists(bucketName())
			return err
		})
	}
	if err == nil && statErr != nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		_ = e.db.Close()
	}
	return err
}

// openFile opens the database. It uses the synced list of free pages: without
// it bbolt walks the file in a goroutine whose panics nobody can catch.
func (e *Engine) openFile(path string) (err error) {
	e.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout:      lockWait,
		FreelistType: bbolt.FreelistMapType,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag, mode)
			e.file = f
			return f, err
		},
	})
	switch {
	case errors.Is(err, bbolt.ErrTimeout):
		return store.ErrLocked
	case errors.Is(err, bbolt.ErrInvalid), errors.Is(err, bbolt.ErrChecksum), errors.Is(err, bbolt.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// check reads every page of the database.
func (e *Engine) check() error {
	info, err := e.file.Stat()
	if err != nil {
		return err
	}
	return e.db.View(func(tx *bbolt.Tx) error {
		if info.Size() < tx.Size() {
			return fmt.Errorf("%w: it has %d bytes and should have %d", ErrDamaged, info.Size(), tx.Size())
		}
		if err := walk(tx); err != nil {
			return err
		}
		var first error
		for err := range tx.Check() { // to the end: its goroutine waits for us
			if first == nil {
				first = fmt.Errorf("%w: %w", ErrDamaged, err)
			}
		}
		return first
	})
}

// walk touches every key and value. It comes before bbolt's own check, because
// that one runs in a goroutine of its own, where a wild page number is the end of
// the process.
func walk(tx *bbolt.Tx) error {
	return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			if v == nil {
				return fmt.Errorf("%w: a key is a bucket", ErrDamaged)
			}
			if len(k) > store.MaxKey || len(v) > store.MaxValue {
				return fmt.Errorf("%w: a key or value is too large", ErrDamaged)
			}
			return nil
		})
	})
}

// guarded runs fn and turns a panic or a bad memory access, which is how bbolt
// meets a damaged page, into ErrDamaged.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return fn()
}

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
