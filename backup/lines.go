package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duban/store"
	"duban/store/bolt"
)

// A line is one line of an export. The first has a manifest, the last says how many
// there are and what they hash to, and each between is a record or a file.
type line struct {
	Manifest *Manifest `json:"duban,omitempty"`

	Key   string          `json:"key,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
	Raw   []byte          `json:"raw,omitempty"` // of a record that is not JSON: one that was set aside

	File string `json:"file,omitempty"` // its name in the data folder
	Data []byte `json:"data,omitempty"`

	Lines int    `json:"lines,omitempty"` // of the last line: how many came before it
	Sum   string `json:"sha256,omitempty"`
}

// importStep is how many records one transaction of an import writes.
const importStep = 1000

// Export writes everything that a copy would hold as lines of JSON, in the clear, as
// it is at one moment, without the records whose keys begin with one of some prefixes.
// What a damaged record held is left out and counted in the manifest.
func Export(ctx context.Context, s Source, w io.Writer, without ...string) (err error) {
	m, records, err := snapshot(ctx, s)
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(records))) }()
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	left := func(p store.Pair) bool {
		return slices.ContainsFunc(without, func(prefix string) bool { return strings.HasPrefix(string(p.Key), prefix) })
	}
	err = eachRecord(ctx, records, func(p store.Pair, damaged bool) error {
		if left(p) {
			if m.Records--; damaged {
				m.Damaged--
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	x := newExporter(w)
	x.put(line{Manifest: &m})
	err = eachRecord(ctx, records, func(p store.Pair, damaged bool) error {
		if left(p) {
			return nil
		}
		return x.record(p, damaged)
	})
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	err = s.eachFile(func(name string, open func() (io.ReadCloser, int64, error)) error {
		f, _, err := open()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(f)
		x.put(line{File: name, Data: data})
		return errors.Join(err, f.Close(), x.err, ctx.Err())
	})
	x.put(line{Lines: x.n, Sum: hex.EncodeToString(x.sum.Sum(nil))})
	if err = errors.Join(err, x.err, x.out.Flush()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// An exporter writes lines and keeps the first error.
type exporter struct {
	out *bufio.Writer
	enc *json.Encoder
	sum hash.Hash
	n   int
	err error
}

func newExporter(w io.Writer) *exporter {
	x := &exporter{out: bufio.NewWriterSize(w, 1<<16), sum: sha256.New()}
	x.enc = json.NewEncoder(io.MultiWriter(x.out, x.sum))
	x.enc.SetEscapeHTML(false)
	return x
}

func (x *exporter) put(l line) {
	if x.err == nil {
		x.err = x.enc.Encode(l)
		x.n++
	}
}

// record writes a record; what a damaged one held is left out. A key that is no text is
// the damaged one of a record that was set aside.
func (x *exporter) record(p store.Pair, damaged bool) error {
	key := strings.ToValidUTF8(string(p.Key), "\uFFFD")
	switch {
	case damaged:
	case json.Valid(p.Value):
		x.put(line{Key: key, Value: p.Value})
	default:
		x.put(line{Key: key, Raw: p.Value})
	}
	return x.err
}

// IsExport tells whether a file begins as an export does.
func IsExport(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(`{"duban":`))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == `{"duban":`
}

// lines takes an export.
func (u *unpacked) lines(ctx context.Context, from string) (err error) {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	e, err := bolt.Open(filepath.Join(u.root.Name(), storeFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	i := importer{unpacked: u, engine: e, sum: sha256.New()}
	for in, end := bufio.NewReader(f), false; !end; {
		raw, err := in.ReadBytes('\n')
		if err == nil {
			end, err = i.take(ctx, raw)
		}
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("%w: it ends after %d lines", errNotCopy, i.n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// An importer takes the lines of an export.
type importer struct {
	*unpacked
	engine  store.Engine
	waiting []store.Pair // to be written together
	sum     hash.Hash
	n       int
}

// take takes a line. End says that it was the last.
func (i *importer) take(ctx context.Context, raw []byte) (end bool, err error) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		return false, fmt.Errorf("%w: line %d: %w", errNotCopy, i.n+1, err)
	}
	if l.Sum != "" {
		if l.Lines != i.n || l.Sum != hex.EncodeToString(i.sum.Sum(nil)) {
			return true, fmt.Errorf("%w: its lines are not those that were written", errNotCopy)
		}
		return true, i.flush(ctx)
	}
	i.n++
	_, _ = i.sum.Write(raw)
	switch {
	case l.Manifest != nil:
		i.Manifest = *l.Manifest
		return false, i.check()
	case l.File != "":
		return false, i.file(l)
	case l.Raw != nil:
		l.Value = l.Raw
	}
	i.waiting = append(i.waiting, store.Pair{Key: []byte(l.Key), Value: l.Value})
	if len(i.waiting) == importStep {
		err = i.flush(ctx)
	}
	return false, err
}

func (i *importer) file(l line) error {
	if !filepath.IsLocal(l.File) || !belongs(l.File) {
		return fmt.Errorf("%w: line %d names a file that is no part of it", errNotCopy, i.n)
	}
	return i.place(l.File, bytes.NewReader(l.Data))
}

// flush writes the records that wait.
func (i *importer) flush(ctx context.Context) error {
	err := i.engine.Update(ctx, func(w store.Writer) error {
		for _, p := range i.waiting {
			if err := w.Put(p.Key, p.Value); err != nil {
				return err
			}
		}
		return nil
	})
	i.waiting = nil
	return err
}
