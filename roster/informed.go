package roster

import (
	"time"

	"duban/store"
)

// Inform notes that a person is told of their data, and returns false if they were
// before.
func Inform(tx *store.Tx, person string) (bool, error) {
	k := store.Work + store.Key("informed", person)
	_, told, err := store.Load[time.Time](tx, k)
	if err != nil || told {
		return false, err
	}
	return true, store.Save(tx, k, tx.Now())
}
