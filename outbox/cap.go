package outbox

import (
	"cmp"
	"slices"
	"time"

	"duban/bot"
	"duban/store"
)

// A Cap bounds what an account says that nobody asked for, beyond the pace of
// the moment: networks of people bar accounts for it. The zero Cap bounds nothing.
//
// What was said is counted in the transaction that claims it, so that no restart
// can exceed a cap; what was then held back is taken off again.
type Cap struct {
	PerDay  int            // texts a day; what is more waits until Morning of the next
	PerHour int            // of them in one chat, within any hour
	Zone    *time.Location // in which days end; nil is UTC
	Morning time.Duration  // when a day begins, after midnight

	// Young is for how long an account that is new on its network may say only
	// a quarter of that. See [Young].
	Young time.Duration
}

// quarter is the share of its limits that a young account uses.
const quarter = 4

// Slow returns n, or a quarter of it, at least 1, for a young account. 0 stays 0.
func Slow(n int, young bool) int {
	if !young || n == 0 {
		return n
	}
	return max(n/quarter, 1)
}

// A spent day is what an account said on it that nobody asked for.
type spent struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

func spentKey(account string) string { return store.AccountPrefix(account) + "spent" }

func hourKey(account, lane string) string {
	return store.AccountPrefix(account) + store.Key("hour", lane)
}

// asked tells whether somebody waits for a row, so that no cap holds it back.
func asked(o bot.Outgoing) bool { return o.Rank == bot.Service }

// capped puts off a waiting row for which the day or the hour has no room left.
func capped(tx *store.Tx, row *Row) error {
	c, ok := LimitsOf(tx.Snapshot).Caps[row.Account]
	if !ok || asked(row.Outgoing) || !row.IsOpen() || row.Next.After(tx.Now()) {
		return nil
	}
	until, err := roomFor(tx.Snapshot, c, row)
	if err != nil || until.IsZero() {
		return err
	}
	row.State, row.Next, row.Reason = Waiting, until, "cap"
	return nil
}

// roomFor returns when there is room for row, the zero time if there is now.
func roomFor(s *store.Snapshot, c Cap, row *Row) (time.Time, error) {
	young, err := Young(s, row.Account)
	if err != nil {
		return time.Time{}, err
	}
	if most := Slow(c.PerDay, young); most > 0 {
		d, _, err := store.Load[spent](s, spentKey(row.Account))
		if err != nil || d.Day == c.day(s.Now()) && d.N >= most {
			return c.tomorrow(s.Now()), err
		}
	}
	most := Slow(c.PerHour, young)
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

func (c Cap) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

func (c Cap) day(t time.Time) string { return t.In(c.zone()).Format(time.DateOnly) }

func (c Cap) tomorrow(t time.Time) time.Time {
	y, m, d := t.In(c.zone()).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, c.zone()).Add(c.Morning)
}

// spend counts a row that is claimed.
func spend(tx *store.Tx, row *Row) error { return book(tx, row, 1) }

// refund takes a row off again that was claimed and held back.
func refund(tx *store.Tx, row *Row) error { return book(tx, row, -1) }

func book(tx *store.Tx, row *Row, n int) error {
	c, ok := LimitsOf(tx.Snapshot).Caps[row.Account]
	if !ok || asked(row.Outgoing) {
		return nil
	}
	d, _, err := store.Load[spent](tx, spentKey(row.Account))
	if err != nil {
		return err
	}
	if today := c.day(tx.Now()); d.Day != today {
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
	c, ok := LimitsOf(s).Caps[account]
	if !ok {
		return 0, 0, nil
	}
	d, _, err := store.Load[spent](s, spentKey(account))
	if err != nil {
		return 0, 0, err
	}
	young, err := Young(s, account)
	if d.Day != c.day(s.Now()) {
		d.N = 0
	}
	return d.N, Slow(c.PerDay, young), err
}

// Young tells whether account is new on its network, as its [Cap] says how long
// that lasts: it counts from the first time that it was online, and anew from
// when it was last restricted.
func Young(s *store.Snapshot, account string) (bool, error) {
	c, ok := LimitsOf(s).Caps[account]
	if !ok || c.Young <= 0 {
		return false, nil
	}
	st, known, err := StandingOf(s, account)
	if err != nil || !known || st.First.IsZero() {
		return err == nil, err
	}
	return s.Now().Before(st.First.Add(c.Young)), nil
}
