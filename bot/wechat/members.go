package wechat

import (
	"errors"
	"fmt"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// Members returns how many people, this account among them, are in the one group
// of a name. An error that wraps [bot.ErrUnresolved] says that none is called so,
// or several.
func (a *Account) Members(group string) (int, error) {
	l := a.online()
	if l == nil {
		return 0, bot.ErrOut
	}
	found := l.book.find(groupHandle(group))
	if len(found) != 1 || !webwx.IsGroup(found[0]) {
		return 0, fmt.Errorf("%w: %d groups", bot.ErrUnresolved, len(found))
	}
	now, ok := l.book.prints(found[0], a.vault.hash)
	if !ok {
		return 0, errors.New("the group's members are not known yet")
	}
	return len(now) + 1, nil
}
