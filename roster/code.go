package roster

import (
	"time"

	"duban/store"
)

// A Code lets one person bind a handle, once.
type Code struct {
	Person string    `json:"person"`
	Until  time.Time `json:"until"`
}

// PutCode stores a one-time binding code for a person.
func PutCode(tx *store.Tx, text, person string, until time.Time) {
	store.Save(tx, store.Work+store.Key("code", text), Code{person, until})
}

// HasCode tells whether a code can still be used.
func HasCode(s *store.Snapshot, text string) bool {
	c, ok := store.Load[Code](s, store.Work+store.Key("code", text))
	return ok && !s.Now().After(c.Until)
}

// TakeCode uses a binding code up and returns whose it is; ok is false if there
// is no such code or it has run out.
func TakeCode(tx *store.Tx, text string) (person string, ok bool) {
	c, ok := store.Load[Code](tx, store.Work+store.Key("code", text))
	store.Delete(tx, store.Work+store.Key("code", text))
	return c.Person, ok && !tx.Now().After(c.Until)
}

// TryCode counts the codes that a sender has tried on the day of the
// transaction, this one included.
func TryCode(tx *store.Tx, account, sender string) int {
	n := Tried(tx.Snapshot, account, sender) + 1
	store.Save(tx, triesKey(tx.Snapshot, account, sender), n)
	return n
}

// Tried returns how many codes a sender has tried on the day of the snapshot.
func Tried(s *store.Snapshot, account, sender string) int {
	n, _ := store.Load[int](s, triesKey(s, account, sender))
	return n
}

func triesKey(s *store.Snapshot, account, sender string) string {
	return store.AccountPrefix(account) + store.Key("tries", sender, s.Now().UTC().Format(time.DateOnly))
}
