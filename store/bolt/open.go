package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"duban/bot"
	"duban/store"
)

// lockWait is how long Open waits for another process to let go of the file.
const lockWait = 500 * time.Millisecond

// ErrLost means that a database stood here and is gone. Open leaves everything as
// it is: whoever took the file away may bring it back.
var ErrLost = errors.New("the database file that stood here is gone")

// markerOf names the file that says that a database stands at path. It is written
// after the database, so that a death between the two starts anew.
func markerOf(path string) string { return path + ".stands" }

// Open opens the database file at path, reads all of it once to see that it is
// sound, and returns an engine on it. A file that is missing, where none has ever
// stood, is made, readable by its owner only, and so is its directory. Nothing else
// makes one: an empty file, or one that cannot be looked at, is an error.
//
// Open returns an error that wraps store.ErrLocked within a second if another
// process has the file open, one that wraps ErrDamaged if the file is not sound,
// and one that wraps ErrLost if it was there once.
func Open(path string) (*Engine, error) {
	if err := bot.MakeFolder(filepath.Dir(path)); err != nil {
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
	behind := false
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = create(path)
	case err == nil:
		behind, err = inspect(path, info.Size())
	}
	if err != nil {
		return err
	}
	if err := e.openFile(path, os.O_RDWR); err != nil {
		return err
	}
	err = mark(path)
	if err == nil {
		err = e.own(path)
	}
	if err == nil && behind { // a record that is damaged stands for what was lost
		err = e.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketName()).Put([]byte("commit"), nil) })
	}
	if err != nil {
		return errors.Join(err, e.db.Close())
	}
	return nil
}

// mark says for good that a database stands at path.
func mark(path string) error {
	if _, err := os.Lstat(markerOf(path)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(markerOf(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString("A duban store stands beside this file. If it is missing, restore it; duban will not make a new one here.\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return bot.SyncDir(filepath.Dir(path))
}

// create makes an empty database under another name and renames it, so that a
// power cut leaves the whole of it or nothing.
func create(path string) error {
	if _, err := os.Lstat(markerOf(path)); err == nil {
		return ErrLost
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	unfinished := path + ".new"
	if err := remove(unfinished); err != nil {
		return err
	}
	var e Engine
	if err := e.openFile(unfinished, os.O_RDWR|os.O_CREATE); err != nil {
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
	return bot.SyncDir(filepath.Dir(path))
}

// inspect checks a file while nobody writes to it; see [Engine.check].
func inspect(path string, size int64) (behind bool, err error) {
	if size < 2*int64(os.Getpagesize()) {
		return false, fmt.Errorf("%w: it has only %d bytes", ErrDamaged, size)
	}
	var e Engine
	if err := e.openFile(path, os.O_RDONLY); err != nil {
		return false, err
	}
	defer func() { _ = e.db.Close() }()
	if behind, err = e.check(); err != nil {
		return false, err
	}
	return behind, e.db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketName()) == nil {
			return fmt.Errorf("%w: it is of another program, or of a duban before the first release", ErrDamaged)
		}
		return nil
	})
}

// openFile lets bbolt open a file. Only with O_CREATE in mode is a missing one made.
func (e *Engine) openFile(path string, mode int) error {
	err := guarded(func() (err error) {
		e.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:        lockWait,
			ReadOnly:       mode == os.O_RDONLY,
			FreelistType:   bbolt.FreelistMapType,
			NoFreelistSync: true, // it is found anew at the start: in a file that was swept it is larger than a commit
			OpenFile: func(name string, flag int, perm os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag&^os.O_CREATE|mode, perm)
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
