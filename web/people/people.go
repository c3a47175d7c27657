// Package people are the views of the roster: everybody and by what they are known, one
// person with the hand-over of their work, a new list that is looked at before it counts,
// who waits to be claimed, and leave.
package people

import (
	"embed"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package. A person is named in a path by a pseudonym; what is
// looked for comes in a body.
func Routes() []page.Route {
	upload := page.Post("/people/import", chat.Enrol, look)
	take := page.Post("/people/import/take", chat.Enrol, take).Proved()
	upload.Most, take.Most = page.MostBody, page.MostBody
	return []page.Route{
		page.Get("/people", chat.Names, showList),
		page.Post("/people/find", chat.Names, showList),
		page.Get("/people/p/{key}", chat.Names, showPerson),
		page.Post("/people/p/{key}/code", chat.Enrol, giveCode).Proved(),
		page.Post("/people/p/{key}/unbind", chat.Enrol, unbind),
		page.Post("/people/p/{key}/handover", chat.Enrol, handOver),
		page.Get("/people/import", chat.Enrol, askFile),
		upload, take,
		page.Get("/people/bind", chat.Enrol, showBind),
		page.Post("/people/bind/{n}", chat.Enrol, claim),
		page.Post("/people/bind/directory", chat.Enrol, match),
		page.Get("/people/leave", chat.Names, showLeave),
		page.Post("/people/leave", chat.Behalf, book),
		page.Post("/people/leave/end", chat.Behalf, end),
	}
}

// shown is how many people of the list are on a page.
const shown = 100

// A tab is one of the three parts of these views.
type tab struct {
	Words, To string
	Here      bool
}

// tabs are those that the person may open.
func tabs(r *page.Request, here string) (all []tab) {
	for _, t := range []tab{{"名单", "/people", false}, {"绑定和认领", "/people/bind", false}, {"请假", "/people/leave", false}} {
		if r.Open(t.To) != "" {
			t.Here = t.To == here
			all = append(all, t)
		}
	}
	return all
}

// A chip is a filter, with how many people it leaves.
type chip struct {
	Words, To string
	N         int
	Here      bool
}

// A row is one person of the list.
type row struct {
	Path, Name, College, Roles, Groups string

	Tags   []tag
	Light  string
	Bound  string
	Where  string // through which accounts
	Enrols bool   // the asker may give them a code
}

// A tag stands behind a name.
type tag struct{ Words, Kind string }

// A list is what the page of everybody shows.
type list struct {
	Tabs               []tab
	AsOf, Query, Found string
	Chips              []chip
	Rows               []row
	More               string // how many are not listed
	Before, After      string // the pages around this one
	Import             string
	Any                bool
}

// A crowd is everybody whom the person may see, with what the list says of them.
type crowd struct {
	*chat.Request

	people   []roster.Person
	accounts map[string][]string
}

func crowdOf(r *page.Request, s *store.Snapshot) crowd {
	t := r.Chat(s)
	c := crowd{Request: t, accounts: roster.Accounts(s)}
	for _, p := range t.Roster.People {
		if chat.MaySee(r.Person, p) {
			c.people = append(c.people, p)
		}
	}
	return c
}

// A filter leaves some of the people.
type filter struct {
	name, words string
	takes       func(crowd, roster.Person) bool
}

func filters() []filter {
	return []filter{
		{"", "全部", func(crowd, roster.Person) bool { return true }},
		{"unbound", "没绑定", func(c crowd, p roster.Person) bool { return len(c.accounts[p.ID]) == 0 }},
		{"twins", "重名", func(c crowd, p roster.Person) bool { return len(c.Roster.Named(p.Name)) > 1 }},
		{"away", "请假中", func(c crowd, p roster.Person) bool { return roster.Away(c.Snap, p.ID, c.Now()) }},
		{"admins", "管理员", func(_ crowd, p roster.Person) bool { return p.Is(roster.Admin) }},
		{"observers", "只看", func(_ crowd, p roster.Person) bool { return p.Observer }},
	}
}

func showList(r *page.Request) error {
	v := list{Tabs: tabs(r, "/people"), Query: r.Field("q"), Import: r.Open("/people/import")}
	err := r.Look(func(s *store.Snapshot) error {
		c := crowdOf(r, s)
		v.Any = len(c.people) > 0
		v.AsOf = fmt.Sprintf("%d人，%d人已绑定，截至%s", len(c.people), len(taken(c, bound)), r.House.Clock(s.Now()))
		v.fill(r, c)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "people", Title: "名单", Nav: "/people", Data: v})
}

func bound(c crowd, p roster.Person) bool { return len(c.accounts[p.ID]) > 0 }

// taken are the people that a filter leaves.
func taken(c crowd, takes func(crowd, roster.Person) bool) (all []roster.Person) {
	for _, p := range c.people {
		if takes(c, p) {
			all = append(all, p)
		}
	}
	return all
}

// fill lists who was looked for, or those whom a filter leaves, and offers the filters
// that leave anybody.
func (v *list) fill(r *page.Request, c crowd) {
	here := r.URL.Query().Get("show")
	var found []roster.Person
	for _, f := range filters() {
		some := taken(c, f.takes)
		x := chip{Words: f.words, To: "/people", N: len(some), Here: v.Query == "" && f.name == here}
		if f.name != "" {
			x.To += "?show=" + f.name
		}
		if x.Here {
			found = some
		}
		if x.N > 0 || x.Here {
			v.Chips = append(v.Chips, x)
		}
	}
	from, err := strconv.Atoi(r.URL.Query().Get("from"))
	if v.Query != "" {
		from, found = 0, v.find(c)
	} else if err != nil || from < 0 || from >= len(found) {
		from = 0
	}
	to := min(from+shown, len(found))
	switch rest := len(found) - to; {
	case v.Query != "" && rest > 0:
		v.More = fmt.Sprintf("还有%d人没有列出，请写得再细一点。", rest)
	case v.Query == "":
		at := func(n int) string { return fmt.Sprintf("/people?show=%s&from=%d", here, n) }
		if from > 0 {
			v.Before = at(max(0, from-shown))
		}
		if rest > 0 {
			v.After, v.More = at(to), fmt.Sprintf("后面还有%d人", rest)
		}
	}
	for _, p := range found[from:to] {
		v.Rows = append(v.Rows, rowOf(r, c, p))
	}
}

// find returns whom the query names: by number, name, college or group.
func (v *list) find(c crowd) []roster.Person {
	q := zh.Bare(zh.Fold(v.Query))
	found := taken(c, func(_ crowd, p roster.Person) bool {
		return strings.EqualFold(p.ID, q) || strings.Contains(p.Name, q) || strings.Contains(p.College, q) ||
			slices.ContainsFunc(p.Groups, func(g string) bool { return strings.Contains(g, q) })
	})
	v.Found = fmt.Sprintf("找到%d人：", len(found))
	if len(found) == 0 {
		v.Found = "没有找到“" + zh.Quote(v.Query, 30) + "”。可以写姓名、工号、学院或群。"
	}
	return found
}

func rowOf(r *page.Request, c crowd, p roster.Person) row {
	x := row{
		Path: pathOf(c.Snap, p), Name: p.Name, College: p.College, Roles: rolesOf(p), Groups: strings.Join(p.Groups, "、"),
		Where: strings.Join(c.accounts[p.ID], "、"),
	}
	x.Light, x.Bound = standing(c, p)
	x.Enrols = x.Light == "off" && r.May(chat.Enrol)
	if len(c.Roster.Named(p.Name)) > 1 {
		x.Tags = append(x.Tags, tag{"重名", "w"})
	}
	if l, away := roster.LeaveAt(c.Snap, p.ID, c.Now()); away {
		x.Tags = append(x.Tags, tag{"请假" + until(c.Request, l), ""})
	}
	for _, l := range roster.Entrusted(c.Snap, p.ID, c.Now()) {
		if absent, ok := c.Roster.Person(l.Person); ok && l.Covers(c.Now()) {
			x.Tags = append(x.Tags, tag{"代" + c.Roster.Label(absent), ""})
		}
	}
	return x
}

// until is the last day of a leave.
func until(t *chat.Request, l roster.Leave) string {
	if l.To.IsZero() {
		return "，没定到哪天"
	}
	return "到" + zh.Date(l.To.In(t.Desk.Options.Zone))
}

// rolesOf names what a person is, as the roster does.
func rolesOf(p roster.Person) string {
	words := zh.List(p.Roles, roster.Role.String)
	if p.Observer {
		words += "，只看"
	}
	return words
}

// standing says by a light and a word whether it is known who somebody is.
func standing(c crowd, p roster.Person) (light, words string) {
	switch {
	case !bound(c, p):
		return "off", "没绑定"
	case !roster.Reachable(c.Snap, p.ID):
		return "yel", "私聊不到"
	}
	return "ok", "已绑定"
}

// fullName is a name with the college, as the chat writes it.
func fullName(p roster.Person) string {
	if p.College == "" {
		return p.Name
	}
	return p.Name + "（" + p.College + "）"
}

// pathOf is the page of a person. It names nobody.
func pathOf(s *store.Snapshot, p roster.Person) string {
	return "/people/p/" + store.Pseudonym(s, p.ID)
}

// personOf returns the person whom the path of a request, or a field, names by their
// pseudonym; not found is who may not be seen.
func personOf(t *chat.Request, key string) (roster.Person, error) {
	i := slices.IndexFunc(t.Roster.People, func(p roster.Person) bool { return store.Pseudonym(t.Snap, p.ID) == key })
	if i < 0 || !chat.MaySee(t.Person, t.Roster.People[i]) {
		return roster.Person{}, page.NotFound()
	}
	return t.Roster.People[i], nil
}

// calling is what a form names a person by that is known already: the label, or the number
// if others have the same label. It is "" for who is then not to be named by number.
func calling(t *chat.Request, p roster.Person) string {
	label := t.Roster.Label(p)
	switch {
	case len(t.Roster.Called(label)) == 1:
		return label
	case chat.MaySee(t.Person, p):
		return p.ID
	}
	return ""
}

// offered are the labels that a field for a person offers. Of a long list nobody chooses.
func offered(t *chat.Request) (all []string) {
	const most = 500
	for _, p := range t.Roster.People {
		if chat.MaySee(t.Person, p) && len(all) < most {
			all = append(all, t.Roster.Label(p))
		}
	}
	return all
}

// invalid is the status of an answer that shows a form again.
func invalid(wrong string) int {
	if wrong == "" {
		return http.StatusOK
	}
	return http.StatusUnprocessableEntity
}
