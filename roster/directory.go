package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"duban/store"
)

// Find returns who has an id on the roster.
func Find(s *store.Snapshot, id string) (Person, bool) {
	return Current(s).Person(id)
}

// Replace replaces the roster. People who are no longer on it keep what they
// reported; who comes into a group is asked by [notice.Join].
func Replace(tx *store.Tx, r *Roster) {
	noteJoined(tx, Current(tx.Snapshot), r)
	for rec := range store.Scan[Person](tx, store.People+"p/", 0) {
		store.Delete(tx, rec.Key)
	}
	for i, p := range r.People {
		store.Save(tx, fmt.Sprintf("%sp/%08d", store.People, i), p)
	}
	store.Save(tx, store.People+"rev", r.Revision())
}

// Import makes r, which was read from a file, the roster, and writes into the audit log
// who did that.
func Import(tx *store.Tx, r *Roster, a store.Audit) (changes Diff) {
	if changes = r.Compare(Current(tx.Snapshot)); !changes.Empty() {
		Replace(tx, r)
		a.Action, a.Result = "roster.import", fmt.Sprintf("%d added, %d changed, %d gone", len(changes.Added), len(changes.Changed), len(changes.Gone))
		tx.Audit(a)
	}
	return changes
}

// Seen tells whether the office's file was the roster r when it was read last. If that is
// in force, r is what [Current] returns then, so that it is not read a second time.
func Seen(s *store.Snapshot, r *Roster) bool {
	rev, _ := store.Load[string](s, store.People+"file")
	if rev != r.Revision() {
		return false
	}
	if rev == Revision(s) {
		store.Cached(s, "roster", rev, func() *Roster { return &Roster{People: r.People} })
	}
	return true
}

// Unmeant says why a start does not take the office's file r without a person's word; nil
// if it does, or if r brings nothing new. See [Roster.Alarming].
func (r *Roster) Unmeant(s *store.Snapshot) []string {
	now := Current(s)
	if Seen(s, r) || len(now.People) > 0 && r.Compare(now).Empty() {
		return nil
	}
	return r.Alarming(now)
}

// See notes that the office's file is r. From then on it changes nothing until it is
// another.
func See(tx *store.Tx, r *Roster) { store.Save(tx, store.People+"file", r.Revision()) }

// Revision names the content of the roster.
func (r *Roster) Revision() string {
	sum := sha256.New()
	to := json.NewEncoder(sum)
	for _, p := range r.People {
		_ = to.Encode(p) // neither of them fails
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Revision names the content of the roster; "" if there is none.
func Revision(s *store.Snapshot) string {
	rev, _ := store.LoadCached[string](s, store.People+"rev")
	return rev
}

// Current returns the roster, empty if none was imported. It is shared between
// transactions and must not be changed.
func Current(s *store.Snapshot) *Roster {
	rev := Revision(s)
	if rev == "" {
		return &Roster{}
	}
	return store.Cached(s, "roster", rev, func() *Roster {
		return &Roster{People: store.Collect(store.Scan[Person](s, store.People+"p/", 0))}
	})
}
