package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
)

// openSeal makes what seals the secrets of records, by the office's key. Who opens a
// store without a key has no secrets that outlast it.
func (s *Store) openSeal(raw []byte) error {
	if raw == nil {
		raw = make([]byte, sha256.Size)
	}
	secret, err := hkdf.Key(sha256.New, raw, nil, "duban secrets of records", sha256.Size)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	s.seal, err = cipher.NewGCMWithRandomNonce(block)
	return err
}

// Seal encrypts what nobody must read who has the file alone. It is bound to the key of
// its record.
func (s *Snapshot) Seal(key string, secret []byte) []byte {
	return s.store.seal.Seal(nil, nil, secret, []byte(key))
}

// Unseal reads what [Snapshot.Seal] has written; ok is false if it is of another record,
// another office, or damaged.
func (s *Snapshot) Unseal(key string, sealed []byte) (secret []byte, ok bool) {
	secret, err := s.store.seal.Open(nil, nil, sealed, []byte(key))
	return secret, err == nil
}
