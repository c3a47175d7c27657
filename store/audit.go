package store

import (
	"fmt"
	"iter"
	"sort"
	"time"
)

// An Audit is one line of the log of who did what. It never holds the text of a
// message.
type Audit struct {
	At      time.Time `json:"at"` // set by Tx.Audit
	Account string    `json:"account,omitempty"`
	Actor   string    `json:"actor"`  // who: a person's id, or "" for duban itself
	Source  Source    `json:"source"` // through what
	Action  string    `json:"action"`
	Object  string    `json:"object,omitempty"` // the id of what it was done to
	Result  string    `json:"result,omitempty"`
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
// (scope [Work]) if it names no account. Entries are never changed.
func (tx *Tx) Audit(a Audit) error {
	a.At = tx.now
	prefix := auditPrefix(a.Account) + stamp(a.At) + "/"
	n, err := tx.free(prefix)
	if err != nil {
		return err
	}
	return save(tx.w, fmt.Sprintf("%s%06d", prefix, n), a)
}

// free returns the first number whose key under prefix is not taken. The
// numbers are taken without gaps, so that doubling and halving finds it even
// when a clock that stands still puts thousands of entries at one instant.
func (tx *Tx) free(prefix string) (int, error) {
	var failed error
	taken := func(n int) bool {
		v, err := tx.r.Get(fmt.Appendf(nil, "%s%06d", prefix, n))
		if err != nil {
			failed = err
		}
		return v != nil
	}
	high := 0
	for taken(high) {
		high = high*2 + 1
	}
	low := high / 2
	n := low + sort.Search(high-low, func(i int) bool { return !taken(low + i) })
	return n, failed
}

// AuditLog returns the audit entries of account ("" for the office) with
// from <= At < to, oldest first. It ends after the first error.
func (s *Snapshot) AuditLog(account string, from, to time.Time) iter.Seq2[Audit, error] {
	prefix := auditPrefix(account)
	return func(yield func(Audit, error) bool) {
		for rec, err := range scanRange[Audit](s.r, []byte(prefix+stamp(from)), []byte(prefix+stamp(to)), 0) {
			if !yield(rec.Value, err) || err != nil {
				return
			}
		}
	}
}

func auditPrefix(account string) string {
	if account == "" {
		return Work + "audit/"
	}
	return AccountScope(account) + "audit/"
}
