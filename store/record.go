package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Unescape returns a part of a key as it was before [Key] escaped it.
func Unescape(part string) string {
	if !strings.Contains(part, "%") {
		return part
	}
	return strings.NewReplacer("%2F", "/", "%25", "%", "%00", "\x00").Replace(part)
}

// A Record is a stored value with its key.
type Record[T any] struct {
	Key   string
	Value T
}

// A State is what records are read from: a [Snapshot] or a [Tx].
type State interface{ snapshot() *Snapshot }

func (s *Snapshot) snapshot() *Snapshot { return s }

// Load returns the record under key; ok is false if there is none.
func Load[T any](s State, key string) (v T, ok bool) {
	raw := s.snapshot().get(key)
	if raw == nil {
		return v, false
	}
	decode([]byte(key), raw, &v)
	return v, true
}

// A Keyed record leaves out what its key says, because there are many of its kind. One
// that has it all, as an older duban wrote it, is read as well.
type Keyed interface {
	Bare(key string) any // what is stored under key: the record without what the key says
}

// A keyed is a pointer to a [Keyed].
type keyed interface {
	FromKey(key string) // fills in what the key says
}

// Stored returns the record under key as it is stored, "" if there is none: whoever
// compares it needs not read it.
func Stored(s State, key string) string { return string(s.snapshot().get(key)) }

// decode reads a record into v.
func decode(key, raw []byte, v any) {
	if err := json.Unmarshal(raw, v); err != nil {
		Check(fmt.Errorf("record under %q: %w", family(key), err))
	}
	if k, ok := v.(keyed); ok {
		k.FromKey(string(key))
	}
}

// Has tells whether there is a record under key.
func Has(s State, key string) bool {
	return s.snapshot().get(key) != nil
}

// Decode reads a value that is a part of a record, or of one that is not [Keyed].
func Decode[T any](_ State, raw []byte) (v T) {
	Check(json.Unmarshal(raw, &v))
	return v
}

// Save stores v under key.
func Save(tx *Tx, key string, v any) {
	if k, ok := v.(Keyed); ok {
		v = k.Bare(key)
	}
	raw, err := tx.encoder.encode(v)
	if err != nil {
		Check(fmt.Errorf("record under %q: %w", family([]byte(key)), err))
	}
	SaveRaw(tx, key, raw)
}

// DecodePair reads a record that [Pairs] gave.
func DecodePair[T any](p Pair) (v T) {
	decode(p.Key, p.Value, &v)
	return v
}

// SaveRaw stores under key what [Encode] has written.
func SaveRaw(tx *Tx, key string, raw []byte) { Check(tx.writer.Put([]byte(key), raw)) }

// Delete removes the records under keys, as far as there are any.
func Delete(tx *Tx, keys ...string) {
	for _, key := range keys {
		Check(tx.writer.Delete([]byte(key)))
	}
}

// Encode writes v as UTF-8 JSON, without escapes for HTML, because an office's
// database people should be able to read it.
func Encode(v any) ([]byte, error) { return new(encoder).encode(v) }

// An encoder writes one record after the other into the same buffer.
type encoder struct {
	text bytes.Buffer
	json *json.Encoder
}

func (e *encoder) encode(v any) ([]byte, error) {
	if e.json == nil {
		e.json = json.NewEncoder(&e.text)
		e.json.SetEscapeHTML(false)
	}
	e.text.Reset()
	err := e.json.Encode(v)
	return bytes.Clone(bytes.TrimSuffix(e.text.Bytes(), []byte("\n"))), err
}

// Scan returns the records whose keys begin with prefix, in the order of their
// keys, at most limit of them if limit is above 0.
func Scan[T any](s State, prefix string, limit int) iter.Seq[Record[T]] {
	return ScanRange[T](s, []byte(prefix), PrefixEnd(prefix), limit)
}

// ScanRange is [Scan] for the keys from <= key < to.
func ScanRange[T any](s State, from, to []byte, limit int) iter.Seq[Record[T]] {
	return func(yield func(Record[T]) bool) {
		for p := range Pairs(s, from, to, limit) {
			rec := Record[T]{Key: string(p.Key)}
			decode(p.Key, p.Value, &rec.Value)
			if !yield(rec) {
				return
			}
		}
	}
}

// Names returns what stands behind prefix in the keys of records, at most limit of
// them if limit is above 0.
func Names(s State, prefix string, limit int) (names []string) {
	for p := range Pairs(s, []byte(prefix), PrefixEnd(prefix), limit) {
		names = append(names, Unescape(string(p.Key[len(prefix):])))
	}
	return names
}

// AccountNames returns the names of all accounts that have records, by one short
// scan for each.
func (s *Snapshot) AccountNames() []string {
	var names []string
	for from := []byte("a/"); ; {
		next := ""
		for p := range Pairs(s, from, PrefixEnd("a/"), 1) {
			next, _, _ = strings.Cut(strings.TrimPrefix(string(p.Key), "a/"), "/")
		}
		if next == "" {
			return names
		}
		names = append(names, Unescape(next))
		from = PrefixEnd("a/" + next + "/")
	}
}

// Values returns records without their keys.
func Values[T any](records iter.Seq[Record[T]]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for rec := range records {
			if !yield(rec.Value) {
				return
			}
		}
	}
}

// Pairs is [ScanRange] for whoever wants the records as they are stored. Damaged ones
// do not count for the limit.
func Pairs(s State, from, to []byte, limit int) iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		n := 0
		for p, err := range s.snapshot().reader.Scan(from, to) {
			if !s.snapshot().sound(err) {
				continue
			}
			if n++; !yield(p) || n == limit {
				return
			}
		}
	}
}

// Collect returns the values of records.
func Collect[T any](records iter.Seq[Record[T]]) []T {
	var all []T
	for rec := range records {
		all = append(all, rec.Value)
	}
	return all
}

// Key joins parts with slashes. A slash, percent sign or NUL inside a part is
// escaped, so that the keys under one part never mix with those under another.
func Key(parts ...string) string {
	n := len(parts)
	for _, p := range parts {
		n += len(p)
	}
	var b strings.Builder
	b.Grow(n)
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		escape(&b, p)
	}
	return b.String()
}

func escape(b *strings.Builder, part string) {
	if !strings.ContainsAny(part, "/%\x00") {
		b.WriteString(part)
		return
	}
	for _, c := range []byte(part) {
		switch c {
		case '/', '%', 0:
			fmt.Fprintf(b, "%%%02X", c)
		default:
			b.WriteByte(c)
		}
	}
}

const stamp = "20060102T150405.000000000"

// Stamp writes a time so that the order of the texts is the order of the times.
// It is right for the years 0 to 9999.
func Stamp(t time.Time) string { return t.UTC().Format(stamp) }

// ParseStamp reads what [Stamp] has written.
func ParseStamp(s string) (time.Time, error) { return time.Parse(stamp, s) }

// Digest shortens what must not stand in a key, because keys are logged.
func Digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
