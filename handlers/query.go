package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/notice"
	"duban/plan"
	"duban/store"
)

const (
	// maxAnswer is how many bytes of Chinese fit one screen of a phone.
	maxAnswer = 1800

	chooseLife = 5 * time.Minute // how long a number chooses from a list
	chooseKind = "choose"
	moreKind   = "more"
	noPlan     = "还没有导入工作要点，请管理员先导入。"
)

// lookUp answers a question about the plan with the plan's own words.
func (t *turn) lookUp(string) (string, error) {
	p, err := t.snap.Plan()
	if err != nil || len(p.Nodes) == 0 {
		return noPlan, err
	}
	if answer, ok, err := t.earlierWording(); ok || err != nil {
		return answer, err
	}
	found := p.Index.Find(t.read.Body)
	switch {
	case len(found.Hits) == 0:
		return t.notFound(p, found)
	case found.List && len(found.Hits) > 1:
		return t.offer("有几处相近，回复序号查看：", p, found.Hits)
	}
	answer, err := t.show(p, found.Hits[0].Node)
	if len(found.Missing) > 0 && err == nil {
		answer = "要点里没有" + strings.Join(found.Missing, "、") + "。\n" + answer
	}
	return answer, err
}

// notFound says that the plan does not say it, and what is nearest.
func (t *turn) notFound(p *store.Plan, found plan.Result) (string, error) {
	if len(found.Missing) > 0 {
		// Other numbers are no nearer to one that does not exist.
		return fmt.Sprintf("没有找到%s（%s）。可发“目录”看有哪些内容。", strings.Join(found.Missing, "、"), extent(p)), nil
	}
	lead := "没有找到。"
	if len(found.Nearest) == 0 {
		return lead + "可发“目录”看有哪些内容。", nil
	}
	return t.offer(lead+"最接近的是（回复序号查看）：", p, found.Nearest[:min(3, len(found.Nearest))])
}

// extent says how far the plan's numbers go.
func extent(p *store.Plan) string {
	n := len(measures(p))
	if n == 0 {
		return "这份要点没有编号的措施"
	}
	return fmt.Sprintf("要点共%d条措施", n)
}

// offer lists nodes from which a number chooses.
func (t *turn) offer(lead string, p *store.Plan, hits []plan.Hit) (string, error) {
	const most = 9
	var b strings.Builder
	b.WriteString(lead)
	var ids []string
	for i, h := range hits[:min(most, len(hits))] {
		fmt.Fprintf(&b, "\n%d. %s", i+1, nameOf(p, h.Node))
		ids = append(ids, h.Node.ID)
	}
	return b.String(), t.await(store.Pending{Kind: chooseKind, Until: t.now().Add(chooseLife), Options: ids})
}

// choose shows what a number picks from the list that was offered last.
func (t *turn) choose(rest string) (string, error) {
	wait, ok, err := t.pending(chooseKind)
	if err != nil || !ok {
		return "", err
	}
	i, err := strconv.Atoi(rest)
	if err != nil || i < 1 || i > len(wait.Options) {
		return fmt.Sprintf("请回复1到%d之间的序号。", len(wait.Options)), nil
	}
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	n := p.NodeByID(wait.Options[i-1])
	if n == nil {
		return "要点已经换了新的版本，请重新查一次。", nil
	}
	return t.show(p, n)
}

// show prints a node verbatim with where it stands and how far it is.
func (t *turn) show(p *store.Plan, n *plan.Node) (string, error) {
	foot, err := t.standing(n)
	if err != nil {
		return "", err
	}
	return t.page(placeOf(p, n), n.Verbatim(p.Plan), foot)
}

// page prints as many blocks as fit one screen; 更多 prints the rest. A block is
// one item of the plan and is not cut, unless it is longer than a screen by
// itself: then it is cut between two sentences.
func (t *turn) page(head string, blocks []string, foot string) (string, error) {
	room := maxAnswer - len(head) - len(foot) - 80
	blocks = splitLong(blocks, room)
	used, n := 0, 0
	for n < len(blocks) && (n == 0 || used+len(blocks[n])+1 <= room) {
		used += len(blocks[n]) + 1
		n++
	}
	text := strings.Join(blocks[:n], "\n")
	rest := blocks[n:]
	if len(rest) == 0 {
		return lines(head, text, foot), t.tx.ClearPending(t.m.Account, t.m.Chat, t.asker(), moreKind)
	}
	err := t.await(store.Pending{Kind: moreKind, Until: t.now().Add(chooseLife), Text: head, Options: rest})
	return lines(head, text, foot, fmt.Sprintf("（还有%d段，回复“更多”）", len(rest))), err
}

// more prints what did not fit.
func (t *turn) more(string) (string, error) {
	wait, ok, err := t.pending(moreKind)
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有更多内容了。", nil
	}
	return t.page(wait.Text+"（续）", wait.Options, "")
}

// splitLong cuts blocks that are longer than room between two sentences, or
// failing that between two characters.
func splitLong(blocks []string, room int) []string {
	var out []string
	for _, b := range blocks {
		for len(b) > room {
			cut := strings.LastIndexAny(b[:room], "。；！？\n")
			if cut < room/3 {
				cut = room
				for cut > 0 && b[cut]&0xC0 == 0x80 { // inside a character
					cut--
				}
				cut--
			}
			size := 1
			for cut+size < len(b) && b[cut+size]&0xC0 == 0x80 {
				size++
			}
			out = append(out, b[:cut+size])
			b = b[cut+size:]
		}
		out = append(out, b)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// standing says how far a measure is and who is responsible for it; "" for what
// nobody reports on.
func (t *turn) standing(n *plan.Node) (string, error) {
	if !reportable(n) {
		return "", nil
	}
	updates, err := t.snap.Progress(n.ID)
	if err != nil {
		return "", err
	}
	parts := []string{"状态：" + t.state(updates)}
	if len(n.Owners) > 0 {
		parts = append(parts, "责任："+strings.Join(n.Owners, "、"))
	}
	if n.Due != "" {
		parts = append(parts, "时限："+n.Due)
	}
	return "——\n" + strings.Join(parts, "｜"), nil
}

// reportable tells whether people report progress on a node.
func reportable(n *plan.Node) bool { return n.Kind == plan.Measure || n.Kind == plan.Article }

// state says how far a measure is: the newest word on it, and how many others
// have reported.
func (t *turn) state(updates []notice.Update) string {
	if len(updates) == 0 {
		return "还没有人填报"
	}
	last := slices.MaxFunc(updates, func(a, b notice.Update) int { return a.At.Compare(b.At) })
	text := last.Line()
	if last.Note != "" {
		text += "，" + oneLine(last.Note, 60)
	}
	who := last.Person
	if r, err := t.snap.Roster(); err == nil {
		if p, ok := r.Person(last.Person); ok {
			who = r.Label(p)
		}
	}
	text += fmt.Sprintf("（%s %s）", who, t.router.when(last.At))
	if len(updates) > 1 {
		text += fmt.Sprintf("，共%d人填报", len(updates))
	}
	return text
}

// contents lists the plan's parts with the numbers of their measures.
func (t *turn) contents(string) (string, error) {
	p, err := t.snap.Plan()
	if err != nil || len(p.Nodes) == 0 {
		return noPlan, err
	}
	var blocks []string
	for c := range p.Children(nil) {
		blocks = append(blocks, entry(p, c))
	}
	title := p.Title
	if title == "" {
		title = "目录"
	}
	return t.page("《"+strings.Trim(title, "《》")+"》目录：", blocks, "")
}
