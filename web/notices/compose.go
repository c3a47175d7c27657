package notices

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/roster"
	"duban/store"
	"duban/web/page"
)

// A kind is one class of notices, with what it asks for.
type kind struct{ Words, Means string }

func kinds() []kind {
	return []kind{{"普通", "不用回"}, {"需回执", "回“收到”"}, {"填报", "回进展"}, {"紧急", "逐级告知"}}
}

// A group is one to which a notice can go.
type group struct {
	Name   string
	People int // on the roster
	On     bool
}

// A place is one of a template, with what it is filled with.
type place struct{ Name, Field, Text string }

// A choosable is a template to begin with.
type choosable struct {
	Number     int
	Name, Kind string
	Here       bool
}

// A draft is the form in which a notice is written.
type draft struct {
	Kinds     []kind
	Kind      string
	Applied   bool // 需落实
	picked    []string
	Groups    []group
	Due       string
	Later     bool
	At        string
	Text      string
	Template  int // counts from 1; 0 is none
	Places    []place
	Templates []choosable

	Kept string // when it was kept

	Look   string // as it would be posted, as far as it is written
	Where  string
	Error  string
	Errors map[string]string // by field
}

// compose shows the form: with the template that was chosen, or with what was kept.
func compose(r *page.Request) error {
	asked := r.URL.Query()
	if asked.Has("template") {
		d := typedDraft(r, asked.Get, nil)
		if d.Template > 0 {
			d.Kind = r.House.Desk.Options.Templates[d.Template-1].Class.String()
		}
		return showDraft(r, d, 0)
	}
	var kept keptDraft
	err := r.Look(func(s *store.Snapshot) error {
		kept, _ = draftOf(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	d := typedDraft(r, kept.Form.Get, kept.Form[groupField])
	if len(kept.Form) > 0 {
		d.Kept = r.House.When(kept.At)
	}
	return showDraft(r, d, 0)
}

// Names of fields.
const (
	placeField = "place" // begins those of a template's places
	groupField = "groups[]"
)

// typedDraft reads the form, in which some groups are chosen.
func typedDraft(r *page.Request, get func(name string) string, chosen []string) draft {
	d := draft{
		picked: chosen,
		Kinds:  kinds(), Kind: get("kind"), Applied: get("applied") != "", Due: get("due"), Later: get("when") == "later", At: get("at"),
		Text: lines(get("text")), Errors: map[string]string{},
	}
	if _, ok := notice.ParseClass(d.Kind); !ok {
		d.Kind = notice.Receipt.String()
	}
	all := r.House.Desk.Options.Templates
	if n, err := strconv.Atoi(get("template")); err == nil && n > 0 && n <= len(all) {
		d.Template = n
		for i, name := range all[n-1].Vars {
			field := placeField + strconv.Itoa(i)
			d.Places = append(d.Places, place{name, field, get(field)})
		}
	}
	for i, m := range all {
		d.Templates = append(d.Templates, choosable{i + 1, m.Name, m.Class.String(), d.Template == i+1})
	}
	return d
}

// body is the text of a draft; problem says why there is none.
func (d draft) body(all []notice.Template) (text, problem string) {
	if d.Template == 0 {
		return strings.TrimSpace(notice.Clean(d.Text)), ""
	}
	m := all[d.Template-1]
	var values []notice.Value
	for _, p := range d.Places {
		values = append(values, notice.Value{Name: p.Name, Text: p.Text})
	}
	text, err := m.Fill(values)
	if err != nil {
		return m.Text, err.Error()
	}
	return strings.TrimSpace(notice.Clean(text)), ""
}

func (d *draft) fill(r *page.Request, s *store.Snapshot) {
	people := roster.Current(s)
	names := roster.Groups(s)
	d.Groups = nil
	for _, name := range names {
		g := group{Name: name, On: slices.Contains(d.picked, name) || len(names) == 1}
		for _, p := range people.People {
			if slices.Contains(p.Groups, name) {
				g.People++
			}
		}
		d.Groups = append(d.Groups, g)
	}
	d.Where = "群里看到的样子"
	if on := d.chosen(); len(on) > 0 {
		d.Where = strings.Join(on, "、")
	}
	text, _ := d.body(r.House.Desk.Options.Templates)
	class, _ := notice.ParseClass(d.Kind)
	n := notice.Notice{Number: notice.Last(s) + 1, Class: class, Confirm: d.Applied, Text: text, Created: s.Now()}
	if due, err := time.ParseInLocation(fieldTime, d.Due, r.House.Zone); err == nil {
		n.Due = due
	}
	d.Look = ""
	if text != "" {
		d.Look = n.Post()
	}
}

func (d *draft) chosen() (names []string) {
	for _, g := range d.Groups {
		if g.On {
			names = append(names, g.Name)
		}
	}
	return names
}

func showDraft(r *page.Request, d draft, status int) error {
	err := r.Look(func(s *store.Snapshot) error {
		d.fill(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "compose", Title: "写通知", Nav: "/notices", Shape: page.Task, Data: d, Status: status})
}

// sketch shows what is being written as it would be posted. It changes nothing.
func sketch(r *page.Request) error {
	d := typedDraft(r, r.Field, r.PostForm[groupField])
	err := r.Look(func(s *store.Snapshot) error {
		d.fill(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "sketch", Title: "写通知", Nav: "/notices", Data: d})
}

// check finds what is missing, and returns what the chat is told.
func (d *draft) check(r *page.Request) (rest, text string) {
	text, problem := d.body(r.House.Desk.Options.Templates)
	until, dueOK := dueField(r, d.Due)
	at, atOK := dueField(r, d.At)
	if problem != "" {
		d.Errors["template"] = problem + "。"
	} else if text == "" {
		d.Errors["text"] = "还没有写正文。"
	}
	if len(d.chosen()) == 0 {
		d.Errors["groups"] = "还没有选发到哪个群。"
	}
	if !dueOK {
		d.Errors["due"] = "截止的时间没读懂。"
	}
	if d.Later && (!atOK || at == "") {
		d.Errors["at"] = "定在什么时候，还没有选。"
	}
	words := []string{d.Kind}
	if d.Applied {
		words = append(words, "需落实")
	}
	if d.Later {
		words = append(words, at)
	}
	if until != "" {
		words = append(words, "截止"+until)
	}
	words = append(words, d.chosen()...)
	return strings.Join(words, " ") + "：" + text, text
}

// announce lets the chat preview what was written.
func announce(r *page.Request) error {
	d := typedDraft(r, r.Field, r.PostForm[groupField])
	kept, err := keepDraft(r)
	if err != nil {
		return err
	}
	d.Kept = kept
	err = r.Look(func(s *store.Snapshot) error {
		d.fill(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	rest, text := d.check(r)
	if len(d.Errors) > 0 {
		d.Error = "还没有预览：下面标出来的改好再来，写的都还在。"
		return showDraft(r, d, http.StatusUnprocessableEntity)
	}
	p, err := r.Propose("announce", rest)
	if err != nil {
		return err
	}
	if p.Code == "" || !posts(p.Text, text) {
		d.Error = "还没有预览。" + p.Text
		return showDraft(r, d, http.StatusUnprocessableEntity)
	}
	return showWaiting(r, "")
}

// posts tells whether the text follows the head of a post. If it does not, the chat has
// read a part of what was written as something else.
func posts(post, text string) bool {
	_, below, _ := strings.Cut(post, "】")
	return strings.HasPrefix(below, text)
}

func composeRoutes() []page.Route {
	file := page.Post("/notices/new/file", chat.Announce, attach)
	file.Most = page.MostBody
	return []page.Route{
		file,
		page.Get("/notices/new", chat.Announce, compose),
		page.Post("/notices/new", chat.Announce, announce),
		page.Post("/notices/new/look", chat.Announce, sketch),
		page.Post("/notices/new/keep", chat.Announce, keep),
		page.Post("/notices/new/drop", chat.Announce, drop),
	}
}
