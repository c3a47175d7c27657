package store

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrKey means that the store was written with another key than the one at hand.
var ErrKey = errors.New("the key is not the one that this store was written with")

// A Keyring returns the key of an office. Stands tells whether a store stands that
// was written with it already, so that a new key would be of no use.
type Keyring func(stands bool) (key []byte, err error)

// A key signs what nobody must be able to write who has the file alone.
type key []byte

// openKey gets the key of a store of a version. One that was opened without a key by
// something else has none yet.
func (s *Store) openKey(v version, ring Keyring) error {
	if ring == nil {
		return s.openSeal(nil)
	}
	raw, err := ring(v.Key != "")
	if err != nil {
		return err
	}
	if s.key, err = hkdf.Key(sha256.New, raw, nil, "duban audit log", sha256.Size); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if v.Key != "" && v.Key != s.key.digest() {
		return fmt.Errorf("%w: bring back the file that it was written with", ErrKey)
	}
	return s.openSeal(raw)
}

// Pseudonym stands for an id where that must not be read, as in a path. It cannot be told
// from all ids that there may be without the key of the office, which [Digest] can.
func Pseudonym(s State, id string) string { return s.snapshot().store.key.sum("pseudonym", id) }

// digest tells one key from another, and nothing of either.
func (k key) digest() string {
	if k == nil {
		return ""
	}
	return k.sum("key", nil)
}

// sum signs v behind what went before.
func (k key) sum(before string, v any) string {
	raw, err := Encode(v)
	Check(err)
	h := hmac.New(sha256.New, k)
	h.Write([]byte(before))
	h.Write([]byte{'\n'})
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil)[:16])
}
