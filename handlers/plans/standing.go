package plans

import (
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/zh"
)

// standings says how far the measures of a query are, one line each.
func standings(t *chat.Request, _ string) (string, error) {
	p := t.Plan
	if len(p.Nodes) == 0 {
		return noPlan, nil
	}
	var blocks []string
	for _, number := range t.Read.Measures() {
		nodes := Numbered(p, number)
		if len(nodes) == 0 {
			blocks = append(blocks, fmt.Sprintf("没有第%d条（%s）。", number, Extent(p)))
		}
		for _, n := range nodes {
			updates, err := progress.Progress(t.Snap, n.ID)
			if err != nil {
				return "", err
			}
			blocks = append(blocks, NameOf(p, n)+"："+state(t, updates))
		}
	}
	if len(blocks) == 0 {
		return LookUp(t, "")
	}
	return t.Page("", blocks)
}

// A state of a measure for the summary: the newest word on it.
type standing struct {
	node *plan.Node
	last progress.Update
	any  bool
}

// standingsOf loads how far measures are.
func standingsOf(t *chat.Request, nodes []*plan.Node) ([]standing, error) {
	var all []standing
	for _, n := range nodes {
		updates, err := progress.Progress(t.Snap, n.ID)
		if err != nil {
			return nil, err
		}
		s := standing{node: n, any: len(updates) > 0}
		if s.any {
			s.last = newest(updates)
		}
		all = append(all, s)
	}
	return all, nil
}

// countStandings says how many measures are in which state.
func countStandings(all []standing) string {
	count := map[progress.Status]int{}
	silent := 0
	for _, s := range all {
		if s.any {
			count[statusOf(s.last)]++
		} else {
			silent++
		}
	}
	var parts []string
	for _, st := range []progress.Status{progress.Finished, progress.Doing, progress.Blocked, progress.NotStarted} {
		if count[st] > 0 {
			parts = append(parts, fmt.Sprintf("%s%d", st, count[st]))
		}
	}
	if silent > 0 {
		parts = append(parts, fmt.Sprintf("未填报%d", silent))
	}
	return strings.Join(parts, "，")
}

// statusOf is an update's status; what only gives a percentage is under way.
func statusOf(u progress.Update) progress.Status {
	if u.Status == "" {
		return progress.Doing
	}
	return u.Status
}

// stuck lists the measures that are in one state, blocked ones with the reason.
func stuck(t *chat.Request, _ string) (string, error) {
	want := progress.Status(t.Read.Want)
	if want == "" {
		want = progress.Blocked
	}
	all, err := standingsOf(t, measures(t.Plan))
	if err != nil {
		return "", err
	}
	var blocks []string
	for _, s := range all {
		is := s.any && statusOf(s.last) == want || !s.any && want == progress.NotStarted
		if is {
			line := NameOf(t.Plan, s.node)
			if s.any {
				line += "：" + state(t, []progress.Update{s.last})
			}
			blocks = append(blocks, line)
		}
	}
	if len(blocks) == 0 {
		return fmt.Sprintf("目前没有%s的措施。", want), nil
	}
	return t.Page(fmt.Sprintf("%s的措施%d条：", want, len(blocks)), blocks)
}

// mine lists what the asker owes and has reported.
func mine(t *chat.Request, _ string) (string, error) {
	owed, err := notice.OwedBy(t.Snap, t.Person.ID)
	if err != nil {
		return "", err
	}
	var blocks []string
	for _, number := range owed {
		n, _, err := notice.Find(t.Snap, number)
		if err != nil {
			return "", err
		}
		blocks = append(blocks, fmt.Sprintf("待回复：通知%d %s", number, zh.Quote(n.Text, 30)))
	}
	p := t.Plan
	for _, n := range measures(p) {
		last, ok, err := progress.LatestOf(t.Snap, n.ID, t.Person.ID)
		if err != nil {
			return "", err
		}
		line := ""
		switch owner := owner(t, n); {
		case ok:
			line = fmt.Sprintf("%s：%s（%s）", NameOf(p, n), last.Update.Line(), t.Desk.When(last.Update.At))
		case owner != "":
			line = NameOf(p, n) + "：" + owner + "负责，还没有填报"
		default:
			continue
		}
		if n.Due != "" {
			line += "｜时限：" + n.Due
		}
		var own []progress.Update
		if ok {
			own = append(own, last.Update)
		}
		light, why, err := light(t, p, n, own)
		if err != nil {
			return "", err
		}
		if said := lit(light, why, false); said != "" {
			line += "｜" + said
		}
		blocks = append(blocks, line)
	}
	if len(blocks) == 0 {
		return "没有待回复的通知，没有写明由您负责的措施，也没有您的填报。", nil
	}
	return t.Page(t.Person.Name+"：", blocks)
}

// owner says as whom the asker is responsible for a node: in person, or with
// the college; "" if they are not.
func owner(t *chat.Request, n *plan.Node) string {
	switch {
	case slices.Contains(n.Owners, t.Person.Name):
		return "您"
	case t.Person.College != "" && slices.Contains(n.Owners, t.Person.College):
		return t.Person.College
	}
	return ""
}
