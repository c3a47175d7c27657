package outbox

import (
	"cmp"
	"slices"
	"time"

	"duban/store"
)

// A store that is a copy from before does not know what was sent since. What waits in
// it is held until a person has decided about each text: it may have been sent.

// A Fence says that the store is a copy that was put back.
type Fence struct {
	At   time.Time `json:"at"`   // when it was put back
	Copy time.Time `json:"copy"` // when the copy was made; zero if that is not known
	Last int       `json:"last"` // number of the row that was held last
}

const fenceKey = store.Work + "restored"

// Restored returns the last restore of the store, if there was one.
func Restored(s *store.Snapshot) (Fence, bool) { return store.Load[Fence](s, fenceKey) }

// Hold takes all that waits out of the lanes of all accounts, says that the store was
// put back from a copy of a time, and returns how many rows are held. Answers are
// closed: whoever asked can ask again. It must not be called while anything is sent.
func Hold(tx *store.Tx, made time.Time) (n int) {
	fence, _ := Restored(tx.Snapshot)
	fence.At, fence.Copy = tx.Now(), made
	for _, row := range HeldRows(tx.Snapshot) { // of a restore before: somebody may have let it go since
		row.Repeat = row.Repeat || !row.Due.After(tx.Now())
		SaveRow(tx, &row)
	}
	for _, account := range tx.AccountNames() {
		var keys []string
		for row := range Rows(tx.Snapshot, account, Waiting, Parked, Sending) {
			keys = append(keys, row.Key)
		}
		for _, key := range keys {
			row := RowOf(tx.Snapshot, account, key) // its lane may have changed
			row.Repeat = row.Repeat || row.State == Sending || !row.Next.After(tx.Now())
			if row.Answer {
				Shut(tx, &row, Unknown, "restored")
				continue
			}
			fence.Last++
			row.Number = fence.Last
			Shut(tx, &row, Held, "restored")
			n++
		}
	}
	store.Save(tx, fenceKey, fence)
	return n
}

// HeldRows returns the rows that a person must decide about, by their numbers.
func HeldRows(s *store.Snapshot) (all []Row) {
	for _, account := range s.AccountNames() {
		for row := range Rows(s, account, Held) {
			all = append(all, row)
		}
	}
	slices.SortFunc(all, func(a, b Row) int { return cmp.Compare(a.Number, b.Number) })
	return all
}

// Release lets a held row leave, marked as a possible repeat if it may have been
// sent before. The person who wants it sent knows that it is late, so that it does
// not expire. It returns false if the row is not held any more.
func Release(tx *store.Tx, account, key string) bool {
	row, ok := store.Load[Row](tx, RowKey(account, key))
	if !ok || row.State != Held || row.isEmpty() {
		return false
	}
	store.Delete(tx, shutKey(&row))
	row.Closed, row.Reason, row.Number = time.Time{}, "", 0
	if row.expired(tx.Now()) {
		row.Expires = time.Time{}
	}
	requeue(tx, &row, row.soonest(tx.Now()))
	return true
}

// drop closes a held row for good. It returns what [Cancel] does: whether it is
// certain that the text was not sent.
func drop(tx *store.Tx, row *Row) bool {
	store.Delete(tx, shutKey(row))
	if row.Repeat {
		finish(tx, row, Unknown, "cancelled")
		return false
	}
	finish(tx, row, Cancelled, "")
	return true
}

// ReleaseHeld releases rows because somebody wants so, and returns how many.
func ReleaseHeld(tx *store.Tx, rows []Row, by string, source store.Source) (n int) {
	for _, r := range rows {
		if Release(tx, r.Account, r.Key) {
			n++
			tx.Audit(store.Audit{Account: r.Account, Actor: by, Source: source, Action: "held.send", Object: r.Key})
		}
	}
	return n
}

// CancelHeld drops rows because somebody wants so, and returns how many.
func CancelHeld(tx *store.Tx, rows []Row, by string, source store.Source) (n int) {
	for _, r := range rows {
		Cancel(tx, r.Account, r.Key)
		n++
		tx.Audit(store.Audit{Account: r.Account, Actor: by, Source: source, Action: "held.cancel", Object: r.Key})
	}
	return n
}
