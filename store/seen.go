package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
)

// A mark says when a message was first seen, and what it led to.
type mark struct {
	At time.Time `json:"at"`           // in seconds
	Of string    `json:"of,omitempty"` // see [Tx.Note]
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
	k := seenKey(account, id)
	if Has(tx, k) {
		return false
	}
	Save(tx, k, mark{At: tx.Now().Truncate(time.Second)})
	return true
}

func seenKey(account, id string) string {
	sum := sha256.Sum256([]byte(id))
	return AccountPrefix(account) + "seen/" + hex.EncodeToString(sum[:16])
}

// Note writes beside the mark of a message where that is which it led to; "" forgets it.
func (tx *Tx) Note(account, id, of string) {
	k := seenKey(account, id)
	m, seen := Load[mark](tx, k)
	if !seen && of == "" {
		return
	}
	if !seen { // it did not come from a network
		m.At = tx.Now().Truncate(time.Second)
	}
	m.Of = of
	Save(tx, k, m)
}

// Noted returns what [Tx.Note] wrote, "" if it wrote nothing or that was long ago.
func (s *Snapshot) Noted(account, id string) string {
	m, _ := Load[mark](s, seenKey(account, id))
	return m.Of
}

// SweepSeen removes the marks of account from before a time.
func (s *Store) SweepSeen(ctx context.Context, account string, before time.Time) (int, error) {
	old := func(_ string, m mark) bool { return m.At.Before(before) }
	return Sweep(ctx, s, AccountPrefix(account)+"seen/", old, Remove)
}
