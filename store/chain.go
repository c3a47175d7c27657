package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrAudit means that an audit log is not what was written: an entry is missing,
// was changed or was added.
var ErrAudit = errors.New("audit log was tampered with")

// A chain is what is known of an audit log beside its entries: where it ends, and
// where it now begins. There is one for each account and one for the office, so
// that none of them waits for another.
type chain struct {
	Since time.Time `json:"since"` // what is older was written before there were hashes
	Seq   uint64    `json:"seq"`   // of the last entry
	Hash  string    `json:"hash"`

	BaseSeq  uint64 `json:"base_seq,omitempty"` // of the last entry that was dropped for its age
	BaseHash string `json:"base_hash,omitempty"`
}

func chainKey(account string) string { return ownPrefix(account) + "chain" }

// ownPrefix begins the keys of what belongs to account, or to the office if it is "".
func ownPrefix(account string) string {
	if account == "" {
		return Work
	}
	return AccountPrefix(account)
}

func (s *Snapshot) chain(account string) chain {
	c, _ := Load[chain](s, chainKey(account))
	return c
}

// sum is the hash of an entry behind one whose hash is prev.
func (a Audit) sum(prev string) string {
	a.Hash = ""
	raw, err := Encode(a)
	check(err)
	h := sha256.New()
	h.Write([]byte(prev))
	h.Write([]byte{'\n'})
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// An AuditState says what an audit log holds that was found to be whole.
type AuditState struct {
	Account string // "" is the office
	Entries int
	Last    uint64 // number of the last entry
	Hash    string // of the last entry; whoever notes it elsewhere can tell later that none was taken off the end
}

// VerifyAudit checks the log of account ("" for the office): that no entry was
// changed, taken out, added or put elsewhere since it was written. It returns an
// error that wraps ErrAudit if one was.
func (s *Snapshot) VerifyAudit(account string) (AuditState, error) {
	state := AuditState{Account: account}
	c := s.chain(account)
	var all []Audit
	for rec := range Scan[Audit](s, AuditPrefix(account), 0) {
		if a := rec.Value; a.Seq > 0 || !a.At.Before(c.Since) {
			all = append(all, a)
		}
	}
	// A clock that was set back puts entries elsewhere, but changes no number.
	slices.SortFunc(all, func(a, b Audit) int { return cmp.Compare(a.Seq, b.Seq) })
	seq, hash := c.BaseSeq, c.BaseHash
	for _, a := range all {
		switch {
		case a.Seq != seq+1:
			return state, fmt.Errorf("%w: entry %d comes after entry %d", ErrAudit, a.Seq, seq)
		case a.Hash != a.sum(hash):
			return state, fmt.Errorf("%w: entry %d was changed", ErrAudit, a.Seq)
		}
		seq, hash = a.Seq, a.Hash
	}
	state.Entries, state.Last, state.Hash = len(all), seq, hash
	if seq != c.Seq || hash != c.Hash {
		return state, fmt.Errorf("%w: it ends at entry %d, not %d", ErrAudit, seq, c.Seq)
	}
	return state, nil
}

// VerifyAudits checks the logs of the office and of all accounts.
func (s *Snapshot) VerifyAudits() (all []AuditState, err error) {
	for _, name := range append([]string{""}, s.AccountNames()...) {
		state, failed := s.VerifyAudit(name)
		all, err = append(all, state), errors.Join(err, failed)
	}
	return all, err
}

// SweepAudit drops the oldest entries of a log, as far as they are from before a
// time and nothing that stays was written before them.
func (s *Store) SweepAudit(ctx context.Context, account string, before time.Time) (n int, err error) {
	for {
		dropped := 0
		err := s.Write(ctx, func(tx *Tx) { dropped = tx.dropAudit(account, before) })
		if n += dropped; err != nil || dropped == 0 || n >= SweepMost {
			return n, err
		}
	}
}

func (tx *Tx) dropAudit(account string, before time.Time) (n int) {
	c := tx.chain(account)
	prefix := AuditPrefix(account)
	old := slices.Collect(ScanRange[Audit](tx, []byte(prefix), []byte(prefix+Stamp(before)), Batch))
	slices.SortStableFunc(old, func(a, b Record[Audit]) int { return cmp.Compare(a.Value.Seq, b.Value.Seq) })
	for _, rec := range old {
		if a := rec.Value; a.Seq > 0 {
			if a.Seq != c.BaseSeq+1 {
				break
			}
			c.BaseSeq, c.BaseHash = a.Seq, a.Hash
		}
		Delete(tx, rec.Key)
		n++
	}
	if n > 0 {
		Save(tx, chainKey(account), c)
	}
	return n
}
