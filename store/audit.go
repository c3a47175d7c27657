package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Audit is one line of the log of who did what. It never holds the text of a
// message.
type Audit struct {
	At      time.Time `json:"at,omitzero"` // set by Tx.Audit
	Account string    `json:"account,omitempty"`
	Actor   string    `json:"actor"`  // who: a person's id, or "" for duban itself
	Source  Source    `json:"source"` // through what
	Action  string    `json:"action"`
	Object  string    `json:"object,omitempty"` // the id of what it was done to
	Result  string    `json:"result,omitempty"`

	Seq  uint64 `json:"seq,omitempty"`  // its place in its log, from 1; set by Tx.Audit
	Hash string `json:"hash,omitempty"` // by the office's key, of the entry and the hash of the one before it; set by Tx.Audit
}

// Bare implements [Keyed]: the key says when it was, in which log and where.
func (a Audit) Bare(string) any {
	a.At, a.Account, a.Seq = time.Time{}, "", 0
	return a
}

// FromKey fills in what the key says.
func (a *Audit) FromKey(key string) {
	log, place, _ := strings.Cut(key, "/audit/")
	account, ofAccount := strings.CutPrefix(log, "a/")
	if ofAccount {
		a.Account = Unescape(account)
	}
	stamp, seq, _ := strings.Cut(place, "/")
	if at, _ := ParseStamp(stamp); !at.Equal(a.At) { // an older duban wrote it down, in a zone that its hash holds
		a.At = at
	}
	a.Seq, _ = strconv.ParseUint(seq, 10, 64)
}

// A Source is the way by which an action reached duban.
type Source string

// The sources of an [Audit].
const (
	Chat   Source = "chat"
	Page   Source = "page"
	CLI    Source = "cli"
	Config Source = "config"
	Clock  Source = "clock"
)

// Audit appends a to the audit log of its account, or to that of the office
// if it names no account. Entries are never changed: each holds a
// hash over itself and the one before it, see [Snapshot.VerifyAudits].
func (tx *Tx) Audit(a Audit) {
	c := tx.chain(a.Account)
	if c.Since.IsZero() {
		c = tx.begin(a.Account)
	}
	a.At, a.Seq = tx.Now().UTC(), c.Seq+1
	a.Hash = a.sum(tx.store.key, c.Hash)
	c.Seq, c.Hash = a.Seq, a.Hash
	tx.saveChain(a.Account, c)
	Save(tx, fmt.Sprintf("%s%s/%012d", AuditPrefix(a.Account), Stamp(a.At), a.Seq), a)
}

// AuditPrefix begins the keys of the audit log of account, or of the office if it
// is "".
func AuditPrefix(account string) string { return ownPrefix(account) + "audit/" }
