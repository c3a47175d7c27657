package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"duban/store"
)

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = 500 * time.Millisecond

// Open opens the database file at path, reads all of it once to see that it is
// sound, and returns an engine on it. A missing file is made, readable by its
// owner only, and so is its directory. Open returns an error that wraps
// store.ErrLocked within a second if another process has the file open, and one
// that wraps ErrDamaged if the file is not sound.
func Open(path string) (*Engine, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	e := &Engine{calls: make(chan *call), compacts: make(chan chan error), closing: make(chan struct{}), stopped: make(chan struct{})}
	if err := e.open(path); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	go e.write()
	return e, nil
}

func (e *Engine) open(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		err = create(path)
	} else {
		err = inspect(path, info.Size())
	}
	if err != nil {
		return err
	}
	if err := e.openFile(path, false); err != nil {
		return err
	}
	return e.own(path)
}

// create makes an empty database under another name and renames it, so that a
// power cut leaves the whole of it or nothing.
func create(path string) error {
	unfinished := path + ".new"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var e Engine
	if err := e.openFile(unfinished, false); err != nil {
		return err
	}
	err := e.db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucketName())
		return err
	})
	if err := errors.Join(err, e.db.Close()); err != nil {
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// inspect checks a file while nobody writes to it.
func inspect(path string, size int64) error {
	if size < 2*int64(os.Getpagesize()) {
		return fmt.Errorf("%w: it has only %d bytes", ErrDamaged, size)
	}
	var e Engine
	if err := e.openFile(path, true); err != nil {
		return err
	}
	defer func() { _ = e.db.Close() }()
	info, err := e.file.Stat()
	if err != nil {
		return err
	}
	if err := check(e.file, info.Size(), e.db.Info().PageSize); err != nil {
		return err
	}
	return e.db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketName()) == nil {
			return fmt.Errorf("%w: it is the database of another program", ErrDamaged)
		}
		return nil
	})
}

func (e *Engine) openFile(path string, readOnly bool) error {
	err := guarded(func() (err error) {
		e.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:      lockWait,
			ReadOnly:     readOnly,
			FreelistType: bbolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				e.file = f
				return f, err
			},
		})
		return err
	})
	switch {
	case errors.Is(err, bbolterrors.ErrTimeout):
		return store.ErrLocked
	case errors.Is(err, bbolterrors.ErrInvalid), errors.Is(err, bbolterrors.ErrChecksum),
		errors.Is(err, bbolterrors.ErrVersionMismatch):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
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
	if runtime.GOOS == "windows" {
		return nil // where a directory cannot be synced
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
