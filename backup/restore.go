package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"duban/bot"
)

// replacedFolder is where a restore moves what was in the data folder, each time into
// a folder of its own.
const replacedFolder = "replaced"

// stageFolder is where a restore prepares what it puts into the data folder.
const stageFolder = ".restore"

// Stage is the folder in a data folder in which a restore works until the copy takes
// its place.
func Stage(data string) string { return filepath.Join(data, stageFolder) }

// Unpack puts a copy, which is a file, an export or a copied data folder, into the stage of a
// data folder. It asks for the recovery key only if there is one to ask for. What an
// interrupted restore has left in the stage is removed. What is damaged or missing, of a
// copy that is whole otherwise, is counted in the manifest.
func Unpack(ctx context.Context, from, data string, ask func() (age.Identity, error)) (m Manifest, err error) {
	info, err := os.Stat(from)
	if err != nil {
		return m, err
	}
	stage := Stage(data)
	if err := errors.Join(os.RemoveAll(stage), bot.MakeFolder(stage)); err != nil {
		return m, err
	}
	root, err := os.OpenRoot(stage)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	u := unpacked{root: root}
	switch {
	case info.IsDir():
		err = u.folder(ctx, from)
	case IsExport(from):
		err = u.lines(ctx, from)
	default:
		err = u.archive(ctx, from, ask)
	}
	if err == nil {
		err = u.count(ctx)
	}
	return u.Manifest, err
}

// An unpacked copy is one that is being put into the stage.
type unpacked struct {
	Manifest
	root *os.Root
}

func (u *unpacked) archive(ctx context.Context, from string, ask func() (age.Identity, error)) error {
	identity, err := ask()
	if err != nil {
		return err
	}
	return unpack(ctx, from, identity, func(name string, r io.Reader) error {
		if name == manifestName {
			if err := json.NewDecoder(r).Decode(&u.Manifest); err != nil {
				return fmt.Errorf("%w: %w", errNotCopy, err)
			}
			return u.check()
		}
		return u.place(name, r)
	})
}

// place writes one entry into the stage. Evidence lies under the hash of its bytes; a
// damaged piece of it is left out.
func (u *unpacked) place(name string, r io.Reader) error {
	if err := u.root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if strings.HasPrefix(name, "files/") && hex.EncodeToString(sum.Sum(nil)) != filepath.Base(name) {
		u.Lost++
		return u.root.Remove(name)
	}
	return nil
}

// folder takes from a copied data folder what a copy would hold.
func (u *unpacked) folder(ctx context.Context, from string) error {
	if _, err := os.Stat(filepath.Join(from, storeFile)); err != nil {
		return fmt.Errorf("%w: %w", errNotCopy, err)
	}
	files := os.DirFS(from)
	take := func(name string) error {
		f, err := files.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return errors.Join(ctx.Err(), u.place(name, f))
	}
	return errors.Join(take(storeFile), eachFile(files, take))
}

// count counts the records, and those that are damaged or not there any more.
func (u *unpacked) count(ctx context.Context) error {
	if _, err := u.root.Stat(storeFile); err != nil {
		return fmt.Errorf("%w: %w", errNotCopy, err)
	}
	n, damaged, err := count(ctx, filepath.Join(u.root.Name(), storeFile))
	u.Lost += damaged + max(u.Records-n, 0)
	u.Records = n - damaged
	return err
}

// Replace lets what was prepared in the stage take the place of what is in a data
// folder, which is moved aside, and returns where to. If it is interrupted the data
// folder has no store, duban refuses to start, and the restore is to be done again.
// An error names the folder in which what was moved by then is to be found.
func Replace(data string, now time.Time) (aside string, err error) {
	old, err := movable(data)
	if err != nil {
		return "", err
	}
	fresh, err := movable(Stage(data))
	if err != nil {
		return "", err
	}
	if err := syncAll(Stage(data)); err != nil {
		return "", err
	}
	if len(old) > 0 {
		if aside, err = newAside(data, now); err != nil {
			return "", err
		}
		if err := move(data, aside, old...); err != nil {
			return aside, fmt.Errorf("what was in the data folder is in %s, as far as it was moved: %w", aside, err)
		}
	}
	slices.Reverse(fresh) // the store comes last, when the others are durable
	last := len(fresh) - 1
	err = move(Stage(data), data, fresh[:last]...)
	if err == nil {
		err = move(Stage(data), data, fresh[last])
	}
	if err != nil && aside != "" {
		err = fmt.Errorf("what was in the data folder is in %s: %w", aside, err)
	}
	if err == nil {
		err = os.RemoveAll(Stage(data))
	}
	return aside, err
}

// SetAside moves entries of a data folder aside, as [Replace] does, and returns where to.
func SetAside(data string, now time.Time, names ...string) (aside string, err error) {
	if aside, err = newAside(data, now); err == nil {
		err = move(data, aside, names...)
	}
	return aside, err
}

// move moves entries from a folder to another one, durable.
func move(from, to string, names ...string) error {
	for _, name := range names {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return errors.Join(bot.SyncDir(to), bot.SyncDir(from))
}

// syncAll makes the names in a folder, and in those inside, durable.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = bot.SyncDir(path)
		}
		return err
	})
}

// newAside makes a folder for what is moved aside, a new one also within one second.
func newAside(data string, now time.Time) (string, error) {
	parent := filepath.Join(data, replacedFolder)
	if err := bot.MakeFolder(parent); err != nil {
		return "", err
	}
	aside, err := os.MkdirTemp(parent, now.UTC().Format(stamp)+"-")
	return aside, errors.Join(err, bot.SyncDir(parent))
}

// movable names what is in a data folder and belongs to its office, the store first.
func movable(data string) (names []string, err error) {
	entries, err := os.ReadDir(data)
	for _, e := range entries {
		switch name := e.Name(); name {
		case replacedFolder, stageFolder, workFolder, "control", "lost+found":
		case storeFile:
			names = slices.Insert(names, 0, name)
		default:
			names = append(names, name)
		}
	}
	return names, err
}
