package outbox

import (
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/store"
)

// What duban says that nobody asked for is counted in the transaction that notes
// that it was sent, under the prefix of its account:
//
//	load/chat/<chat>           today's count of a chat, and when the last was sent
//	load/day/<day>             all of a day
//	load/month/<month>/<chat>  what a month has cost a chat
//
// Rows that are too many, or that come in quiet hours, are not lost: [Delivery.Exchange]
// puts them off.

// A chatLoad is what a chat got today.
type chatLoad struct {
	Day  string    `json:"day"`
	N    int       `json:"n"`
	Last time.Time `json:"last,omitzero"`
}

// A Cost is what a month has cost a chat, in messages.
type Cost struct {
	Notices int `json:"notices"` // what nobody asked for
	Answers int `json:"answers"` // and the rest
}

func chatLoadKey(account, chat string) string { return store.Key("a", account, "load", "chat", chat) }

func dayLoadPrefix(account string) string { return store.Key("a", account, "load", "day") + "/" }

func costKey(account string, month time.Time, chat string) string {
	return store.Key("a", account, "load", "month", month.Format("200601"), chat)
}

// countSent notes that a text has left.
func countSent(tx *store.Tx, o bot.Outgoing) {
	if o.Marks != "" || o.Replaces != "" {
		return // nobody has to read it
	}
	at := costKey(o.Account, LimitsOf(tx.Snapshot).Day(tx.Now()), o.Chat)
	cost, _ := store.Load[Cost](tx, at)
	if o.Rank == bot.Service {
		cost.Answers++
		store.Save(tx, at, cost)
		return
	}
	cost.Notices++
	today := LimitsOf(tx.Snapshot).today(tx.Now())
	all, _ := store.Load[int](tx, dayLoadPrefix(o.Account)+today)
	n := sentToday(tx.Snapshot, o.Account, o.Chat)
	store.Save(tx, at, cost)
	store.Save(tx, dayLoadPrefix(o.Account)+today, all+1)
	store.Save(tx, chatLoadKey(o.Account, o.Chat), chatLoad{Day: today, N: n + 1, Last: tx.Now()})
}

// sentToday returns how many texts that nobody asked for a chat got today.
func sentToday(s *store.Snapshot, account, chat string) int {
	l, _ := store.Load[chatLoad](s, chatLoadKey(account, chat))
	if l.Day != LimitsOf(s).today(s.Now()) {
		l.N = 0
	}
	return l.N
}

// Why a text is put off.
const (
	QuietHours = "quiet"
	EnoughDay  = "cap"
)

// PutOff returns until when a text of a rank for a group that is due at a time would
// wait, and why; the zero time if it would leave at once.
func PutOff(s *store.Snapshot, account, chat string, rank bot.Rank, at time.Time) (until time.Time, why string) {
	quiet := rank != bot.Always
	l := LimitsOf(s)
	if l.Quiet != nil && quiet {
		if end := l.Quiet(at); !end.IsZero() {
			return end, QuietHours
		}
	}
	if l.PerGroup <= 0 || !l.Day(at).Equal(l.Day(s.Now())) || sentToday(s, account, chat) < l.PerGroup {
		return time.Time{}, ""
	}
	next := l.Day(s.Now()).AddDate(0, 0, 1).Add(l.Morning)
	if l.Quiet != nil && quiet {
		if end := l.Quiet(next); !end.IsZero() {
			next = end
		}
	}
	return next, EnoughDay
}

// PutBack tells whether a row waits for a time that has not come.
func PutBack(s *store.Snapshot, account, key string) bool {
	row, ok := Carrier(s, account, key)
	return ok && row.State == Waiting && row.Next.After(s.Now())
}

// holdBack puts a row off whose rank says that it must wait now. What may pass
// although others of its kind wait is audited.
func holdBack(tx *store.Tx, row *Row) {
	if row.Rank == bot.Service || row.State != Waiting || row.Next.After(tx.Now()) {
		return
	}
	until, why := PutOff(tx.Snapshot, row.Account, row.Chat, row.Rank, tx.Now())
	if until.IsZero() || why == EnoughDay && row.Person != "" {
		return
	}
	if row.Rank != bot.Urgent {
		row.Next, row.Reason = until, why
		return
	}
	if row.Attempt > 0 {
		return // it was written down at the first
	}
	tx.Audit(store.Audit{Account: row.Account, Source: store.Clock, Action: "passed." + why, Object: row.Key})
}

// overVolume stops the account if it has said so much today that something must
// be wrong.
func overVolume(tx *store.Tx, row *Row) bool {
	l := LimitsOf(tx.Snapshot)
	if l.Stop <= 0 || row.Rank == bot.Service || row.Attempt > 0 {
		return false
	}
	today := l.today(tx.Now())
	n, _ := store.Load[int](tx, dayLoadPrefix(row.Account)+today)
	if n < l.Usual {
		return false
	}
	s, _ := store.Load[Stop](tx, stoppedKey(row.Account))
	usual := usualVolume(tx.Snapshot, row.Account, today)
	most := l.Stop * max(usual, l.Usual)
	if s.Day == today {
		most += s.More
	}
	if n < most {
		return false
	}
	tx.Wake(row.Account)
	store.Save(tx, stoppedKey(row.Account), Stop{At: tx.Now(), Day: today, Sent: n, Usual: usual})
	return true
}

// usualVolume returns the median volume of the last days on which anything was sent,
// without today.
func usualVolume(s *store.Snapshot, account, today string) int {
	var days []int
	for rec := range store.Scan[int](s, dayLoadPrefix(account), 0) {
		if !strings.HasSuffix(rec.Key, "/"+today) {
			days = append(days, rec.Value)
		}
	}
	days = days[max(len(days)-usualDays, 0):]
	if len(days) == 0 {
		return 0
	}
	slices.Sort(days)
	return days[len(days)/2]
}

// CostOf returns what the month of a time has cost a chat.
func CostOf(s *store.Snapshot, account, chat string, month time.Time) Cost {
	c, _ := store.Load[Cost](s, costKey(account, LimitsOf(s).Day(month), chat))
	return c
}
