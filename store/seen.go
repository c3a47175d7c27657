package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
)

// A mark says when a message was first seen.
type mark struct {
	At time.Time `json:"at"`
}

// errNoID is a message that cannot be told from another.
var errNoID = errors.New("message has no id, so it cannot be recognised when it comes again")

// FirstSight reports whether the message with this id is new to account, and
// marks it as seen. A message without an id ends the running function. Content plays no part: two messages with one text are two.
// Marks are kept as hashes until [privacy.Sweep] drops the old ones.
func (tx *Tx) FirstSight(account, id string) bool {
	if id == "" {
		Check(errNoID)
	}
	sum := sha256.Sum256([]byte(id))
	k := AccountPrefix(account) + "seen/" + hex.EncodeToString(sum[:16])
	if Has(tx, k) {
		return false
	}
	Save(tx, k, mark{tx.Now()})
	return true
}

// SweepSeen removes the marks of account from before a time.
func (s *Store) SweepSeen(ctx context.Context, account string, before time.Time) (int, error) {
	old := func(_ string, m mark) bool { return m.At.Before(before) }
	return Sweep(ctx, s, AccountPrefix(account)+"seen/", old, Remove)
}
