package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/plan"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// A Document is a work plan as it was read from the office's file.
type Document struct {
	Name      string // of the file
	Plan      *plan.Plan
	Complaint string // in Chinese, if it cannot be read
}

// importPlan shows what the plan's file holds and what it would change, and waits
// for the confirmation.
func (t *turn) importPlan(string) (string, error) {
	if t.file.Complaint != "" {
		return t.file.Complaint, nil
	}
	next, changes, err := t.merged()
	if err != nil {
		return "", err
	}
	rev, err := store.PlanRev(next)
	if err != nil {
		return "", err
	}
	if head, ok, err := t.snap.PlanHead(); err != nil {
		return "", err
	} else if ok && head.Rev == rev {
		return "文件与现行要点一致，没有需要导入的内容。", nil
	}
	d := draft{Plan: rev, Code: t.code()}
	text := fmt.Sprintf("预览（还没有导入）：%s《%s》\n%s\n%s\n————\n%s", t.file.Name, next.Title, next.Findings(), changes, d.howToConfirm("导入"))
	return clipLines(text, maxAnswer), t.keep(d)
}

// merged joins what the file says with the plan in force, so that measures that
// are still there keep their progress, and says what that changes.
func (t *turn) merged() (next *plan.Plan, changes string, err error) {
	head, ok, err := t.snap.PlanHead()
	if err != nil || !ok {
		return t.file.Plan, "还没有现行的要点，这是第一次导入。", err
	}
	old, err := t.snap.PlanAt(head)
	if err != nil {
		return nil, "", err
	}
	next, diff := plan.Merge(old, t.file.Plan)
	return next, diff.String(), nil
}

// takePlan imports the plan that was previewed, unless its file has changed since.
func (t *turn) takePlan(rev string) (string, error) {
	if t.file.Complaint != "" {
		return t.file.Complaint, nil
	}
	next, _, err := t.merged()
	if err != nil {
		return "", err
	}
	if now, err := store.PlanRev(next); err != nil || now != rev {
		return "文件在预览之后又改过，没有导入。请重新发“导入要点”。", err
	}
	if err := t.tx.SetPlan(next, t.file.Name, t.person.ID); err != nil {
		return "", err
	}
	f := next.Findings()
	return fmt.Sprintf("已导入《%s》：%d部分、%d条措施。发“撤销导入”可回到上一版。", next.Title, f.Parts, f.Measures),
		t.audit("plan.import", t.file.Name)
}

// undoPlan brings the last version of the plan back.
func (t *turn) undoPlan(string) (string, error) {
	head, ok, err := t.tx.UndoPlan(t.person.ID)
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有更早的版本。", nil
	}
	return fmt.Sprintf("已恢复《%s》（%s）。", head.Title, head.Source), t.audit("plan.undo", head.Rev)
}

// clipLines cuts a text that is too long at the end of a line.
func clipLines(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := strings.LastIndex(text[:limit], "\n")
	if cut < limit/2 {
		cut = strings.LastIndexAny(text[:limit], "、，。")
	}
	return strings.TrimRight(text[:max(cut, 0)], "、，。\n") + "……"
}

var assignment = regexp.MustCompile(`^第?\s*([0-9一二三四五六七八九十百]+)\s*[条项]?\s*(?:的)?(?:负责人|责任人|负责|责任)[为是:]?\s*(.*)$`)

// asAssignment reads 第3条 负责人 张三、李四 6月30日前.
func asAssignment(text string) (number int, owners []string, due string, ok bool) {
	g := assignment.FindStringSubmatch(strings.TrimSpace(zh.Fold(text)))
	if g == nil {
		return 0, nil, "", false
	}
	number, _ = zh.ParseInt(g[1])
	for _, w := range strings.FieldsFunc(g[2], func(r rune) bool { return strings.ContainsRune(" 、,，;", r) }) {
		if _, size := zh.ParseDay(w); size > 0 || strings.HasSuffix(w, "前") || strings.HasSuffix(w, "底") {
			due = w
			continue
		}
		owners = append(owners, w)
	}
	return number, owners, due, number > 0
}

// asAssigning tells whether a text assigns a measure, and does not ask who is
// responsible for it: 第3条负责人是谁.
func asAssigning(text string) bool {
	_, owners, due, ok := asAssignment(text)
	asks := slices.ContainsFunc([]string{"谁", "哪", "什么", "吗", "?", "？", "单位", "部门"}, func(w string) bool { return strings.Contains(text, w) })
	return ok && !asks && (len(owners) > 0 || due != "")
}

// assign sets who is responsible for a measure, and until when.
func (t *turn) assign(text string) (string, error) {
	number, owners, due, _ := asAssignment(text)
	if len(owners) == 0 && due == "" {
		return "请写上负责人或时限，例如：第3条 负责人 张三、李四 6月30日前。", nil
	}
	p, err := t.snap.Plan()
	if err != nil {
		return "", err
	}
	nodes := numbered(p, number)
	switch {
	case len(nodes) == 0:
		return fmt.Sprintf("要点里没有第%d条（%s）。", number, extent(p)), nil
	case len(nodes) > 1:
		return fmt.Sprintf("第%d条在要点里有%d处，请先改好编号再指定。", number, len(nodes)), nil
	}
	r, err := t.snap.Roster()
	if err != nil {
		return "", err
	}
	var strange []string
	for _, o := range owners {
		if len(r.Named(o)) == 0 && !slices.ContainsFunc(r.People, func(p roster.Person) bool { return p.College == o }) {
			strange = append(strange, o)
		}
	}
	if err := t.tx.Assign(nodes[0].ID, store.Assignment{Owners: owners, Due: due, By: t.person.ID}); err != nil {
		return "", err
	}
	said := fmt.Sprintf("已记：第%d条", number)
	if len(owners) > 0 {
		said += " 责任：" + strings.Join(owners, "、")
	}
	if due != "" {
		said += " 时限：" + due
	}
	if len(strange) > 0 {
		said += fmt.Sprintf("。（名单上没有：%s）", strings.Join(strange, "、"))
	}
	return said, t.audit("plan.assign", nodes[0].ID)
}

// aliases lists, adds or takes away what people say for what the plan writes:
// 别名, 别名 新冠=疫情, 别名 新冠=.
func (t *turn) aliases(rest string) (string, error) {
	if strings.TrimSpace(rest) == "" {
		return t.listAliases()
	}
	word, means, ok := strings.Cut(zh.Fold(rest), "=")
	word = strings.TrimSpace(word)
	if !ok || word == "" || len([]rune(word)) > 20 || len([]rune(means)) > 100 {
		return "请这样写：别名 新冠=疫情；删除写“别名 新冠=”。", nil
	}
	to := strings.FieldsFunc(means, func(r rune) bool { return strings.ContainsRune(" 、,，", r) })
	if err := t.tx.SetAlias(word, to); err != nil {
		return "", err
	}
	if len(to) == 0 {
		return fmt.Sprintf("已删除别名“%s”。", word), t.audit("plan.alias", "")
	}
	return fmt.Sprintf("已记：说“%s”也查“%s”。", word, strings.Join(to, "、")), t.audit("plan.alias", "")
}

func (t *turn) listAliases() (string, error) {
	all, err := t.snap.Aliases()
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "还没有自定的别名（程序自带一份）。添加：别名 新冠=疫情。", nil
	}
	var lines []string
	for word, means := range all {
		lines = append(lines, word+"＝"+strings.Join(means, "、"))
	}
	slices.Sort(lines)
	return clipLines("自定的别名：\n"+strings.Join(lines, "\n"), maxAnswer), nil
}

var earlier = regexp.MustCompile(`^(.*?)[(（]?(上一版|上个版本|修订前|原来怎么写|旧版|[0-9]{1,2}月修订|[0-9]{1,2}月版)[)）]?$`)

// earlierWording answers a query for what a measure said in an earlier version of
// the plan: 第12条（3月修订）, 第12条 上一版. ok is false if it is no such query.
func (t *turn) earlierWording() (answer string, ok bool, err error) {
	g := earlier.FindStringSubmatch(strings.TrimSpace(zh.Fold(t.read.Body)))
	if g == nil {
		return "", false, nil
	}
	p, err := t.snap.Plan()
	if err != nil {
		return "", false, err
	}
	found := p.Index.Find(strings.TrimSpace(g[1]))
	if len(found.Hits) == 0 {
		return "", false, nil
	}
	all, err := t.snap.PlanHistory()
	if err != nil {
		return "", false, err
	}
	head, ok := t.version(all, g[2])
	if !ok {
		return "没有这个版本。" + t.versions(all), true, nil
	}
	old, err := t.snap.PlanAt(head)
	if err != nil {
		return "", false, err
	}
	n := old.NodeByID(found.Hits[0].Node.ID)
	if n == nil {
		return "那一版里没有这一条。", true, nil
	}
	title := fmt.Sprintf("【%s导入的版本】", t.router.when(head.Imported))
	answer, err = t.page(title, n.Verbatim(old), "")
	return answer, true, err
}

// version picks the version that people mean: the one before the present, or the
// last that came in a month.
func (t *turn) version(all []store.PlanHead, word string) (store.PlanHead, bool) {
	month, size := zh.ParseInt(word)
	now := ""
	for i, head := range slices.Backward(all) {
		if i == len(all)-1 {
			now = head.Rev
		}
		if size > 0 && int(head.Imported.In(t.router.o.Zone).Month()) == month || size == 0 && head.Rev != now {
			return head, true
		}
	}
	return store.PlanHead{}, false
}

func (t *turn) versions(all []store.PlanHead) string {
	var list []string
	for _, head := range all {
		list = append(list, t.router.when(head.Imported))
	}
	return "导入过的时间：" + strings.Join(list, "、") + "。"
}
