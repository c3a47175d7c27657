package plans

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/plan"
	"duban/plan/find"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

const noPlan = "还没有导入工作要点，请管理员先导入。"

// LookUp answers a question about the plan with the plan's own words.
func LookUp(t *chat.Request, _ string) (string, error) {
	p := t.Plan
	if len(p.Nodes) == 0 {
		return noPlan, nil
	}
	if answer, ok, err := earlierWording(t); ok || err != nil {
		return answer, err
	}
	if strings.TrimSpace(t.Read.Body) == "我的" && t.May(chat.Reply) {
		return mine(t, "")
	}
	if n := quotedNode(t, p); n != nil {
		return answerWith(t, p, p.Index.FindFrom(n, t.Read.Body))
	}
	return named(t, p, t.Read.Body)
}

// quotedNode is the part or measure that the message answers by quoting what the
// bot said of it; nil if that was none, or several.
func quotedNode(t *chat.Request, p *progress.Plan) *plan.Node {
	text, ours, ok := t.Quote()
	if !ok || !ours {
		return nil
	}
	head, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for n := range p.Children(nil) {
		if head == HeadOf(n) || head == zh.Quote(labelOf(n)+n.Head, len(head)) {
			return n
		}
	}
	numbers := slices.Compact(reading.QuotedMeasures(head))
	if len(numbers) != 1 {
		return nil
	}
	nodes := Numbered(p, numbers[0])
	if len(nodes) > 1 {
		nodes = slices.DeleteFunc(nodes, func(n *plan.Node) bool { return !strings.Contains(head, HeadOf(PartOf(p, n))) })
	}
	if len(nodes) != 1 {
		return nil
	}
	return nodes[0]
}

// named answers with what a query names, or is about.
func named(t *chat.Request, p *progress.Plan, query string) (string, error) {
	return answerWith(t, p, p.Index.Find(query))
}

// answerWith says what was found.
func answerWith(t *chat.Request, p *progress.Plan, found find.Result) (string, error) {
	lead := ""
	if len(found.Missing) > 0 {
		lead = "要点里没有" + strings.Join(found.Missing, "、") + "。"
	}
	switch {
	case len(found.Hits) == 0:
		return NotFound(t, p, found)
	case together(p, found.Hits):
		return showAll(t, lead, p, found.Hits)
	case found.List && len(found.Hits) > 1:
		return offer(t, chat.Lines(lead, "有几处相近，回复序号查看："), p, found.Hits)
	case lead != "":
		return showAll(t, lead, p, found.Hits[:1])
	}
	return show(t, p, found.Hits[0].Node)
}

// together tells whether every hit was asked for by a number of its own, as in
// 3-6条 and 四的工作措施, so that there is nothing to choose.
func together(p *progress.Plan, hits []find.Hit) bool {
	seen := map[string]bool{}
	for _, h := range hits {
		key := string(h.Node.Kind) + cmp.Or(h.Node.Number, h.Node.Path) // bullets are counted
		if up := p.ParentOf(h.Node); h.Node.Kind == plan.Field && up != nil {
			key = "field of " + up.Number
		}
		if h.Score != 1 || seen[key] {
			return false
		}
		seen[key] = true
	}
	return len(hits) > 1
}

// NotFound says that the plan does not say it, and what is nearest.
func NotFound(t *chat.Request, p *progress.Plan, found find.Result) (string, error) {
	if len(found.Missing) > 0 {
		// Other numbers are no nearer to one that does not exist.
		return fmt.Sprintf("没有找到%s（%s）。可发“目录”看有哪些内容。", strings.Join(found.Missing, "、"), reach(p, found.Missing)), nil
	}
	lead := "没有找到。"
	if len(found.Nearest) == 0 {
		return lead + "可发“目录”看有哪些内容。", nil
	}
	return offer(t, lead+"最接近的是（回复序号查看）：", p, found.Nearest[:min(3, len(found.Nearest))])
}

// reach says how far the plan goes in what is missing: its parts, if only parts
// are, else its measures.
func reach(p *progress.Plan, missing []string) string {
	parts := 0
	for n := range p.Children(nil) {
		if n.Number != "" && n.Kind != plan.Field && !Reportable(n) {
			parts++
		}
	}
	if parts > 0 && !slices.ContainsFunc(missing, func(s string) bool { return !strings.HasSuffix(s, "部分") && !strings.HasSuffix(s, "章") }) {
		return fmt.Sprintf("要点共%d个部分", parts)
	}
	return Extent(p)
}

// Extent says how far the plan's numbers go.
func Extent(p *progress.Plan) string {
	n := len(measures(p))
	if n == 0 {
		return "这份要点没有编号的措施"
	}
	return fmt.Sprintf("要点共%d条措施", n)
}

// offer lists nodes from which a number chooses.
func offer(t *chat.Request, lead string, p *progress.Plan, hits []find.Hit) (string, error) {
	const most = 9
	var b strings.Builder
	b.WriteString(lead)
	var ids []string
	shown := hits[:min(most, len(hits))]
	for i, h := range shown {
		fmt.Fprintf(&b, "\n%d. %s", i+1, NameOf(p, h.Node))
		if up := p.ParentOf(h.Node); up != nil && confusable(h.Node, shown) {
			b.WriteString("（" + HeadOf(up) + "）")
		}
		ids = append(ids, h.Node.ID)
	}
	if len(hits) > most {
		fmt.Fprintf(&b, "\n（共%d处，请写明哪一部分，例如“二、3”）", len(hits))
	}
	return b.String(), t.Await(roster.Pending{Kind: chat.ChooseKind, Until: t.Now().Add(chat.ChooseLife), Options: ids})
}

// choose shows what a number picks from the list that was offered last.
func choose(t *chat.Request, _ string) (string, error) {
	wait, ok, err := t.Pending(chat.ChooseKind)
	if err != nil || !ok {
		return "", err
	}
	i, _ := t.BareNumber()
	n := t.Plan.NodeByID(wait.Options[i-1])
	if n == nil {
		return "要点已经换了新的版本，请重新查一次。", nil
	}
	return show(t, t.Plan, n)
}

// StandingLine says how far a measure is and who is responsible for it; of what
// holds measures, how many are how far; of a piece of a measure, how far that is.
func StandingLine(t *chat.Request, p *progress.Plan, n *plan.Node) (string, error) {
	in := measuresIn(p, n)
	switch {
	case Reportable(n):
		return standingOf(t, n, "")
	case len(in) > 0:
		return totals(t, in)
	}
	for up := p.ParentOf(n); up != nil; up = p.ParentOf(up) {
		if Reportable(up) {
			return standingOf(t, up, "所属第"+Ordinal(up)+"条")
		}
	}
	return "", nil
}

// standingOf is the foot of a measure's answer; of is its name, if the answer is
// only a piece of it.
func standingOf(t *chat.Request, n *plan.Node, of string) (string, error) {
	updates, err := progress.Progress(t.Snap, n.ID)
	if err != nil {
		return "", err
	}
	parts := []string{of + "状态：" + state(t, updates)}
	parts = append(parts, "责任："+cmp.Or(zh.Quote(strings.Join(n.Owners, "、"), 120), "未写明"))
	if n.Due != "" {
		parts = append(parts, "时限："+zh.Quote(n.Due, 40))
	}
	light, why, err := light(t, t.Plan, n, updates)
	if err != nil {
		return "", err
	}
	if said := lit(light, why, true); said != "" {
		parts = append(parts, said)
	}
	return "——\n" + strings.Join(parts, "｜"), nil
}

// totals is the foot of a part's answer: how many of its measures are how far.
func totals(t *chat.Request, in []*plan.Node) (string, error) {
	all, err := standingsOf(t, in)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("——\n共%d条措施：%s", len(all), countStandings(all)), nil
}

// newest is the last word on a measure.
func newest(updates []progress.Update) progress.Update {
	return slices.MaxFunc(updates, func(a, b progress.Update) int { return a.At.Compare(b.At) })
}

// Reportable tells whether people report progress on a node.
func Reportable(n *plan.Node) bool { return n.Kind == plan.Measure || n.Kind == plan.Article }

// state says how far a measure is: the newest word on it, and how many others
// have reported.
func state(t *chat.Request, updates []progress.Update) string {
	if len(updates) == 0 {
		return "还没有人填报"
	}
	last := newest(updates)
	text := last.Line()
	if last.Note != "" {
		text += "，" + zh.Quote(last.Note, 60)
	}
	who := last.Person
	if p, ok := t.Roster.Person(last.Person); ok {
		who = t.Roster.Label(p)
	}
	text += fmt.Sprintf("（%s %s）", who, t.Desk.When(last.At))
	if len(updates) > 1 {
		text += fmt.Sprintf("，共%d人填报", len(updates))
	}
	return text
}
