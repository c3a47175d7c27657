package wechat

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"duban/bot/wechat/webwx"
	"duban/zh"
)

// A book is what is known of contacts in one login. Whom it names, it names by
// handles that do not depend on the login where there are such.
type book struct {
	hash func(purpose, s string) string

	mu     sync.Mutex
	login  string // names the login in handles that are good for it only
	self   webwx.User
	people map[string]contact // by UserName
	groups map[string]group   // by UserName
}

// A contact is what is known of a person or a service.
type contact struct {
	nick    called // as it calls itself; else our name for it
	code    string // at the end of our remark
	service bool
}

// A group is what is known of one group; the zero value knows nothing.
type group struct {
	name     string            // as people see it; "" if it has none
	members  map[string]member // never changed, only replaced
	complete bool              // the members' names are known
	asked    time.Time         // when they were last asked for
}

func newBook(hash func(purpose, s string) string) *book {
	return &book{hash: hash, people: map[string]contact{}, groups: map[string]group{}}
}

// open says which login the book is of.
func (b *book) open(login string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.login = login
}

// once returns the handle of a contact that is good for this login only.
func (b *book) once(user string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return byLogin + b.login + "/" + user
}

// A member is how somebody is called in a group. Of a friend with a remark, nick
// is the remark.
type member struct {
	nick, card called
}

// learn takes over what the server said of contacts.
func (b *book) learn(list, gone []webwx.Contact) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range list {
		if name := string(c.UserName); webwx.IsGroup(name) {
			b.learnGroup(name, c)
		} else if name != "" {
			b.learnPerson(name, c)
		}
	}
	for _, c := range gone {
		delete(b.people, string(c.UserName))
		delete(b.groups, string(c.UserName))
	}
}

func (b *book) learnGroup(name string, c webwx.Contact) {
	g := b.groups[name]
	g.name = webwx.Name(c.NickName)
	named := slices.ContainsFunc(c.MemberList, func(m webwx.Member) bool { return m.NickName != "" })
	if named || !g.complete && len(c.MemberList) > 0 {
		g.complete, g.members = named, make(map[string]member, len(c.MemberList))
		for _, m := range c.MemberList {
			g.members[string(m.UserName)] = member{nick: call(webwx.Name(m.NickName)), card: call(webwx.Name(m.DisplayName))}
		}
	}
	b.groups[name] = g
}

func (b *book) learnPerson(name string, c webwx.Contact) {
	nick := webwx.Name(c.NickName)
	if nick == "" {
		nick, _, _ = strings.Cut(strings.ReplaceAll(webwx.Name(c.RemarkName), "＃", "#"), "#")
	}
	b.people[name] = contact{nick: call(nick), code: code(c.RemarkName), service: c.Service()}
}

// me says who the account is in this session.
func (b *book) me(u webwx.User) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.self = u
}

// myName returns what the account is called on the wire.
func (b *book) myName() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.self.UserName)
}

// isMe reports whether a name of the wire is the account itself. The client
// counts an empty one too.
func (b *book) isMe(user string) bool { return user == "" || user == b.myName() }

// service reports whether user is no person, as far as is known.
func (b *book) service(user string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.people[user]
	return ok && c.service || !ok && !webwx.IsPerson(user) && !webwx.IsGroup(user)
}

// code returns the code at the end of a remark such as 张三#F012, or "".
func code(remark webwx.Str) string {
	text := webwx.Name(remark)
	i := strings.LastIndexAny(text, "#＃")
	if i < 0 {
		return ""
	}
	c := strings.TrimLeft(text[i:], "#＃")
	if c == "" || len(c) > 64 || strings.ContainsFunc(c, func(r rune) bool { return r == '/' || unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return ""
	}
	return c
}

// Handles begin with what they are; a group's is its name.
const (
	byRemark = "remark/"
	byLogin  = "s/"
	byName   = "group/" // only before a name that looks like another handle
)

// person returns the handle of a person: by the code in the remark if no other
// contact carries it, else one that is good for this login only.
func (b *book) person(user string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.people[user].code; c != "" && len(b.coded(c)) == 1 {
		return byRemark + c
	}
	return byLogin + b.login + "/" + user
}

// coded lists the people whose remark carries the code.
func (b *book) coded(c string) (list []string) {
	for user, p := range b.people {
		if p.code == c && c != "" {
			list = append(list, user)
		}
	}
	return list
}

// find returns the people and groups that handle stands for. The caller may
// send only if there is exactly one.
func (b *book) find(handle string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := strings.CutPrefix(handle, byRemark); ok {
		return b.coded(c)
	}
	if rest, ok := strings.CutPrefix(handle, byLogin); ok {
		login, user, _ := strings.Cut(rest, "/")
		_, person := b.people[user]
		_, group := b.groups[user]
		if login != b.login || !person && !group && !b.member(user) {
			return nil
		}
		return []string{user}
	}
	name := strings.TrimPrefix(handle, byName)
	return b.list(func(g group) bool { return g.name == name && name != "" })
}

// member reports whether user is in a group that is known: who is not a friend
// has a handle too, although nothing can be sent to it.
func (b *book) member(user string) bool {
	for _, g := range b.groups {
		if _, ok := g.members[user]; ok {
			return true
		}
	}
	return false
}

// list returns the groups that fit. The caller holds the lock.
func (b *book) list(fit func(g group) bool) (users []string) {
	for user, g := range b.groups {
		if fit(g) {
			users = append(users, user)
		}
	}
	slices.Sort(users)
	return users
}

// groupHandle returns the handle of a group that has its name for itself.
func groupHandle(name string) string {
	for _, p := range []string{byRemark, byLogin, byName} {
		if strings.HasPrefix(name, p) {
			return byName + name
		}
	}
	return name
}

// incomplete lists groups whose members' names are not known.
func (b *book) incomplete() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list(func(g group) bool { return !g.complete })
}

// ask reports whether a group may be asked for again now, and notes that it is.
func (b *book) ask(user string, again time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[user]
	if time.Since(g.asked) < again {
		return false
	}
	g.asked = time.Now()
	b.groups[user] = g
	return true
}

// group returns what is known of a group.
func (b *book) group(user string) group {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.groups[user]
}

// knows reports whether the group and, if there is one, the speaker are known.
func (g group) knows(speaker string) bool {
	_, ok := g.members[speaker]
	return g.complete && (ok || speaker == "")
}

// overhear learns contacts from what the client's requests bring.
func (b *book) overhear(endpoint string, body []byte) {
	if endpoint == "webwxgetcontact" || endpoint == "webwxbatchgetcontact" {
		b.learn(webwx.ParseContacts(webwx.Clean(body)), nil)
	}
}

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
