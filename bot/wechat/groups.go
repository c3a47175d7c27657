package wechat

import (
	"context"
	"fmt"
	"maps"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// A fingerprint identifies a group across logins, when its ids have changed: by
// who is in it. Names are hashed.
type fingerprint struct {
	Count   int           `json:"count"` // of members when a person last agreed to the group, or at the first send
	Members []memberPrint `json:"members"`
}

// A memberPrint is a member's own name and, if there is one, the code in our
// remark; either is enough to know the member again.
type memberPrint struct {
	Nick string `json:"n,omitempty"`
	Code string `json:"c,omitempty"`
}

const (
	sameGroup = 0.6 // of the members that were there must still be there
	growth    = 1.2 // more members than that many times the count, and nothing is sent until a person agrees
)

// overlap returns how much of what was is among what is.
func overlap(was, is []memberPrint) float64 {
	if len(was) == 0 {
		return 0
	}
	nicks, codes := map[string]int{}, map[string]bool{}
	for _, p := range is {
		nicks[p.Nick]++
		codes[p.Code] = p.Code != ""
	}
	n := 0
	for _, p := range was {
		if codes[p.Code] {
			n++
		} else if nicks[p.Nick] > 0 {
			nicks[p.Nick]--
			n++
		}
	}
	return float64(n) / float64(len(was))
}

// recognize checks that a group is the one that was sent to before, and
// remembers one that is new.
func (c *contacts) recognize(ctx context.Context, user string) error {
	name := c.book.group(user).name
	now, err := c.book.prints(user)
	if err != nil && c.book.ask(user, askAgain) {
		if err := c.askFor(ctx, []string{user}); err != nil {
			c.log.Warn("group not read", "err", plain(err))
		}
		now, err = c.book.prints(user)
	}
	if err != nil {
		return err
	}
	key := c.vault.hash("group", name)
	was, known := c.vault.read().Groups[key]
	switch {
	case !known:
		return c.remember(key, fingerprint{Count: len(now), Members: now})
	case overlap(was.Members, now) < sameGroup:
		c.Warn("群“" + name + "”里换了大半的人，先不往里发；确认还是这个群，请管理员发“确认群 " + name + "”")
		return fmt.Errorf("%w: other people are in the group", bot.ErrUnresolved)
	case float64(len(now)) > growth*float64(was.Count):
		c.Warn("群“" + name + "”的人数突然多了两成以上，先不往里发；确认无误，请管理员发“确认群 " + name + "”")
		return fmt.Errorf("%w: the group has grown", bot.ErrUnresolved)
	case was.differs(now):
		return c.remember(key, fingerprint{Count: was.Count, Members: now})
	}
	return nil
}

// differs reports whether somebody came or left since.
func (p fingerprint) differs(now []memberPrint) bool {
	return len(now) != len(p.Members) || overlap(p.Members, now) < 1
}

func (c *contacts) remember(key string, p fingerprint) error {
	return c.vault.change(func(m *memory) {
		groups := map[string]fingerprint{}
		maps.Copy(groups, m.Groups)
		groups[key] = p
		m.Groups = groups
	})
}

// follow takes over who is in the groups now, so that a group in which one
// after the other leaves or is renamed stays the same group. Its count stays.
func (c *contacts) follow() {
	for key, was := range c.vault.read().Groups {
		for _, user := range c.book.hashed(key) {
			now, err := c.book.prints(user)
			if err != nil || overlap(was.Members, now) < sameGroup || !was.differs(now) {
				continue
			}
			if err := c.remember(key, fingerprint{Count: was.Count, Members: now}); err != nil {
				c.log.Warn("group not remembered", "err", err)
			}
		}
	}
}

// prints returns the prints of a group's members without the account. The error
// wraps [bot.ErrUnresolved] if their names are not known.
func (b *book) prints(user string) (list []memberPrint, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[user]
	if !g.complete {
		return nil, fmt.Errorf("%w: the group's members are not known yet", bot.ErrUnresolved)
	}
	for member, m := range g.members {
		if member == string(b.self.UserName) {
			continue
		}
		p := memberPrint{Nick: b.hash("nick", b.nick(member, m.nick).name)}
		if c := b.people[member].code; c != "" {
			p.Code = b.hash("code", c)
		}
		list = append(list, p)
	}
	return list, nil
}

// hashed lists the groups whose name has this hash, unless there are several.
func (b *book) hashed(key string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.list(func(g group) bool { return g.name != "" && b.hash("group", g.name) == key })
	if len(list) > 1 {
		return nil
	}
	return list
}

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
	name := c.book.group(user).name
	if name == "" {
		return nil // it is not recognized by a name
	}
	a.Warn("")
	return c.remember(a.vault.hash("group", name), fingerprint{Count: len(now), Members: now})
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
	now, err := c.book.prints(found[0])
	return c, found[0], now, err
}
