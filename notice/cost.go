package notice

import (
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/roster"
	"duban/store"
)

const costTold = store.Work + "cost"

// CostDue tells whether the groups are to be told now what the last month has cost
// them: in the working hours of the first working day of a month, once. Month is
// the month that it is about. In the month in which a store is made there is
// nothing to tell.
func CostDue(s *store.Snapshot, r Rules) (month time.Time, due bool, err error) {
	day := outbox.LimitsOf(s).Day(s.Now())
	month = time.Date(day.Year(), day.Month()-1, 1, 0, 0, 0, 0, day.Location())
	told, _, err := store.Load[string](s, costTold)
	return month, err == nil && told != month.Format("200601") && r.Working(Plain, s.Now()), err
}

// TellCost tells each group that was said anything in a month what it has cost
// them.
func TellCost(tx *store.Tx, r Rules, month time.Time, text func(month time.Time, c outbox.Cost) string) error {
	due, still, err := CostDue(tx.Snapshot, r)
	if err != nil || !still || !due.Equal(month) {
		return err
	}
	targets, err := roster.AllTargets(tx.Snapshot)
	if err != nil {
		return err
	}
	for _, t := range targets {
		c, err := outbox.CostOf(tx.Snapshot, t.Account, t.Chat, month)
		if err != nil {
			return err
		}
		if c == (outbox.Cost{}) {
			continue
		}
		if err := outbox.Announce(tx, bot.Outgoing{
			Key: "cost/" + month.Format("200601") + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: text(month, c), Rank: bot.Ordinary,
			Expires: outbox.LimitsOf(tx.Snapshot).Day(tx.Now()).AddDate(0, 0, 7),
		}, true); err != nil {
			return err
		}
	}
	return store.Save(tx, costTold, month.Format("200601"))
}
