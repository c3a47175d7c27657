package roster

import (
	"duban/store"
)

// Inform notes that a person is told of their data, and returns false if they were
// before.
func Inform(tx *store.Tx, person string) bool {
	k := store.Work + store.Key("informed", person)
	if store.Has(tx, k) {
		return false
	}
	store.Save(tx, k, tx.Now())
	return true
}
