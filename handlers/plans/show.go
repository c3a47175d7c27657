package plans

import (
	"cmp"
	"strings"

	"duban/handlers/chat"
	"duban/plan"
	"duban/plan/find"
	"duban/progress"
)

// show prints a node verbatim with where it stands and how far it is.
func show(t *chat.Request, p *progress.Plan, n *plan.Node) (string, error) {
	foot, err := StandingLine(t, p, n)
	if err != nil {
		return "", err
	}
	head := placeOf(p, n)
	return t.Screen(head, cmp.Or(head, HeadOf(n)), n.Verbatim(p.Plan), foot)
}

// showAll prints several nodes one after the other, each with where it stands
// and how far it is.
func showAll(t *chat.Request, lead string, p *progress.Plan, hits []find.Hit) (string, error) {
	var blocks []string
	for _, h := range hits {
		foot, err := StandingLine(t, p, h.Node)
		if err != nil {
			return "", err
		}
		own := h.Node.Verbatim(p.Plan)
		own[0] = chat.Lines(placeOf(p, h.Node), own[0])
		own[len(own)-1] = chat.Lines(own[len(own)-1], foot)
		blocks = append(blocks, own...)
	}
	return t.Screen(lead, "", blocks, "")
}

// contents lists the plan's parts with the numbers of their measures.
func contents(t *chat.Request, _ string) (string, error) {
	p := t.Plan
	if len(p.Nodes) == 0 {
		return noPlan, nil
	}
	var blocks []string
	for c := range p.Children(nil) {
		blocks = append(blocks, entry(p, c))
	}
	title := strings.Trim(p.Title, "《》")
	if title != "" {
		title = "《" + title + "》"
	}
	return t.Page(title+"目录：", blocks)
}
