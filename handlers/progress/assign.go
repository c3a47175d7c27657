package progress

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// An assignment is what 第3条 负责人 张三、李四 6月30日前 says.
type assignment struct {
	ref    string // which measure: 第3条, 二、3
	owners []string
	due    string
}

// A strangeOwner is an assignment to somebody who is not on the roster, until it is
// confirmed.
type strangeOwner struct {
	Node   string   `json:"node"`
	Owners []string `json:"owners"`
	Due    string   `json:"due"`
}

const measureRef = `^([第部分章节条项点、.\s0-9〇零一二三四五六七八九十百()]*[0-9〇零一二三四五六七八九十百)条项点])\s*的?`

// The word for who or until when is set off from what follows it, so that
// 第3条责任单位是谁 stays the question that it is.
var (
	ownersOf = regexp.MustCompile(measureRef + `(?:负责人|责任人|牵头人|责任单位|责任部门|牵头单位|牵头部门|负责|责任)(?:改?[为是成]|[:\s])[:\s]*(.+)$`)
	ownersBy = regexp.MustCompile(measureRef + `由(.+?)(?:负责|牵头)$`)
	dueOf    = regexp.MustCompile(measureRef + `(?:完成)?(?:时限|期限|时间)(?:改?[为是成]|[:\s])[:\s]*(.+)$`)
	asks     = regexp.MustCompile(`谁|哪|什么|啥|几|多少|吗|呢|没有|\?`)
	dueWord  = regexp.MustCompile(`^(?:完成)?(?:时限|期限|时间)[为是:]*`)
)

// asAssignment reads an assignment; ok is false if the text is none.
func asAssignment(text string) (a assignment, ok bool) {
	text = strings.TrimSpace(zh.Fold(text))
	if asks.MatchString(text) {
		return a, false
	}
	if g := dueOf.FindStringSubmatch(text); g != nil {
		return assignment{ref: g[1], due: g[2]}, true
	}
	g := ownersOf.FindStringSubmatch(text)
	if g == nil {
		g = ownersBy.FindStringSubmatch(text)
	}
	if g == nil {
		return a, false
	}
	a.ref = g[1]
	for _, w := range strings.FieldsFunc(g[2], between) {
		day := dueWord.ReplaceAllString(w, "")
		if _, size := zh.ParseDay(day); size > 0 || strings.HasSuffix(w, "前") || strings.HasSuffix(w, "底") {
			a.due = day
		} else if day != "" {
			a.owners = append(a.owners, w)
		}
	}
	return a, len(a.owners) > 0 || a.due != ""
}

// between tells whether a rune stands between the names of owners.
func between(r rune) bool { return strings.ContainsRune(" 、,，;；\n", r) }

// A Duty is an assignment as a form of the page has it, for the command "progress.duty". It
// means what a message means that says the same. What is not changed is left as it is.
type Duty struct {
	Measure string `json:"measure"` // node id
	Owners  string `json:"owners"`  // as typed
	Due     string `json:"due"`     // as typed
}

// mostDuty is how many characters the owners of a measure, and its day, may have.
const mostDuty = 120

// Rest is the form as it stands behind the command.
func (d Duty) Rest() string {
	text, _ := json.Marshal(d) // texts: it cannot fail
	return string(text)
}

// duty books who is responsible for a measure, and until when, as a form says it.
func duty(t *chat.Request, rest string) (string, error) {
	var d Duty
	if err := json.Unmarshal([]byte(rest), &d); err != nil {
		return "", fmt.Errorf("form of an assignment: %w", err)
	}
	n := t.Plan.NodeByID(d.Measure)
	if n == nil || !plans.Reportable(n) {
		return "", chat.Complaint("要点在这之间换过，没有记录。请从要点里再找一次。")
	}
	a := assignment{ref: "第" + n.Number + "条", owners: strings.FieldsFunc(zh.Fold(d.Owners), between), due: strings.TrimSpace(zh.Fold(d.Due))}
	switch {
	case len([]rune(d.Owners)) > mostDuty || len([]rune(a.due)) > mostDuty:
		return "", chat.Complain("没有记录：责任人和时限各最多%d个字。", mostDuty)
	case len(a.owners) == 0 && len(n.Owners) > 0 || a.due == "" && n.Due != "":
		return "", chat.Complaint("没有记录：责任人和时限写了就不能空着，请写新的。")
	}
	if slices.Equal(a.owners, strings.FieldsFunc(zh.Fold(strings.Join(n.Owners, "、")), between)) {
		a.owners = nil
	}
	if a.due == strings.TrimSpace(zh.Fold(n.Due)) {
		a.due = ""
	}
	if len(a.owners) == 0 && a.due == "" {
		return "", chat.Complaint("没有改：和原来一样。")
	}
	return entrust(t, n, a)
}

// AsAssigning leads a text that is an assignment to where it is stored.
func AsAssigning(text string) (chat.Command, bool) {
	_, ok := asAssignment(text)
	return chat.Command{Name: "plan.assign", Right: chat.Plan, Place: chat.InPrivate, Everyday: true, Run: assign}, ok
}

// assign sets who is responsible for a measure, and until when.
func assign(t *chat.Request, text string) (string, error) {
	a, _ := asAssignment(text)
	return entrust(t, store.Must(single(t, a.ref)), a)
}

// entrust books an assignment of a measure, or asks about owners whom the roster does not
// know.
func entrust(t *chat.Request, n *plan.Node, a assignment) (string, error) {
	for i, o := range a.owners {
		switch found := t.Roster.Called(o); {
		case len(found) == 1:
			a.owners[i] = t.Roster.Label(found[0])
		case len(found) > 1:
			return "", chat.Complain("没有记录：名单上有%d位%s，请写是哪一位，例如：%s 负责人 %s。", len(found), o, a.ref, t.Roster.Label(found[0]))
		}
	}
	if strange := strangers(t, a.owners); len(strange) > 0 {
		t.Command.Name = "plan.assign"
		how := t.Propose(strangeOwner{n.ID, a.owners, a.due}, "照记", false)
		return fmt.Sprintf("还没有记录：名单上没有“%s”。写错了请重发；是单位或名单外的人，%s", strings.Join(strange, "、"), how), nil
	}
	return bookOwners(t, n, a), nil
}

// assignStrange books an assignment to somebody who is not on the roster.
func assignStrange(t *chat.Request, s strangeOwner) (string, error) {
	i := slices.IndexFunc(t.Plan.Nodes, func(n *plan.Node) bool { return n.ID == s.Node })
	if i < 0 {
		return "要点在这之间换过，没有记录。请重新发一次。", nil
	}
	return bookOwners(t, t.Plan.Nodes[i], assignment{owners: s.Owners, due: s.Due}), nil
}

// bookOwners stores an assignment of a measure.
func bookOwners(t *chat.Request, n *plan.Node, a assignment) string {
	progress.Assign(t.Tx, n.ID, progress.Assignment{Owners: a.owners, Due: a.due, By: t.Person.ID})
	said := "已记：" + plans.NameOf(t.Plan, n)
	if len(a.owners) > 0 {
		said += "｜责任：" + strings.Join(a.owners, "、")
	}
	if a.due != "" {
		said += "｜时限：" + a.due
	}
	t.Audit("plan.assign", n.ID)
	return said
}

// single finds the one measure that ref names.
func single(t *chat.Request, ref string) (*plan.Node, error) {
	ref = strings.ReplaceAll(ref, " ", "")
	var nodes []*plan.Node
	if number, size := zh.ParseInt(ref); size == len(ref) {
		nodes = plans.Numbered(t.Plan, number)
	} else {
		for _, h := range t.Index().Find(ref).Hits {
			if h.Score == 1 && plans.Reportable(h.Node) {
				nodes = append(nodes, h.Node)
			}
		}
	}
	switch len(nodes) {
	case 0:
		return nil, chat.Complain("要点里没有%s（%s）。", ref, plans.Extent(t.Plan))
	case 1:
		return nodes[0], nil
	}
	return nil, chat.Complain("%s在要点里有%d处，请写明哪一部分，例如：二、3 负责人 张三。", ref, len(nodes))
}

// strangers are the owners that the roster knows neither as people nor as
// colleges: departments, and slips of the pen.
func strangers(t *chat.Request, owners []string) (strange []string) {
	for _, o := range owners {
		if len(t.Roster.Called(o)) == 0 && !slices.ContainsFunc(t.Roster.People, func(p roster.Person) bool { return p.College == o }) {
			strange = append(strange, o)
		}
	}
	return strange
}
