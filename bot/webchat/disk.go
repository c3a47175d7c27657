package webchat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

const (
	format   = 1
	fileName = "transcript.jsonl"
)

// A header is the first line of the file.
type header struct {
	Format int    `json:"format"`
	Epoch  string `json:"epoch"`
}

// A disk keeps the transcript as lines of JSON, and the files beside it.
type disk struct {
	root *os.Root
	file *os.File
	size int64 // where the next line goes
}

func openDisk(dir string) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	return &disk{root: root}, nil
}

// read returns what the file says. A last line that a crash tore is left out.
func (d *disk) read() (h header, entries []entry, err error) {
	data, err := d.root.ReadFile(fileName)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil, nil
	}
	if err != nil {
		return h, nil, fmt.Errorf("read: %w", err)
	}
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	n := 0
	for line := range bytes.Lines(data) {
		if n++; n == 1 {
			if err := json.Unmarshal(line, &h); err != nil || h.Format != format {
				return h, nil, fmt.Errorf("%s is not a transcript of format %d: move it away", fileName, format)
			}
			continue
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return h, nil, fmt.Errorf("%s line %d: %w: move the file away", fileName, n, err)
		}
		entries = append(entries, e)
	}
	return h, entries, nil
}

// rewrite replaces the file in one step.
func (d *disk) rewrite(epoch string, entries []entry, got uint64) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	lines := []any{header{Format: format, Epoch: epoch}, entry{Type: typeGot, Seq: got}}
	for _, e := range entries {
		lines = append(lines, e)
	}
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return fmt.Errorf("encode: %w", err)
		}
	}
	if err := d.write(fileName+".new", b.Bytes()); err != nil {
		return err
	}
	if d.file != nil {
		if err := d.file.Close(); err != nil { // Windows renames no open file
			return fmt.Errorf("close: %w", err)
		}
	}
	size := int64(b.Len())
	renamed := d.root.Rename(fileName+".new", fileName)
	if renamed != nil {
		size = d.size // go on with the old one
	}
	f, err := d.root.OpenFile(fileName, os.O_RDWR, 0o600)
	if err := errors.Join(renamed, err); err != nil {
		d.file = f
		return fmt.Errorf("replace: %w", err)
	}
	d.file, d.size = f, size
	return nil
}

// write makes a file durable.
func (d *disk) write(name string, data []byte) error {
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// append adds a line. A line that could not be written whole is overwritten by
// the next.
func (d *disk) append(e entry, durable bool) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	line = append(line, '\n')
	if _, err := d.file.WriteAt(line, d.size); err != nil {
		return errors.Join(fmt.Errorf("write: %w", err), d.file.Truncate(d.size))
	}
	if durable {
		if err := d.file.Sync(); err != nil {
			return errors.Join(fmt.Errorf("sync: %w", err), d.file.Truncate(d.size))
		}
	}
	d.size += int64(len(line))
	return nil
}

func (d *disk) close() error {
	var err error
	if d.file != nil {
		err = errors.Join(d.file.Sync(), d.file.Close())
	}
	return errors.Join(err, d.root.Close())
}
