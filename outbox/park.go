package outbox

import (
	"slices"
	"time"

	"duban/bot"
	"duban/store"
)

// A row is parked if nobody can say who its chat is: a group was renamed, two are
// called the same, a person is not bound any more. It keeps its place, costs no
// attempt, and holds up only its own lane. It is looked at again every hour, when
// its account is back, and when the chat or the person is bound anew.

// parkedFor is when a parked row is looked at again at the latest.
const parkedFor = time.Hour

// park lets the head of a lane wait there until a time, an hour if that is zero, and
// tells the admins, once for as long as the lane is not resolved.
func park(tx *store.Tx, row *Row, again time.Time) {
	h, _ := store.Load[head](tx, headKey(row.Account, row.LaneName()))
	row.State, row.Next, row.Yield = Parked, again, time.Time{}
	if row.Next.IsZero() {
		row.Next = tx.Now().Add(parkedFor)
	}
	told := h.Told
	h.Told = true
	SaveRow(tx, row)
	lead(tx, row, &h)
	if parked := store.Value[Hooks](tx.Snapshot).Parked; parked != nil && !told {
		waiting := store.Collect(store.Scan[string](tx, lanePrefix(row.Account, row.LaneName()), 0))
		parked(tx, ParkedLane{Account: row.Account, Chat: row.Chat, Person: row.Person, Waiting: len(waiting)})
	}
}

// ReleaseParked makes the parked rows of account due, because it is back, and
// returns their number.
func ReleaseParked(tx *store.Tx, account string) int {
	rows := headsWhere(tx.Snapshot, account, func(h head) bool { return h.Parked })
	for _, k := range rows {
		release(tx, account, k)
	}
	return len(rows)
}

// headsWhere returns the keys of those rows that lead lanes for which want holds.
func headsWhere(s *store.Snapshot, account string, want func(head) bool) (rows []string) {
	for rec := range store.Scan[head](s, store.Key("a", account, "chat")+"/", 0) {
		if want(rec.Value) {
			rows = append(rows, rec.Value.Row)
		}
	}
	return rows
}

// release makes a row that is parked due.
func release(tx *store.Tx, account, k string) {
	row := RowOf(tx.Snapshot, account, k)
	if row.State != Parked {
		return
	}
	h, _ := store.Load[head](tx, headKey(account, row.LaneName()))
	row.State, row.Next, row.Reason, h.Told = Waiting, tx.Now(), "", false
	tx.Wake(account)
	SaveRow(tx, &row)
	lead(tx, &row, &h)
}

// ReleaseLane makes the parked row of a lane due, because somebody said who it is.
func ReleaseLane(tx *store.Tx, account, lane string) {
	if h, _ := store.Load[head](tx, headKey(account, lane)); h.Parked {
		release(tx, account, h.Row)
	}
}

// A Place is a chat of an account.
type Place struct{ Account, Chat string }

// MoveChat gives what waits for a chat, and what people there can answer, to the
// chat that a group meets in now. A row that is being sent stays where it is; so do
// answers, if the group meets in another network.
func MoveChat(tx *store.Tx, from, to Place) {
	var rows []Row
	for rec := range store.Scan[string](tx, lanePrefix(from.Account, from.Chat), 0) {
		row := RowOf(tx.Snapshot, from.Account, rec.Value)
		if row.IsOpen() && row.Person == "" {
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		switch {
		case from.Account == to.Account:
			moveRow(tx, &row, to.Chat)
		case row.movable():
			handOver(tx, &row, to.Account, to.Chat)
		}
	}
	if moved := store.Value[Hooks](tx.Snapshot).Moved; moved != nil {
		moved(tx, from, to)
	}
}

func moveRow(tx *store.Tx, row *Row, to string) {
	next := row.Next
	if row.State == Parked {
		next = tx.Now()
	}
	unqueue(tx, row)
	row.Chat = to
	requeue(tx, row, next)
}

// requeue puts a row that is in no lane into its own, where it is due at a time.
func requeue(tx *store.Tx, row *Row, next time.Time) {
	row.State, row.Next, row.Yield = Waiting, next, time.Time{}
	h, _ := store.Load[head](tx, headKey(row.Account, row.LaneName()))
	row.Lane = h.place(next)
	SaveRow(tx, row)
	lineUp(tx, row, h)
}

// soonest returns when the row may leave at the earliest.
func (r *Row) soonest(now time.Time) time.Time {
	if r.Due.After(now) {
		return r.Due
	}
	return now
}

// Hasten makes what waits for account due as soon as it may leave, because the clock
// was set back: by what it said before, a row may wait for days.
func Hasten(tx *store.Tx, account string) {
	for _, row := range slices.Collect(Rows(tx.Snapshot, account, Waiting, Parked)) {
		next := row.soonest(tx.Now())
		if !row.Next.After(next) {
			continue
		}
		fresh := RowOf(tx.Snapshot, account, row.Key) // its place in the lane may have changed
		unqueue(tx, &fresh)
		requeue(tx, &fresh, next)
	}
}

// CloseExpired closes the rows of account whose time has passed, which otherwise
// happens when their turn comes.
func CloseExpired(tx *store.Tx, account string) {
	var gone []Row
	for row := range Rows(tx.Snapshot, account, Waiting, Parked) {
		if row.expired(tx.Settled()) {
			gone = append(gone, row)
		}
	}
	for _, row := range gone {
		fresh := RowOf(tx.Snapshot, account, row.Key) // its lane may have changed
		state := Expired
		if fresh.Repeat {
			state = Unknown
		}
		Shut(tx, &fresh, state, "expired")
	}
}

// Dropped returns the rows of account that were not sent because their time had
// passed, since a time.
func Dropped(s *store.Snapshot, account string, since time.Time) (rows []bot.Outgoing) {
	for row := range Rows(s, account, Expired) {
		if !row.Closed.Before(since) {
			rows = append(rows, row.Outgoing)
		}
	}
	return rows
}
