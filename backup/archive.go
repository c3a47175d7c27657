package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"duban/store"
)

// A copy is a tar in gzip in age. Its entries are the manifest, the store, and the
// files of the data folder under their names there.
const manifestName = "manifest.json"

// errNotCopy means that a file is no copy of an office, or not a whole one.
var errNotCopy = errors.New("this is no whole copy of an office")

// sums are the SHA-256 of the entries of a copy, by their names.
type sums map[string][sha256.Size]byte

// pack writes a copy, durable.
func pack(ctx context.Context, to string, m Manifest, s Source, records string, recipients ...age.Recipient) (sums, error) {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	p := packer{sums: sums{}}
	err = p.all(ctx, f, m, s, records, recipients)
	if err == nil {
		err = f.Sync()
	}
	return p.sums, errors.Join(err, f.Close())
}

type packer struct {
	tar  *tar.Writer
	sums sums
}

func (p *packer) all(ctx context.Context, w io.Writer, m Manifest, s Source, records string, recipients []age.Recipient) error {
	sealed, err := age.Encrypt(w, recipients...)
	if err != nil {
		return err
	}
	zipped := gzip.NewWriter(sealed)
	p.tar = tar.NewWriter(zipped)
	head, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := p.add(manifestName, int64(len(head)), strings.NewReader(string(head))); err != nil {
		return err
	}
	if err := p.file(storeFile, opener(os.DirFS(filepath.Dir(records)), filepath.Base(records))); err != nil {
		return err
	}
	// The transcripts come after the records: what they hold more has not been
	// handled, while a number that they lack would be given twice.
	err = s.eachFile(func(name string, open func() (io.ReadCloser, int64, error)) error {
		return errors.Join(ctx.Err(), p.file(name, open))
	})
	return errors.Join(err, p.tar.Close(), zipped.Close(), sealed.Close())
}

// file adds a file as long as it is now; one that is being written to may grow. One
// that is gone meanwhile was deleted.
func (p *packer) file(name string, open func() (io.ReadCloser, int64, error)) error {
	f, size, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(p.add(name, size, f), f.Close())
}

// opener returns how to open a file of a folder, and learn its size.
func opener(root fs.FS, name string) func() (io.ReadCloser, int64, error) {
	return func() (io.ReadCloser, int64, error) {
		f, err := root.Open(name)
		if err != nil {
			return nil, 0, err
		}
		info, err := f.Stat()
		if err != nil {
			return nil, 0, errors.Join(err, f.Close())
		}
		return f, info.Size(), nil
	}
}

// eachFile is [eachFile] for an office, with the evidence that its engine keeps under the
// names that it has in a data folder.
func (s Source) eachFile(do func(name string, open func() (io.ReadCloser, int64, error)) error) error {
	root := os.DirFS(s.Data)
	err := eachFile(root, func(name string) error { return do(name, opener(root, name)) })
	apart := s.Store.Apart()
	if err != nil || apart == nil {
		return err
	}
	return apart.Each(func(hash string, _ time.Time) error {
		return do(store.FileName(hash), func() (io.ReadCloser, int64, error) {
			f, err := apart.Open(hash)
			if err != nil {
				return nil, 0, err
			}
			raw, err := io.ReadAll(f)
			return io.NopCloser(bytes.NewReader(raw)), int64(len(raw)), errors.Join(err, f.Close())
		})
	})
}

func (p *packer) add(name string, size int64, r io.Reader) error {
	if err := p.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Format: tar.FormatPAX}); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(p.tar, sum), r, size); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p.sums[name] = [sha256.Size]byte(sum.Sum(nil))
	return nil
}

// eachFile names the files of a data folder that belong into a copy beside the
// store: evidence, transcripts, which account an account is, and the public half of
// the recovery key.
func eachFile(root fs.FS, do func(name string) error) error {
	return fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(name, ".") && name != "." || name == replacedFolder):
			return fs.SkipDir
		case !d.Type().IsRegular() || !belongs(name):
			return nil
		}
		return do(name)
	})
}

// belongs tells whether a file of a data folder is part of a copy. A session is a
// login, and the picture of a code leads to one.
func belongs(name string) bool {
	if path.Dir(name) == "." {
		return name == keyFile
	}
	return !strings.Contains(path.Base(name), ".session") && !slices.Contains([]string{".new", ".png", ".key", ".tmp"}, path.Ext(name))
}

// unpack calls do with each entry of a copy.
func unpack(ctx context.Context, from string, identity age.Identity, do func(name string, r io.Reader) error) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	sealed, err := age.Decrypt(f, identity)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return errWrongKey
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotCopy, err)
	}
	zipped, err := gzip.NewReader(sealed)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotCopy, err)
	}
	for entries := tar.NewReader(zipped); ; {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, zipped) // to its end, where what was cut off shows
		}
		switch {
		case err != nil:
			return fmt.Errorf("%w: %w", errNotCopy, err)
		case h == nil:
			return nil
		case !filepath.IsLocal(h.Name):
			return fmt.Errorf("%w: an entry leads out of it", errNotCopy)
		}
		if err := errors.Join(ctx.Err(), do(h.Name, entries)); err != nil {
			return err
		}
	}
}

// verify reads a copy again and compares it with what was put in.
func verify(ctx context.Context, path string, identity age.Identity, want sums) error {
	found := 0
	err := unpack(ctx, path, identity, func(name string, r io.Reader) error {
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return fmt.Errorf("%w: %w", errNotCopy, err)
		}
		if want[name] != [sha256.Size]byte(sum.Sum(nil)) {
			return fmt.Errorf("%w: %s reads otherwise than it was written", errNotCopy, name)
		}
		found++
		return nil
	})
	if err == nil && found != len(want) {
		err = fmt.Errorf("%w: it has %d entries of %d", errNotCopy, found, len(want))
	}
	if err != nil {
		return fmt.Errorf("the copy was read again: %w", err)
	}
	return nil
}
