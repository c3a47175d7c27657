package roster

import (
	"time"

	"duban/store"
)

// Inform notes that a person is told of their data, and returns false if they were
// before.
func Inform(tx *store.Tx, person string) bool {
	k := store.Work + store.Key("informed", person)
	_, told := store.Load[time.Time](tx, k)
	if told {
		return false
	}
	store.Save(tx, k, tx.Now())
	return true
}
