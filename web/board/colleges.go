package board

import (
	"cmp"
	"fmt"
	"html/template"

	"duban/handlers/chat"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// A trend is what the page of colleges and months shows.
type trend struct {
	Title, AsOf string
	All         int
	Chart       template.HTML
	Key         []page.Colour
	Lead        string // what has changed since the month before
	Months      []month
	Parts       []standing
	Colleges    []college
	Own         bool // only the own college is shown
	Answers     bool
	Import      string
}

// A month is a row of the table below the chart.
type month struct {
	Name    string
	Numbers [4]int
}

// A standing is how far a part of the plan is.
type standing struct {
	Name, Done string
	Bar        template.HTML
}

// A college is a row of the comparison.
type college struct{ Name, Told, Blocked, Proofs, Answered, Last string }

func showTrend(r *page.Request) error {
	v := trend{Title: "工作要点", Import: r.Open("/plan/import"), Answers: r.May(chat.Names), Own: !r.May(chat.Decide)}
	err := r.Look(func(s *store.Snapshot) error {
		if _, planned := progress.HeadOf(s); !planned {
			return nil
		}
		sum, err := summary(r, s)
		if err != nil {
			return err
		}
		v.Title, v.AsOf, v.All = cmp.Or(sum.Plan, v.Title), "截至"+r.House.When(sum.AsOf), sum.Count()["条数"]
		v.months(report.Trend(s, r.House.Zone))
		v.parts(sum)
		v.colleges(r, s)
		return nil
	})
	if err != nil {
		return err
	}
	return r.Show(views, page.View{Name: "trend", Title: "学院与走势", Nav: "/plan", Data: v})
}

// months tells how the plan moved.
func (v *trend) months(all []report.Then) {
	if len(all) == 0 {
		return
	}
	v.Key = page.FarKey("未启动或未填报")
	for _, m := range all {
		name := zh.Month(m.Month) + "底"
		if m.Now {
			name = "现在"
		}
		v.Months = append(v.Months, month{name, counted(m.Count)})
	}
	first, now := v.Months[0], v.Months[len(v.Months)-1]
	v.Lead = fmt.Sprintf("现在办结%d条，推进中%d条，受阻%d条，未启动或未填报%d条。", now.Numbers[0], now.Numbers[1], now.Numbers[2], now.Numbers[3])
	label := v.Lead
	if len(v.Months) > 1 {
		before := v.Months[len(v.Months)-2]
		v.Lead += "上月底：" + before.says() + "。"
		label += first.Name + "：" + first.says() + "。"
	}
	v.Chart = chart(all, label)
}

func (m month) says() string {
	return fmt.Sprintf("办结%d，推进中%d，受阻%d，未启动或未填报%d", m.Numbers[0], m.Numbers[1], m.Numbers[2], m.Numbers[3])
}

func (v *trend) parts(sum *report.Summary) {
	for i := range sum.Parts {
		p := &sum.Parts[i]
		n := counted(p.Count())
		label := month{Numbers: n}.says()
		v.Parts = append(v.Parts, standing{p.Name, fmt.Sprintf("%d/%d办结", n[0], len(p.Rows)), page.Far(label, len(p.Rows), n[0], n[1], n[2])})
	}
}

// colleges lists those whose figures the person may see: the office all, everybody the
// own one, as in chat.
func (v *trend) colleges(r *page.Request, s *store.Snapshot) {
	want := func(name string) bool { return r.Person.Is(roster.Admin, roster.Office) || name == r.Person.College }
	for _, c := range report.Colleges(s, r.House.Zone, want) {
		x := college{Name: c.Name, Told: none(c.Also, "条"), Blocked: none(c.Blocked, "条"), Proofs: none(c.Proofs, "份"), Answered: "—", Last: "—"}
		if c.Measures > 0 {
			x.Told = fmt.Sprintf("%d/%d条", c.Told, c.Measures)
			if c.Also > 0 {
				x.Told += fmt.Sprintf("，另%d条", c.Also)
			}
		}
		if c.Owed > 0 {
			x.Answered = fmt.Sprintf("%d/%d", c.Answered, c.Owed)
		}
		if !c.Last.IsZero() {
			x.Last = zh.DateSeen(c.Last, r.Now().In(r.House.Zone))
		}
		v.Colleges = append(v.Colleges, x)
	}
}

// none writes a number with its unit, a dash for none.
func none(n int, unit string) string {
	if n == 0 {
		return "—"
	}
	return fmt.Sprint(n, unit)
}
