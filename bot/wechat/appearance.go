package wechat

import (
	"slices"
	"strings"
	"unicode"

	"duban/bot/wechat/webwx"
	"duban/zh"
)

// An appearance is how somebody appears in a group.
type appearance struct {
	name   string   // what others see
	card   string   // the name given in this group, if nobody else there is called so
	own    []string // what the account itself is called there
	others []string // what all others are called there
}

// in returns how user appears in a group; user may be "".
func (b *book) in(groupName, user string) appearance {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := appearance{own: []string{webwx.Name(b.self.NickName)}}
	g := b.groups[groupName]
	m := g.members[user]
	s.name, s.card = b.nick(user, m.nick).name, m.card.name
	if s.card != "" {
		s.name = s.card
	}
	for other, o := range g.members {
		nick := b.nick(other, o.nick)
		if other == string(b.self.UserName) {
			s.own = append(s.own, o.card.name)
			continue
		}
		s.others = append(s.others, o.card.name, nick.name)
		if other != user && (o.card.bones == m.card.bones || nick.bones == m.card.bones) {
			s.card = ""
		}
	}
	if slices.ContainsFunc(s.own, func(n string) bool { return bones(n) == m.card.bones }) {
		s.card = ""
	}
	return s
}

// nick returns the name that somebody chose. The list of a group shows our
// remark instead if there is one, which the contact itself does not.
func (b *book) nick(user string, listed called) called {
	if c, friend := b.people[user]; friend {
		return c.nick
	}
	return listed
}

// A called is a name and what it has in common with names that look the same.
type called struct{ name, bones string }

func call(name string) called { return called{name, bones(name)} }

// bones is a name without what does not show and without difference of case.
func bones(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, zh.Fold(s)))
}
