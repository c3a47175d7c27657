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
// marks it as seen. Content plays no part: two messages with one text are two.
// Marks are kept as hashes until [privacy.Sweep] drops the old ones.
func (tx *Tx) FirstSight(account, id string) (bool, error) {
	if id == "" {
		return false, errNoID
	}
	k := seenKey(account, id)
	known, err := tx.Get([]byte(k))
	if err != nil || known != nil {
		return false, err
	}
	return true, Save(tx, k, mark{tx.Now()})
}

func seenKey(account, id string) string {
	sum := sha256.Sum256([]byte(id))
	return seenPrefix(account) + hex.EncodeToString(sum[:16])
}

func seenPrefix(account string) string { return AccountPrefix(account) + "seen/" }

// SweepSeen removes the marks of account from before a time.
func (s *Store) SweepSeen(ctx context.Context, account string, before time.Time) (n int, err error) {
	from := seenPrefix(account)
	for from != "" {
		var old []string
		if old, from, err = s.oldMarks(ctx, account, from, before); err != nil {
			return n, err
		}
		if len(old) == 0 {
			continue
		}
		err := s.Update(ctx, func(tx *Tx) error {
			for _, k := range old {
				if err := tx.Delete([]byte(k)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(old)
	}
	return n, nil
}

// oldMarks looks at the marks of account behind from and returns the keys of some
// from before a time, and where to go on, "" at the end.
func (s *Store) oldMarks(ctx context.Context, account, from string, before time.Time) (old []string, next string, err error) {
	err = s.View(ctx, func(sn *Snapshot) error {
		old, next = nil, ""
		for rec, err := range ScanRange[mark](sn, []byte(from), PrefixEnd(seenPrefix(account)), 0) {
			if err != nil {
				return err
			}
			if rec.Value.At.Before(before) {
				old = append(old, rec.Key)
			}
			if len(old) == Batch {
				next = rec.Key
				return nil
			}
		}
		return nil
	})
	return old, next, err
}
