package people

import (
	"context"
	"crypto/rand"

	"duban/handlers/chat"
)

// newKey makes the key of a link, which nobody can guess.
func newKey(_ context.Context, t *chat.Request) error {
	t.Prepared = rand.Text()
	return nil
}

// webLink gives the sender a link by which they can log in to the page, once.
func webLink(t *chat.Request, _ string) (string, error) {
	if t.Desk.Options.Link == nil {
		return "网页没有开给别的电脑，只能在装督办的电脑上用密码登录。", nil
	}
	key, _ := t.Prepared.(string)
	to := t.Desk.Options.Link(t.Tx, key, t.Person.ID, chat.Weak(t))
	t.Audit("login.link", t.Person.ID)
	return "用这个链接登录网页，10分钟内有效，只能用一次：\n" + to + "\n请不要转发：谁打开，谁就能以您的身份看和办。", nil
}
