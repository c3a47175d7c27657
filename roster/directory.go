package roster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"duban/store"
)

// Find returns who has an id on the roster.
func Find(s *store.Snapshot, id string) (Person, bool, error) {
	r, places, err := directory(s)
	i, ok := places[id]
	if err != nil || !ok || i >= len(r.People) {
		return Person{}, false, err
	}
	return r.People[i], true, nil
}

// directory returns the roster, and where on it each id stands.
func directory(s *store.Snapshot) (*Roster, map[string]int, error) {
	r, err := Current(s)
	if err != nil {
		return nil, nil, err
	}
	rev, err := Revision(s)
	if err != nil {
		return nil, nil, err
	}
	places, err := store.Cached(s, "directory", rev, func() (map[string]int, error) {
		places := make(map[string]int, len(r.People))
		for i, p := range r.People {
			places[p.ID] = i
		}
		return places, nil
	})
	return r, places, err
}

// Replace replaces the roster. People who are no longer on it keep what they
// reported; who comes into a group is asked by [notice.Join]. It touches [store.Work] as well.
func Replace(tx *store.Tx, r *Roster) error {
	old, err := Current(tx.Snapshot)
	if err != nil {
		return err
	}
	if err := noteJoined(tx, old, r); err != nil {
		return err
	}
	for rec, err := range store.Scan[Person](tx, store.People+"p/", 0) {
		if err != nil {
			return err
		}
		if err := tx.Delete([]byte(rec.Key)); err != nil {
			return err
		}
	}
	sum := sha256.New()
	for i, p := range r.People {
		data, err := json.Marshal(p)
		if err != nil {
			return err
		}
		sum.Write(data)
		if err := store.Save(tx, fmt.Sprintf("%sp/%08d", store.People, i), p); err != nil {
			return err
		}
	}
	return store.Save(tx, store.People+"rev", hex.EncodeToString(sum.Sum(nil)))
}

// Revision names the content of the roster; "" if there is none.
func Revision(s *store.Snapshot) (string, error) {
	rev, _, err := store.Load[string](s, store.People+"rev")
	return rev, err
}

// Current returns the roster, empty if none was imported. It is shared between
// transactions and must not be changed.
func Current(s *store.Snapshot) (*Roster, error) {
	rev, err := Revision(s)
	if err != nil || rev == "" {
		return &Roster{}, err
	}
	return store.Cached(s, "roster", rev, func() (*Roster, error) {
		people, err := store.Collect(store.Scan[Person](s, store.People+"p/", 0))
		return &Roster{People: people}, err
	})
}
