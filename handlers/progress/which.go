package progress

import (
	"fmt"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/plan"
	"duban/progress"
)

// whichMeasure asks on which measure a report is, or offers those that its words
// are about. Who has been asked and is still not understood is passed on.
func whichMeasure(t *chat.Request, p *progress.Plan) (string, error) {
	if again, err := t.AskedAgain(); err != nil || again != "" {
		return again, err
	}
	if t.Read.Topic != "" {
		var nodes []*plan.Node
		for _, h := range p.Index.Find(t.Read.Topic).Hits {
			if plans.Reportable(h.Node) && len(nodes) < 3 {
				nodes = append(nodes, h.Node)
			}
		}
		if len(nodes) > 0 {
			return whichNode(t, p, 0, nodes)
		}
	}
	return t.AskWhich("还没有记录：这是哪一条的进度？请回编号，例如：3。", 0, nil)
}

// whichNode asks which of several measures is meant.
func whichNode(t *chat.Request, p *progress.Plan, number int, nodes []*plan.Node) (string, error) {
	var b strings.Builder
	b.WriteString("还没有记录：是哪一条？请回序号。")
	options := make([]string, len(nodes))
	for i, n := range nodes {
		fmt.Fprintf(&b, "\n%d. %s（%s）", i+1, plans.NameOf(p, n), plans.HeadOf(plans.PartOf(p, n)))
		options[i] = "node/" + n.ID
	}
	return t.AskWhich(b.String(), number, options)
}
