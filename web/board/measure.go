package board

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/plan"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/web/page"
	"duban/zh"
)

// Most that is listed, one a line, and then behind a summary.
const (
	mostSides = 30
	mostSaid  = 40
	mostFold  = 200
)

// A single is what the page of one measure shows.
type single struct {
	ID, Back    string
	Title, Part string
	Text        []string // verbatim
	Source      string
	Figures     []fact
	Bar         template.HTML
	Rules       []string // how what is shown is made

	Sides, MoreSides []side
	People           int
	Course, Earlier  []event
	Said, Proofs     int
	Left, Hidden     int // of what is said, not listed; of evidence, not to be seen

	Owners, Due, Written string
	Postponed            string
	AsOf                 string
	Form                 *form
	Duty                 *duty
}

// A fact is a figure above what it is.
type fact struct{ Head, Words, Class string }

// A side is where a measure stands by somebody's word.
type side struct {
	Who, State, Said, At string
	College              string // of who may be seen
	Counts               bool   // the measure stands by it
}

// An event is one thing of the course of a measure.
type event struct {
	State, Was string // Was stood before
	At         string
	Said       string // in their words
	Who        string
	Tag        string
	Dot        string // class: bad, old or none
	Names      string // of evidence
	Files      []file

	when time.Time
}

// node finds the measure of the path in the plan in force.
func node(r *page.Request, t *chat.Request) (*plan.Node, error) {
	n := t.Plan.NodeByID(r.PathValue("id"))
	if n == nil || !plans.Reportable(n) {
		return nil, &page.Fault{Status: http.StatusNotFound, Title: "要点里没有这一条", Text: "可能换过新的一版。请从要点里再找一次。", Go: []page.Way{{Words: "看要点", To: "/plan"}}}
	}
	return n, nil
}

// typed is what was typed into one of the forms of a measure.
type typed struct {
	form *form
	duty *duty
}

func showMeasure(r *page.Request) error { return showWith(r, typed{}) }

// showWith shows the measure of the path, with what was typed if that was not taken.
func showWith(r *page.Request, x typed) error {
	var v single
	err := r.Look(func(s *store.Snapshot) error {
		t := r.Chat(s)
		n, err := node(r, t)
		if err != nil {
			return err
		}
		v, err = look(r, t, n)
		v.Form, v.Duty = formOf(r, t, n, x.form), dutyOf(r, t, n, x.duty)
		return err
	})
	if err != nil {
		return err
	}
	status := 0
	if x.duty != nil || x.form != nil && x.form.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(views, page.View{Name: "measure", Title: "要点的一条", Nav: "/plan", Data: v, Status: status})
}

func look(r *page.Request, t *chat.Request, n *plan.Node) (v single, err error) {
	row, err := rowOf(r, t, n)
	if err != nil {
		return v, err
	}
	v = single{ID: n.ID, Title: row.Title, Text: n.Verbatim(t.Plan), AsOf: r.House.Clock(t.Now())}
	if n.Number != "" {
		v.Title = "第" + n.Number + "条　" + row.Title
	}
	if part := plans.PartOf(t.Plan, n); part != n {
		v.Part = plans.HeadOf(part)
	}
	head, _ := progress.HeadOf(t.Snap)
	v.Source = fmt.Sprintf("原文一字未改。导入自“%s”，第%d版，第%d行。", zh.Quote(baseOf(head.Source), 40), versions(t.Snap), n.Line)
	v.figures(r, row)
	last, _ := progress.Standing(t.Snap, n.ID, nil, roster.Among(t.Roster.People, row.Owners))
	v.sides(r, t, plans.Sides(t, n), last)
	v.course(r, t, n, last)
	v.duty(r, t, n, row)
	return v, nil
}

// versions is how many different plans have been in force.
func versions(s *store.Snapshot) int {
	seen := map[string]bool{}
	for _, h := range progress.PlanHistory(s) {
		seen[h.Rev] = true
	}
	return max(1, len(seen))
}

// baseOf is a file's name without its folders, of whatever system.
func baseOf(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// rowOf is how far a measure is, as the report has it.
func rowOf(r *page.Request, t *chat.Request, n *plan.Node) (row report.Row, err error) {
	sum, err := summary(r, t.Snap)
	if err != nil {
		return row, err
	}
	for i := range sum.Parts {
		if at := slices.IndexFunc(sum.Parts[i].Rows, func(row report.Row) bool { return row.ID == n.ID }); at >= 0 {
			return sum.Parts[i].Rows[at], nil
		}
	}
	return row, page.NotFound()
}

func (v *single) figures(r *page.Request, row report.Row) {
	l := measure(&row)
	v.Figures = []fact{{Head: l.State, Words: "还没有人填报"}}
	blocked := row.Reported && row.Status == progress.Blocked
	if row.Reported {
		v.Figures[0].Words = "进展，" + r.House.When(row.Updated) + "说的"
	}
	if l.Known && blocked {
		v.Figures[0].Head = fmt.Sprintf("%d%%", l.Percent)
	}
	classes := map[progress.Light]string{progress.Red: "r", progress.Yellow: "y", progress.Blue: "bl"}
	switch {
	case l.Done:
		v.Figures[0].Class = "g"
	case row.Light != progress.NoLight:
		words := row.Light.String() + "灯"
		if !row.DueAt.IsZero() {
			words += "，时限" + zh.DateSeen(row.DueAt, r.Now().In(r.House.Zone))
		}
		v.Figures = append(v.Figures, fact{row.Why, words, classes[row.Light]})
	}
	if blocked && l.Known && row.Why != "受阻" {
		v.Figures = append(v.Figures, fact{"受阻", "状态", "y"})
	}
	if l.Known {
		v.Bar = page.Bar(l.State, 100, l.Percent)
	}
	v.Rules = []string{progress.Rule + "。"}
	if !l.Done {
		v.Rules = append(v.Rules, row.Light.Rule()+"。")
	}
}

// said are somebody's words as they are shown, without what they amount to.
func said(u progress.Update) string { return zh.Quote(u.Note, chat.MaxNote) }

// sides lists everybody's word.
func (v *single) sides(r *page.Request, t *chat.Request, all []plans.Side, last progress.Update) {
	v.People = len(all)
	for i, x := range all {
		u := x.Update
		s := side{x.Who, u.Line(), said(u), r.House.When(u.At), collegeOf(t, x), counts(u, last)}
		switch {
		case i < mostSides || s.Counts:
			v.Sides = append(v.Sides, s)
		case len(v.MoreSides) < mostFold:
			v.MoreSides = append(v.MoreSides, s)
		}
	}
}

// collegeOf is the college of who said something, "" if that is not to be seen, or stands
// beside the name already.
func collegeOf(t *chat.Request, x plans.Side) string {
	p, _ := t.Roster.Person(x.Update.Person)
	if !x.Seen || strings.Contains(x.Who, p.College) {
		return ""
	}
	return p.College
}

// counts tells whether u is the word by which a measure stands.
func counts(u, last progress.Update) bool {
	return u.Person == last.Person && u.Seq == last.Seq && u.At.Equal(last.At)
}

// course lists what was said of the measure, and when its day was put off.
func (v *single) course(r *page.Request, t *chat.Request, n *plan.Node, last progress.Update) {
	all := plans.Course(t, n)
	v.Said = len(all)
	proofs, hidden := plans.Proofs(t, n)
	v.Hidden = hidden
	byKey := map[string]plans.Proof{}
	for _, p := range proofs {
		byKey[p.Key] = p
		v.Proofs += len(p.Names)
	}
	corrected := map[string]bool{}
	var events []event
	for i, x := range all[:min(len(all), mostSaid+mostFold)] {
		e := eventOf(r, t, x, counts(x.Update, last))
		e.Was = before(x, all[i+1:])
		if corrected[x.Key] {
			e.Tag, e.Dot, e.Was, e.State = "后来更正了", "old", e.State, ""
		}
		corrected[x.Update.Corrects] = true
		e.proof(r, n, byKey[x.Key])
		events = append(events, e)
	}
	v.Left = len(all) - len(events)
	events = append(events, postponements(r, t, n)...)
	slices.SortStableFunc(events, func(a, b event) int { return b.when.Compare(a.when) })
	at := min(len(events), mostSaid)
	v.Course, v.Earlier = events[:at], events[at:]
}

// before is what somebody said before, if that was something else.
func before(x plans.Side, older []plans.Side) string {
	for _, o := range older {
		if o.Update.Person != x.Update.Person {
			continue
		}
		if was := o.Update.Line(); was != x.Update.Line() && o.Update.Status != "" {
			return was
		}
		return ""
	}
	return ""
}

func eventOf(r *page.Request, t *chat.Request, x plans.Side, counts bool) event {
	u := x.Update
	e := event{State: u.Line(), At: r.House.When(u.At), Said: said(u), Who: x.Who, when: u.At}
	if college := collegeOf(t, x); college != "" {
		e.Who += "（" + college + "）"
	}
	if x.Seen {
		e.Who = strings.Join(slices.DeleteFunc([]string{e.Who, standIn(t, u), place(t, u)}, func(s string) bool { return s == "" }), "，")
	}
	switch {
	case u.Status == progress.Blocked && counts:
		e.Dot = "bad"
	case !counts:
		e.Dot = "old"
	}
	return e
}

// standIn says who wrote it for them.
func standIn(t *chat.Request, u progress.Update) string {
	if u.By == "" || u.By == u.Person {
		return ""
	}
	by, ok := t.Roster.Person(u.By)
	if !ok || !chat.MaySee(t.Person, by) {
		return "别人代报"
	}
	return t.Roster.Label(by) + "代报"
}

// place says where something was said.
func place(t *chat.Request, u progress.Update) string {
	account, message, _ := strings.Cut(u.Message, "/")
	if strings.HasPrefix(message, "page/") {
		return "网页"
	}
	e, ok := progress.EffectOf(t.Snap, account, message)
	if !ok {
		return ""
	}
	return cmp.Or(roster.GroupIn(t.Snap, account, e.Chat), "私聊")
}

// postponements are those of the measure's day. Whose wish it was, and why, is for who
// may see them.
func postponements(r *page.Request, t *chat.Request, n *plan.Node) (all []event) {
	for _, p := range progress.Postponements(t.Snap, n.ID) {
		e := event{State: "时限延到" + p.Due, Was: p.Was, At: r.House.When(p.At), Dot: "old", when: p.At}
		if who, ok := t.Roster.Person(p.Person); ok && chat.MaySee(r.Person, who) {
			e.Said, e.Who = zh.Quote(p.Reason, chat.MaxNote), t.Roster.Label(who)+"申请"
			if by, ok := t.Roster.Person(p.By); ok && p.By != p.Person {
				e.Who += "，" + t.Roster.Label(by) + "同意"
			}
		}
		all = append(all, e)
	}
	return all
}

// duty says who is responsible, and until when.
func (v *single) duty(r *page.Request, t *chat.Request, n *plan.Node, row report.Row) {
	v.Owners, v.Due = cmp.Or(strings.Join(row.Owners, "、"), "未写明"), cmp.Or(row.Due, "未写明")
	if !row.DueAt.IsZero() {
		if day := zh.DateSeen(row.DueAt, r.Now().In(r.House.Zone)); day != row.Due {
			v.Due, v.Written = day, row.Due
		}
	}
	if k := len(progress.Postponements(t.Snap, n.ID)); k > 0 {
		v.Postponed = fmt.Sprintf("延过%d次", k)
	}
}
