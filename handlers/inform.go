package handlers

import (
	"duban/privacy"
	"duban/store"
)

// informing adds to the first answer that somebody gets alone what they must know of
// their data. That they were told is in the audit log.
func (t *turn) informing(answer, chat string) (string, error) {
	if t.router.o.Inform == "" || !t.known || t.m.Group && chat == t.m.Chat {
		return answer, nil
	}
	first, err := privacy.Inform(t.tx, t.person.ID)
	if err != nil || !first {
		return answer, err
	}
	err = t.tx.Audit(store.Audit{Source: store.Chat, Action: "privacy.notice", Object: t.person.ID})
	return lines(answer, t.router.o.Inform), err
}
