package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"os"
	"path/filepath"
	"time"

	"duban/bot"
	"duban/store"
	"duban/store/bolt"
)

// lastGrace is how long the program may still take when the store can no longer be
// trusted.
const lastGrace = 1500 * time.Millisecond

// lostGrace is that of an office that was lost: this process goes on and stands by, which
// it may only if nothing of the office is left, and its connections end slowly if the
// database is away.
const lostGrace = 20 * time.Second

// trusted runs serve as long as the store can be trusted. After that serve has
// [lastGrace] to end, and is left behind if it does not, with whatever holds it:
// nothing that it still does could be recorded, and the sooner the program ends, the
// sooner a new one works with what is really there. The error is [store.ErrFenced] if the
// office was lost and nothing of it is left.
func (o *Office) trusted(serve func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- serve() }()
	var err error
	select {
	case err = <-ended:
	case <-o.failed.Done():
		grace, lost := lastGrace, errors.Is(context.Cause(o.failed), store.ErrFenced)
		if lost {
			grace = lostGrace
		}
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case err = <-ended:
		case <-t.C:
			o.log.Error("the store failed, and something did not end in time; it is left behind")
			if lost { // what is left behind would work beside the office when it is opened again
				return fmt.Errorf("%w: %s", ErrStore, store.ErrFenced) //nolint:errorlint // who may stand by goes by it
			}
		}
	}
	if o.failed.Err() != nil {
		return context.Cause(o.failed)
	}
	return err
}

// A watched engine says when the store can no longer be trusted: a commit failed in a
// way that leaves its outcome open, or the engine takes no more work. The program
// ends then, and whoever supervises it starts it anew on what is really there.
type watched struct {
	store.Engine
	store.Owner
	fail context.CancelCauseFunc // the first cause counts
	room *room
}

// View runs fn on a snapshot; see [store.Engine].
func (w watched) View(ctx context.Context, fn func(store.Reader) error) error {
	return w.watch(w.Engine.View(ctx, fn))
}

// Update runs fn and commits what it writes; see [store.Engine].
func (w watched) Update(ctx context.Context, fn func(store.Writer) error) error {
	return w.watch(w.Engine.Update(ctx, fn))
}

// Files are those that the engine keeps itself; see [store.Filer].
func (w watched) Files() store.Files {
	if own, ok := w.Engine.(store.Filer); ok {
		return own.Files()
	}
	return nil
}

// Calls accepts connections of other machines; nil if the engine knows of none. See
// [store.Called].
func (w watched) Calls() net.Listener {
	if c, ok := w.Engine.(store.Called); ok {
		return c.Calls()
	}
	return nil
}

// Compact writes the engine anew, if it can be; see [store.Compacter].
func (w watched) Compact(ctx context.Context) error {
	if c, ok := w.Engine.(store.Compacter); ok {
		return w.watch(c.Compact(ctx))
	}
	return nil
}

// CopyTo copies the engine into a file that package bolt opens; see [store.Copier].
func (w watched) CopyTo(ctx context.Context, path string) error {
	if c, ok := w.Engine.(store.Copier); ok {
		return w.watch(c.CopyTo(ctx, path))
	}
	return copyOut(ctx, w, path)
}

// copyOut copies what is not in a file. The file is made in a folder of its own, and is
// whole when it stands under its name.
func copyOut(ctx context.Context, from store.Engine, path string) (err error) {
	work := path + ".copy"
	if err := os.RemoveAll(work); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	fresh := StoreFile(work)
	file, err := bolt.Open(fresh)
	if err != nil {
		return err
	}
	err = from.View(ctx, func(r store.Reader) error {
		return file.Update(ctx, func(to store.Writer) error { return putAll(to, r.Scan(nil, nil)) })
	})
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return errors.Join(os.Rename(fresh, path), bot.SyncDir(filepath.Dir(path)))
}

func putAll(to store.Writer, all iter.Seq2[store.Pair, error]) error {
	for p, err := range all {
		if err != nil {
			return err
		}
		if err := to.Put(p.Key, p.Value); err != nil {
			return err
		}
	}
	return nil
}

func (w watched) watch(err error) error {
	switch {
	case errors.Is(err, store.ErrFenced):
		w.fail(err)
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrBroken):
		w.fail(fmt.Errorf("%w: %w", ErrStore, err))
	}
	if errors.Is(err, store.ErrFull) {
		w.room.noteFailed()
	}
	return err
}
