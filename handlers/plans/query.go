package plans

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/plan"
	"duban/plan/find"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/zh"
)

const noPlan = "还没有导入工作要点，请管理员先导入。"

// LookUp answers a question about the plan with the plan's own words.
func LookUp(t *chat.Request, _ string) (string, error) {
	if len(t.Plan.Nodes) == 0 {
		return noPlan, nil
	}
	if answer, ok := earlierWording(t); ok {
		return answer, nil
	}
	if strings.TrimSpace(t.Read.Body) == "我的" && t.May(chat.Reply) {
		return mine(t, "")
	}
	if n := quotedNode(t); n != nil {
		return answerWith(t, t.Index().FindFrom(n, t.Read.Body)), nil
	}
	return answerWith(t, t.Index().Find(t.Read.Body)), nil
}

// topicKind keeps what was last spoken of in a chat, for whoever asked.
const topicKind = "topic"

// remember keeps that a node is spoken of: what is asked in the next minutes may go
// on from it.
func remember(t *chat.Request, n *plan.Node) {
	if to := t.Chat(); to != "" {
		roster.SetPending(t.Tx, t.Msg.Account, to, t.Asker(), roster.Pending{Kind: topicKind, Until: t.Now().Add(chat.ChooseLife), Text: n.ID})
	}
}

// AsFollowUp leads to what goes on from what was spoken of a moment ago: 责任单位呢,
// 下一条.
func AsFollowUp(t *chat.Request) (chat.Command, bool) {
	c := chat.Command{Name: "lookup", Right: chat.Look, Run: func(t *chat.Request, _ string) (string, error) {
		r, _ := follow(t)
		return answerWith(t, r), nil
	}}
	asks := t.Read.Kind == reading.Query || t.Read.Kind == reading.Question || t.Read.Kind == reading.Chatter ||
		t.Read.Kind == reading.Ask && len(t.Read.Choices) == 0 && len(t.Read.Measures()) == 0
	for _, it := range t.Read.Items { // 下一部分 is read as half done
		asks = asks || t.Read.Kind == reading.Progress && len(t.Read.Items) == 1 && !it.Stated && it.Measure == 0 && it.Status == reading.Doing
	}
	if _, _, quoted := t.Quote(); quoted || !asks || !t.Addressed() || t.Msg.Kind != bot.Text {
		return c, false
	}
	_, ok := follow(t)
	return c, ok
}

func follow(t *chat.Request) (r find.Result, ok bool) {
	wait, ok := t.Pending(topicKind)
	if !ok {
		return r, false
	}
	n := t.Plan.NodeByID(wait.Text)
	if n == nil {
		return r, false
	}
	return t.Index().Following(n, t.Read.Body)
}

// quotedNode is the part or measure that the message answers by quoting what the
// bot said of it; nil if that was none, or several.
func quotedNode(t *chat.Request) *plan.Node {
	text, ours, ok := t.Quote()
	if !ok || !ours {
		return nil
	}
	head, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	for n := range t.Plan.Children(nil) {
		if head == HeadOf(n) || head == zh.Quote(n.Before()+n.Head, len(head)) {
			return n
		}
	}
	numbers := slices.Compact(reading.QuotedMeasures(head))
	if len(numbers) != 1 {
		return nil
	}
	nodes := Numbered(t.Plan, numbers[0])
	if len(nodes) > 1 {
		nodes = slices.DeleteFunc(nodes, func(n *plan.Node) bool { return !strings.Contains(head, HeadOf(PartOf(t.Plan, n))) })
	}
	if len(nodes) != 1 {
		return nil
	}
	return nodes[0]
}

// answerWith says what was found.
func answerWith(t *chat.Request, found find.Result) string {
	lead := ""
	if len(found.Missing) > 0 {
		lead = "要点里没有" + strings.Join(found.Missing, "、") + "。"
	}
	switch {
	case len(found.Hits) == 0:
		return NotFound(t, found)
	case together(t.Plan, found.Hits):
		return showAll(t, lead, found.Hits)
	case found.List && len(found.Hits) > 1:
		return offer(t, chat.Lines(lead, "有几处相近，回复序号查看："), found.Hits)
	case lead != "":
		return showAll(t, lead, found.Hits[:1])
	}
	return show(t, found.Hits[0].Node)
}

// together tells whether every hit was asked for by a number of its own, as in
// 3-6条 and 四的工作措施, so that there is nothing to choose.
func together(p *plan.Plan, hits []find.Hit) bool {
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
func NotFound(t *chat.Request, found find.Result) string {
	how := ""
	if t.Read.Kind == reading.Ask {
		how = "要报进展请说，例如：第3条完成80%。"
	}
	if len(found.Missing) > 0 {
		// Other numbers are no nearer to one that does not exist.
		return fmt.Sprintf("没有找到%s（%s）。可发“目录”看有哪些内容。", strings.Join(found.Missing, "、"), reach(t.Plan, found.Missing))
	}
	if len(found.Nearest) == 0 {
		return "没有找到。" + how + "可发“目录”看有哪些内容。"
	}
	return offer(t, "没有找到。"+how+"最接近的是（回复序号查看）：", found.Nearest[:min(3, len(found.Nearest))])
}

// reach says how far the plan goes in what is missing: its parts, if only parts
// are, else its measures.
func reach(p *plan.Plan, missing []string) string {
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
func Extent(p *plan.Plan) string {
	n := len(report.Measures(p))
	if n == 0 {
		return "这份要点没有编号的措施"
	}
	return fmt.Sprintf("要点共%d条措施", n)
}

// offer lists nodes from which a number chooses.
func offer(t *chat.Request, lead string, hits []find.Hit) string {
	const most = 9
	list := chat.Choice{Text: lead}
	shown := hits[:min(most, len(hits))]
	for _, h := range shown {
		name := NameOf(t.Plan, h.Node)
		if up := t.Plan.ParentOf(h.Node); up != nil && confusable(h.Node, shown) {
			name += "（" + HeadOf(up) + "）"
		}
		list.Offer(h.Node.ID, "%s", name)
	}
	if len(hits) > most {
		list.Text += fmt.Sprintf("\n（共%d处，请写明哪一部分，例如“二、3”）", len(hits))
	}
	t.Await(roster.Pending{Kind: chat.ChooseKind, Until: t.Now().Add(chat.ChooseLife), Options: list.Options})
	return list.Text
}

// choose shows what a number picks from the list that was offered last.
func choose(t *chat.Request, _ string) (string, error) {
	wait, ok := t.Pending(chat.ChooseKind)
	if !ok {
		return "", nil
	}
	i, _ := t.BareNumber()
	n := t.Plan.NodeByID(wait.Options[i-1])
	if n == nil {
		return "要点已经换了新的版本，请重新查一次。", nil
	}
	return show(t, n), nil
}

// show prints a node verbatim with where it stands and how far it is.
func show(t *chat.Request, n *plan.Node) string {
	remember(t, n)
	foot := StandingLine(t, n)
	head := placeOf(t.Plan, n)
	return t.Screen(head, cmp.Or(head, HeadOf(n)), n.Verbatim(t.Plan), foot)
}

// showAll prints several nodes one after the other, each with how far it is. Where they
// stand is said when it changes: a screen has little room.
func showAll(t *chat.Request, lead string, hits []find.Hit) string {
	if len(hits) == 1 {
		return chat.Lines(lead, show(t, hits[0].Node))
	}
	var blocks []string
	above := ""
	for _, h := range hits {
		foot := StandingLine(t, h.Node)
		if Reportable(h.Node) {
			foot = standingIn(t, h.Node)
		}
		own := h.Node.Verbatim(t.Plan)
		head := placeOf(t.Plan, h.Node)
		if number := h.Node.Number; number != "" && strings.HasPrefix(own[0], number) {
			head = strings.TrimSuffix(head, "第"+number+"条")
		}
		if head != above {
			own[0] = chat.Lines(head, own[0])
		}
		above = head
		own[len(own)-1] = chat.Lines(own[len(own)-1], foot)
		blocks = append(blocks, own...)
	}
	return t.Screen(lead, "", blocks, "")
}

// contents lists the parts of the plan in force, or of the year that was named, with
// the numbers of their measures.
func contents(t *chat.Request, _ string) (string, error) {
	p := t.Plan
	if year, _ := yearAsked(t); year > 0 {
		head, now := planOf(t, year)
		switch {
		case year == now:
		case head.Rev == "":
			return noPlanOf(year, now), nil
		default:
			p = progress.PlanAt(t.Snap, head)
		}
	}
	if len(p.Nodes) == 0 {
		return noPlan, nil
	}
	var blocks []string
	for part := range p.Children(nil) {
		blocks = append(blocks, entry(p, part))
	}
	title := strings.Trim(p.Title, "《》")
	if title != "" {
		title = "《" + title + "》"
	}
	return t.Page(title+"目录：", blocks), nil
}
