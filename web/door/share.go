package door

import (
	"slices"
	"time"

	"duban/store"
)

// A Share lets whoever has its key see how far the plan is, until a time, and nothing
// else.
type Share struct {
	Name  string    `json:"name"`            // what it is for, in the words of who made it
	Names bool      `json:"names,omitempty"` // names of people are shown
	By    string    `json:"by"`              // who made it
	Made  time.Time `json:"made"`
	Until time.Time `json:"until"`

	ID string `json:"-"` // names it, and opens nothing
}

func shareKey(id string) string { return prefix + store.Key("share", id) }

// PutShare stores a share under its key, which is not kept.
func PutShare(tx *store.Tx, key string, x Share) {
	x.Made = tx.Now()
	store.Save(tx, shareKey(digest(key)), x)
}

// ShareOf returns the share of a key; ok is false if there is none, it was revoked or
// its time is over.
func ShareOf(s *store.Snapshot, key string) (x Share, ok bool) {
	x, ok = store.Load[Share](s, shareKey(digest(key)))
	return x, ok && s.Now().Before(x.Until)
}

// Shares returns all shares that were not revoked, the newest first.
func Shares(s *store.Snapshot) (all []Share) {
	for _, id := range store.Names(s, prefix+"share/", 0) {
		x, _ := store.Load[Share](s, shareKey(id))
		x.ID = id
		all = append(all, x)
	}
	slices.SortFunc(all, func(a, b Share) int { return b.Made.Compare(a.Made) })
	return all
}

// Revoke ends a share at once; false if there is none.
func Revoke(tx *store.Tx, id string) bool {
	if !store.Has(tx, shareKey(id)) {
		return false
	}
	store.Delete(tx, shareKey(id))
	return true
}
