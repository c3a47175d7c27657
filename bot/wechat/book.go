package wechat

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"duban/bot/wechat/webwx"
)

// A book is what is known of contacts in one login. Whom it names, it names by
// handles that do not depend on the login where there are such.
type book struct {
	mu     sync.Mutex
	login  string // names the login in handles that are good for it only
	self   webwx.User
	people map[string]contact  // by UserName
	groups map[string]*group   // by UserName
	remark map[string][]string // UserNames by the code in their remark; nil if it must be made anew
}

// A contact is what is known of a person or a service.
type contact struct {
	nick    called // as it calls itself; else our name for it
	code    string // at the end of our remark
	service bool
}

// A group is what is known of one group.
type group struct {
	name     string // as people see it; "" if it has none
	members  map[string]member
	complete bool      // the members' names are known
	asked    time.Time // when they were last asked for
}

func newBook() *book {
	return &book{people: map[string]contact{}, groups: map[string]*group{}}
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
	b.remark = nil
}

func (b *book) learnGroup(name string, c webwx.Contact) {
	g := b.groups[name]
	if g == nil {
		g = &group{members: map[string]member{}}
		b.groups[name] = g
	}
	g.name = webwx.Name(c.NickName)
	named := slices.ContainsFunc(c.MemberList, func(m webwx.Member) bool { return m.NickName != "" })
	if !named && (g.complete || len(c.MemberList) == 0) {
		return
	}
	g.complete = named
	g.members = make(map[string]member, len(c.MemberList))
	for _, m := range c.MemberList {
		g.members[string(m.UserName)] = member{nick: call(webwx.Name(m.NickName)), card: call(webwx.Name(m.DisplayName))}
	}
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

// isMe reports whether a name of the wire is the account itself. The client
// counts an empty one too.
func (b *book) isMe(user string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return user == "" || user == string(b.self.UserName)
}

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
	return b.handle(user)
}

func (b *book) handle(user string) string {
	if c := b.people[user].code; c != "" && len(b.coded(c)) == 1 {
		return byRemark + c
	}
	return byLogin + b.login + "/" + user
}

// coded lists the people whose remark carries the code.
func (b *book) coded(c string) []string {
	if b.remark == nil {
		b.remark = map[string][]string{}
		for user, p := range b.people {
			if p.code != "" {
				b.remark[p.code] = append(b.remark[p.code], user)
			}
		}
	}
	return b.remark[c]
}

// find returns the people and groups that handle stands for. The caller may
// send only if there is exactly one.
func (b *book) find(handle string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := strings.CutPrefix(handle, byRemark); ok {
		return slices.Clone(b.coded(c))
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
	return b.named(strings.TrimPrefix(handle, byName))
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

// named lists the groups of this name.
func (b *book) named(name string) []string {
	var list []string
	for user, g := range b.groups {
		if g.name == name && name != "" {
			list = append(list, user)
		}
	}
	slices.Sort(list)
	return list
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
	var list []string
	for user, g := range b.groups {
		if !g.complete {
			list = append(list, user)
		}
	}
	slices.Sort(list)
	return list
}

// ask reports whether a group may be asked for again now, and notes that it is.
func (b *book) ask(user string, again time.Duration) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[user]
	if g == nil {
		g = &group{members: map[string]member{}}
		b.groups[user] = g
	}
	if !g.asked.IsZero() && time.Since(g.asked) < again {
		return false
	}
	g.asked = time.Now()
	return true
}

// myName returns what the account is called on the wire.
func (b *book) myName() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.self.UserName)
}

// knows reports whether a group and, if there is one, the speaker are known.
func (b *book) knows(groupName, speaker string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.groups[groupName]
	if g == nil || !g.complete {
		return false
	}
	_, ok := g.members[speaker]
	return ok || speaker == ""
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

// overhear learns contacts from what the client's requests bring.
func (b *book) overhear(endpoint string, body []byte) {
	if endpoint == "webwxgetcontact" || endpoint == "webwxbatchgetcontact" {
		b.learn(webwx.ParseContacts(webwx.Clean(body)), nil)
	}
}
