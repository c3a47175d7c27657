package webchat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A chat is a group, or the private chat of one person with the bot.
type chat struct {
	id, name string
	group    bool
	members  []string // ids of people
}

func (c *chat) has(person string) bool { return slices.Contains(c.members, person) }

// A seating is who is in which chats. It is never changed: a new one takes its place.
type seating struct {
	people []Person
	byID   map[string]Person
	groups []Group
	chats  map[string]*chat
	names  []string // whom a text can mention
}

// Seat puts new people and groups in the place of those that were there. What was said
// stays: who is in a group of the same name sees it.
func (a *Account) Seat(people []Person, groups []Group) error {
	s := &seating{people: spelt(people), byID: map[string]Person{}, groups: groups, chats: map[string]*chat{}}
	for _, p := range s.people {
		if p.ID == "" || p.Name == "" {
			return fmt.Errorf("person %q needs an id and a name", p.ID)
		}
		if _, ok := s.byID[p.ID]; ok {
			return fmt.Errorf("two people have the id %q", p.ID)
		}
		s.byID[p.ID] = p
		s.names = append(s.names, p.Name)
		private := a.PrivateChat(p.ID)
		s.chats[private] = &chat{id: private, name: a.o.BotName, members: []string{p.ID}}
	}
	for _, g := range groups {
		if err := s.group(g); err != nil {
			return err
		}
	}
	a.seated.Store(s)
	return nil
}

func (s *seating) group(g Group) error {
	if g.Name == "" || strings.HasPrefix(g.Name, "@") {
		return fmt.Errorf("group %q needs a name that does not start with @", g.Name)
	}
	if s.chats[g.Name] != nil {
		return fmt.Errorf("two groups are called %q", g.Name)
	}
	if g.Members == nil {
		for _, p := range s.people {
			g.Members = append(g.Members, p.ID)
		}
	}
	for _, id := range g.Members {
		if _, ok := s.byID[id]; !ok {
			return fmt.Errorf("group %q: no person has the id %q", g.Name, id)
		}
	}
	s.chats[g.Name] = &chat{id: g.Name, name: g.Name, group: true, members: g.Members}
	return nil
}

// visible returns the chats of a person, groups first.
func (s *seating) visible(person, private string) []*chat {
	var cs []*chat
	for _, g := range s.groups {
		if c := s.chats[g.Name]; c.has(person) {
			cs = append(cs, c)
		}
	}
	if c := s.chats[private]; c != nil {
		cs = append(cs, c)
	}
	return cs
}

// starters are what a newcomer can tap instead of inventing something.
func starters(botName string, p Person, group bool) []string {
	at := "@" + botName + "\u2005"
	switch {
	case group:
		return []string{at + "第3条", at + "目录", at + "心理健康", "收到", at + "第3条完成80%，还差经费", at + "帮助"}
	case p.Admin:
		return []string{"帮助", "发通知 需回执：请各学院今天下班前完成宿舍安全检查，收到请回复", "确认", "还有谁没回复", "进度汇总", "第3条"}
	default:
		return []string{"帮助", "目录", "第3条", "第3条完成80%，还差经费", "我还有哪几条没填", "还有谁没回复"}
	}
}

// saidID is the id of what a person said. The browser makes client and sends
// it again when it got no answer, so both times the message has one id.
func saidID(person, chat, client string) string { return digest("said", person, chat, client) }

// sentID is the id of what the bot said in chat for the reason key; without a
// key there is none.
func sentID(chat, key string) string {
	if key == "" {
		return ""
	}
	return digest("sent", chat, key)
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// clean leaves out of a text what could disturb the lines around it: controls
// except newline and tab, and the invisible marks that turn the writing
// direction. The joiners that hold emoji together stay.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r), r == '\u200B', r == '\uFEFF', r == '\u200E', r == '\u200F',
			r >= '\u2028' && r <= '\u202E', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}
