package wechat

import (
	"context"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/bot/wechat/webwx"
)

// A groupPrint is by what a group is known again after a login, when nothing on
// the wire is as it was but the names: who was in it. Names are hashed.
type groupPrint struct {
	Count   int           `json:"count"` // of members when a person last agreed to the group, or at the first send
	Members []memberPrint `json:"members"`
	At      time.Time     `json:"at"`
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

// members returns the prints of a group's members without the account, and
// false if their names are not known.
func (b *book) prints(user string, hash func(purpose, s string) string) ([]memberPrint, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[user]
	if g == nil || !g.complete {
		return nil, false
	}
	var list []memberPrint
	for member, m := range g.members {
		if member == string(b.self.UserName) {
			continue
		}
		p := memberPrint{Nick: hash("nick", b.nick(member, m.nick).name)}
		if c := b.people[member].code; c != "" {
			p.Code = hash("code", c)
		}
		list = append(list, p)
	}
	return list, true
}

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

// address returns the one contact that chat stands for. If there is none, or it
// is not certain, the error wraps [bot.ErrUnresolved].
func (l *life) address(ctx context.Context, chat string) (string, error) {
	found := l.book.find(chat)
	if len(found) != 1 {
		return "", fmt.Errorf("%w: %d contacts", bot.ErrUnresolved, len(found))
	}
	user := found[0]
	if !webwx.IsGroup(user) || strings.HasPrefix(chat, byLogin) {
		return user, nil
	}
	return user, l.recognize(ctx, user)
}

// recognize checks that a group is the one that was sent to before, and
// remembers one that is new.
func (l *life) recognize(ctx context.Context, user string) error {
	name := l.book.groupName(user)
	now, ok := l.book.prints(user, l.vault.hash)
	if !ok && l.book.ask(user, askAgain) {
		if err := l.askFor(ctx, []string{user}); err != nil {
			l.log.Warn("group not read", "err", plain(err))
		}
		now, ok = l.book.prints(user, l.vault.hash)
	}
	if !ok {
		return fmt.Errorf("%w: the group's members are not known yet", bot.ErrUnresolved)
	}
	key := l.vault.hash("group", name)
	was, known := l.vault.read().Groups[key]
	switch {
	case !known:
		return l.remember(key, groupPrint{Count: len(now), Members: now, At: time.Now()})
	case overlap(was.Members, now) < sameGroup:
		l.status.warn("群“" + name + "”里换了大半的人，先不往里发；确认还是这个群，请管理员发“确认群 " + name + "”")
		return fmt.Errorf("%w: other people are in the group", bot.ErrUnresolved)
	case float64(len(now)) > growth*float64(was.Count):
		l.status.warn("群“" + name + "”的人数突然多了两成以上，先不往里发；确认无误，请管理员发“确认群 " + name + "”")
		return fmt.Errorf("%w: the group has grown", bot.ErrUnresolved)
	case was.differs(now):
		return l.remember(key, groupPrint{Count: was.Count, Members: now, At: time.Now()})
	}
	return nil
}

// differs reports whether somebody came or left since.
func (p groupPrint) differs(now []memberPrint) bool {
	return len(now) != len(p.Members) || overlap(p.Members, now) < 1
}

func (l *life) remember(key string, p groupPrint) error {
	return l.vault.change(func(m *memory) {
		groups := map[string]groupPrint{key: p}
		for k, was := range m.Groups {
			if k != key {
				groups[k] = was
			}
		}
		m.Groups = groups
	})
}

// follow takes over who is in the groups now, so that a group in which one
// after the other leaves or is renamed stays the same group. Its count stays.
func (l *life) follow() {
	for key, was := range l.vault.read().Groups {
		for _, user := range l.book.hashed(key, l.vault.hash) {
			now, ok := l.book.prints(user, l.vault.hash)
			if !ok || overlap(was.Members, now) < sameGroup || !was.differs(now) {
				continue
			}
			if err := l.remember(key, groupPrint{Count: was.Count, Members: now, At: time.Now()}); err != nil {
				l.log.Warn("group not remembered", "err", err)
			}
		}
	}
}

// groupName returns what the group is called now.
func (b *book) groupName(user string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if g := b.groups[user]; g != nil {
		return g.name
	}
	return ""
}

// hashed lists the groups whose name has this hash, unless there are several.
func (b *book) hashed(key string, hash func(purpose, s string) string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []string
	for user, g := range b.groups {
		if g.name != "" && hash("group", g.name) == key {
			list = append(list, user)
		}
	}
	if len(list) > 1 {
		return nil
	}
	return list
}

// chat returns the handle of the chat with a person or in a group. A group that
// shares its name keeps it only if it alone is the one that was sent to before.
func (l *life) chat(user string) string {
	if !webwx.IsGroup(user) {
		return l.book.person(user)
	}
	name := l.book.groupName(user)
	twins := l.book.find(groupHandle(name))
	own := l.book.once(user)
	if name == "" {
		return own
	}
	if len(twins) == 1 {
		return groupHandle(name)
	}
	was := l.vault.read().Groups[l.vault.hash("group", name)]
	for _, twin := range twins {
		now, ok := l.book.prints(twin, l.vault.hash)
		if same := ok && overlap(was.Members, now) >= sameGroup; same != (twin == user) {
			return own
		}
	}
	return groupHandle(name)
}
