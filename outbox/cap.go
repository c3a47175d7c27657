package outbox

import (
	"slices"
	"time"

	"duban/bot"
	"duban/store"
)

// What an account says that nobody asked for is counted by day and, in each chat, by
// hour. It is counted in the transaction that claims it, so that no restart can exceed
// a limit; what was then held back is taken off again.

// A spent day is what an account said on it that nobody asked for.
type spent struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

func spentKey(account string) string { return store.AccountPrefix(account) + "spent" }

func hourKey(account, lane string) string {
	return store.AccountPrefix(account) + store.Key("hour", lane)
}

// spentToday returns what account said today that nobody asked for.
func spentToday(s *store.Snapshot, account string) spent {
	today := LimitsOf(s).today(s.Now())
	if d, _ := store.Load[spent](s, spentKey(account)); d.Day == today {
		return d
	}
	return spent{Day: today}
}

// bounded tells whether a row counts: its account has limits, and nobody waits for it.
func bounded(s *store.Snapshot, row *Row) bool {
	l := LimitsOf(s).Accounts[row.Account]
	return row.Rank != bot.Service && (l.PerDay > 0 || l.PerHour > 0)
}

// capped puts off a waiting row for which the day or the hour has no room left.
func capped(tx *store.Tx, row *Row) {
	if !bounded(tx.Snapshot, row) || !row.IsOpen() || row.Next.After(tx.Now()) {
		return
	}
	if until := roomFor(tx.Snapshot, row); !until.IsZero() {
		row.State, row.Next, row.Reason = Waiting, until, "cap"
	}
}

// roomFor returns when there is room for row, the zero time if there is now.
func roomFor(s *store.Snapshot, row *Row) time.Time {
	all := LimitsOf(s)
	l := all.Accounts[row.Account]
	young := Young(s, row.Account)
	if most := slow(l.PerDay, young); most > 0 && spentToday(s, row.Account).N >= most {
		return all.Day(s.Now()).AddDate(0, 0, 1).Add(all.Daybreak)
	}
	most := slow(l.PerHour, young)
	times, _ := store.Load[[]time.Time](s, hourKey(row.Account, row.LaneName()))
	if most <= 0 {
		return time.Time{}
	}
	times = within(times, s.Now())
	if len(times) < most {
		return time.Time{}
	}
	return times[len(times)-most].Add(time.Hour)
}

// within leaves the times of the hour before now.
func within(times []time.Time, now time.Time) []time.Time {
	return slices.DeleteFunc(times, func(t time.Time) bool { return !t.After(now.Add(-time.Hour)) || t.After(now) })
}

// book counts n more texts: 1 for a row that is claimed, -1 if it was then held back.
func book(tx *store.Tx, row *Row, n int) {
	if !bounded(tx.Snapshot, row) {
		return
	}
	d := spentToday(tx.Snapshot, row.Account)
	d.N = max(d.N+n, 0)
	at := hourKey(row.Account, row.LaneName())
	times, _ := store.Load[[]time.Time](tx, at)
	times = within(times, tx.Now())
	switch {
	case n > 0:
		times = append(times, tx.Now())
	case len(times) > 0:
		times = times[:len(times)-1]
	}
	store.Save(tx, spentKey(row.Account), d)
	store.Save(tx, at, times)
}

// Spent returns how much account has said today that nobody asked for, and how
// much it may; 0 is no limit.
func Spent(s *store.Snapshot, account string) (n, most int) {
	return spentToday(s, account).N, slow(LimitsOf(s).Accounts[account].PerDay, Young(s, account))
}

// Young tells whether account is new on its network, as its limits say how long that
// lasts: it counts from the first time that it was online, and anew from when it was
// last restricted.
func Young(s *store.Snapshot, account string) bool {
	lasts := LimitsOf(s).Accounts[account].Young
	if lasts <= 0 {
		return false
	}
	st, known := StandingOf(s, account)
	if !known || st.First.IsZero() {
		return true
	}
	return s.Now().Before(st.First.Add(lasts))
}
