package chat

import (
	"cmp"

	"duban/progress"
)

// Changed remembers what this message changed, so that it can be taken back, and
// writes it into the audit log.
func (t *Request) Changed(e progress.Effect, action, object string) error {
	before, _, err := progress.EffectOf(t.Snap, t.Msg.Account, t.Msg.ID)
	if err != nil {
		return err
	}
	e.Account, e.Message, e.Chat, e.At = t.Msg.Account, t.Msg.ID, t.Msg.Chat, t.Said()
	e.Person = cmp.Or(t.Whose, t.Person.ID)
	e.Items = append(before.Items, e.Items...)
	e.Question, e.Request = max(before.Question, e.Question), max(before.Request, e.Request)
	t.Booked = true
	if err := progress.PutEffect(t.Tx, e); err != nil {
		return err
	}
	return t.Audit(action, object)
}
