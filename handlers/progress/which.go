package progress

import (
	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/plan"
	"duban/progress"
)

// whichMeasure asks on which measure a report is, or offers those that its words
// are about. Who has been asked and is still not understood is passed on.
func whichMeasure(t *chat.Request, p *progress.Plan) error {
	if err := t.AskedAgain(); err != nil {
		return err
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
	return t.AskWhich(chat.Choice{Text: "还没有记录：这是哪一条的进度？请回编号，例如：3。"})
}

// whichNode asks which of several measures is meant.
func whichNode(t *chat.Request, p *progress.Plan, number int, nodes []*plan.Node) error {
	which := chat.Choice{Text: "还没有记录：是哪一条？请回序号。", Number: number}
	for _, n := range nodes {
		which.Offer("node/"+n.ID, "%s（%s）", plans.NameOf(p, n), plans.HeadOf(plans.PartOf(p, n)))
	}
	return t.AskWhich(which)
}
