// Package notices are the views of the notices: all of them, one with who has not
// answered and why, and what can be done to it.
package notices

import (
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/notice"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route {
	return append(composeRoutes(),
		page.Get("/notices", chat.Names, showList),
		page.Get("/notices/{n}", chat.Names, showNotice),
		page.Post("/notices/{n}/chase", chat.Announce, onNotice("chase", "催")),
		page.Post("/notices/{n}/change", chat.Announce, onNotice("change", "改")),
		page.Post("/notices/{n}/withdraw", chat.Announce, onNotice("withdraw", "撤回")),
		page.Post("/notices/{n}/close", chat.Announce, onNotice("close", "关闭")),
		page.Post("/confirm", chat.Announce, confirm),
	)
}

// newest is how many notices are looked through, and shown how many that are closed one
// page has.
const (
	newest = 1000
	shown  = 30
)

// A row is one notice of the list.
type row struct {
	Title, Facts, Count string
	To                  string
	Urgent              bool
	Bar                 template.HTML
}

// A choice is one chip: which notices are shown.
type choice struct {
	Key, Words string
	Count      int
	Here       bool
}

// A list is what the page of all notices shows.
type list struct {
	Choices []choice
	Here    string
	Rows    []row
	Older   string // the page with what was closed earlier
	Write   bool
	AsOf    string
	Any     bool // there ever was one

	Draft, DraftAt string // how what was not sent begins, and when it was kept
}

func showList(r *page.Request) error {
	v := list{Here: r.URL.Query().Get("show"), Write: r.Open("/notices/new") != "", Choices: []choice{
		{Key: "open", Words: "进行中"}, {Key: "waiting", Words: "等着发"}, {Key: "closed", Words: "已结束"},
	}}
	if !slices.ContainsFunc(v.Choices, func(c choice) bool { return c.Key == v.Here }) {
		v.Here = "open"
	}
	before, err := strconv.Atoi(r.URL.Query().Get("before"))
	if err != nil {
		before = newest * newest
	}
	err = r.Look(func(s *store.Snapshot) error {
		v.fill(r, s, before)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "notices", Title: "通知", Nav: "/notices", Data: v})
}

func (v *list) fill(r *page.Request, s *store.Snapshot, before int) {
	v.AsOf, v.Any = r.House.Clock(s.Now()), notice.Last(s) > 0
	if d, ok := draftOf(r, s); ok && v.Write {
		v.Draft, v.DraftAt = d.title(), r.House.When(d.At)
	}
	for i := range v.Choices {
		v.Choices[i].Here = v.Choices[i].Key == v.Here
	}
	for _, n := range slices.Backward(notice.Newest(s, newest)) {
		key := stageOf(s, n)
		i := slices.IndexFunc(v.Choices, func(c choice) bool { return c.Key == key })
		v.Choices[i].Count++
		switch {
		case key != v.Here, key == "closed" && n.Number >= before:
		case key == "closed" && len(v.Rows) == shown:
			v.Older = fmt.Sprintf("/notices?show=closed&before=%s", strings.TrimPrefix(v.Rows[shown-1].To, "/notices/"))
		default:
			v.Rows = append(v.Rows, rowOf(r, s, n))
		}
	}
}

// stageOf says under which choice a notice stands.
func stageOf(s *store.Snapshot, n notice.Notice) string {
	switch {
	case !n.Closed.IsZero():
		return "closed"
	case !n.Left(s):
		return "waiting"
	}
	return "open"
}

func rowOf(r *page.Request, s *store.Snapshot, n notice.Notice) row {
	x := row{Title: title(n), To: fmt.Sprintf("/notices/%d", n.Number), Urgent: n.Class == notice.Urgent}
	x.Facts = strings.Join(facts(r, s, n), "，")
	if n.Class.Asks() {
		_, t := tally(s, n)
		x.Count = counted(n, t)
		x.Bar = bar(n, t)
	}
	return x
}

// title is what a notice is about: its first line, or how that begins.
func title(n notice.Notice) string {
	const most = 30
	first, _, _ := strings.Cut(strings.TrimSpace(n.Text), "\n")
	return zh.Brief(first, most)
}

// facts says what a notice is, where it goes and until when it waits for answers.
func facts(r *page.Request, s *store.Snapshot, n notice.Notice) []string {
	kind := n.Class.String()
	if n.Confirm {
		kind += "，需落实"
	}
	where := strings.Join(n.Groups, "、")
	all := []string{fmt.Sprintf("通知%d", n.Number), kind}
	switch {
	case n.Created.After(s.Now()):
		all = append(all, r.House.When(n.Created)+"发到"+where)
	case n.Closed.IsZero() && !n.Left(s):
		all = append(all, "要发到"+where+"，排着队，还没有发出")
	default:
		all = append(all, r.House.When(n.Created)+"发到"+where)
	}
	switch {
	case !n.Closed.IsZero():
		all = append(all, r.House.When(n.Closed)+ended(n.End))
	case !n.Due.IsZero():
		all = append(all, due(r, n)+"截止")
	}
	return all
}

// due writes when a notice is due; the end of a day is 24点.
func due(r *page.Request, n notice.Notice) string {
	at := r.House.When(n.Due)
	if day, ok := strings.CutSuffix(at, "23:59"); ok {
		return day + "24点"
	}
	return at
}

func ended(e notice.End) string {
	switch e {
	case notice.Withdrawn:
		return "撤回"
	case notice.Expired:
		return "到期关闭"
	case notice.Closed:
	}
	return "关闭"
}

// tally returns the items of a notice, and counts them. Of an old one only counts are left.
func tally(s *store.Snapshot, n notice.Notice) ([]notice.Item, notice.Tally) {
	items := notice.Items(s, n.Number)
	if len(items) == 0 {
		if past, ok := notice.PastTally(s, n.Number); ok {
			return nil, past
		}
	}
	return items, notice.CircumstancesOf(s, n).Tally(items)
}

// counted says how far a notice is.
func counted(n notice.Notice, t notice.Tally) string {
	switch {
	case n.Confirm:
		return fmt.Sprintf("收到%d/%d，落实%d/%d", t.Received(), t.Asked, t.Done, t.Asked)
	case n.Class == notice.Report:
		return fmt.Sprintf("已报%d/%d", t.Done, t.Asked)
	}
	return fmt.Sprintf("已回%d/%d", t.Done, t.Asked)
}

func bar(n notice.Notice, t notice.Tally) template.HTML {
	if n.Confirm {
		return page.Bar(t.Line(n), t.Asked, t.Done, t.Half, t.Absent)
	}
	return page.Bar(t.Line(n), t.Asked, t.Done-t.Delegated, t.Delegated, t.Absent)
}
