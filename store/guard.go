package store

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Guarded returns fn with the rules that hold on every engine: keys lie inside
// scopes (else [ErrScope]) and keys and values have the allowed sizes (else
// [ErrTooLarge]). A breach fails the whole function, also when fn drops the
// error. Engines pass what Update was given through it, so that the rules are
// written once.
func Guarded(scopes []string, fn func(Writer) error) func(Writer) error {
	scopes = slices.Clone(scopes)
	return func(w Writer) error {
		g := &guard{w: w, scopes: scopes}
		if err := fn(g); err != nil {
			return err
		}
		return g.breach
	}
}

// A guard checks what passes through it and remembers the first breach.
type guard struct {
	w      Writer
	scopes []string
	breach error
}

func (g *guard) fail(err error) error {
	if g.breach == nil {
		g.breach = err
	}
	return err
}

func (g *guard) check(key []byte) error {
	if len(key) == 0 || len(key) > MaxKey {
		return g.fail(fmt.Errorf("key of %d bytes under %q: %w", len(key), family(key), ErrTooLarge))
	}
	for _, s := range g.scopes {
		if hasPrefix(key, s) {
			return nil
		}
	}
	return g.fail(fmt.Errorf("%q with scopes %q: %w", family(key), g.scopes, ErrScope))
}

// covers tells whether a key may be touched, without asking for it.
func (g *guard) covers(key string) bool {
	return slices.ContainsFunc(g.scopes, func(s string) bool { return hasPrefix([]byte(key), s) })
}

func (g *guard) Get(key []byte) ([]byte, error) {
	if err := g.check(key); err != nil {
		return nil, err
	}
	return g.w.Get(key)
}

func (g *guard) Put(key, value []byte) error {
	if err := g.check(key); err != nil {
		return err
	}
	if len(value) > MaxValue {
		return g.fail(fmt.Errorf("value of %d bytes under %q: %w", len(value), family(key), ErrTooLarge))
	}
	return g.w.Put(key, value)
}

func (g *guard) Delete(key []byte) error {
	if err := g.check(key); err != nil {
		return err
	}
	return g.w.Delete(key)
}

func (g *guard) Scan(from, to []byte, limit int) iter.Seq2[Pair, error] {
	for _, s := range g.scopes {
		inside := s == "" || len(to) > 0 && bytes.Compare(to, prefixEnd(s)) <= 0
		if inside && hasPrefix(from, s) {
			return g.w.Scan(from, to, limit)
		}
	}
	err := g.fail(fmt.Errorf("scan of %q with scopes %q: %w", family(from), g.scopes, ErrScope))
	return func(yield func(Pair, error) bool) { yield(Pair{}, err) }
}

func hasPrefix(key []byte, prefix string) bool {
	return len(key) >= len(prefix) && string(key[:len(prefix)]) == prefix
}

// prefixEnd returns the first key after all keys that begin with prefix, or nil
// if there is none.
func prefixEnd(prefix string) []byte {
	end := []byte(prefix)
	for len(end) > 0 {
		end[len(end)-1]++
		if end[len(end)-1] != 0 {
			return end
		}
		end = end[:len(end)-1]
	}
	return nil
}

// family returns the leading parts of a key, for errors: the rest may name a
// chat or a person, which must not reach the log.
func family(key []byte) string {
	parts := strings.SplitN(string(key[:min(len(key), MaxKey)]), "/", 4)
	switch {
	case parts[0] != "a":
		return parts[0]
	case len(parts) < 4:
		return parts[0] + "/" + strings.Join(parts[1:min(len(parts), 2)], "/")
	}
	return strings.Join(parts[:3], "/")
}
