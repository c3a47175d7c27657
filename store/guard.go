package store

import (
	"fmt"
	"strings"
)

// Guarded returns fn with the rule that holds on every engine: keys and values have
// the allowed sizes, else [ErrTooLarge]. A breach fails the whole function, also
// when fn drops the error. Engines pass what Update was given through it, so that
// the rule is written once.
func Guarded(fn func(Writer) error) func(Writer) error {
	return func(w Writer) error {
		g := &guard{Writer: w}
		if err := fn(g); err != nil {
			return err
		}
		return g.breach
	}
}

// A guard checks what is written through it and remembers the first breach.
type guard struct {
	Writer
	breach error
}

func (g *guard) fail(key []byte, what string, size int) error {
	err := fmt.Errorf("%s of %d bytes under %q: %w", what, size, family(key), ErrTooLarge)
	if g.breach == nil {
		g.breach = err
	}
	return err
}

// Get implements [Reader].
func (g *guard) Get(key []byte) ([]byte, error) {
	if len(key) == 0 || len(key) > MaxKey {
		return nil, g.fail(key, "key", len(key))
	}
	return g.Writer.Get(key)
}

// Put implements [Writer].
func (g *guard) Put(key, value []byte) error {
	switch {
	case len(key) == 0 || len(key) > MaxKey:
		return g.fail(key, "key", len(key))
	case len(value) > MaxValue:
		return g.fail(key, "value", len(value))
	}
	return g.Writer.Put(key, value)
}

// Delete implements [Writer].
func (g *guard) Delete(key []byte) error {
	if len(key) == 0 || len(key) > MaxKey {
		return g.fail(key, "key", len(key))
	}
	return g.Writer.Delete(key)
}

// PrefixEnd returns the first key after all keys that begin with prefix, or nil
// if there is none.
func PrefixEnd(prefix string) []byte {
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
