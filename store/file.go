package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"duban/bot"
)

// Pictures and documents lie beside the records, each under the SHA-256 of its bytes.
// [Store.Keep] makes one durable before the transaction that refers to it, and that
// transaction holds it: file/<hash>/<owner> under a prefix. [privacy.Sweep] removes what
// nothing has held for a day.

// Files is where they lie: a folder, or what an [Engine] has for them if it is a [Filer].
type Files interface {
	// Put makes the bytes of a hash durable. What is there already only becomes young again.
	Put(hash string, data []byte, now time.Time) error

	// Open returns the bytes of a hash, or an error that wraps [fs.ErrNotExist].
	Open(hash string) (io.ReadCloser, error)

	// Each calls do with the names and ages of all that is there. A name that is no hash
	// is what an interrupted Put left.
	Each(do func(name string, put time.Time) error) error

	// Remove removes what Each has named, unless it was put again since; a zero time
	// removes it in any case.
	Remove(name string, put time.Time) error
}

// A Filer is an [Engine] that keeps files itself.
type Filer interface{ Files() Files }

var (
	// ErrNoFiles means that the store was opened without a folder for files.
	ErrNoFiles = errors.New("store has no folder for files")

	// ErrFileTooLarge means that a file is larger than the store keeps.
	ErrFileTooLarge = errors.New("file is too large")
)

const (
	maxFile  = 32 << 20       // bytes of one file
	fileRest = 24 * time.Hour // how long a file stays that nothing holds
)

// files are the kept files. Their lock keeps one that is kept a second time from being
// swept away in the same moment.
type files struct {
	mu sync.Mutex
	in Files // nil if there are none
}

// A folder is Files in a folder of the disk.
type folder struct{ root *os.Root }

// Folder returns the files in a folder, which it makes if it is missing.
func Folder(dir string) (Files, error) {
	in, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	return in, nil
}

func openFolder(dir string) (folder, error) {
	if err := bot.MakeFolder(dir); err != nil {
		return folder{}, fmt.Errorf("folder of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return folder{}, fmt.Errorf("folder of files: %w", err)
	}
	return folder{root}, nil
}

func openFiles(e Engine, dir string) (*files, error) {
	if own, ok := e.(Filer); ok {
		if in := own.Files(); in != nil {
			return &files{in: in}, takeIn(dir, in)
		}
	}
	if dir == "" {
		return &files{}, nil
	}
	in, err := Folder(dir)
	return &files{in: in}, err
}

// takeIn moves what lies in a folder, from before the engine kept files, to the engine's.
func takeIn(dir string, to Files) error {
	if _, err := os.Lstat(dir); err != nil {
		return nil //nolint:nilerr // there is none
	}
	from, err := openFolder(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(CopyFiles(from, to), from.root.Close()); err != nil {
		return fmt.Errorf("folder of files: %w", err)
	}
	return os.RemoveAll(dir)
}

// CopyFiles puts the files of from into to, as old as they are.
func CopyFiles(from, to Files) error {
	return from.Each(func(name string, put time.Time) error {
		f, err := from.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // no file, but what a broken write has left
		}
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		return to.Put(name, raw, put)
	})
}

// Keep makes data durable and returns f with its hash, its size and a way to open
// it. A transaction must hold the file within a day, or it is swept away.
func (s *Store) Keep(data []byte, f bot.FileInfo) (bot.FileInfo, error) {
	if s.files.in == nil {
		return f, ErrNoFiles
	}
	if len(data) > maxFile {
		return f, fmt.Errorf("keep file: %w: at most %d MiB", ErrFileTooLarge, maxFile>>20)
	}
	sum := sha256.Sum256(data)
	f.Hash, f.Size = hex.EncodeToString(sum[:]), int64(len(data))
	f.Open = s.Opener(f.Hash)
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if err := s.files.in.Put(f.Hash, data, s.Time()); err != nil {
		return f, fmt.Errorf("keep file: %w", err)
	}
	return f, nil
}

func fileAt(hash string) string { return path.Join(hash[:2], hash) }

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size
}

// FileName is the name, with slashes, of the file of a hash in a data folder and in a copy.
func FileName(hash string) string { return "files/" + fileAt(hash) }

// Put implements [Files].
func (f folder) Put(hash string, data []byte, now time.Time) error {
	at := fileAt(hash)
	if f.root.Chtimes(at, now, now) != nil {
		if err := f.create(at, data); err != nil {
			return err
		}
		_ = f.root.Chtimes(at, now, now) // the file is whole; its age only decides when it is swept
	}
	return errors.Join(bot.SyncDir(filepath.Join(f.root.Name(), path.Dir(at))), bot.SyncDir(f.root.Name()))
}

// Open implements [Files].
func (f folder) Open(hash string) (io.ReadCloser, error) { return f.root.Open(fileAt(hash)) }

// Each implements [Files].
func (f folder) Each(do func(name string, put time.Time) error) error {
	return fs.WalkDir(f.root.FS(), ".", func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := f.root.Stat(at)
		if err != nil {
			return err
		}
		if hash := path.Base(at); isHash(hash) {
			at = hash
		}
		return do(at, info.ModTime())
	})
}

// Remove implements [Files].
func (f folder) Remove(name string, put time.Time) error {
	if isHash(name) {
		name = fileAt(name)
	}
	info, err := f.root.Stat(name)
	if err != nil || !put.IsZero() && !info.ModTime().Equal(put) {
		return err
	}
	return f.root.Remove(name)
}

func (f folder) create(at string, data []byte) error {
	if err := f.root.MkdirAll(path.Dir(at), 0o700); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s/%s.new", path.Dir(at), rand.Text())
	w, err := f.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Sync(), w.Close())
	if err == nil {
		err = f.root.Rename(temporary, at)
	}
	if err != nil {
		return errors.Join(err, f.root.Remove(temporary))
	}
	return nil
}

// Opener returns how to read the file of a hash.
func (s *Store) Opener(hash string) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return s.OpenFile(hash) }
}

// OpenFile returns the bytes of a kept file, or an error that wraps
// [fs.ErrNotExist] if it was swept away.
func (s *Store) OpenFile(hash string) (io.ReadCloser, error) {
	switch {
	case s.files.in == nil:
		return nil, ErrNoFiles
	case !isHash(hash):
		return nil, fmt.Errorf("file: %w", fs.ErrNotExist)
	}
	f, err := s.files.in.Open(hash)
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	return f, nil
}

// Apart returns the files if the engine keeps them, so that they are not in the data
// folder, and else nil.
func (s *Store) Apart() Files {
	if _, beside := s.files.in.(folder); beside {
		return nil
	}
	return s.files.in
}

// HoldFile keeps a file from being swept for as long as its owner, any word,
// needs it. The note is kept under prefix: [Work], or that of an account.
func (tx *Tx) HoldFile(prefix, hash, owner string) {
	Save(tx, prefix+Key("file", hash, owner), tx.Now())
}

// HeldSince returns when HoldFile took hold of the file for the owner; ok is false if
// it does not hold it, or no more.
func (s *Snapshot) HeldSince(prefix, hash, owner string) (at time.Time, ok bool) {
	return Load[time.Time](s, prefix+Key("file", hash, owner))
}

// ReleaseFile takes back what HoldFile did.
func (tx *Tx) ReleaseFile(prefix, hash, owner string) {
	Delete(tx, prefix+Key("file", hash, owner))
}

// held tells whether anything needs the file.
func (s *Store) held(ctx context.Context, hash string) (bool, error) {
	return Read(ctx, s, func(sn *Snapshot) bool {
		for _, account := range append(sn.AccountNames(), "") {
			for range Scan[time.Time](sn, ownPrefix(account)+Key("file", hash)+"/", 1) {
				return true
			}
		}
		return false
	})
}

// SweepFiles removes the files that nothing has held for a day, and what an
// interrupted Keep left.
func (s *Store) SweepFiles(ctx context.Context) (n int, err error) {
	if s.files.in == nil {
		return 0, nil
	}
	err = s.files.in.Each(func(name string, put time.Time) error {
		if s.Settled().Sub(put) < fileRest {
			return nil
		}
		s.files.mu.Lock()
		defer s.files.mu.Unlock()
		gone, err := s.removeFile(ctx, name, put)
		if gone {
			n++
		}
		return err
	})
	if err != nil {
		return n, fmt.Errorf("sweep files: %w", err)
	}
	return n, nil
}

// removeFile removes a file, unless something holds it or it was put since.
func (s *Store) removeFile(ctx context.Context, name string, put time.Time) (gone bool, err error) {
	if isHash(name) {
		if held, err := s.held(ctx, name); err != nil || held {
			return false, err
		}
	}
	return true, s.files.in.Remove(name, put)
}

// DropFile removes a file at once, if nothing holds it any more.
func (s *Store) DropFile(ctx context.Context, hash string) error {
	if s.files.in == nil || !isHash(hash) {
		return nil
	}
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	if _, err := s.removeFile(ctx, hash, time.Time{}); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("file: %w", err)
	}
	return nil
}
