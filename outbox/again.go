package outbox

import (
	"slices"
	"time"

	"duban/bot"
	"duban/store"
)

// What was given up, a person can have sent again, and what may have arrived, a person
// who has seen it there can call sent.

// Again lets a row leave once more that was given up or of which nobody knows whether it
// arrived; the latter is marked as a possible repeat. The person who wants it sent knows
// that it is late, so that it does not expire. It returns false if the row is neither,
// or its text is gone.
func Again(tx *store.Tx, account, key, by string, source store.Source) bool {
	row, ok := Lookup(tx.Snapshot, account, key)
	if !ok || !slices.Contains([]State{Dead, Expired, Unknown}, row.State) || row.isEmpty() {
		return false
	}
	store.Delete(tx, shutKey(&row))
	row.Repeat = row.Repeat || row.State == Unknown
	row.Answer = row.Answer && !row.Repeat // a person wants it said twice rather than not at all
	if row.expired(tx.Now()) {
		row.Expires = time.Time{}
	}
	row.Closed, row.Reason, row.Attempt = time.Time{}, "", 0
	requeue(tx, &row, tx.Now())
	tx.Audit(store.Audit{Account: account, Actor: by, Source: source, Action: "outbox.again", Object: key})
	return true
}

// Arrived notes that a row of which nobody knew whether it arrived did: a person has
// seen it. It returns false if the row is no such row.
func Arrived(tx *store.Tx, account, key, by string, source store.Source) bool {
	row, ok := Lookup(tx.Snapshot, account, key)
	if !ok || row.State != Unknown {
		return false
	}
	sent(tx, &row, bot.Receipt{Sent: row.Closed})
	tx.Audit(store.Audit{Account: account, Actor: by, Source: source, Action: "outbox.arrived", Object: key})
	return true
}
