// Package export are the views by which tables are taken out: with a reason, counted and
// audited as in chat.
package export

import (
	"embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"duban/handlers/chat"
	"duban/handlers/reports"
	"duban/notice"
	"duban/progress"
	"duban/report"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route {
	return append(tables("/export/plan", ofPlan), tables("/export/notices/{n}", ofNotice)...)
}

// tables are the pages by which the tables of one thing are taken out.
func tables(path string, of offer) []page.Route {
	return []page.Route{
		page.Get(path, chat.Export, func(r *page.Request) error { return ask(r, of, "") }).Proved(),
		page.Post(path, chat.Export, func(r *page.Request) error { return take(r, of) }).Proved(),
	}
}

// An offer says what can be taken out.
type offer func(*page.Request, *store.Snapshot) (view, error)

// A view is what the page shows before something is taken out.
type view struct {
	Title, Facts      string
	Back, BackWords   string
	Reason, Error     string
	Choices           []choice
	Times, Most, Left int
}

// A choice is one table that can be taken out.
type choice struct {
	Key, Words, Hint string
	Here             bool

	order  report.Order
	format report.Format
}

// ofPlan is how far the plan is, or what was said in a month.
func ofPlan(r *page.Request, s *store.Snapshot) (view, error) {
	head, ok := progress.HeadOf(s)
	if !ok {
		return view{}, page.Refuse("还没有工作要点", "导入以后才有可以导出的。", page.Way{Words: "看要点", To: "/plan"})
	}
	v := view{Title: "导出要点进展", Facts: "《" + zh.Quote(head.Title, 40) + "》", Back: "/plan", BackWords: "要点"}
	sum := report.Order{Kind: report.Progress}
	v.Choices = []choice{
		{Key: "xlsx", Words: "进展表，Excel", Hint: "每条的进展、时限、责任和最近一句", order: sum, format: report.Sheet},
		{Key: "csv", Words: "进展表，CSV", Hint: "给别的系统用", order: sum, format: report.CSV},
	}
	now := s.Now().In(r.House.Zone)
	for i, key := range []string{"month", "last"} {
		at := time.Date(now.Year(), now.Month()-time.Month(i), 1, 0, 0, 0, 0, r.House.Zone)
		v.Choices = append(v.Choices, choice{
			Key: key, Words: zh.Month(at) + "工作进展草稿，Word", Hint: "只汇集大家填报的原话", order: report.Order{Kind: report.Month, Month: at}, format: report.Draft,
		})
	}
	return v, nil
}

// ofNotice is who has answered a notice.
func ofNotice(r *page.Request, s *store.Snapshot) (view, error) {
	n, ok := notice.Find(s, r.Number())
	if !ok || !n.Class.Asks() {
		return view{}, page.NotFound()
	}
	v := view{Title: fmt.Sprintf("导出通知%d的回复", n.Number), Facts: zh.Brief(n.Text, 40), Back: fmt.Sprintf("/notices/%d", n.Number), BackWords: fmt.Sprintf("通知%d", n.Number)}
	counts, named := report.Order{Kind: report.Answers, Notice: n.Number, Counts: true}, report.Order{Kind: report.Answers, Notice: n.Number}
	v.Choices = []choice{
		{Key: "counts", Words: "只要人数，按学院，Excel", order: counts, format: report.Sheet},
		{Key: "names", Words: "带姓名，Excel", Hint: "每人一行：状态、时间、说明", order: named, format: report.Sheet},
		{Key: "csv", Words: "带姓名，CSV", Hint: "给别的系统用", order: named, format: report.CSV},
	}
	return v, nil
}

// ask shows what can be taken out, and what was wrong with how it was asked for.
func ask(r *page.Request, of offer, wrong string) error {
	var v view
	err := r.Look(func(s *store.Snapshot) (err error) {
		v, err = of(r, s)
		v.Times, v.Most = report.Exports(s, r.Person.ID, s.Now().In(r.House.Zone).Format(time.DateOnly)), reports.MaxExports
		return err
	})
	if err != nil {
		return err
	}
	v.Reason, v.Error, v.Left = r.Field("reason"), wrong, max(0, v.Most-v.Times)
	at := max(0, slices.IndexFunc(v.Choices, func(c choice) bool { return c.Key == r.Field("what") }))
	v.Choices[at].Here = true
	status := 0
	if wrong != "" {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(views, page.View{Name: "export", Title: "导出", Nav: navOf(v.Back), Shape: page.Task, Status: status, Data: v})
}

func navOf(back string) string {
	if back == "/plan" {
		return back
	}
	return "/notices"
}

// take gives a table out, once it is noted by whom and what for.
func take(r *page.Request, of offer) error {
	why := reports.Why(r.Field("reason"))
	if len([]rune(why)) < 2 {
		return ask(r, of, "请写一句做什么用，会写进文件末尾和操作记录。")
	}
	var c choice
	var doc report.Document
	err := r.Look(func(s *store.Snapshot) error {
		v, err := of(r, s)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(v.Choices, func(c choice) bool { return c.Key == r.Field("what") })
		if i < 0 {
			return nil
		}
		c = v.Choices[i]
		c.order.Zone, c.order.Viewer = r.House.Zone, report.ViewerOf(r.Person)
		c.order.Viewer.Mark = report.Mark(r.Person, s.Now().In(r.House.Zone), why)
		doc, err = report.Gather(s, c.order)
		return err
	})
	if err != nil {
		return err
	}
	if doc == nil {
		return ask(r, of, "请选要哪一份。")
	}
	made, err := doc.Files(c.format)
	if err != nil || len(made) != 1 {
		return errors.Join(fmt.Errorf("export: %d files", len(made)), err)
	}
	complaint := ""
	err = r.Change(func(tx *store.Tx) error {
		complaint = reports.Count(r.Chat(tx), c.order, c.format, why)
		return nil
	})
	if err != nil {
		return err
	}
	if complaint != "" {
		return ask(r, of, complaint)
	}
	return r.Attach(made[0].Name, made[0].Type, made[0].Data)
}
