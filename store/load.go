package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/bot"
)

// What duban says that nobody asked for is counted in the transaction that notes
// that it was sent, under the prefix of its account:
//
//	load/chat/<chat>           today's count of a chat, and when the last was sent
//	load/day/<day>             all of a day
//	load/month/<month>/<chat>  what a month has cost a chat
//
// Rows that are too many, or that come in quiet hours, are not lost: [Store.Claim]
// puts them off.

// Limits bound what is said that nobody asked for. The zero Limits bound nothing.
// They are given to [Open] as a value.
type Limits struct {
	Zone *time.Location

	// Quiet returns the end of the quiet hours that a time lies in, the zero time
	// if it lies in none.
	Quiet func(time.Time) time.Time

	// PerGroup is how many texts that nobody asked for a group gets in a day; 0 is
	// no limit. More of them wait for Morning of the next day.
	PerGroup int
	Morning  time.Duration

	// Merge is how near two such texts of a group must be due to leave as one. 0
	// merges none.
	Merge time.Duration

	// Stop is how many times the usual volume of a day ends all sending; 0 never
	// does. Usual is the median of the days before, and Usual at least.
	Stop, Usual int

	// Caps say by account how much it may say in a day and an hour; an account
	// that is missing may say anything.
	Caps map[string]Cap
}

// LimitsOf returns the limits of the office.
func LimitsOf(s *Snapshot) Limits { return Value[Limits](s) }

// usualDays is how many days of sending say what volume is usual.
const usualDays = 14

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

func (l Limits) day(t time.Time) time.Time {
	zone := l.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

func chatLoadKey(account, chat string) string { return key("a", account, "load", "chat", chat) }

func dayLoadPrefix(account string) string { return key("a", account, "load", "day") + "/" }

func costKey(account string, month time.Time, chat string) string {
	return key("a", account, "load", "month", month.Format("200601"), chat)
}

// count notes that a text has left.
func (tx *Tx) count(o bot.Outgoing) error {
	at := costKey(o.Account, LimitsOf(tx.Snapshot).day(tx.Now()), o.Chat)
	cost, _, err := load[Cost](tx, at)
	if err != nil {
		return err
	}
	if o.Rank == bot.Service {
		cost.Answers++
		return save(tx, at, cost)
	}
	cost.Notices++
	today := LimitsOf(tx.Snapshot).day(tx.Now()).Format(time.DateOnly)
	all, _, err := load[int](tx, dayLoadPrefix(o.Account)+today)
	if err != nil {
		return err
	}
	n, err := tx.today(o.Account, o.Chat)
	return cmp.Or(err, save(tx, at, cost), save(tx, dayLoadPrefix(o.Account)+today, all+1),
		save(tx, chatLoadKey(o.Account, o.Chat), chatLoad{Day: today, N: n + 1, Last: tx.Now()}))
}

// today returns how many texts that nobody asked for a chat got today.
func (s *Snapshot) today(account, chat string) (int, error) {
	l, _, err := load[chatLoad](s, chatLoadKey(account, chat))
	if l.Day != LimitsOf(s).day(s.Now()).Format(time.DateOnly) {
		l.N = 0
	}
	return l.N, err
}

// PutOff returns until when an ordinary text for a group would wait, and why; the
// zero time if it would leave at once.
func (s *Snapshot) PutOff(account, chat string) (until time.Time, why string, err error) {
	return s.putOff(account, chat, true)
}

// Why a text is put off.
const (
	QuietHours = "quiet"
	EnoughDay  = "cap"
)

// putOff is PutOff for a text that quiet hours may not hold back.
func (s *Snapshot) putOff(account, chat string, quiet bool) (until time.Time, why string, err error) {
	l := LimitsOf(s)
	if l.Quiet != nil && quiet {
		if end := l.Quiet(s.Now()); !end.IsZero() {
			return end, QuietHours, nil
		}
	}
	if l.PerGroup <= 0 {
		return time.Time{}, "", nil
	}
	n, err := s.today(account, chat)
	if err != nil || n < l.PerGroup {
		return time.Time{}, "", err
	}
	next := l.day(s.Now()).AddDate(0, 0, 1).Add(l.Morning)
	if l.Quiet != nil && quiet {
		if end := l.Quiet(next); !end.IsZero() {
			next = end
		}
	}
	return next, EnoughDay, nil
}

// holdBack puts a row off whose rank says that it must wait now. What may pass
// although others of its kind wait is audited.
func (tx *Tx) holdBack(row *Row) error {
	if row.Rank == bot.Service || row.State != Waiting || row.Next.After(tx.Now()) {
		return nil
	}
	until, why, err := tx.putOff(row.Account, row.Chat, row.Rank != bot.Always)
	if err != nil || until.IsZero() || why == EnoughDay && row.Person != "" {
		return err
	}
	if row.Rank != bot.Urgent {
		row.Next, row.Reason = until, why
		return nil
	}
	if row.Attempt > 0 {
		return nil // it was written down at the first
	}
	return tx.Audit(Audit{Account: row.Account, Source: Clock, Action: "passed." + why, Object: row.Key})
}

// overVolume stops the account if it has said so much today that something must
// be wrong.
func (tx *Tx) overVolume(row *Row) (bool, error) {
	l := LimitsOf(tx.Snapshot)
	if l.Stop <= 0 || row.Rank == bot.Service || row.Attempt > 0 {
		return false, nil
	}
	today := l.day(tx.Now()).Format(time.DateOnly)
	n, _, err := load[int](tx, dayLoadPrefix(row.Account)+today)
	if err != nil || n < l.Usual {
		return false, err
	}
	s, _, err := load[stopped](tx, stoppedKey(row.Account))
	if err != nil {
		return false, err
	}
	usual, err := tx.usual(row.Account, today)
	if err != nil {
		return false, err
	}
	most := l.Stop * max(usual, l.Usual)
	if s.Day == today {
		most += s.More
	}
	if n < most {
		return false, nil
	}
	tx.Wake(row.Account)
	return true, save(tx, stoppedKey(row.Account), stopped{At: tx.Now(), Day: today, Sent: n, Usual: usual})
}

// usual returns the median volume of the last days on which anything was sent,
// without today.
func (s *Snapshot) usual(account, today string) (int, error) {
	var days []int
	for rec, err := range scan[int](s, dayLoadPrefix(account), 0) {
		if err != nil {
			return 0, err
		}
		if !strings.HasSuffix(rec.Key, "/"+today) {
			days = append(days, rec.Value)
		}
	}
	days = days[max(len(days)-usualDays, 0):]
	if len(days) == 0 {
		return 0, nil
	}
	slices.Sort(days)
	return days[len(days)/2], nil
}

// CostOf returns what the month of a time has cost a chat.
func (s *Snapshot) CostOf(account, chat string, month time.Time) (Cost, error) {
	c, _, err := load[Cost](s, costKey(account, LimitsOf(s).day(month), chat))
	return c, err
}
