// Package share is what leaders see by a link of their own: how far the plan is, and
// nothing else. It leads nowhere, and has names only if whoever made it chose so.
package share

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"duban/handlers/chat"
	"duban/progress"
	"duban/report"
	"duban/store"
	"duban/web/door"
	"duban/web/page"
	"duban/zh"
)

//go:embed *.html
var files embed.FS

var views = page.Parse(files)

// Routes are the pages of this package.
func Routes() []page.Route {
	r := page.Get("/share/{key}", chat.Look, show)
	r.Open, r.Half = true, true
	return []page.Route{r}
}

// A line is a measure.
type line struct{ Title, Why, Light, State string }

// A part is a part of the plan.
type part struct {
	Name, Count string
	Rows        []line
}

// A view is what the page shows.
type view struct {
	Title, AsOf, Until, Lead string

	Names bool
	Bar   template.HTML
	Key   []page.Colour
	Late  []line
	Parts []part
}

func show(r *page.Request) error {
	var v view
	ok := false
	err := r.Look(func(s *store.Snapshot) error {
		x, live := door.ShareOf(s, r.PathValue("key"))
		if ok = live; !ok {
			return nil
		}
		doc, err := report.Gather(s, report.Order{Kind: report.Progress, Viewer: report.Viewer{All: x.Names}, Zone: r.House.Zone})
		if err != nil {
			return err
		}
		sum, _ := doc.(*report.Summary)
		v = look(r, x, sum, r.House.When(s.Now()))
		return nil
	})
	if err != nil {
		return err
	}
	if !ok {
		return &page.Fault{Status: http.StatusGone, Title: "这个链接已经失效", Text: "它过了期，或被学工处收回了。需要再看，请向给您链接的人要一个新的。", Go: []page.Way{{Words: "知道了", To: "/login"}}}
	}
	return r.Show(views, page.View{Name: "share", Title: "要点进展", Shape: page.Wide, Data: v})
}

func look(r *page.Request, x door.Share, sum *report.Summary, asOf string) view {
	v := view{AsOf: asOf, Until: r.House.When(x.Until), Names: x.Names}
	if sum == nil {
		v.Lead = "有的数据读不出来，现在看不了。"
		return v
	}
	v.Title = sum.Plan
	c := sum.Count()
	v.Lead = fmt.Sprintf("%d条里，办结%d条，推进中%d条，受阻%d条，未启动%d条", c["条数"], c["办结"], c["推进中"], c["受阻"], c["未启动"]+c["未填报"])
	for i := range sum.Parts {
		p := &sum.Parts[i]
		x := part{Name: p.Name, Count: fmt.Sprintf("%d/%d办结", p.Count()["办结"], len(p.Rows))}
		for j := range p.Rows {
			row := measure(&p.Rows[j], v.Names)
			x.Rows = append(x.Rows, row)
			if p.Rows[j].Light == progress.Red {
				v.Late = append(v.Late, row)
			}
		}
		v.Parts = append(v.Parts, x)
	}
	if n := len(v.Late); n > 0 {
		v.Lead += fmt.Sprintf("；%d条亮红灯", n)
	}
	v.Lead += "。"
	v.Bar, v.Key = page.Far(v.Lead, c["条数"], c["办结"], c["推进中"], c["受阻"]), page.FarKey("未启动")
	return v
}

func measure(row *report.Row, names bool) line {
	l := line{Title: row.Title, State: row.Line, Why: row.Due}
	if row.Number != "" {
		l.Title = "第" + row.Number + "条　" + row.Title
	}
	if l.State == "" {
		l.State = "未填报"
	}
	if row.Why != "" {
		l.State, l.Light = row.Why, page.Light(row.Light)
		l.Why = strings.TrimPrefix(l.Why+"，"+row.Line, "，")
	}
	if names && row.By != "" && row.Note != "" {
		l.Why = strings.TrimPrefix(l.Why+"，"+row.By+"：“"+zh.Quote(row.Note, 40)+"”", "，")
	}
	l.Why = strings.Trim(l.Why, "，")
	return l
}
