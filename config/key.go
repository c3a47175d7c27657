package config

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"duban/bot"
)

// KeySize is how many bytes a key has.
const KeySize = 32

var (
	// ErrNoKey means that a key is missing beside what was written with it. A new one
	// could not read that, so that none is made.
	ErrNoKey = errors.New("the key is gone")
	// ErrBadKey means that a key file holds something else.
	ErrBadKey = errors.New("not a key")
)

// KeyFile is the file of the office's key, beside config.yaml.
func (c Config) KeyFile() string { return c.Near(c.Key) }

// LoadKey returns the key in the file at path. The key is worth as much as what it
// encrypts and signs: it belongs beside the configuration, and into no folder that
// holds the data.
//
// If there is no such file and nothing stands yet that was written with it, LoadKey
// makes one with mode 0400; if something stands, the error wraps [ErrNoKey].
func LoadKey(path string, stands bool) ([]byte, error) {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && stands:
		return nil, fmt.Errorf("%w: %s is missing, and what was written with it is still here; bring the file back from where you keep it, with mode 0400; a backup holds duban.key too: duban restore", ErrNoKey, path)
	case errors.Is(err, fs.ErrNotExist):
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("new key file: %w", err)
		}
	case err != nil:
		return nil, fmt.Errorf("key file: %w", err)
	}
	if err := Private(path); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != KeySize {
		return nil, fmt.Errorf("%w: %s does not hold %d bytes in hex; bring it back from where you keep it", ErrBadKey, path, KeySize)
	}
	return key, nil
}

// makeKey makes a key, and has it on the disk before it is used.
func makeKey(path string) error {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	return writeKey(path, key)
}

func writeKey(path string, key []byte) error {
	return bot.Replace(path, []byte(hex.EncodeToString(key)+"\n"), 0o400)
}

// KeepKey writes the key of an office that comes back from a copy, unless it is there.
// Another one is not replaced: something may still be written with it.
func KeepKey(path string, key []byte) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return writeKey(path, key)
	}
	there, err := LoadKey(path, true)
	if err != nil {
		return err
	}
	if !bytes.Equal(there, key) {
		return fmt.Errorf("%s is the key of another office than the copy's: move it away, then restore again", path)
	}
	return nil
}
