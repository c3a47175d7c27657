package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"duban/backup"
	"duban/bot"
	"duban/config"
	"duban/store"
	"duban/store/bolt"
)

// movedKey stands in an engine that holds no office, or not all of one: one is being moved
// into it, or was moved out of it. No office opens there, because what says its schema is
// missing.
const movedKey = "moved"

// moveStep is how many records a move writes in one transaction.
const moveStep = 2000

var (
	errNoPostgres = fmt.Errorf("%w: store.postgres in config.yaml says where to", ErrConfig)
	errHolds      = errors.New("there is an office already: it stays as it is")
	errDiffers    = errors.New("what was written reads otherwise than what it was read from: nothing was put in force")
)

// A Moved says what a move has carried.
type Moved struct {
	Records, Files int
	Sum            [sha256.Size]byte // of all of them, read again where they are now
	Aside          string            // where what was in the data folder lies now; "" if it was not there
}

// Move moves an office from its data folder into PostgreSQL, or back. Both are compared
// before the one that is left is put out of force. If it is interrupted it is to be done
// again; until its end the office is where it was.
func Move(ctx context.Context, c config.Config, opts Options, toPostgres bool) (m Moved, err error) {
	if c.Store.Postgres == "" {
		return m, errNoPostgres
	}
	opts.fill()
	data := c.Near(c.Data)
	if err := opts.quiet(ctx, data); err != nil {
		return m, err
	}
	database, err := opts.engine(ctx, c, data)
	if err != nil {
		return m, fmt.Errorf("the database: %w", err)
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	if toPostgres {
		return moveIn(ctx, c, database, false)
	}
	return moveOut(ctx, c, database)
}

// moveIn carries the office of the data folder into the database, and over what is there
// if it may.
func moveIn(ctx context.Context, c config.Config, database store.Engine, over bool) (m Moved, err error) {
	data := c.Near(c.Data)
	if _, err := os.Lstat(StoreFile(data)); err != nil {
		return m, fmt.Errorf("the office of the data folder: %w", err)
	}
	from, err := bolt.Open(StoreFile(data))
	if err != nil {
		return m, err
	}
	files, err := store.Folder(filepath.Join(data, "files"))
	if err == nil {
		m, err = carry(ctx, from, files, database, filesOf(database), over)
	}
	if err = errors.Join(err, from.Close()); err != nil {
		return m, err
	}
	m.Aside, err = backup.SetAside(data, time.Now(), filepath.Base(StoreFile(data)), "files")
	return m, err
}

// moveOut carries the office of the database into the data folder, beside what belongs to
// this machine. Its store takes its place at last: until then it lies in the stage, where
// the next move finds it if this one ends after it has put the database out of force.
func moveOut(ctx context.Context, c config.Config, database store.Engine) (m Moved, err error) {
	data := c.Near(c.Data)
	if _, err := os.Lstat(StoreFile(data)); !errors.Is(err, fs.ErrNotExist) {
		return m, errors.Join(fmt.Errorf("%s: %w", StoreFile(data), errHolds), err)
	}
	if err := config.CheckData(data); err != nil {
		return m, err
	}
	out := "it was moved to the data folder of " + hostName()
	work, folder, aside := backup.Stage(data), filepath.Join(data, "files"), ""
	_, err = os.Lstat(StoreFile(work))
	whole := err == nil && wordOf(ctx, database) == out
	if !whole {
		if aside, err = clearStage(data, work, folder); err != nil {
			return m, err
		}
	}
	if m, err = fill(ctx, StoreFile(work), folder, database, whole); err != nil {
		return m, err
	}
	m.Aside = aside
	// Out of force first: two that are in force would both send.
	if err := empty(ctx, database, filesOf(database), out); err != nil {
		return m, err
	}
	return m, errors.Join(os.Rename(StoreFile(work), StoreFile(data)), os.RemoveAll(work), bot.SyncDir(data))
}

// clearStage makes an empty stage, and sets files aside that the office of the database does
// not know.
func clearStage(data, work, folder string) (aside string, err error) {
	if err := errors.Join(os.RemoveAll(work), bot.MakeFolder(work)); err != nil {
		return "", err
	}
	if _, err := os.Lstat(folder); err != nil {
		return "", nil //nolint:nilerr // there are none
	}
	return backup.SetAside(data, time.Now(), filepath.Base(folder))
}

// fill carries an office from a database into a new store and a folder of files, unless
// they are whole.
func fill(ctx context.Context, path, folder string, database store.Engine, whole bool) (m Moved, err error) {
	to, err := bolt.Open(path)
	if err != nil {
		return m, err
	}
	files, err := store.Folder(folder)
	switch {
	case err != nil:
	case whole:
		m, err = sumUp(ctx, to, files)
	default:
		m, err = carry(ctx, database, filesOf(database), to, files, false)
	}
	return m, errors.Join(err, to.Close())
}

func filesOf(e store.Engine) store.Files {
	if own, ok := e.(store.Filer); ok {
		return own.Files()
	}
	return nil
}

// moved says of a store that did not open where its office is, if that is known.
func moved(ctx context.Context, e store.Engine, err error) error {
	if !errors.Is(err, store.ErrNoSchema) {
		return err
	}
	if word := wordOf(ctx, e); word != "" {
		return fmt.Errorf("%w: the office is not here: %s", store.ErrNoSchema, word)
	}
	return err
}

// wordOf returns what a move has said of an engine, "" if it said nothing or that cannot
// be read.
func wordOf(ctx context.Context, e store.Engine) (word string) {
	_ = e.View(ctx, func(r store.Reader) error {
		v, err := r.Get([]byte(movedKey))
		word = strings.Trim(string(v), `"`)
		return err
	})
	return word
}

// carry copies an office into an engine that holds none, and compares. One that holds the
// same already is what a move left that was interrupted at its end.
func carry(ctx context.Context, from store.Engine, files store.Files, to store.Engine, toFiles store.Files, over bool) (m Moved, err error) {
	if stands, _, err := holding(ctx, from); err != nil || !stands {
		return m, errors.Join(errors.New("there is no office to be moved"), err)
	}
	holds, rest, err := holding(ctx, to)
	switch {
	case err != nil:
		return m, err
	case holds && !over:
		m, err = compare(ctx, from, files, to, toFiles)
		if errors.Is(err, errDiffers) {
			err = errHolds
		}
		return m, err
	case holds || rest:
		if err := empty(ctx, to, toFiles, "an office is being moved here"); err != nil {
			return m, err
		}
	}
	if err := store.CopyFiles(files, toFiles); err != nil {
		return m, err
	}
	if err := copyRecords(ctx, from, to); err != nil {
		return m, err
	}
	m, err = compare(ctx, from, files, to, toFiles)
	if errors.Is(err, errDiffers) {
		err = errors.Join(err, empty(ctx, to, toFiles, "an office was moved here and was not the same"))
	}
	return m, err
}

// compare reads two offices, and returns errDiffers if they are not the same.
func compare(ctx context.Context, from store.Engine, files store.Files, to store.Engine, toFiles store.Files) (m Moved, err error) {
	was, err := sumUp(ctx, from, files)
	if err != nil {
		return m, err
	}
	if m, err = sumUp(ctx, to, toFiles); err == nil && m != was {
		err = errDiffers
	}
	return m, err
}

// holding tells whether an engine holds an office, or the rest of a move.
func holding(ctx context.Context, e store.Engine) (office, rest bool, err error) {
	err = e.View(ctx, func(r store.Reader) error {
		v, err := r.Get([]byte(movedKey))
		rest = v != nil
		for _, scanErr := range r.Scan(nil, nil) {
			office = !rest
			if _, damaged := errors.AsType[*store.DamagedError](scanErr); !damaged {
				err = errors.Join(err, scanErr)
			}
			break
		}
		return err
	})
	return office, rest, err
}

// empty removes all that an engine holds, first of all what says that it is an office, and
// leaves a word instead.
func empty(ctx context.Context, e store.Engine, files store.Files, word string) error {
	first := true
	for more := true; more; {
		more = false
		err := e.Update(ctx, func(w store.Writer) error {
			n := 0
			for key, err := range keys(w, first) {
				if err != nil {
					return err
				}
				if more = n == moveStep; more {
					break
				}
				if err := w.Delete(key); err != nil {
					return err
				}
				n++
			}
			return w.Put([]byte(movedKey), []byte(`"`+word+`"`))
		})
		if err != nil {
			return err
		}
		more, first = more || first, false
	}
	if files == nil {
		return nil
	}
	return files.Each(func(name string, _ time.Time) error { return files.Remove(name, time.Time{}) })
}

// keys are those of all records but the word of a move, or first of those by which a store
// knows itself. A damaged record has one too.
func keys(r store.Reader, meta bool) iter.Seq2[[]byte, error] {
	from, to := []byte(nil), []byte(nil)
	if meta {
		from, to = []byte(store.Meta), []byte(store.Meta+"\xff")
	}
	return func(yield func([]byte, error) bool) {
		for p, err := range r.Scan(from, to) {
			if bad, ok := errors.AsType[*store.DamagedError](err); ok {
				p.Key, err = bad.Key, nil
			}
			if string(p.Key) != movedKey && !yield(p.Key, err) {
				return
			}
		}
	}
}

// copyRecords copies all records, at last those by which a store knows itself: so it is an
// office when it is whole.
func copyRecords(ctx context.Context, from, to store.Engine) error {
	return from.View(ctx, func(r store.Reader) error {
		var meta, some []store.Pair
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			if strings.HasPrefix(string(p.Key), store.Meta) {
				meta = append(meta, p)
				continue
			}
			if some = append(some, p); len(some) == moveStep {
				if err := putStep(ctx, to, some, false); err != nil {
					return err
				}
				some = nil
			}
		}
		if err := putStep(ctx, to, some, false); err != nil {
			return err
		}
		return putStep(ctx, to, meta, true)
	})
}

// putStep writes some records, and whether they are the last.
func putStep(ctx context.Context, to store.Engine, all []store.Pair, last bool) error {
	return to.Update(ctx, func(w store.Writer) error {
		for _, p := range all {
			if err := w.Put(p.Key, p.Value); err != nil {
				return err
			}
		}
		if last {
			return w.Delete([]byte(movedKey))
		}
		return w.Put([]byte(movedKey), []byte(`"an office is being moved here"`))
	})
}

// sumUp reads all that an engine and its files hold, as an export would.
func sumUp(ctx context.Context, e store.Engine, files store.Files) (m Moved, err error) {
	sum := sha256.New()
	add := func(parts ...[]byte) {
		for _, p := range parts {
			_, _ = sum.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
			_, _ = sum.Write(p)
		}
	}
	err = e.View(ctx, func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			if err != nil {
				return err
			}
			add(p.Key, p.Value)
			m.Records++
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	var all []string
	err = files.Each(func(name string, _ time.Time) error {
		all = append(all, name)
		return nil
	})
	slices.Sort(all)
	for _, name := range all {
		f, openErr := files.Open(name)
		if errors.Is(openErr, fs.ErrNotExist) {
			continue
		}
		if openErr != nil {
			return m, openErr
		}
		raw, readErr := io.ReadAll(f)
		if err := errors.Join(readErr, f.Close()); err != nil {
			return m, err
		}
		add([]byte(name), raw)
		m.Files++
	}
	m.Sum = [sha256.Size]byte(sum.Sum(nil))
	return m, err
}
