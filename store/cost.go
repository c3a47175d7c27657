package store

import (
	"time"

	"duban/bot"
	"duban/notice"
)

const costTold = Work + "cost"

// CostDue tells whether the groups are to be told now what the last month has cost
// them: in the working hours of the first working day of a month, once. Month is
// the month that it is about. In the month in which a store is made there is
// nothing to tell.
func (s *Snapshot) CostDue(r notice.Rules) (month time.Time, due bool, err error) {
	day := LimitsOf(s).day(s.Now())
	month = time.Date(day.Year(), day.Month()-1, 1, 0, 0, 0, 0, day.Location())
	told, _, err := load[string](s, costTold)
	return month, err == nil && told != month.Format("200601") && r.Working(notice.Plain, s.Now()), err
}

// TellCost tells each group that was said anything in a month what it has cost
// them.
func (tx *Tx) TellCost(r notice.Rules, month time.Time, text func(month time.Time, c Cost) string) error {
	due, still, err := tx.CostDue(r)
	if err != nil || !still || !due.Equal(month) {
		return err
	}
	names, err := tx.Groups()
	if err != nil {
		return err
	}
	targets, err := tx.Targets(names)
	if err != nil {
		return err
	}
	for _, t := range targets {
		c, err := tx.CostOf(t.Account, t.Chat, month)
		if err != nil {
			return err
		}
		if c == (Cost{}) {
			continue
		}
		if err := tx.Announce(bot.Outgoing{
			Key: "cost/" + month.Format("200601") + "/" + t.Chat, Account: t.Account, Chat: t.Chat, Text: text(month, c), Rank: bot.Ordinary,
			Expires: LimitsOf(tx.Snapshot).day(tx.Now()).AddDate(0, 0, 7),
		}, true); err != nil {
			return err
		}
	}
	return save(tx, costTold, month.Format("200601"))
}
