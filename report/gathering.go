package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// Gather collects what an order asks for. If records are damaged, the report says in
// every form that something may be missing.
func Gather(s *store.Snapshot, o Order) (Document, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	doc, err := gather(s, o)
	n := s.Aside()
	if err != nil || n == 0 {
		return doc, err
	}
	note := fmt.Sprintf("注意：有%d条记录损坏，读不出来，这里可能不全。", n)
	o.Viewer.Mark = strings.TrimPrefix(o.Viewer.Mark+"。"+note, "。")
	doc, err = gather(s, o) // anew, so that files say it too
	return partial{doc, note}, err
}

// A partial report lacks what could not be read.
type partial struct {
	Document
	note string
}

// Say implements [Document].
func (p partial) Say() (head string, blocks []string) {
	head, blocks = p.Document.Say()
	return head + "\n" + p.note, blocks
}

func gather(s *store.Snapshot, o Order) (Document, error) {
	if o.Kind == Answers {
		return gatherAnswers(s, o)
	}
	g := newGathering(s, o)
	if o.Kind == Month {
		return g.month()
	}
	return g.summary()
}

// A gathering is a summary while it is put together.
type gathering struct {
	order  Order
	snap   *store.Snapshot
	plan   *plan.Plan
	people *people
	since  time.Time     // when the plan came into force
	year   progress.Year // of dates that name none
}

// summary collects how far the measures are.
func (g *gathering) summary() (sum *Summary, err error) {
	o := g.order
	sum = &Summary{Kind: o.Kind, Plan: strings.Trim(g.plan.Title, "《》"), AsOf: g.snap.Now().In(o.Zone), Mark: o.Viewer.Mark}
	if sum.Scope, err = g.scope(); err != nil {
		return nil, err
	}
	sum.Away = absences(g.snap, o.Since)
	at := map[*plan.Node]int{}
	for _, n := range Measures(g.plan) {
		row, ok := g.row(n)
		if !ok {
			continue
		}
		top := outermost(g.plan, n)
		if _, known := at[top]; !known {
			at[top] = len(sum.Parts)
			sum.Parts = append(sum.Parts, g.part(top, n))
		}
		part := &sum.Parts[at[top]]
		part.Rows = append(part.Rows, row)
	}
	return sum, nil
}

func newGathering(s *store.Snapshot, o Order) *gathering {
	p := progress.Current(s)
	head, _ := progress.HeadOf(s)
	return &gathering{o, s, p, peopleOf(roster.Current(s)), head.Imported, progress.YearOf(p.Title, s.Now().In(o.Zone).Year())}
}

// scope says whose measures are meant, as people call them.
func (g *gathering) scope() (string, error) {
	if g.order.Person == "" {
		return g.order.College, nil
	}
	p, ok := g.people.find(g.order.Person)
	if !ok {
		return "", ErrNobody
	}
	return g.people.label(p), nil
}

// row says how far a measure is; ok is false if it is not wanted.
func (g *gathering) row(n *plan.Node) (row Row, ok bool) {
	row = Row{ID: n.ID, Number: n.Number, Title: short(n), Body: body(g.plan, n), Owners: Owners(g.plan, n), Due: g.due(n)}
	row.DueAt, _ = progress.DueDate(row.Due, g.year, g.order.Zone)
	last, people := progress.Standing(g.snap, n.ID, g.concerns(), roster.Among(g.people.all, row.Owners))
	if row.People = people; people > 0 {
		g.report(&row, last)
	}
	now, heard := g.snap.Now().In(g.order.Zone), g.since
	if row.Reported {
		heard = row.Updated
	}
	row.Light, row.Why = progress.LightOf(row.DueAt, now, row.Status, row.Percent, heard)
	switch {
	case g.order.Kind == Stale && !row.stale(now, g.since):
		return row, false
	case g.order.College == "" && g.order.Person == "":
		return row, true
	}
	return row, row.Reported || g.owns(row.Owners)
}

// report enters the newest word on a measure.
func (g *gathering) report(row *Row, last progress.Update) {
	row.Reported, row.Status, row.Percent, row.Line = true, cmp.Or(last.Status, progress.Doing), last.Percent, last.Line()
	row.Note, row.Updated, row.By = zh.Defang(last.Note), last.At.In(g.order.Zone), g.author(last)
}

// author is who said something, "" if the viewer may not see it.
func (g *gathering) author(u progress.Update) string {
	if p, ok := g.people.find(u.Person); ok && g.order.Viewer.Sees(p) {
		return g.people.label(p)
	}
	return ""
}

// concerns tells whose words the report is about; nil is everybody's.
func (g *gathering) concerns() func(person string) bool {
	switch {
	case g.order.Person != "":
		return func(person string) bool { return person == g.order.Person }
	case g.order.College != "":
		return func(person string) bool {
			p, _ := g.people.find(person)
			return p.College == g.order.College
		}
	}
	return nil
}

// owns tells whether those whom the report is about are named as responsible.
func (g *gathering) owns(owners []string) bool {
	p, ok := g.people.find(g.order.Person)
	if !ok {
		p.College = g.order.College
	}
	return p.Among(owners)
}

// Owners are those who are responsible for a node, as they are named: by itself, or
// else by what it stands in.
func Owners(p *plan.Plan, n *plan.Node) []string {
	for ; n != nil; n = p.ParentOf(n) {
		if len(n.Owners) > 0 {
			return n.Owners
		}
	}
	return nil
}

func (g *gathering) due(n *plan.Node) string {
	for ; n != nil; n = g.plan.ParentOf(n) {
		if n.Due != "" {
			return strings.TrimSpace(n.Due)
		}
	}
	return ""
}

// part is a part of the plan without its measures. Its problem and goal stand in
// the fields beside the measure, or further out.
func (g *gathering) part(top, n *plan.Node) Part {
	p := Part{Name: heading(top)}
	if top == n {
		p.Name = "全文"
	}
	for up := g.plan.ParentOf(n); up != nil; up = g.plan.ParentOf(up) {
		for c := range g.plan.Children(up) {
			name := strings.Trim(zh.Fold(c.Label), "【】: ：")
			switch {
			case c.Kind != plan.Field:
			case p.Problem == "" && slices.Contains(problems, name):
				p.Problem = strings.TrimSpace(c.Body)
			case p.Goal == "" && slices.Contains(goals, name):
				p.Goal = strings.TrimSpace(c.Body)
			}
		}
	}
	return p
}

// What offices call the two fields of a part that stand in their table.
var (
	problems = strings.Fields("问题描述 存在问题 主要问题 突出问题 问题表现 现状分析")
	goals    = strings.Fields("目标任务 工作目标 总体目标 主要目标 年度目标 目标要求 预期目标 工作任务 主要任务")
)

// Measures returns what people report on, in document order.
func Measures(p *plan.Plan) []*plan.Node {
	return slices.DeleteFunc(slices.Clone(p.Nodes), func(n *plan.Node) bool { return n.Kind != plan.Measure && n.Kind != plan.Article })
}

func outermost(p *plan.Plan, n *plan.Node) *plan.Node {
	for up := p.ParentOf(n); up != nil; up = p.ParentOf(up) {
		n = up
	}
	return n
}
