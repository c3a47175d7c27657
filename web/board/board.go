// Package board shows how far the plan is: its measures by part, with their state, light
// and who is responsible, as the report of the chat has them.
package board

import (
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/progress"
	"duban/report"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package. What is looked for comes in a body: it may be
// a name.
func Routes() []page.Route {
	return []page.Route{
		page.Get("/plan", chat.Look, show),
		page.Post("/plan/find", chat.Look, show),
		page.Get("/plan/colleges", chat.Reply, showTrend),
		page.Get("/plan/m/{id}", chat.Reply, showMeasure),
		page.Post("/plan/m/{id}/report", chat.Reply, book),
		page.Post("/plan/m/{id}/retract", chat.Reply, takeBack),
		page.Post("/plan/m/{id}/duty", chat.Plan, assign),
		page.Post("/plan/m/{id}/alias", chat.Plan, call),
		page.Get("/plan/m/{id}/files/{hash}", chat.Reply, download),
	}
}

// A line is a measure.
type line struct {
	To, Number, Title, State, Light, Why, Owners, Due, Updated string

	Percent     int
	Known, Done bool
}

type part struct {
	Name, Count string
	Rows        []line
}

type figure struct {
	N     int
	Words string
}

// A chip is a filter, with how many measures it leaves.
type chip struct {
	Words, To, Light string
	N                int
	Here             bool
}

type view struct {
	Title, AsOf, Rules, Query, Found string

	Import  string // where the person may bring a plan in
	Export  string // and take the board out
	All     int
	Bar     template.HTML
	Key     []page.Colour
	Figures []figure
	Chips   []chip
	Parts   []part
}

// A filter leaves some of the measures.
type filter struct {
	name, words string
	light       progress.Light
	takes       func(*report.Row) bool
}

func filters() []filter {
	lit := func(l progress.Light, words string) filter {
		return filter{string(l), words, l, func(r *report.Row) bool { return r.Light == l }}
	}
	return []filter{
		{"", "全部", progress.NoLight, func(*report.Row) bool { return true }},
		lit(progress.Red, "超过时限"), lit(progress.Yellow, "要留意"), lit(progress.Blue, "快到时限"),
		{"blocked", "受阻", progress.NoLight, func(r *report.Row) bool { return r.Reported && r.Status == progress.Blocked }},
		{"silent", "未填报", progress.NoLight, func(r *report.Row) bool { return !r.Reported }},
		{"nobody", "没有负责人", progress.NoLight, func(r *report.Row) bool { return len(r.Owners) == 0 }},
	}
}

func show(r *page.Request) error {
	v := view{Title: "工作要点", Query: r.Field("q"), Import: r.Open("/plan/import"), Export: r.Open("/export/plan")}
	err := r.Look(func(s *store.Snapshot) error {
		if _, planned := progress.HeadOf(s); !planned {
			return nil
		}
		sum, err := summary(r, s)
		if err != nil {
			return err
		}
		v.head(r, sum)
		takes, name := v.find(r, s)
		v.fill(sum, takes)
		v.filters(sum, name)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "board", Title: "要点", Nav: "/plan", Data: v})
}

// summary is how far the plan is, as the person may see it.
func summary(r *page.Request, s *store.Snapshot) (*report.Summary, error) {
	doc, err := report.Gather(s, report.Order{Kind: report.Progress, Viewer: report.ViewerOf(r.Person), Zone: r.House.Zone})
	if err != nil {
		return nil, err
	}
	sum, ok := doc.(*report.Summary)
	if !ok {
		return nil, page.Refuse("有的数据读不出来，现在看不了", "请管理员看一看系统的检查。")
	}
	return sum, nil
}

func (v *view) head(r *page.Request, sum *report.Summary) {
	c := sum.Count()
	v.Title, v.AsOf = cmp.Or(sum.Plan, v.Title), "截至"+r.House.When(sum.AsOf)+"。"+progress.Rule
	open := c["未启动"] + c["未填报"]
	v.All, v.Key = c["条数"], page.FarKey("未启动或未填报")
	lead := fmt.Sprintf("办结%d，推进中%d，受阻%d，未启动或未填报%d", c["办结"], c["推进中"], c["受阻"], open)
	v.Bar = page.Far(lead, v.All, c["办结"], c["推进中"], c["受阻"])
	v.Figures = []figure{{v.All, "条措施"}, {c["办结"], "已办结"}, {c["推进中"], "推进中"}, {c["受阻"], "受阻"}, {open, "未启动或未填报"}}
	v.Rules = r.House.Office + "。" + zh.Join(progress.Lights(), "；", progress.Light.Rule)
}

// find returns what to show: what was looked for, or what a filter leaves, and its name.
func (v *view) find(r *page.Request, s *store.Snapshot) (takes func(*report.Row) bool, name string) {
	if v.Query == "" {
		all, name := filters(), r.URL.Query().Get("show")
		at := max(0, slices.IndexFunc(all, func(f filter) bool { return f.name == name }))
		return all[at].takes, all[at].name
	}
	found := r.Chat(s).Index().Find(v.Query)
	hits := found.Hits
	v.Found = "找到的："
	if len(hits) == 0 {
		hits, v.Found = found.Nearest, "没有找到“"+zh.Quote(v.Query, 30)+"”。最接近的："
	}
	plan, ids := progress.Current(s), map[string]bool{}
	for _, h := range hits {
		for _, n := range report.Measures(plan) {
			if n == h.Node || plan.Within(n, h.Node) || plan.Within(h.Node, n) {
				ids[n.ID] = true
			}
		}
	}
	if len(ids) == 0 {
		v.Found = "没有找到“" + zh.Quote(v.Query, 30) + "”。"
	}
	return func(row *report.Row) bool { return ids[row.ID] }, "found"
}

// filters offers those that leave anything, and the one that is chosen.
func (v *view) filters(sum *report.Summary, chosen string) {
	for _, f := range filters() {
		x := chip{Words: f.words, To: "/plan", Light: page.Light(f.light), Here: f.name == chosen}
		if f.name != "" {
			x.To += "?show=" + f.name
		}
		for _, p := range sum.Parts {
			x.N += len(taken(p.Rows, f.takes))
		}
		if x.N > 0 || x.Here {
			v.Chips = append(v.Chips, x)
		}
	}
}

func (v *view) fill(sum *report.Summary, takes func(*report.Row) bool) {
	for i := range sum.Parts {
		p := &sum.Parts[i]
		x := part{Name: p.Name, Count: fmt.Sprintf("%d条", len(p.Rows))}
		if n := p.Count()["办结"]; n > 0 {
			x.Count += fmt.Sprintf("，办结%d", n)
		}
		for _, row := range taken(p.Rows, takes) {
			x.Rows = append(x.Rows, measure(row))
		}
		if len(x.Rows) > 0 {
			v.Parts = append(v.Parts, x)
		}
	}
}

// taken is what a filter leaves of rows.
func taken(rows []report.Row, takes func(*report.Row) bool) (all []*report.Row) {
	for i := range rows {
		if takes(&rows[i]) {
			all = append(all, &rows[i])
		}
	}
	return all
}

func measure(row *report.Row) line {
	l := line{
		To: "/plan/m/" + row.ID, Number: row.Number, Title: row.Title, State: cmp.Or(row.Line, "未填报"), Why: row.Why, Owners: cmp.Or(strings.Join(row.Owners, "、"), "待定"),
		Due: cmp.Or(row.Due, "—"), Updated: "—", Done: row.Reported && row.Status == progress.Finished,
		Light: page.Light(row.Light),
	}
	if row.Percent != nil {
		l.Known, l.Percent = true, *row.Percent
	}
	if row.Reported {
		l.Updated = zh.Date(row.Updated)
	}
	if l.Done {
		l.Light, l.Why = "ok", "办结"
	}
	return l
}
