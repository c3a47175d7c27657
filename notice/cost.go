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
func CostDue(s *store.Snapshot, r Rules) (month time.Time, due bool) {
	day := outbox.LimitsOf(s).Day(s.Now())
	month = time.Date(day.Year(), day.Month()-1, 1, 0, 0, 0, 0, day.Location())
	told, _ := store.Load[string](s, costTold)
	return month, told != month.Format("200601") && r.Working(Plain, s.Now())
}

// TellCost tells each group that was said anything in a month what it has cost
// them.
func TellCost(tx *store.Tx, r Rules, month time.Time, text func(month time.Time, c outbox.Cost) string) {
	due, still := CostDue(tx.Snapshot, r)
	if !still || !due.Equal(month) {
		return
	}
	for _, t := range roster.AllTargets(tx.Snapshot) {
		c := outbox.CostOf(tx.Snapshot, t.Account, t.Chat, month)
		if c == (outbox.Cost{}) {
			continue
		}
		outbox.Announce(tx, bot.Outgoing{
			Key: "cost/" + month.Format("200601") + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: text(month, c), Rank: bot.Ordinary,
			Expires: outbox.LimitsOf(tx.Snapshot).Day(tx.Now()).AddDate(0, 0, 7),
		}, true)
	}
	store.Save(tx, costTold, month.Format("200601"))
}
