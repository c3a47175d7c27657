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

// Load returns the record under key; ok is false if there is none.
func Load[T any](r Reader, key string) (v T, ok bool, err error) {
	raw, err := r.Get([]byte(key))
	if err != nil || raw == nil {
		return v, false, err
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, false, fmt.Errorf("record under %q: %w", family([]byte(key)), err)
	}
	return v, true, nil
}

// Save stores v under key.
func Save(w Writer, key string, v any) error {
	raw, err := Encode(v)
	if err != nil {
		return fmt.Errorf("record under %q: %w", family([]byte(key)), err)
	}
	return w.Put([]byte(key), raw)
}

// Encode writes v as UTF-8 JSON, without escapes for HTML, because an office's
// database people should be able to read it.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Scan returns the records whose keys begin with prefix, in the order of their
// keys, at most limit of them if limit is above 0. It ends after the first error.
func Scan[T any](r Reader, prefix string, limit int) iter.Seq2[Record[T], error] {
	return ScanRange[T](r, []byte(prefix), PrefixEnd(prefix), limit)
}

// ScanRange is [Scan] for the keys from <= key < to.
func ScanRange[T any](r Reader, from, to []byte, limit int) iter.Seq2[Record[T], error] {
	return func(yield func(Record[T], error) bool) {
		for p, err := range r.Scan(from, to, limit) {
			rec := Record[T]{Key: string(p.Key)}
			if err == nil {
				err = json.Unmarshal(p.Value, &rec.Value)
			}
			if err != nil {
				yield(rec, fmt.Errorf("record under %q: %w", family(from), err))
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// Names returns what stands behind prefix in the keys of records, at most limit of
// them if limit is above 0.
func Names(r Reader, prefix string, limit int) (names []string, err error) {
	for p, err := range r.Scan([]byte(prefix), PrefixEnd(prefix), limit) {
		if err != nil {
			return nil, err
		}
		names = append(names, Unescape(string(p.Key[len(prefix):])))
	}
	return names, nil
}

// Values returns records without their keys.
func Values[T any](records iter.Seq2[Record[T], error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for rec, err := range records {
			if !yield(rec.Value, err) {
				return
			}
		}
	}
}

// Collect returns the values of records, until the first error.
func Collect[T any](records iter.Seq2[Record[T], error]) ([]T, error) {
	var all []T
	for rec, err := range records {
		if err != nil {
			return nil, err
		}
		all = append(all, rec.Value)
	}
	return all, nil
}

// Key joins parts with slashes. A slash, percent sign or NUL inside a part is
// escaped, so that the keys under one part never mix with those under another.
func Key(parts ...string) string {
	var b strings.Builder
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

// Stamp writes a time so that the order of the texts is the order of the times.
// It is right for the years 0 to 9999.
func Stamp(t time.Time) string {
	return t.UTC().Format("20060102T150405.000000000")
}

// Digest shortens what must not stand in a key, because keys are logged.
func Digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
