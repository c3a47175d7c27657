package postgres

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"duban/store"
)

// pieceSize is how many bytes of a file one row holds.
const pieceSize = 256 << 10

// fileTable is [store.Files] in a table of the office, on connections of its own: files
// are few, and no group waits for one.
type fileTable struct{ *Engine }

// Files implements [store.Filer].
func (e *Engine) Files() store.Files { return fileTable{e} }

// Put writes the bytes in pieces, in one transaction. What a process writes that has lost
// the office does no harm: nothing refers to it, and it is swept away.
func (t fileTable) Put(hash string, data []byte, now time.Time) error {
	at := num(now.Unix())
	rows, err := t.ask(statement{t.sql.touch, [][]byte{[]byte(hash), at}})
	if err != nil || len(rows) > 0 {
		return err
	}
	var seqs, pieces [][]byte
	for piece := range slices.Chunk(data, pieceSize) {
		seqs, pieces = append(seqs, num(int64(len(seqs)))), append(pieces, piece)
	}
	if len(data) == 0 {
		seqs, pieces = [][]byte{num(0)}, [][]byte{{}}
	}
	_, err = t.ask(statement{t.sql.keep, [][]byte{[]byte(hash), array(oidInt8, seqs), array(oidBytea, pieces), at}})
	return err
}

// Open reads all pieces.
func (t fileTable) Open(hash string) (io.ReadCloser, error) {
	rows, err := t.ask(statement{t.sql.pieces, [][]byte{[]byte(hash)}})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fs.ErrNotExist
	}
	var all bytes.Buffer
	for _, row := range rows {
		all.Write(row[0])
	}
	return io.NopCloser(&all), nil
}

// Each names the files.
func (t fileTable) Each(do func(name string, put time.Time) error) error {
	rows, err := t.ask(statement{sql: t.sql.files})
	for _, row := range rows {
		if err := do(string(row[0]), time.Unix(readNum(row[1]), 0)); err != nil {
			return err
		}
	}
	return err
}

// Remove removes a file, if this process still owns the office.
func (t fileTable) Remove(hash string, put time.Time) error {
	drop := statement{t.sql.drop, [][]byte{[]byte(hash), num(put.Unix())}}
	if put.IsZero() {
		drop = statement{t.sql.dropAny, [][]byte{[]byte(hash)}}
	}
	_, err := t.ask(statement{t.sql.still, [][]byte{num(t.epoch)}}, drop)
	return err
}

// ask carries out statements in one transaction.
func (t fileTable) ask(all ...statement) (rows [][][]byte, err error) {
	if err := t.Err(); err != nil {
		return nil, err
	}
	c, err := t.dial()
	if err == nil {
		defer c.close()
		rows, err = c.exec(all...)
	}
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return rows, nil
}
