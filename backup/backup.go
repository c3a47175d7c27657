// Package backup copies an office while it works, and puts a copy back.
//
// A copy is one encrypted file: the records of one moment, the pictures and
// documents beside them, and the transcripts of simulated chats. It is made for a
// recovery key whose secret half is printed once and kept elsewhere, so that
// whoever finds a copy, or the machine, cannot read it. A login is never part of a
// copy, and neither is duban.key: a WeChat account logs in again after a restore.
//
// A copy counts only when it was read again from the disk and its records opened.
// Beside the copies lies a ledger of who wanted their words deleted, so that a
// restore deletes them again.
package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"duban/bot"
	"duban/store"
	"duban/store/bolt"
)

// storeFile is the name of the store in a data folder and in a copy.
const storeFile = "duban.db"

// workFolder is where a copy is prepared, in the data folder.
const workFolder = ".backup"

// A Source is the office that is copied.
type Source struct {
	Store   *store.Store
	Data    string // its data folder
	Version string // of the program
	Key     []byte // of the office: without it nobody can open the records again
	ByHand  bool   // a person asked for this copy
}

// A Manifest says what a copy holds. It is its first entry.
type Manifest struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`
	Version string    `json:"version"`
	Key     []byte    `json:"key,omitempty"` // of the office
	Records int       `json:"records"`
	Damaged int       `json:"damaged,omitempty"` // of the records, which are copied as they are

	Lost int `json:"-"` // records and files that did not come out of the copy as they were
}

func (m Manifest) check() error {
	if m.Format > format {
		return fmt.Errorf("the copy was made by a newer duban (%s): restore it with that one", m.Version)
	}
	return nil
}

// format is that of the copies that this program makes.
const format = 1

// Make adds a copy of an office to a folder, and removes those that it does not keep
// any longer; of those that people asked for it keeps the last 30. A copy that was interrupted leaves nothing that counts.
func Make(ctx context.Context, s Source, f Folder) (Copy, error) {
	c, err := makeCopy(ctx, s, f)
	if err != nil {
		return c, fmt.Errorf("backup: %w", err)
	}
	if err := f.rotate(c); err != nil {
		return c, fmt.Errorf("backup: old copies not removed: %w", err)
	}
	return c, nil
}

const (
	lastKey  = store.Work + "backup"
	sinceKey = store.Work + "backup.since"
)

// Done notes that a copy is where it belongs.
func Done(tx *store.Tx, c Copy) { store.Save(tx, lastKey, c.Made) }

// MissedSince returns since when there is no newer copy of a store: when the last one was
// made, or if none ever was, when this was asked first.
func MissedSince(tx *store.Tx) (at time.Time, ever bool) {
	if at, ever = store.Load[time.Time](tx, lastKey); ever {
		return at, true
	}
	at, asked := store.Load[time.Time](tx, sinceKey)
	if !asked {
		at = tx.Now()
		store.Save(tx, sinceKey, at)
	}
	return at, false
}

func makeCopy(ctx context.Context, s Source, f Folder) (c Copy, err error) {
	k, err := readKey(s.Data)
	if err != nil {
		return c, err
	}
	if err := errors.Join(bot.MakeFolder(f.Dir), f.dropUnfinished(k.office)); err != nil {
		return c, err
	}
	m, records, err := snapshot(ctx, s)
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(records))) }()
	if err != nil {
		return c, err
	}
	m.Key = s.Key
	if _, err := f.NoteErasures(ctx, s); err != nil {
		return c, err
	}
	c = Copy{Made: m.Made, Damaged: m.Damaged, office: k.office, byHand: s.ByHand}
	if err := f.place(&c); err != nil {
		return c, err
	}
	return c, f.write(ctx, &c, m, s, records, k.recipient)
}

// snapshot copies the records of one moment into a file in the data folder, in a
// folder of its own that is to be removed, and reads all of them there.
func snapshot(ctx context.Context, s Source) (m Manifest, records string, err error) {
	work := filepath.Join(s.Data, workFolder)
	records = filepath.Join(work, storeFile)
	m = Manifest{Format: format, Made: s.Store.Time(), Version: s.Version}
	if err := errors.Join(os.RemoveAll(work), os.Mkdir(work, 0o700)); err != nil {
		return m, records, err
	}
	if err := s.Store.CopyTo(ctx, records); err != nil {
		return m, records, err
	}
	if m.Records, m.Damaged, err = count(ctx, records); err != nil {
		return m, records, fmt.Errorf("the copy is not sound: %w", err)
	}
	return m, records, nil
}

// eachRecord reads the records of the store at path. One that is damaged has no value.
func eachRecord(ctx context.Context, path string, do func(p store.Pair, damaged bool) error) error {
	e, err := bolt.Open(path)
	if err != nil {
		return err
	}
	err = e.View(ctx, func(r store.Reader) error {
		for p, err := range r.Scan(nil, nil) {
			_, damaged := errors.AsType[*store.DamagedError](err)
			if err != nil && !damaged {
				return err
			}
			if err := do(p, damaged); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, e.Close())
}

// count returns how many records the store at path has, and how many are damaged.
func count(ctx context.Context, path string) (records, damaged int, err error) {
	err = eachRecord(ctx, path, func(_ store.Pair, bad bool) error {
		if records++; bad {
			damaged++
		}
		return nil
	})
	return records, damaged, err
}

// write writes a copy and reads it again, by a key that nobody has but this call.
func (f Folder) write(ctx context.Context, c *Copy, m Manifest, s Source, records string, recipient age.Recipient) error {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	unfinished := c.Path + unfinishedEnd
	sums, err := pack(ctx, unfinished, m, s, records, recipient, own.Recipient())
	if err == nil {
		err = verify(ctx, unfinished, own, sums)
	}
	if err == nil {
		err = os.Rename(unfinished, c.Path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(unfinished))
	}
	info, err := os.Stat(c.Path)
	if err != nil {
		return err
	}
	c.Size = info.Size()
	return bot.SyncDir(f.Dir)
}
