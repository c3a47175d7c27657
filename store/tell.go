package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"duban/bot"
	"duban/roster"
)

// TellAdmins puts a text for every admin who can be reached in private into the
// outbox. The same text is not told twice within one hour.
func (tx *Tx) TellAdmins(text string) error {
	r, err := tx.Roster()
	if err != nil {
		return err
	}
	reason := "alarm/" + tx.now.UTC().Format("2006010215") + "/" + digest(text)
	for _, p := range r.People {
		if !p.Is(roster.Admin) {
			continue
		}
		for rec, err := range scan[string](tx.r, Work+key("reach", p.ID)+"/", 0) {
			if err != nil {
				return err
			}
			account := strings.TrimPrefix(rec.Key, Work+key("reach", p.ID)+"/")
			if err := tx.Enqueue(bot.Outgoing{Key: reason + "/" + digest(p.ID), Account: account, Chat: rec.Value, Text: text}); err != nil {
				return err
			}
		}
	}
	return nil
}

// digest shortens what must not stand in a key, because keys are logged.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
