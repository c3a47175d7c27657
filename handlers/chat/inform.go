package chat

import (
	"duban/roster"
	"duban/store"
)

// informing adds to the first answer that somebody gets alone what they must know of
// their data. That they were told is in the audit log.
func informing(t *Request, answer, chat string) (string, error) {
	if t.Desk.Options.Inform == "" || !t.Known || t.Msg.Group && chat == t.Msg.Chat {
		return answer, nil
	}
	first, err := roster.Inform(t.Tx, t.Person.ID)
	if err != nil || !first {
		return answer, err
	}
	err = t.Tx.Audit(store.Audit{Source: store.Chat, Action: "privacy.notice", Object: t.Person.ID})
	return Lines(answer, t.Desk.Options.Inform), err
}
