package progress

import (
	"fmt"

	"duban/handlers/chat"
	"duban/progress"
	"duban/roster"
)

// What only an admin can agree to waits as a request. The admins are told of it in
// private, and one word of one of them decides.

// Request puts a request before the admins. What tells them what it is.
func Request(t *chat.Request, q progress.Request, what string) error {
	q.Person, q.Account, q.Chat, q.Message = t.Person.ID, t.Msg.Account, t.Chat(), t.Message()
	number, err := progress.PutRequest(t.Tx, q)
	if err != nil {
		return err
	}
	if err := t.Changed(progress.Effect{Request: number}, "request."+string(q.Kind), fmt.Sprint(number)); err != nil {
		return err
	}
	return roster.TellAdmins(t.Tx, fmt.Sprintf("申请%d：%s\n同意请回“同意 %d”，不同意请回“不同意 %d 原因”。", number, what, number, number))
}
