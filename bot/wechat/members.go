package wechat

import (
	"fmt"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// Members returns how many people, this account among them, are in a group, whose
// chat is called as in [bot.Message]. The error wraps [bot.ErrOut] while the account is
// not online, and [bot.ErrUnresolved] if no single group is called so or its
// members are not known yet.
func (a *Account) Members(chat string) (int, error) {
	_, _, now, err := a.group(chat)
	if err != nil {
		return 0, err
	}
	return len(now) + 1, nil
}

// Confirm says that a group is the right one, as it is now, for example after
// many people joined it. Messages for it that were held can go. Its errors are
// those of Members.
func (a *Account) Confirm(chat string) error {
	c, user, now, err := a.group(chat)
	if err != nil {
		return err
	}
	name := c.book.groupName(user)
	if name == "" {
		return nil // it is not recognized by a name
	}
	a.status.calm()
	return c.remember(a.vault.hash("group", name), fingerprint{Count: len(now), Members: now, At: time.Now()})
}

// group returns the one group of a chat and who is in it.
func (a *Account) group(chat string) (*contacts, string, []memberPrint, error) {
	s := a.current.Load()
	if s == nil {
		return nil, "", nil, bot.ErrOut
	}
	c := s.contacts
	found := c.book.find(chat)
	if len(found) != 1 || !webwx.IsGroup(found[0]) {
		return nil, "", nil, fmt.Errorf("%w: %d groups", bot.ErrUnresolved, len(found))
	}
	now, ok := c.book.prints(found[0], a.vault.hash)
	if !ok {
		return nil, "", nil, fmt.Errorf("%w: the group's members are not known yet", bot.ErrUnresolved)
	}
	return c, found[0], now, nil
}
