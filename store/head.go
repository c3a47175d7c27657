package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrHeadTooOld means that a log no longer holds the entry of a head: it was kept
// long enough.
var ErrHeadTooOld = errors.New("the entry is no longer kept; compare a younger head")

// A Head is where an audit log ended at some time. Whoever notes it where an intruder
// of the store is not can tell later whether the log up to it is still the same.
type Head struct {
	Account string // "" is the office
	Seq     uint64 // number of the last entry
	Hash    string // of the last entry
}

// String returns the head on one word: 12:6f…, for an account wechat:12:6f….
func (h Head) String() string {
	s := fmt.Sprintf("%d:%s", h.Seq, h.Hash)
	if h.Account != "" {
		s = h.Account + ":" + s
	}
	return s
}

// ParseHeads reads heads as they are written by [Head.String], with blanks or commas
// between them.
func ParseHeads(text string) (all []Head, err error) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n,，；。", r) }) {
		parts := strings.Split(word, ":")
		h := Head{Account: strings.Join(parts[:max(len(parts)-2, 0)], ":"), Hash: parts[len(parts)-1]}
		if len(parts) >= 2 {
			h.Seq, err = strconv.ParseUint(parts[len(parts)-2], 10, 64)
		}
		if len(parts) < 2 || err != nil {
			return nil, fmt.Errorf("%q is no head of an audit log: write it as 12:6f… or wechat:12:6f…", word)
		}
		all = append(all, h)
	}
	return all, nil
}

// VerifyHead checks that the log of its account still holds, as it was then, all that
// it held when the head was noted. The log itself must be whole. It returns an error
// that wraps [ErrAudit] if not, and one that wraps [ErrHeadTooOld] if that can no
// longer be told.
func (s *Snapshot) VerifyHead(h Head) error {
	c := s.chain(h.Account)
	hash := ""
	switch {
	case h.Seq > c.Seq:
		return fmt.Errorf("%w: %v: it now ends at entry %d", ErrAudit, h, c.Seq)
	case h.Seq < c.BaseSeq:
		return fmt.Errorf("%v: %w", h, ErrHeadTooOld)
	case h.Seq == c.BaseSeq:
		hash = c.BaseHash
	}
	for rec := range Scan[Audit](s, AuditPrefix(h.Account), 0) {
		if rec.Value.Seq == h.Seq {
			hash = rec.Value.Hash
		}
	}
	if hash != h.Hash {
		return fmt.Errorf("%w: %v: entry %d is another one now", ErrAudit, h, h.Seq)
	}
	return nil
}
