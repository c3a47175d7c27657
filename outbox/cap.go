package outbox

import (
	"cmp"
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

// bounded tells whether a row counts: its account has limits, and nobody waits for it.
func bounded(s *store.Snapshot, row *Row) bool {
	l := LimitsOf(s).Accounts[row.Account]
	return row.Rank != bot.Service && (l.PerDay > 0 || l.PerHour > 0)
}

// capped puts off a waiting row for which the day or the hour has no room left.
func capped(tx *store.Tx, row *Row) error {
	if !bounded(tx.Snapshot, row) || !row.IsOpen() || row.Next.After(tx.Now()) {
		return nil
	}
	until, err := roomFor(tx.Snapshot, row)
	if err != nil || until.IsZero() {
		return err
	}
	row.State, row.Next, row.Reason = Waiting, until, "cap"
	return nil
}

// roomFor returns when there is room for row, the zero time if there is now.
func roomFor(s *store.Snapshot, row *Row) (time.Time, error) {
	all := LimitsOf(s)
	l := all.Accounts[row.Account]
	young, err := Young(s, row.Account)
	if err != nil {
		return time.Time{}, err
	}
	if most := slow(l.PerDay, young); most > 0 {
		d, _, err := store.Load[spent](s, spentKey(row.Account))
		if err != nil || d.Day == all.today(s.Now()) && d.N >= most {
			return all.Day(s.Now()).AddDate(0, 0, 1).Add(all.Daybreak), err
		}
	}
	most := slow(l.PerHour, young)
	times, _, err := store.Load[[]time.Time](s, hourKey(row.Account, row.LaneName()))
	if err != nil || most <= 0 {
		return time.Time{}, err
	}
	times = within(times, s.Now())
	if len(times) < most {
		return time.Time{}, nil
	}
	return times[len(times)-most].Add(time.Hour), nil
}

// within leaves the times of the hour before now.
func within(times []time.Time, now time.Time) []time.Time {
	return slices.DeleteFunc(times, func(t time.Time) bool { return !t.After(now.Add(-time.Hour)) || t.After(now) })
}

// book counts n more texts: 1 for a row that is claimed, -1 if it was then held back.
func book(tx *store.Tx, row *Row, n int) error {
	if !bounded(tx.Snapshot, row) {
		return nil
	}
	d, _, err := store.Load[spent](tx, spentKey(row.Account))
	if err != nil {
		return err
	}
	if today := LimitsOf(tx.Snapshot).today(tx.Now()); d.Day != today {
		d = spent{Day: today}
	}
	d.N = max(d.N+n, 0)
	at := hourKey(row.Account, row.LaneName())
	times, _, err := store.Load[[]time.Time](tx, at)
	if err != nil {
		return err
	}
	times = within(times, tx.Now())
	switch {
	case n > 0:
		times = append(times, tx.Now())
	case len(times) > 0:
		times = times[:len(times)-1]
	}
	return cmp.Or(store.Save(tx, spentKey(row.Account), d), store.Save(tx, at, times))
}

// Spent returns how much account has said today that nobody asked for, and how
// much it may; 0 is no limit.
func Spent(s *store.Snapshot, account string) (n, most int, err error) {
	l := LimitsOf(s)
	d, _, err := store.Load[spent](s, spentKey(account))
	if err != nil {
		return 0, 0, err
	}
	young, err := Young(s, account)
	if d.Day != l.today(s.Now()) {
		d.N = 0
	}
	return d.N, slow(l.Accounts[account].PerDay, young), err
}

// Young tells whether account is new on its network, as its limits say how long that
// lasts: it counts from the first time that it was online, and anew from when it was
// last restricted.
func Young(s *store.Snapshot, account string) (bool, error) {
	lasts := LimitsOf(s).Accounts[account].Young
	if lasts <= 0 {
		return false, nil
	}
	st, known, err := StandingOf(s, account)
	if err != nil || !known || st.First.IsZero() {
		return err == nil, err
	}
	return s.Now().Before(st.First.Add(lasts)), nil
}
