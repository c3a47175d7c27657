package plans

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/plan"
	"duban/plan/find"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// A readFile is the office's plan file as it was read.
type readFile struct {
	chat.Document
	choices []plan.Choice
	decided bool // by the message that is answered
}

// read reads the office's plan file, as people have decided.
func read(ctx context.Context, t *chat.Request) error {
	choices, err := store.Read(ctx, t.Desk.Store, progress.Choices)
	t.Prepared = readFile{Document: t.Desk.Options.Document(ctx, choices...), choices: choices}
	return err
}

// readAnew reads the file as the message decides.
func readAnew(ctx context.Context, t *chat.Request) error {
	if err := read(ctx, t); err != nil {
		return err
	}
	file, _ := t.Prepared.(readFile)
	if file.Complaint != "" {
		return nil
	}
	now, complaint := Choose(file.Plan, file.choices, t.Msg.Text)
	if file.Complaint = complaint; complaint == "" {
		file = readFile{t.Desk.Options.Document(ctx, now...), now, true}
	}
	t.Prepared = file
	return nil
}

// importPlan shows what the plan's file holds and what it would change, and waits
// for the confirmation.
func importPlan(t *chat.Request, _ string) (string, error) {
	file, _ := t.Prepared.(readFile)
	if file.Complaint != "" {
		return file.Complaint, nil
	}
	if file.decided {
		progress.SetChoices(t.Tx, file.choices)
		t.Audit("plan.choose", file.Name)
	}
	v := PreviewOf(t.Snap, file.Plan)
	t.Await(roster.Pending{Kind: choiceKind, Until: t.Now().Add(chat.ChooseLife)})
	how := "读得不对的，可发" + ChoiceWords + "。"
	if v.Same() && !file.decided {
		return "文件与现行要点一致，没有需要导入的内容。" + how, nil
	}
	if !v.Empty() && !v.Same() {
		how = chat.Lines(how, t.Propose(v.Rev, "导入", false))
	}
	head := fmt.Sprintf("预览（还没有导入）：%s《%s》", file.Name, v.Plan.Title)
	return t.Screen(head, head, v.Lines(), "————\n"+how), nil
}

// choiceKind is what waits after a preview for a decision on how its document is read.
const choiceKind = "plan.choice"

// decides tells whether a message decides how the document of a preview is read.
func decides(t *chat.Request, _ roster.Pending) bool { return !t.Msg.Group && Chooses(t.Msg.Text) }

// takePlan imports the plan that was previewed, unless its file has changed since.
func takePlan(t *chat.Request, rev string) (string, error) {
	file, _ := t.Prepared.(readFile)
	if file.Complaint != "" {
		return file.Complaint, nil
	}
	v := PreviewOf(t.Snap, file.Plan)
	if v.Rev != rev || !v.Take(t.Tx, file.Name, t.Person.ID) {
		return "文件在预览之后又改过，没有导入。请重新发“导入要点”。", nil
	}
	t.Audit("plan.import", file.Name)
	return fmt.Sprintf("已导入《%s》：%d部分、%d条措施。发“撤销导入”可回到上一版。", v.Plan.Title, v.Found.Parts, v.Found.Measures), nil
}

// undoPlan brings the last version of the plan back.
func undoPlan(t *chat.Request, _ string) (string, error) {
	head, ok := progress.UndoPlan(t.Tx, t.Person.ID)
	if !ok {
		return "没有更早的版本。", nil
	}
	t.Audit("plan.undo", head.Rev)
	return fmt.Sprintf("已恢复《%s》（%s）。", head.Title, head.Source), nil
}

// aliases lists, adds or takes away what people say for what the plan writes:
// 别名, 别名 新冠=疫情, 别名 新冠=.
func aliases(t *chat.Request, rest string) (string, error) {
	if strings.TrimSpace(rest) == "" {
		return listAliases(t), nil
	}
	word, means, ok := strings.Cut(zh.Fold(rest), "=")
	word = strings.TrimSpace(word)
	if !ok || word == "" || len([]rune(word)) > 20 || len([]rune(means)) > 100 {
		return "请这样写：别名 新冠=疫情；删除写“别名 新冠=”。", nil
	}
	to := strings.FieldsFunc(means, func(r rune) bool { return strings.ContainsRune(" 、,，", r) })
	progress.SetAlias(t.Tx, word, to)
	t.Audit("plan.alias", "")
	if len(to) == 0 {
		return fmt.Sprintf("已删除别名“%s”。", word), nil
	}
	return fmt.Sprintf("已记：说“%s”也查“%s”。", word, strings.Join(to, "、")), nil
}

func listAliases(t *chat.Request) string {
	all := progress.Aliases(t.Snap)
	if len(all) == 0 {
		return "还没有自定的别名（程序自带一份）。添加：别名 新冠=疫情。"
	}
	var lines []string
	for word, means := range all {
		lines = append(lines, word+"＝"+strings.Join(means, "、"))
	}
	slices.Sort(lines)
	return chat.ClipLines("自定的别名：\n" + strings.Join(lines, "\n"))
}

var earlier = regexp.MustCompile(`^(.*?)[(（]?(上一版|上个版本|修订前|原来怎么写|旧版|[0-9]{1,2}月修订|[0-9]{1,2}月版)[)）]?$`)

// earlierWording answers a query for what a measure said in an earlier version of
// the plan: 第12条（3月修订）, 第12条 上一版. ok is false if it is no such query.
func earlierWording(t *chat.Request) (answer string, ok bool) {
	g := earlier.FindStringSubmatch(strings.TrimSpace(zh.Fold(t.Read.Body)))
	if g == nil {
		return ofYear(t)
	}
	ref := strings.TrimSpace(g[1])
	if ref == "" {
		return "", false
	}
	all := progress.PlanHistory(t.Snap)
	head, ok := version(t, all, g[2])
	if !ok {
		return "没有这个版本。" + versions(t, all), true
	}
	title := fmt.Sprintf("【%s导入的版本】", t.Desk.When(head.Imported))
	return wordings(t, title, progress.PlanAt(t.Snap, head), ref), true
}

var yearBefore = regexp.MustCompile(`^(?:(去|前)年度?|(20[0-9]{2})(?:学?年度?|[-—–~至到]+(?:20)?[0-9]{2}学年))的?(?:工作)?(?:要点|计划)?[中里]?的? ?[,:]?(.+)$`)

// byNumber is a query that only a plan can answer: 第3条, 二的目标任务.
var byNumber = regexp.MustCompile(`^(?:第 ?)?[0-9一二三四五六七八九十]+(?:条|部分|的|$)`)

// ofYear answers a query for what the plan of another year says, and how far that
// came: 去年第3条, 2025年要点第3条. ok is false if it is no such query.
func ofYear(t *chat.Request) (answer string, ok bool) {
	year, rest := yearAsked(t)
	if year == 0 {
		return "", false
	}
	head, now := planOf(t, year)
	switch {
	case year == now:
		return answerWith(t, t.Index().Find(rest)), true
	case head.Rev == "" && byNumber.MatchString(rest):
		return noPlanOf(year, now), true
	case head.Rev == "":
		return "", false
	}
	old := progress.PlanAt(t.Snap, head)
	hits := find.New(old).Find(rest).Hits
	if len(hits) == 0 {
		return fmt.Sprintf("%d年的要点里没有找到。", year), true
	}
	n := hits[0].Node
	return t.Page(fmt.Sprintf("【%d年的要点】", year), append(n.Verbatim(old), "——\n状态："+standingOf(t, n).says(t))), true
}

// yearAsked reads which year's plan a message speaks of, and what it asks of that;
// 0 if it speaks of none.
func yearAsked(t *chat.Request) (year int, rest string) {
	g := yearBefore.FindStringSubmatch(strings.TrimSpace(zh.Fold(t.Read.Body)))
	switch {
	case g == nil:
		return 0, ""
	case g[2] != "":
		year, _ = strconv.Atoi(g[2])
		return year, g[3]
	}
	return t.Local().Year() - map[string]int{"去": 1, "前": 2}[g[1]], g[3]
}

// planOf returns the last plan of a year, if there was one, and of which year the one
// in force is.
func planOf(t *chat.Request, year int) (head progress.Head, now int) {
	inForce, _ := progress.HeadOf(t.Snap)
	for _, h := range slices.Backward(progress.PlanHistory(t.Snap)) {
		if progress.YearOf(h.Title, 0).First == year {
			head = h
			break
		}
	}
	return head, progress.YearOf(inForce.Title, 0).First
}

func noPlanOf(year, now int) string {
	return fmt.Sprintf("没有%d年的要点，现行的是%d年的。", year, now)
}

// wordings prints what an old version says: of the nodes that the present one
// has under that name, or else of those that the old one had.
func wordings(t *chat.Request, title string, old *plan.Plan, ref string) string {
	var blocks []string
	for _, h := range t.Index().Find(ref).Hits {
		if n := old.NodeByID(h.Node.ID); n != nil && (h.Score == 1 || len(blocks) == 0) {
			blocks = append(blocks, n.Verbatim(old)...)
		}
	}
	if len(blocks) == 0 {
		for _, h := range find.New(old).Find(ref).Hits {
			if h.Score == 1 || len(blocks) == 0 {
				blocks = append(blocks, h.Node.Verbatim(old)...)
			}
		}
	}
	if len(blocks) == 0 {
		return "那一版里没有这一条。"
	}
	return t.Page(title, blocks)
}

// version picks the version that people mean: the one before the present, or the
// last that came in a month.
func version(t *chat.Request, all []progress.Head, word string) (progress.Head, bool) {
	month, size := zh.ParseInt(word)
	now := ""
	for i, head := range slices.Backward(all) {
		if i == len(all)-1 {
			now = head.Rev
		}
		if size > 0 && int(head.Imported.In(t.Desk.Options.Zone).Month()) == month || size == 0 && head.Rev != now {
			return head, true
		}
	}
	return progress.Head{}, false
}

func versions(t *chat.Request, all []progress.Head) string {
	return "导入过的时间：" + zh.List(all, func(h progress.Head) string { return t.Desk.When(h.Imported) }) + "。"
}
