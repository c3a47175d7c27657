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

	"duban/store/bolt"
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
// interrupted restore has left in the stage is removed.
func Unpack(ctx context.Context, from, data string, ask func() (age.Identity, error)) (m Manifest, err error) {
	info, err := os.Stat(from)
	if err != nil {
		return m, err
	}
	stage := Stage(data)
	if err := errors.Join(os.RemoveAll(stage), bolt.MakeFolder(stage)); err != nil {
		return m, err
	}
	root, err := os.OpenRoot(stage)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if info.IsDir() {
		return m, copyFolder(ctx, from, root)
	}
	if IsExport(from) {
		return readLines(ctx, from, root)
	}
	identity, err := ask()
	if err != nil {
		return m, err
	}
	err = unpack(ctx, from, identity, func(name string, r io.Reader) error {
		if name == manifestName {
			return readManifest(r, &m)
		}
		return place(root, name, r)
	})
	if err == nil {
		_, err = root.Stat(storeFile)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNotCopy
	}
	return m, err
}

func readManifest(r io.Reader, m *Manifest) error {
	if err := json.NewDecoder(r).Decode(m); err != nil {
		return fmt.Errorf("%w: %w", ErrNotCopy, err)
	}
	return m.check()
}

// place writes one entry into the stage. Evidence lies under the hash of its bytes.
func place(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	_, err = io.Copy(io.MultiWriter(f, sum), r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if strings.HasPrefix(name, "files/") && hex.EncodeToString(sum.Sum(nil)) != filepath.Base(name) {
		return fmt.Errorf("%w: the file of a report is damaged", ErrNotCopy)
	}
	return nil
}

// copyFolder takes from a copied data folder what a copy would hold.
func copyFolder(ctx context.Context, from string, root *os.Root) error {
	if _, err := os.Stat(filepath.Join(from, storeFile)); err != nil {
		return fmt.Errorf("%w: %w", ErrNotCopy, err)
	}
	files := os.DirFS(from)
	take := func(name string) error {
		f, err := files.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return errors.Join(ctx.Err(), place(root, name, f))
	}
	return errors.Join(take(storeFile), eachFile(files, take))
}

// Replace lets what was prepared in the stage take the place of what is in a data
// folder, which is moved aside, and returns where to. If it is interrupted the data
// folder has no store, duban refuses to start, and the restore is to be done again.
func Replace(data string, now time.Time) (aside string, err error) {
	if aside, err = newAside(data, now); err != nil {
		return "", err
	}
	old, err := movable(data)
	if err != nil {
		return "", err
	}
	fresh, err := movable(Stage(data))
	if err != nil {
		return "", err
	}
	slices.Reverse(fresh) // the store comes last
	for _, name := range old {
		err = errors.Join(err, os.Rename(filepath.Join(data, name), filepath.Join(aside, name)))
	}
	if err = errors.Join(err, bolt.SyncDir(aside)); err != nil {
		return "", err
	}
	for _, name := range fresh {
		if err := os.Rename(filepath.Join(Stage(data), name), filepath.Join(data, name)); err != nil {
			return "", err
		}
	}
	if len(old) == 0 {
		err, aside = os.RemoveAll(filepath.Join(data, replacedFolder)), ""
	}
	return aside, errors.Join(err, os.RemoveAll(Stage(data)), bolt.SyncDir(data))
}

// newAside makes a folder for what is moved aside: a new one, also if a restore in the
// same second was interrupted.
func newAside(data string, now time.Time) (string, error) {
	for n := 1; ; n++ {
		name := now.UTC().Format(stamp)
		if n > 1 {
			name = fmt.Sprintf("%s-%d", name, n)
		}
		aside := filepath.Join(data, replacedFolder, name)
		if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
			if err != nil {
				return "", err
			}
			continue
		}
		return aside, bolt.MakeFolder(aside)
	}
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
