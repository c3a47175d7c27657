package store

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/roster"
)

// An Alarm is something that the admins must know.
type Alarm struct {
	Text string
	// Reason is part of the keys of its rows, so that it is told once. "" is told
	// once within an hour.
	Reason  string
	Except  string // the account that it is about, through which it is not told
	Outside bool   // it is told through the alarm accounts as well
	Due     time.Time
}

// TellAdmins puts a text for every admin who can be reached in private into the
// outbox. The same text is not told twice within one hour. If no account that is
// in service reaches an admin, the alarm accounts are told instead.
func (tx *Tx) TellAdmins(text string) error {
	_, err := tx.Alarm(Alarm{Text: text})
	return err
}

// Alarm is TellAdmins for what may need other ways. It returns what it put into
// the outbox.
func (tx *Tx) Alarm(a Alarm) ([]Told, error) {
	if a.Reason == "" {
		a.Reason = tx.Now().UTC().Format("2006010215") + "/" + digest(a.Text)
	}
	channels, known, err := tx.Channels()
	if err != nil {
		return nil, err
	}
	told, reached, err := tx.tellInPrivate(a, channels, known)
	if err != nil {
		return nil, err
	}
	if reached && !a.Outside {
		return told, nil
	}
	for _, c := range channels {
		if c.Alarm == "" || c.Account == a.Except {
			continue
		}
		row := bot.Outgoing{Key: "alarm/" + a.Reason, Account: c.Account, Chat: c.Alarm, Text: a.Text, Due: a.Due}
		if err := tx.Enqueue(row); err != nil {
			return nil, err
		}
		told = append(told, Told{Account: row.Account, Key: row.Key})
	}
	return told, nil
}

// tellInPrivate tells the admins in their private chats; reached says that an
// account which is in service does.
func (tx *Tx) tellInPrivate(a Alarm, channels []Channel, known bool) (told []Told, reached bool, err error) {
	r, err := tx.Roster()
	if err != nil {
		return nil, false, err
	}
	for _, p := range r.People {
		if !p.Is(roster.Admin) {
			continue
		}
		accounts, err := tx.reachedBy(p.ID)
		if err != nil {
			return nil, false, err
		}
		for _, account := range accounts {
			runs := !known || slices.ContainsFunc(channels, func(c Channel) bool { return c.Account == account })
			if account == a.Except || !runs {
				continue
			}
			row := bot.Outgoing{
				Key: "alarm/" + a.Reason + "/" + digest(p.ID), Account: account, Person: p.ID, Text: a.Text, Due: a.Due,
			}
			out, err := tx.out(account)
			if err != nil {
				return nil, false, err
			}
			if err := tx.Enqueue(row); err != nil {
				return nil, false, err
			}
			told, reached = append(told, Told{Account: row.Account, Key: row.Key}), reached || !out
		}
	}
	return told, reached, nil
}

// reachedBy returns the accounts that can reach a person in private.
func (s *Snapshot) reachedBy(person string) (accounts []string, err error) {
	prefix := Work + key("reach", person) + "/"
	for rec, err := range scan[string](s, prefix, 0) {
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, strings.TrimPrefix(rec.Key, prefix))
	}
	return accounts, nil
}

// digest shortens what must not stand in a key, because keys are logged.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
