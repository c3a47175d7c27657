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
	r, places := directory(s)
	i, ok := places[id]
	if !ok || i >= len(r.People) {
		return Person{}, false
	}
	return r.People[i], true
}

// directory returns the roster, and where on it each id stands.
func directory(s *store.Snapshot) (*Roster, map[string]int) {
	r := Current(s)
	rev := Revision(s)
	places := store.Cached(s, "directory", rev, func() map[string]int {
		places := make(map[string]int, len(r.People))
		for i, p := range r.People {
			places[p.ID] = i
		}
		return places
	})
	return r, places
}

// Replace replaces the roster. People who are no longer on it keep what they
// reported; who comes into a group is asked by [notice.Join]. It touches [store.Work] as well.
func Replace(tx *store.Tx, r *Roster) {
	old := Current(tx.Snapshot)
	noteJoined(tx, old, r)
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
		people := store.Collect(store.Scan[Person](s, store.People+"p/", 0))
		return &Roster{People: people}
	})
}
