package outbox

import (
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/store"
)

// A row moves to another account if the group that it is for meets there now, or if
// it is for a person and its own account cannot say it. The row that stays behind is
// [Cancelled] and says where it went, so that whoever knows its account and key finds
// what became of it; see [Lookup].

// brief is for how long an account may be offline before what is due leaves through
// another: lines drop and come back all day.
const brief = 2 * time.Minute

// Serves tells whether an account can be expected to send: this duban runs it, and it
// is not out, or has only just gone.
func Serves(s *store.Snapshot, account string) bool {
	if !Runs(s, account) {
		return false
	}
	st, ok := StandingOf(s, account)
	return !ok || !IsOut(s, account) || st.Word != bot.Restricted && s.Now().Sub(st.Out) < brief
}

// Runs tells whether this duban runs an account.
func Runs(s *store.Snapshot, account string) bool {
	all, known := Channels(s)
	return !known || slices.ContainsFunc(all, func(c Channel) bool { return c.Account == account })
}

// Begins tells whether this duban runs an account that says what nobody asked for.
func Begins(s *store.Snapshot, account string) bool {
	all, known := Channels(s)
	return !known || slices.ContainsFunc(all, func(c Channel) bool { return c.Account == account && !c.Answers })
}

// Stranded returns rows of an account that are due for people and that it cannot say:
// it does not serve, or does not know any more where the person is.
func Stranded(s *store.Snapshot, account string) (all []Row) {
	due := func(r Row) bool { return r.Person != "" && !r.Answer && !r.Next.After(s.Now()) }
	if !Serves(s, account) {
		for row := range Rows(s, account, Waiting, Parked) {
			if due(row) {
				all = append(all, row)
			}
		}
		return all
	}
	lost := headsWhere(s, account, func(h head) bool { return h.Parked })
	for _, key := range lost {
		lane := RowOf(s, account, key)
		if lane.Person == "" {
			continue
		}
		for rec := range store.Scan[string](s, lanePrefix(account, lane.LaneName()), 0) {
			if row := RowOf(s, account, rec.Value); row.IsOpen() && !row.Answer {
				all = append(all, row)
			}
		}
	}
	return all
}

// Divert lets a row of a person that waits leave through another account, marked as a
// possible repeat if it may have left through its own. It returns false if the row does
// not wait any more.
func Divert(tx *store.Tx, account, key, to string) bool {
	row, ok := store.Load[Row](tx, RowKey(account, key))
	if !ok || !row.IsOpen() || row.Person == "" || to == account {
		return false
	}
	handOver(tx, &row, to, "")
	return true
}

// handOver moves an open row to another account, and to a chat if it is for one.
func handOver(tx *store.Tx, row *Row, account, chat string) {
	next := *row
	row.Moved = account
	Shut(tx, row, Cancelled, "moved")
	if old, there := store.Load[Row](tx, RowKey(account, row.Key)); there {
		if old.Moved == "" {
			return // the account has the same to say
		}
		store.Delete(tx, shutKey(&old)) // it comes back
	}
	next.Account, next.Moved, next.Reason, next.Attempt, next.Blocked = account, "", "", 0, 0
	if chat != "" {
		next.Chat = chat
	}
	if next.File != nil {
		tx.HoldFile(store.AccountPrefix(account), next.File.Hash, next.Key)
	}
	requeue(tx, &next, next.soonest(tx.Now()))
}

// movable tells whether a row that is for a group goes with it to another account:
// what answers, marks or changes something there does not.
func (r *Row) movable() bool {
	return r.IsOpen() && r.Person == "" && !r.Answer && r.Marks == "" && r.Replaces == "" && !strings.HasPrefix(r.Key, "alarm/")
}
