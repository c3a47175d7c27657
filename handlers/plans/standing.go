package plans

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/report"
	"duban/roster"
	"duban/zh"
)

// A standing is how far a measure is.
type standing struct {
	node   *plan.Node
	last   progress.Update // the newest word on it
	people int             // who have reported on it
}

func standingOf(t *chat.Request, n *plan.Node) standing {
	last, people := progress.Standing(t.Snap, n.ID, nil, roster.Among(t.Roster.People, report.Owners(t.Plan, n)))
	return standing{n, last, people}
}

func standingsOf(t *chat.Request, nodes []*plan.Node) []standing {
	var all []standing
	for _, n := range nodes {
		all = append(all, standingOf(t, n))
	}
	return all
}

// status is the state of a measure; what only has a percentage is under way.
func (s standing) status() progress.Status { return cmp.Or(s.last.Status, progress.Doing) }

// says how far the measure is: the newest word on it, and how many have reported.
func (s standing) says(t *chat.Request) string {
	if s.people == 0 {
		return "还没有人填报"
	}
	text := s.last.Line()
	if s.last.Note != "" {
		text += "，" + zh.Quote(s.last.Note, 60)
	}
	who := s.last.Person
	if p, ok := t.Roster.Person(who); ok {
		who = t.Roster.Label(p)
	}
	text += fmt.Sprintf("（%s %s）", who, t.Desk.When(s.last.At))
	proofs := 0
	for _, p := range progress.Proofs(t.Snap, s.node.ID) {
		proofs += len(p.Update.Evidence)
	}
	if proofs > 0 {
		text += fmt.Sprintf("，佐证%d份", proofs)
	}
	if s.people > 1 {
		text += fmt.Sprintf("，共%d人填报，发“第%s条 各方”看全部", s.people, s.node.Number)
	}
	return text
}

// StandingLine says how far a measure is and who is responsible for it; of what
// holds measures, how many are how far; of a piece of a measure, how far that is.
func StandingLine(t *chat.Request, n *plan.Node) string {
	if Reportable(n) {
		return standingLine(t, n, "")
	}
	in := slices.DeleteFunc(report.Measures(t.Plan), func(m *plan.Node) bool { return !t.Plan.Within(m, n) })
	if len(in) > 0 {
		all := standingsOf(t, in)
		return fmt.Sprintf("——\n共%d条措施：%s", len(all), countStandings(all))
	}
	for up := t.Plan.ParentOf(n); up != nil; up = t.Plan.ParentOf(up) {
		if Reportable(up) {
			return standingLine(t, up, "所属第"+Ordinal(up)+"条")
		}
	}
	return ""
}

// standingLine is the foot of a measure's answer; of is its name, if the answer is
// only a piece of it.
func standingLine(t *chat.Request, n *plan.Node, of string) string {
	s := standingOf(t, n)
	parts := []string{of + "状态：" + s.says(t), "责任：" + cmp.Or(zh.Quote(strings.Join(n.Owners, "、"), 120), "未写明")}
	return "——\n" + strings.Join(append(parts, s.timing(t, true)...), "｜")
}

// standingIn is the foot of a measure among others: what its own words do not say.
func standingIn(t *chat.Request, n *plan.Node) string {
	s := standingOf(t, n)
	parts := []string{"状态：" + s.says(t)}
	if owners := strings.Join(n.Owners, "、"); owners != "" && !strings.Contains(strings.Join(n.Verbatim(t.Plan), ""), owners) {
		parts = append(parts, "责任："+zh.Quote(owners, 120))
	}
	return strings.Join(append(parts, s.timing(t, false)...), "｜")
}

// timing is when the measure is due and its light, with the rule of that.
func (s standing) timing(t *chat.Request, ruled bool) (parts []string) {
	if s.node.Due != "" {
		parts = append(parts, "时限："+zh.Quote(s.node.Due, 40))
	}
	light, why := light(t, s.node, s.last)
	if _, rule, lit := strings.Cut(light.Rule(), "："); lit && light != progress.NoLight {
		lamp := fmt.Sprintf("%s灯，%s", light, why)
		if ruled {
			lamp += fmt.Sprintf("（规则：%s）", rule)
		}
		parts = append(parts, lamp)
	}
	return parts
}

// DueOf is the day by which a measure must be done, in the zone of the office.
func DueOf(t *chat.Request, n *plan.Node) (time.Time, bool) {
	return progress.DueDate(n.Due, progress.YearOf(t.Plan.Title, t.Local().Year()), t.Desk.Options.Zone)
}

// light is the light of a measure by the last word on it, and why it is lit.
func light(t *chat.Request, n *plan.Node, last progress.Update) (progress.Light, string) {
	head, _ := progress.HeadOf(t.Snap)
	heard := last.At
	if heard.IsZero() {
		heard = head.Imported
	}
	due, _ := DueOf(t, n)
	light, why := progress.LightOf(due, t.Local(), last.Status, last.Percent, heard)
	return light, why
}

// countStandings says how many measures are in which state.
func countStandings(all []standing) string {
	count := map[progress.Status]int{}
	silent := 0
	for _, s := range all {
		if s.people > 0 {
			count[s.status()]++
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

// standings says how far the measures of a query are, one line each.
func standings(t *chat.Request, _ string) (string, error) {
	if len(t.Plan.Nodes) == 0 {
		return noPlan, nil
	}
	var blocks []string
	silent := false
	for _, number := range t.Read.Measures() {
		nodes := Numbered(t.Plan, number)
		if len(nodes) == 0 {
			blocks = append(blocks, fmt.Sprintf("没有第%d条（%s）。", number, Extent(t.Plan)))
		}
		if len(nodes) == 1 {
			remember(t, nodes[0])
		}
		for _, s := range standingsOf(t, nodes) {
			silent = s.people == 0
			blocks = append(blocks, NameOf(t.Plan, s.node)+"："+s.says(t))
		}
	}
	if len(blocks) == 0 || len(blocks) == 1 && silent && dated.MatchString(t.Read.Body) {
		return LookUp(t, "")
	}
	return t.Page("", blocks), nil
}

// dated is a question that names a day, which the text of a measure answers if nobody
// has reported on it: 第27条是不是8月底前办好.
var dated = regexp.MustCompile(`[0-9一二三四五六七八九十]月|[0-9]号|时限|截止|几号|什么时候|多久`)

// stuck lists the measures that are in one state, blocked ones with the reason.
func stuck(t *chat.Request, _ string) (string, error) {
	want := cmp.Or(progress.Status(t.Read.Want), progress.Blocked)
	all := standingsOf(t, report.Measures(t.Plan))
	var blocks []string
	for _, s := range all {
		switch {
		case s.people > 0 && s.status() == want:
			s.people = 1 // the others do not matter here
			blocks = append(blocks, NameOf(t.Plan, s.node)+"："+s.says(t))
		case s.people == 0 && want == progress.NotStarted:
			blocks = append(blocks, NameOf(t.Plan, s.node))
		}
	}
	return t.List(fmt.Sprintf("%s的措施%d条：", want, len(blocks)), blocks, fmt.Sprintf("目前没有%s的措施。", want)), nil
}

// mine lists what the asker owes and has reported.
func mine(t *chat.Request, _ string) (string, error) {
	owed := chat.OwedBy(t, t.Person)
	var blocks []string
	for _, number := range owed {
		n, _ := notice.Find(t.Snap, number)
		blocks = append(blocks, fmt.Sprintf("待回复：通知%d %s", number, zh.Quote(n.Text, 30)))
	}
	for _, n := range report.Measures(t.Plan) {
		last, ok := progress.LatestOf(t.Snap, n.ID, t.Person.ID)
		line := NameOf(t.Plan, n) + "："
		switch owner := owner(t, n); {
		case ok:
			line += fmt.Sprintf("%s（%s）", last.Update.Line(), t.Desk.When(last.Update.At))
		case owner != "":
			line += owner + "负责，还没有填报"
		default:
			continue
		}
		if n.Due != "" {
			line += "｜时限：" + n.Due
		}
		light, why := light(t, n, last.Update)
		if light != progress.NoLight {
			line += fmt.Sprintf("｜%s灯，%s", light, why)
		}
		blocks = append(blocks, line)
	}
	return t.List(t.Person.Name+"：", blocks, "没有待回复的通知，没有写明由您负责的措施，也没有您的填报。"), nil
}

// owner says as whom the asker is responsible for a node: in person, or with
// the college; "" if they are not.
func owner(t *chat.Request, n *plan.Node) string {
	switch {
	case slices.Contains(n.Owners, t.Person.Name), slices.Contains(n.Owners, t.Roster.Label(t.Person)):
		return "您"
	case t.Person.Among(n.Owners):
		return t.Person.College
	}
	return ""
}
