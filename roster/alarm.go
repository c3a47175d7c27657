package roster

import (
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store"
)

// AdminLanes returns the lanes of account in which the admins are answered.
func AdminLanes(s *store.Snapshot, account string) (lanes []string) {
	for _, p := range Current(s).Holders(Admin) {
		lanes = append(lanes, PrivateChat(s, account, p.ID), outbox.PersonLane(p.ID))
	}
	return lanes
}

// An Alarm is something that the admins must know.
type Alarm struct {
	Text string
	// Reason is part of the keys of its rows, so that it is told once. "" is told
	// once within an hour.
	Reason  string
	Except  string // the account that it is about, through which it is not told
	Outside bool   // it is told through the alarm accounts as well
	Office  bool   // the office is told as well as the admins
	Due     time.Time
}

// TellAdmins puts a text for every admin who can be reached in private into the
// outbox. The same text is not told twice within one hour. If no account that is
// in service reaches an admin, the alarm accounts are told instead.
func TellAdmins(tx *store.Tx, text string) {
	Raise(tx, Alarm{Text: text})
}

// Raise is TellAdmins for what may need other ways. It returns what it put into
// the outbox.
func Raise(tx *store.Tx, a Alarm) []outbox.Told {
	if a.Reason == "" {
		a.Reason = tx.Now().UTC().Format("2006010215") + "/" + store.Digest(a.Text)
	}
	channels, _ := outbox.Channels(tx.Snapshot)
	told, reached := tellInPrivate(tx, a)
	if reached && !a.Outside {
		return told
	}
	return append(told, tellOutside(tx, a, channels)...)
}

// tellOutside tells the alarm accounts.
func tellOutside(tx *store.Tx, a Alarm, channels []outbox.Channel) (told []outbox.Told) {
	for _, c := range channels {
		if c.Alarm == "" || c.Account == a.Except {
			continue
		}
		row := bot.Outgoing{Key: "alarm/" + a.Reason, Account: c.Account, Chat: c.Alarm, Text: a.Text, Due: a.Due}
		outbox.Enqueue(tx, row)
		told = append(told, outbox.Told{Account: row.Account, Key: row.Key})
	}
	return told
}

// Note tells the alarm accounts something that is to be kept where they lead to, and
// the admins in private only if there are none.
func Note(tx *store.Tx, a Alarm) {
	channels, _ := outbox.Channels(tx.Snapshot)
	if told := tellOutside(tx, a, channels); told == nil {
		tellInPrivate(tx, a)
	}
}

// tellInPrivate tells the admins in their private chats; reached says that an
// account which is in service does.
func tellInPrivate(tx *store.Tx, a Alarm) (told []outbox.Told, reached bool) {
	concerned := []Role{Admin}
	if a.Office {
		concerned = append(concerned, Office)
	}
	for _, p := range Current(tx.Snapshot).Holders(concerned...) {
		for _, w := range ways(tx.Snapshot, p.ID) {
			if w.Account == a.Except {
				continue
			}
			row := bot.Outgoing{
				Key: "alarm/" + a.Reason + "/" + store.Digest(p.ID), Account: w.Account, Person: p.ID, Text: a.Text, Due: a.Due,
			}
			outbox.Enqueue(tx, row)
			told = append(told, outbox.Told{Account: row.Account, Key: row.Key})
			reached = reached || !outbox.IsOut(tx.Snapshot, w.Account)
		}
	}
	return told, reached
}
