package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"

	"duban/store"
)

// ErrDamaged means that the file is not, or not any more, a database. It is left
// as it is.
var ErrDamaged = errors.New("database file is damaged")

// The parts of bbolt's file format, version 2, that a check needs. Numbers are in
// the byte order of the machine. A page begins with its number (8 bytes), flags
// (2), count of elements (2) and number of further pages that belong to it (4).
const (
	headerSize  = 16
	elementSize = 16
	branchPage  = 0x01
	leafPage    = 0x02
	freePage    = 0x10
	bucketFlag  = 0x01
	noFreelist  = 1<<64 - 1
	metaSize    = 64
	metaMagic   = 0xED0CDAED
)

// A checker reads a database file without trusting it. bbolt maps the file into
// memory and follows what it finds, so that a damaged page ends in a panic, a bad
// memory access or a loop, the latter two possibly in a goroutine where nobody
// can catch them. So this comes before bbolt touches more than the first pages.
type checker struct {
	file io.ReaderAt
	page int64  // size of a page
	used []bool // by page number: something refers to it
}

// check reads all pages of the file that are in use. Behind says that what was
// written last may be lost: the page that led to it is damaged.
func (e *Engine) check() (behind bool, err error) {
	info, err := e.file.Stat()
	if err != nil {
		return false, err
	}
	c := &checker{file: e.file, page: int64(e.db.Info().PageSize)}
	m, behind, err := c.newest()
	if err != nil {
		return false, err
	}
	if m.pages > uint64(info.Size()/c.page) {
		return false, fmt.Errorf("%w: it has %d bytes and should have %d pages of %d", ErrDamaged, info.Size(), m.pages, c.page)
	}
	c.used = make([]bool, m.pages)
	err = c.tree(m.root, span{}, true)
	if err == nil && m.free != noFreelist {
		err = c.freelist(m.free)
	}
	return behind, err
}

// A meta is what a meta page says: where the state begins that a commit left.
type meta struct {
	root, free, pages, commit uint64
	valid                     bool
}

func (c *checker) meta(page int64) (m meta, err error) {
	var b [metaSize]byte
	if _, err := c.file.ReadAt(b[:], page*c.page+headerSize); err != nil {
		return m, err
	}
	sum := fnv.New64a()
	_, _ = sum.Write(b[:56])
	m.root, m.free = binary.NativeEndian.Uint64(b[16:]), binary.NativeEndian.Uint64(b[32:])
	m.pages, m.commit = binary.NativeEndian.Uint64(b[40:]), binary.NativeEndian.Uint64(b[48:])
	m.valid = binary.NativeEndian.Uint32(b[:]) == metaMagic && binary.NativeEndian.Uint64(b[56:]) == sum.Sum64()
	return m, nil
}

// newest returns the newer one of the two meta pages that is valid. Commits write them
// in turn, each in one sector, so that not even a power cut leaves half of one. One that
// is not valid was damaged, and perhaps it was the newer one.
func (c *checker) newest() (m meta, behind bool, err error) {
	m, err = c.meta(0)
	if err != nil {
		return m, false, err // which is no damage
	}
	other, err := c.meta(1)
	if err != nil {
		return m, false, err
	}
	if !m.valid || other.valid && other.commit > m.commit {
		m, other = other, m
	}
	if !m.valid {
		return m, false, fmt.Errorf("%w: neither meta page is valid", ErrDamaged)
	}
	return m, !other.valid, nil
}

// read returns a page with those that belong to it, and notes that they are used.
func (c *checker) read(id uint64) ([]byte, error) {
	if id < 2 || id >= uint64(len(c.used)) {
		return nil, fmt.Errorf("%w: there is no page %d", ErrDamaged, id)
	}
	var head [headerSize]byte
	if _, err := c.file.ReadAt(head[:], int64(id)*c.page); err != nil {
		return nil, err
	}
	more := uint64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head[:]) != id || id+more >= uint64(len(c.used)) {
		return nil, fmt.Errorf("%w: page %d has a bad head", ErrDamaged, id)
	}
	for i := id; i <= id+more; i++ {
		if c.used[i] {
			return nil, fmt.Errorf("%w: page %d is used twice", ErrDamaged, i)
		}
		c.used[i] = true
	}
	b := make([]byte, int64(1+more)*c.page)
	_, err := c.file.ReadAt(b, int64(id)*c.page)
	return b, err
}

// A span is where keys must lie: from <= key < to. A nil to is no bound.
type span struct{ from, to []byte }

// tree checks the page id and what is below it. The tree at the root holds
// buckets, the others pairs.
func (c *checker) tree(id uint64, keys span, root bool) error {
	b, err := c.read(id)
	if err != nil {
		return err
	}
	n := int(binary.NativeEndian.Uint16(b[10:]))
	switch flags := binary.NativeEndian.Uint16(b[8:]); {
	case flags == leafPage:
		err = c.leaf(b, n, keys, root)
	case flags == branchPage && n > 0:
		err = c.branch(b, n, keys, root)
	default:
		err = fmt.Errorf("%w: it should be part of a tree", ErrDamaged)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

func (c *checker) branch(b []byte, n int, keys span, root bool) error {
	if err := counted(b, n, 0); err != nil {
		return err
	}
	children := make([]uint64, n)
	names := make([][]byte, n, n+1)
	for i := range n {
		at := headerSize + i*elementSize
		e, err := part(b, at, elementSize)
		if err != nil {
			return err
		}
		names[i], err = part(b, at+int(binary.NativeEndian.Uint32(e)), int(binary.NativeEndian.Uint32(e[4:])))
		if err != nil {
			return err
		}
		children[i] = binary.NativeEndian.Uint64(e[8:])
	}
	if err := keys.hold(names); err != nil {
		return err
	}
	names = append(names, keys.to)
	for i, id := range children {
		if err := c.tree(id, span{names[i], names[i+1]}, root); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) leaf(b []byte, n int, keys span, root bool) error {
	if err := counted(b, n, 4); err != nil {
		return err
	}
	names := make([][]byte, n)
	for i := range n {
		at := headerSize + i*elementSize
		e, err := part(b, at, elementSize)
		if err != nil {
			return err
		}
		from, size := at+int(binary.NativeEndian.Uint32(e[4:])), int(binary.NativeEndian.Uint32(e[8:]))
		if names[i], err = part(b, from, size); err != nil {
			return err
		}
		value, err := part(b, from+size, int(binary.NativeEndian.Uint32(e[12:])))
		if err != nil {
			return err
		}
		if err := c.element(value, binary.NativeEndian.Uint32(e) == bucketFlag, root); err != nil {
			return err
		}
	}
	return keys.hold(names)
}

// counted checks the number of elements of a page: behind them stands the first key, at
// the offset that the first one holds. Only a small bucket is empty, and ends there.
func counted(b []byte, n, offset int) error {
	first := len(b)
	if n > 0 && first >= headerSize+elementSize {
		first = headerSize + int(binary.NativeEndian.Uint32(b[headerSize+offset:]))
	}
	if first != headerSize+n*elementSize {
		return fmt.Errorf("%w: there are not %d elements", ErrDamaged, n)
	}
	return nil
}

// element checks a value: a bucket in the root, bytes elsewhere.
func (c *checker) element(value []byte, bucket, root bool) error {
	switch {
	case bucket != root:
		return fmt.Errorf("%w: buckets and values are mixed up", ErrDamaged)
	case !root && len(value) > store.MaxValue+sumSize:
		return fmt.Errorf("%w: a value is too large", ErrDamaged)
	case !root:
		return nil
	case len(value) < headerSize:
		return fmt.Errorf("%w: a bucket is cut off", ErrDamaged)
	}
	if id := binary.NativeEndian.Uint64(value); id != 0 {
		return c.tree(id, span{}, false)
	}
	inline, err := part(value, headerSize, len(value)-headerSize) // a small bucket is one page inside the value
	if err != nil || len(inline) < headerSize || binary.NativeEndian.Uint16(inline[8:]) != leafPage {
		return fmt.Errorf("%w: a small bucket is cut off", ErrDamaged)
	}
	return c.leaf(inline, int(binary.NativeEndian.Uint16(inline[10:])), span{}, false)
}

// freelist checks that the pages that are said to be free are not in use.
func (c *checker) freelist(id uint64) error {
	b, err := c.read(id)
	if err != nil {
		return err
	}
	n, from := uint64(binary.NativeEndian.Uint16(b[10:])), headerSize
	if n == 0xFFFF { // too many for the head
		n, from = binary.NativeEndian.Uint64(b[from:]), from+8
	}
	if binary.NativeEndian.Uint16(b[8:]) != freePage || n > uint64(len(b)-from)/8 {
		return fmt.Errorf("%w: the list of free pages is broken", ErrDamaged)
	}
	for i := range int(n) {
		free := binary.NativeEndian.Uint64(b[from+8*i:])
		if free < 2 || free >= uint64(len(c.used)) || c.used[free] {
			return fmt.Errorf("%w: page %d cannot be free", ErrDamaged, free)
		}
		c.used[free] = true
	}
	return nil
}

// hold checks that keys are in order, in the span and of an allowed length.
func (s span) hold(keys [][]byte) error {
	last := s.from
	for i, k := range keys {
		order := bytes.Compare(last, k)
		if order > 0 || order == 0 && i > 0 || s.to != nil && bytes.Compare(k, s.to) >= 0 || len(k) == 0 || len(k) > store.MaxKey {
			return fmt.Errorf("%w: keys are out of order", ErrDamaged)
		}
		last = k
	}
	return nil
}

// part returns size bytes of b from an offset.
func part(b []byte, from, size int) ([]byte, error) {
	if from < 0 || size < 0 || from > len(b) || size > len(b)-from {
		return nil, fmt.Errorf("%w: something reaches beyond its page", ErrDamaged)
	}
	return b[from : from+size : from+size], nil
}
