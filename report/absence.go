package report

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"duban/store"
)

// An Absence is a time in which an account could not hear what was said, or duban
// did not run.
type Absence struct {
	Account string    `json:"account,omitempty"` // "" is all: duban did not run
	From    time.Time `json:"from"`
	To      time.Time `json:"to,omitzero"` // zero while it lasts
}

// PutAbsence notes that duban did not run from a time until now.
func PutAbsence(tx *store.Tx, from time.Time) {
	store.Save(tx, store.Work+"away/"+store.Stamp(tx.Now()), Absence{From: from, To: tx.Now()})
}

// AccountState is the action of an [store.Audit] that notes the state of an account: its
// object is the account, its result the state's word.
const AccountState = "account.state"

// hears tells whether an account in a state gets what is said.
func hears(state string) bool { return state == "online" || state == "suspect" }

const (
	lookBack  = 7 * 24 * time.Hour  // how far a report looks back if there was none before, and for the beginning of an absence
	furthest  = 31 * 24 * time.Hour // and how far at most
	shortAway = 2 * time.Minute     // what is over sooner is not worth a line
)

// lasted is how long the absence has been until now.
func (a Absence) lasted(now time.Time) time.Duration {
	if a.To.IsZero() {
		return now.Sub(a.From)
	}
	return a.To.Sub(a.From)
}

// absences returns when accounts were away for long after a time, oldest first, as
// far as the audit log knows; the zero time is a week ago. An absence may have begun
// before that time.
func absences(s *store.Snapshot, from time.Time) []Absence {
	if from.IsZero() {
		from = s.Now().Add(-lookBack)
	}
	if least := s.Now().Add(-furthest); from.Before(least) {
		from = least
	}
	all := store.Collect(store.ScanRange[Absence](s, []byte(store.Work+"away/"+store.Stamp(from)), store.PrefixEnd(store.Work+"away/"), 0))
	open := map[string]time.Time{} // since when an account is away
	for _, name := range append(s.AccountNames(), "") {
		for _, a := range accountStates(s, name, from.Add(-lookBack)) {
			since, away := open[a.Object]
			switch {
			case hears(a.Result) && away:
				all = append(all, Absence{a.Object, since, a.At})
				delete(open, a.Object)
			case !hears(a.Result) && !away:
				open[a.Object] = a.At
			}
		}
	}
	for _, account := range slices.Sorted(maps.Keys(open)) {
		all = append(all, Absence{Account: account, From: open[account]})
	}
	all = slices.DeleteFunc(all, func(a Absence) bool {
		return !a.To.IsZero() && !a.To.After(from) || a.lasted(s.Now()) < shortAway
	})
	slices.SortStableFunc(all, func(a, b Absence) int { return a.From.Compare(b.From) })
	return all
}

// accountStates returns the entries of an audit log that note states. What else
// stands in it is not decoded: there may be hundreds of thousands.
func accountStates(s *store.Snapshot, account string, from time.Time) []store.Audit {
	var all []store.Audit
	prefix := store.AuditPrefix(account)
	for p := range store.Pairs(s, []byte(prefix+store.Stamp(from)), store.PrefixEnd(prefix), 0) {
		if !bytes.Contains(p.Value, []byte(`"`+AccountState+`"`)) {
			continue
		}
		if a := store.DecodePair[store.Audit](p); a.Action == AccountState {
			all = append(all, a)
		}
	}
	return all
}
