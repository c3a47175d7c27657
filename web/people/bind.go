package people

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/people"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A choice is somebody whom a stray may be.
type choice struct{ Words, Key string }

// A stray waits to be claimed.
type stray struct {
	Number      int
	What        string // what they are called
	Name        string
	Where, Said string
	Why         string
	Like        string // whom they are like
	Choices     []choice
	Typed       string
	Error       string
}

// An unbound is somebody of the roster by whom nothing that is said is known.
type unbound struct{ Name, College, Path string }

// A meeting is a group of the roster, and the account in which it meets.
type meeting struct {
	Name, Where string
	People      int
}

// A binding is what the page shows of who is known, and who is not.
type binding struct {
	Tabs      []tab
	AsOf      string
	Strays    []stray
	Unbound   []unbound
	UnboundN  int
	Groups    []meeting
	Directory []string // accounts whose networks can look people up
	Names     []string
}

// few is how many of those who are not bound stand on the page.
const few = 20

func showBind(r *page.Request) error { return bindWith(r, stray{}) }

// bindWith shows the page; failed is a claim that was not taken.
func bindWith(r *page.Request, failed stray) error {
	v := binding{Tabs: tabs(r, "/people/bind")}
	if d := r.House.Desk.Options.Directory; d != nil {
		v.Directory = d.Lists()
	}
	err := r.Look(func(s *store.Snapshot) error {
		v.fill(r, crowdOf(r, s), failed)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "bind", Title: "绑定和认领", Nav: "/people", Data: v, Status: invalid(failed.Error)})
}

func (v *binding) fill(r *page.Request, c crowd, failed stray) {
	waiting := taken(c, func(c crowd, p roster.Person) bool { return !bound(c, p) })
	v.UnboundN = len(waiting)
	v.AsOf = fmt.Sprintf("%d人，%d人已绑定，截至%s", len(c.people), len(c.people)-v.UnboundN, r.House.Clock(c.Now()))
	for _, p := range waiting[:min(few, len(waiting))] {
		v.Unbound = append(v.Unbound, unbound{p.Name, p.College, pathOf(c.Snap, p)})
	}
	for _, s := range roster.Strays(c.Snap) {
		x := strayOf(r, c, s)
		if s.Number == failed.Number {
			x.Typed, x.Error = failed.Typed, failed.Error
		}
		v.Strays = append(v.Strays, x)
	}
	met := map[string]string{}
	for _, t := range roster.AllTargets(c.Snap) {
		met[t.Group] = t.Account
	}
	for _, g := range c.Roster.Groups() {
		v.Groups = append(v.Groups, meeting{g, met[g], len(c.Roster.Members(g))})
	}
	if len(v.Strays) > 0 {
		v.Names = offered(c.Request)
	}
}

// strayOf says who a stray may be, and what they have said.
func strayOf(r *page.Request, c crowd, s roster.Stray) stray {
	x := stray{Number: s.Number, What: "网络上的名字", Name: zh.Quote(s.Name, 30), Where: s.Account + "的私聊", Why: people.WhyUnknown(s.Why)}
	if s.Card != "" {
		x.What, x.Name = "群昵称", zh.Quote(s.Card, 30)
	}
	group := ""
	if s.Group {
		group = roster.GroupIn(c.Snap, s.Account, s.Chat)
		if x.Where = group; group == "" {
			x.Where = "群“" + zh.Quote(s.Chat, 20) + "”"
		}
	}
	x.Where += "，" + r.House.When(s.Last)
	last, said := bot.Message{}, 0
	for _, m := range s.Said {
		if m.Kind != bot.Joined {
			last, said = m, said+1
		}
	}
	switch {
	case said == 0:
		x.Where += "进来的，还没有说话"
	case said > 1:
		x.Where += fmt.Sprintf("，说过%d句", said)
	}
	x.Said = zh.Quote(last.Text, 60)
	const most = 4
	if like := s.Likely(c.Roster, group); len(like) <= most {
		for _, p := range like {
			x.Choices = append(x.Choices, choice{"是" + c.Roster.Label(p), store.Pseudonym(c.Snap, p.ID)})
		}
		x.Like = zh.List(like, fullName)
	}
	return x
}

// claim says who a stray is, or that they are nobody of the roster.
func claim(r *page.Request) error {
	n, typed := r.Number(), r.Field("name")
	var s roster.Stray
	var p roster.Person
	err := r.Look(func(snap *store.Snapshot) (err error) {
		ok := false
		if s, ok = roster.FindStray(snap, n); !ok {
			return page.Refuse("已经有人认领过了", "没有再认领一次。", page.Way{Words: "看待认领", To: "/people/bind"})
		}
		switch t := r.Chat(snap); {
		case r.Field("nobody") != "":
		case r.Field("person") != "":
			p, err = personOf(t, r.Field("person"))
		case typed == "":
			err = chat.Complaint("请写姓名或工号。")
		default:
			p, err = people.Named(t, typed)
		}
		return err
	})
	if wrong, ok := chat.Complained(err); ok {
		return bindWith(r, stray{Number: n, Typed: typed, Error: wrong})
	} else if err != nil {
		return err
	}
	who, done := p.ID, "claimed"
	switch {
	case p.ID == "":
		who, done = "无", "stranger"
	case roster.Passing(s.Sender):
		done = "guest"
	}
	if _, err := r.Command("claim", fmt.Sprintf("%d %s", n, who)); err != nil {
		return err
	}
	return r.Done("/people/bind", done)
}

// match previews whom the networks' address books would bind, and binds them.
func match(r *page.Request) error {
	d := deed{Head: "按通讯录绑定？", Verb: "绑定", Not: "不绑定", Path: "/people/bind/directory", Back: "/people/bind"}
	if code := r.Field("code"); code != "" {
		var err error
		if d.Done, err = d.confirm(r, "directory", code); err != nil {
			return err
		}
		return showDeed(r, d, "通讯录")
	}
	p, err := r.Propose("directory", "")
	if err != nil {
		return err
	}
	if d.Code = p.Code; p.Code == "" {
		d.Done = p.Text
	}
	d.Lines = strings.Split(strings.ReplaceAll(p.Text, "————\n", ""), "\n")
	return showDeed(r, d, "通讯录")
}
