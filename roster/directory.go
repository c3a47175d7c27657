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
	r := Current(s)
	p, ok := store.Cached(s, "directory", Revision(s), r.ByID)[id]
	return p, ok
}

// Replace replaces the roster. People who are no longer on it keep what they
// reported; who comes into a group is asked by [notice.Join]. It touches [store.Work] as well.
func Replace(tx *store.Tx, r *Roster) {
	noteJoined(tx, Current(tx.Snapshot), r)
	for rec := range store.Scan[Person](tx, store.People+"p/", 0) {
		store.Delete(tx, rec.Key)
	}
	sum := sha256.New()
	for i, p := range r.People {
		data, err := json.Marshal(p)
		tx.Check(err)
		sum.Write(data)
		store.Save(tx, fmt.Sprintf("%sp/%08d", store.People, i), p)
	}
	store.Save(tx, store.People+"rev", hex.EncodeToString(sum.Sum(nil)))
}

// Revision names the content of the roster; "" if there is none.
func Revision(s *store.Snapshot) string {
	rev, _ := store.Load[string](s, store.People+"rev")
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
