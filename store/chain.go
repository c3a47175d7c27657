package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
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
	Since time.Time `json:"since"` // when it began; zero if it did not yet
	Seq   uint64    `json:"seq"`   // of the last entry
	Hash  string    `json:"hash"`

	BaseSeq  uint64 `json:"base_seq,omitempty"` // of the last entry that was dropped for its age
	BaseHash string `json:"base_hash,omitempty"`

	Logs   []string `json:"logs,omitempty"`   // the office's: the accounts whose logs have begun
	Broken bool     `json:"broken,omitempty"` // for good: it was found with a wrong seal, or gone
	Seal   string   `json:"seal"`             // over all of this, by the office's key
}

func chainKey(account string) string { return ownPrefix(account) + "chain" }

// ownPrefix begins the keys of what belongs to account, or to the office if it is "".
func ownPrefix(account string) string {
	if account == "" {
		return Work
	}
	return AccountPrefix(account)
}

// chain returns what is known of the log of account. Who has the file but not the
// key cannot write it: a wrong one, or a missing one, is broken, and stays so
// whatever is appended.
//
// One that was read or written before, whether or not that was committed, is not looked
// at again.
func (s *Snapshot) chain(account string) (c chain) {
	at := chainKey(account)
	raw := s.get(at)
	if kept, ok := s.store.cache.value(at, raw).(chain); ok {
		return kept
	}
	switch {
	case raw != nil:
		decode([]byte(at), raw, &c)
		c.Broken = c.Broken || c.Seal != c.seal(s.store.key, account)
		s.store.cache.keep(at, raw, c)
	case account == "" || slices.Contains(s.chain("").Logs, account):
		c.Broken = true
	}
	return c
}

// begin begins the log of account. The office's says that it has begun, so that it
// cannot vanish as a whole; that of the office begins with the store.
func (tx *Tx) begin(account string) chain {
	c := chain{Since: tx.Now(), Broken: tx.chain(account).Broken}
	if office := tx.chain(""); account != "" && !slices.Contains(office.Logs, account) {
		office.Logs = append(office.Logs, account)
		tx.saveChain("", office)
	}
	return c
}

func (tx *Tx) saveChain(account string, c chain) {
	c.Seal = c.seal(tx.store.key, account)
	raw := Must(tx.encoder.encode(c))
	SaveRaw(tx, chainKey(account), raw)
	tx.store.cache.keep(chainKey(account), raw, c)
}

// seal is the seal of the chain of account.
func (c chain) seal(k key, account string) string {
	c.Seal = ""
	return k.sum("chain "+account, c)
}

// sum is the hash of an entry behind one whose hash is prev.
func (a Audit) sum(k key, prev string) string {
	a.Hash = ""
	return k.sum(prev, a)
}

// An AuditState says what an audit log holds that was found to be whole.
type AuditState struct {
	Head
	Entries int
}

// verifyAudit checks the log of account ("" for the office): that no entry was
// changed, taken out, added or put elsewhere since it was written, by anybody who does
// not have the key. It returns an error that wraps ErrAudit if one was.
//
// What it cannot see is an older state of the file put back as a whole, and what
// somebody wrote who has the key as well: [Snapshot.VerifyHead] sees both, as far as a
// head was noted.
func (s *Snapshot) verifyAudit(account string) (AuditState, error) {
	state := AuditState{Head: Head{Account: account}}
	c := s.chain(account)
	all := Collect(Scan[Audit](s, AuditPrefix(account), 0))
	// A clock that was set back puts entries elsewhere, but changes no number.
	slices.SortFunc(all, func(a, b Audit) int { return cmp.Compare(a.Seq, b.Seq) })
	seq, hash := c.BaseSeq, c.BaseHash
	for _, a := range all {
		switch {
		case a.Seq != seq+1:
			return state, fmt.Errorf("%w: entry %d comes after entry %d", ErrAudit, a.Seq, seq)
		case a.Hash != a.sum(s.store.key, hash):
			return state, fmt.Errorf("%w: entry %d was changed", ErrAudit, a.Seq)
		}
		seq, hash = a.Seq, a.Hash
	}
	state.Entries, state.Seq, state.Hash = len(all), seq, hash
	if seq != c.Seq || hash != c.Hash {
		return state, fmt.Errorf("%w: it ends at entry %d, not %d", ErrAudit, seq, c.Seq)
	}
	if c.Broken {
		return state, fmt.Errorf("%w: the record of its end is missing or was not written with duban's key", ErrAudit)
	}
	return state, nil
}

// VerifyAudits checks the logs of the office and of all accounts.
func (s *Snapshot) VerifyAudits() (all []AuditState, err error) {
	names := append(s.AccountNames(), s.chain("").Logs...) // one may have lost all its records
	slices.Sort(names)
	for _, name := range append([]string{""}, slices.Compact(names)...) {
		state, failed := s.verifyAudit(name)
		all, err = append(all, state), errors.Join(err, failed)
	}
	return all, err
}

// SweepAudit drops the oldest entries of a log, as far as they are from before a
// time and nothing that stays was written before them.
func (s *Store) SweepAudit(ctx context.Context, account string, before time.Time) (n int, err error) {
	old, err := Read(ctx, s, func(sn *Snapshot) []Record[Audit] { return sn.oldAudits(account, before) })
	for some := range slices.Chunk(old[:min(len(old), SweepMost)], Batch) {
		if err == nil {
			err = s.Write(ctx, func(tx *Tx) { tx.dropAudits(account, some) })
			n += len(some)
		}
	}
	return n, err
}

// oldAudits returns the entries from before a time in the order in which they were
// written, up to the first that stays. One that was damaged is not there to stay.
func (s *Snapshot) oldAudits(account string, before time.Time) (old []Record[Audit]) {
	first, until := uint64(math.MaxUint64), AuditPrefix(account)+Stamp(before)
	for rec := range Scan[Audit](s, AuditPrefix(account), 0) {
		if rec.Key < until {
			old = append(old, rec)
		} else {
			first = min(first, rec.Value.Seq)
		}
	}
	slices.SortFunc(old, func(a, b Record[Audit]) int { return cmp.Compare(a.Value.Seq, b.Value.Seq) })
	return slices.DeleteFunc(old, func(rec Record[Audit]) bool { return rec.Value.Seq > first })
}

func (tx *Tx) dropAudits(account string, all []Record[Audit]) {
	c := tx.chain(account)
	for _, rec := range all {
		if rec.Value.Seq > c.BaseSeq {
			c.BaseSeq, c.BaseHash = rec.Value.Seq, rec.Value.Hash
		}
		Delete(tx, rec.Key)
	}
	tx.saveChain(account, c)
}
