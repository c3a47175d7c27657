package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"go.etcd.io/bbolt"

	"duban/bot"
	"duban/store"
)

// compactStep is how many bytes of records one transaction of a copy holds.
const compactStep = 1 << 20

// copyOf is the name of the copy while it is made.
func copyOf(path string) string { return path + ".compact" }

// Compact writes what is stored into a new file, which then takes the place of the
// old one: what was deleted or replaced before is in no page of it. Updates wait
// meanwhile; views go on, except for the moment of the change. A process that is
// killed leaves the old file or the new one, both whole.
func (e *Engine) Compact(ctx context.Context) error {
	done := make(chan error, 1)
	select {
	case e.compacts <- done:
		return <-done // it is not given up half way
	case <-ctx.Done():
		return ctx.Err()
	case <-e.stopped:
		return e.down()
	}
}

// compact runs in the writer's goroutine, between two transactions.
func (e *Engine) compact() error {
	fresh, err := e.copied(copyOf(e.path))
	if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	if runtime.GOOS == "windows" {
		err = e.replaceClosed(fresh)
	} else {
		err = e.replace(fresh)
	}
	if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

// CopyTo writes what is stored, as it is at one moment, into a new file at path,
// durable and checked, while updates and views go on.
func (e *Engine) CopyTo(ctx context.Context, path string) error {
	if err := errors.Join(ctx.Err(), e.down()); err != nil {
		return err
	}
	e.swap.RLock()
	defer e.swap.RUnlock()
	fresh, err := e.copied(path)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return errors.Join(fresh.db.Close(), bot.SyncDir(filepath.Dir(path)))
}

// copied makes a copy, durable and checked.
func (e *Engine) copied(at string) (*Engine, error) {
	if err := remove(at); err != nil {
		return nil, err
	}
	fresh := &Engine{}
	if err := fresh.openFile(at, os.O_RDWR|os.O_CREATE); err != nil {
		return nil, err
	}
	fresh.db.NoSync = true // until it is whole
	err := guarded(func() error { return e.db.View(fresh.take) })
	fresh.db.NoSync = false
	if err == nil {
		err = fresh.db.Sync()
	}
	if err == nil {
		_, err = fresh.check()
	}
	if err != nil {
		return nil, errors.Join(err, fresh.db.Close(), remove(at))
	}
	return fresh, nil
}

// take copies the records of a transaction of another file. It must be open until the
// last of them is committed: bbolt keeps slices of the other file, whose pages are
// written anew once no transaction needs them. bbolt.Compact ends it too early.
func (e *Engine) take(from *bbolt.Tx) error {
	c := from.Bucket(bucketName()).Cursor()
	k, v := c.First()
	for more := true; more; more = k != nil {
		err := e.db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(bucketName())
			if err != nil {
				return err
			}
			b.FillPercent = 1
			for size := 0; k != nil && size < compactStep; k, v = c.Next() {
				if err := b.Put(k, v); err != nil {
					return err
				}
				size += len(k) + len(v)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// replace renames the copy while both files are locked, so that no other process
// can open either of them.
func (e *Engine) replace(fresh *Engine) error {
	e.swap.Lock()
	defer e.swap.Unlock()
	if err := os.Rename(copyOf(e.path), e.path); err != nil {
		return errors.Join(err, fresh.db.Close(), remove(copyOf(e.path)))
	}
	old := e.db
	e.db, e.file = fresh.db, fresh.file
	return errors.Join(bot.SyncDir(filepath.Dir(e.path)), old.Close())
}

// replaceClosed is replace where an open file cannot be renamed.
func (e *Engine) replaceClosed(fresh *Engine) error {
	e.swap.Lock()
	defer e.swap.Unlock()
	err := errors.Join(fresh.db.Close(), e.db.Close())
	if err == nil {
		err = os.Rename(copyOf(e.path), e.path)
	}
	if opened := e.openFile(e.path, os.O_RDWR); opened != nil {
		e.stop(fmt.Errorf("%w: the file could not be opened again", store.ErrBroken))
		err = errors.Join(err, opened)
	}
	return err
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// own makes sure that the file which is locked is the one that stands under the
// path: another process may have put a compacted one in its place while this one
// waited for the lock. What an interrupted compaction left is removed.
func (e *Engine) own(path string) error {
	e.path = path
	locked, err := e.file.Stat()
	if err != nil {
		return err
	}
	there, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(locked, there) {
		return store.ErrLocked
	}
	return remove(copyOf(path))
}
