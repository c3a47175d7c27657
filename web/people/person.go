package people

import (
	"fmt"
	"net/http"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/people"
	updates "duban/handlers/progress"
	"duban/notice"
	"duban/plan"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A handle is one way by which a person is known.
type handle struct{ Account, Why string }

// A link leads to a page.
type link struct{ Words, To string }

// A one is what the page of one person shows.
type one struct {
	Path, Key, Name string
	Facts           []handle // a word and what is so
	Handles         []handle
	Light, Bound    string
	Warn            string // what their bindings are not good for
	Leaves          []string
	Entrusted       []string
	Measures        []string
	Owing           []link
	Enrols, Books   bool
	Names           []string
	To, Error       string // the successor that was typed, and what is wrong
	Code            string // what the chat says of a new binding code
}

func showPerson(r *page.Request) error { return showWith(r, one{}) }

func showWith(r *page.Request, v one) error {
	err := r.Look(func(s *store.Snapshot) error {
		c := crowdOf(r, s)
		p, err := personOf(c.Request, r.PathValue("key"))
		if err == nil {
			v.fill(r, c, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "person", Title: "名单上的一位", Nav: "/people", Data: v, Status: invalid(v.Error)})
}

func (v *one) fill(r *page.Request, c crowd, p roster.Person) {
	v.Path, v.Key, v.Name = pathOf(c.Snap, p), store.Pseudonym(c.Snap, p.ID), p.Name
	v.Enrols, v.Books = r.May(chat.Enrol), r.May(chat.Behalf)
	v.Light, v.Bound = standing(c, p)
	v.Facts = []handle{{"工号", p.ID}, {"单位", p.College}, {"角色", rolesOf(p)}, {"群", strings.Join(p.Groups, "、")}}
	weak := true
	for _, h := range roster.Handles(c.Snap, p.ID) {
		weak = weak && h.Weak()
		why := "凭" + people.BoundBy(h.How)
		if !h.Since.IsZero() {
			why += "，" + r.House.When(h.Since) + "起"
		}
		if roster.Passing(h.Sender) {
			why += "，这次登录内有效"
		}
		v.Handles = append(v.Handles, handle{h.Account, why})
	}
	if len(v.Handles) > 0 && weak && p.Is(roster.Admin, roster.Office, roster.Lead) {
		v.Warn = "这样认得的，只能回复和填报，还不能用" + rolesOf(p) + "的权限。要用，请给他绑定码。"
	}
	for _, l := range roster.Leaves(c.Snap, p.ID, c.Now()) {
		v.Leaves = append(v.Leaves, leaveLine(c.Request, l))
	}
	for _, l := range roster.Entrusted(c.Snap, p.ID, c.Now()) {
		if absent, ok := c.Roster.Person(l.Person); ok {
			v.Entrusted = append(v.Entrusted, fmt.Sprintf("代%s，%s", c.Roster.Label(absent), people.Span(c.Request, l)))
		}
	}
	for _, n := range people.MeasuresOf(c.Request, p) {
		v.Measures = append(v.Measures, measure(c.Plan, n))
	}
	for _, n := range notice.Owing(c.Snap, p.ID) {
		x, _ := notice.Find(c.Snap, n)
		v.Owing = append(v.Owing, link{fmt.Sprintf("通知%d：%s", n, zh.Brief(x.Text, 30)), fmt.Sprintf("/notices/%d", n)})
	}
	if v.Enrols {
		v.Names = offered(c.Request)
	}
}

func measure(p *plan.Plan, n *plan.Node) string {
	return updates.MeasuresLine(p, []string{n.ID}) + " " + n.Title
}

// leaveLine says when a leave is, and who stands in.
func leaveLine(t *chat.Request, l roster.Leave) string {
	line := people.Span(t, l)
	if stand, ok := t.Roster.Person(l.Delegate); ok {
		line += "，" + t.Roster.Label(stand) + "代"
	}
	return line
}

// subject returns the person of the path.
func subject(r *page.Request) (p roster.Person, err error) {
	err = r.Look(func(s *store.Snapshot) (err error) {
		p, err = personOf(r.Chat(s), r.PathValue("key"))
		return err
	})
	return p, err
}

// giveCode makes a binding code, which is shown once.
func giveCode(r *page.Request) error {
	p, err := subject(r)
	if err != nil {
		return err
	}
	said, err := r.Command("code", p.ID)
	if err != nil {
		return err
	}
	return showWith(r, one{Code: said})
}

func unbind(r *page.Request) error {
	p, err := subject(r)
	if err != nil {
		return err
	}
	if _, err := r.Command("unbind", p.ID); err != nil {
		return err
	}
	return r.Done("/people/p/"+r.PathValue("key"), "unbound")
}

// A deed is something that the chat has previewed, or has done.
type deed struct {
	Head, Verb, Not string
	Lines           []string
	Path, Back      string
	Code            string // confirms it
	Done            string // what the chat said to it
	To              string
}

// confirm does what the command of the chat has previewed.
func (d deed) confirm(r *page.Request, command, code string) (said string, err error) {
	return r.Confirm(command, code, &page.Fault{
		Status: http.StatusUnprocessableEntity, Title: "没有" + d.Verb + "：刚才看的已经办过、换过，或过了10分钟", Text: "请回去再看一遍，对的话再确认。", Go: []page.Way{{Words: "再看一遍", To: d.Back}},
	})
}

func showDeed(r *page.Request, d deed, title string) error {
	return r.Show(views, page.View{Name: "persondeed", Title: title, Nav: "/people", Shape: page.Task, Data: d})
}

// handOver previews that somebody's work goes to a successor, and does it.
func handOver(r *page.Request) error {
	p, err := subject(r)
	if err != nil {
		return err
	}
	d := deed{Verb: "交接", Not: "不交接", Path: r.URL.Path, Back: "/people/p/" + r.PathValue("key")}
	if code := r.Field("code"); code != "" {
		if d.Done, err = d.confirm(r, "handover", code); err != nil {
			return err
		}
		d.Back = "/people"
		return showDeed(r, d, "交接")
	}
	typed := r.Field("to")
	var to roster.Person
	err = r.Look(func(s *store.Snapshot) (err error) {
		to, err = people.Named(r.Chat(s), typed)
		return err
	})
	if wrong, ok := chat.Complained(err); ok {
		return showWith(r, one{To: typed, Error: "没有交接：" + wrong})
	} else if err != nil {
		return err
	}
	x, err := r.Propose("handover", p.ID+" "+to.ID)
	if err != nil {
		return err
	}
	if x.Code == "" {
		return showWith(r, one{To: typed, Error: x.Text})
	}
	d.Head, d.Code, d.Lines = p.Name+"的工作交给"+to.Name+"？", x.Code, strings.Split(x.Text, "\n")
	return showDeed(r, d, "交接")
}
