package progress

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// An extension is what 第14条延到下周五，材料没到 says.
type extension struct {
	measures []int
	day      zh.Day // the zero Day with days 0: none was named
	days     int    // 延期两周
	end      bool   // 延到月底
	reason   string
}

var (
	putOff   = regexp.MustCompile(`延(?:期|长|后|迟|缓)?(?:到|至)?|推迟(?:到|至)?|宽限(?:到|至)?`)
	spanWord = regexp.MustCompile(`^([0-9]+|[一二两三四五六七八九十]+|半)(个?(?:天|周|星期|礼拜)|个月)`)
)

// asExtension reads a wish for a later due day; ok is false if the text is none: it
// must name measures and the word, and not report how far they are.
func asExtension(text string, read reading.Reading) (e extension, ok bool) {
	text = strings.TrimSpace(zh.Fold(text))
	at := putOff.FindStringIndex(text)
	if at == nil || strings.Contains(text, "%") || strings.ContainsAny(text, "?") && !strings.Contains(text, "能") {
		return e, false
	}
	e.measures = read.Measures()
	if len(e.measures) == 0 {
		e.measures = numbersBefore(text[:at[0]])
	}
	rest := strings.TrimLeft(text[at[1]:], " :")
	switch g := spanWord.FindStringSubmatch(rest); {
	case g != nil:
		e.days, rest = daysIn(g[1], g[2]), rest[len(g[0]):]
	case strings.HasPrefix(rest, "月底"), strings.HasPrefix(rest, "本月底"):
		_, rest, _ = strings.Cut(rest, "月底")
		e.end = true
	default:
		var size int
		rest = chat.Undotted(rest)
		e.day, size = zh.ParseDay(rest)
		rest = rest[size:]
	}
	e.reason = strings.Trim(rest, " ,，。、!！吗吧?前之")
	return e, len(e.measures) > 0
}

// numbersBefore are the measures that 3和5延到12月20日 names: digits, and nothing else
// but what joins them.
func numbersBefore(text string) (numbers []int) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,和跟及第条项 想要申请", r) }) {
		n, size := zh.ParseInt(word)
		if size != len(word) || n <= 0 {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}

// daysIn is how many days 两周 or 半个月 are.
func daysIn(count, unit string) int {
	n, size := zh.ParseInt(count)
	length := map[string]int{"天": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}[strings.TrimPrefix(unit, "个")]
	if size == 0 {
		return length / 2 // 半
	}
	return n * length
}

// AsPostponing leads a wish for a later due day to where it is decided.
// A question that names no day, or no measure of the plan, stays one.
func AsPostponing(t *chat.Request) (chat.Command, bool) {
	c := chat.Command{Name: "extend", Right: chat.Reply, Run: extend}
	if t.Msg.Kind != bot.Text || !t.Known || !t.Addressed() || t.Read.Kind == reading.Query || t.Read.Kind == reading.Retract || t.Read.Kind == reading.Correction {
		return c, false
	}
	e, ok := asExtension(t.Read.Body, t.Read)
	if !ok || t.Read.Kind != reading.Question {
		return c, ok
	}
	_, err := e.nodes(t.Plan)
	return c, err == nil && (e.end || e.days > 0 || !e.day.IsZero())
}

// extend asks the admins for a later due day of measures, or sets it if an admin
// asks.
func extend(t *chat.Request, _ string) (string, error) {
	e, _ := asExtension(t.Read.Body, t.Read)
	nodes := store.Must(e.nodes(t.Plan))
	due := store.Must(later(t, nodes, e))
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = n.ID
	}
	q := progress.Request{Kind: progress.Postponing, Person: t.Person.ID, Measures: ids, Due: due, Reason: zh.Keep(e.reason, chat.MaxNote)}
	if t.May(chat.Plan) {
		postpone(t, q)
		t.Booked = true
		t.Audit("plan.extend", strings.Join(ids, " "))
		return fmt.Sprintf("已改：%s的时限延到%s。", MeasuresLine(t.Plan, ids), due), nil
	}
	Request(t, q, wish(t, q))
	return fmt.Sprintf("已转给管理员：%s申请延到%s。同意后时限和提醒跟着改，有结果告诉您。", MeasuresLine(t.Plan, ids), due), nil
}

// nodes are the measures whose day is to be later.
func (e extension) nodes(p *plan.Plan) (all []*plan.Node, err error) {
	for _, number := range e.measures {
		switch found := plans.Numbered(p, number); len(found) {
		case 0:
			return nil, chat.Complain("没有记录：要点里没有第%d条（%s）。", number, plans.Extent(p))
		case 1:
			all = append(all, found[0])
		default:
			return nil, chat.Complain("没有记录：第%d条在要点里有%d处，请管理员写明哪一部分来改，例如：二、%d 时限 12月20日。", number, len(found), number)
		}
	}
	return all, nil
}

// later is the new due day, as people read it.
func later(t *chat.Request, nodes []*plan.Node, e extension) (string, error) {
	today := zh.StartOfDay(t.Said().In(t.Desk.Options.Zone))
	var day time.Time
	switch {
	case e.end:
		day = time.Date(today.Year(), today.Month()+1, 0, 0, 0, 0, 0, today.Location())
	case e.days > 0:
		day = today
		for _, n := range nodes {
			if old, ok := plans.DueOf(t, n); ok && old.After(day) {
				day = old
			}
		}
		day = day.AddDate(0, 0, e.days)
	default:
		day = e.day.On(today)
	}
	switch {
	case day.IsZero():
		return "", chat.Complaint("没有记录：请写明延到哪一天，例如：第14条延到下周五。")
	case day.Before(today):
		return "", chat.Complain("没有记录：%s已经过去了，请写以后的日子。", zh.FullDate(day))
	case day.After(today.AddDate(1, 0, 0)):
		return "", chat.Complain("没有记录：%s太远了，请写一年以内的日子。", zh.FullDate(day))
	}
	for _, n := range nodes {
		if old, ok := plans.DueOf(t, n); ok && !day.After(old) {
			return "", chat.Complain("没有记录：第%s条的时限本来就是%s，不早于%s。", n.Number, n.Due, zh.FullDate(day))
		}
	}
	return zh.FullDate(day), nil
}

// wish tells the admins what is wished, and of what was put off often before.
func wish(t *chat.Request, q progress.Request) string {
	var what strings.Builder
	fmt.Fprintf(&what, "%s申请把%s延到%s", t.Roster.Label(t.Person), MeasuresLine(t.Plan, q.Measures), q.Due)
	if q.Reason != "" {
		fmt.Fprintf(&what, "（%s）", zh.Quote(q.Reason, 60))
	}
	what.WriteString("。")
	for _, id := range q.Measures {
		n := t.Plan.NodeByID(id)
		if n.Due != "" {
			fmt.Fprintf(&what, "第%s条现在的时限：%s。", n.Number, n.Due)
		}
		before := progress.Postponements(t.Snap, id)
		if len(before) >= 2 {
			fmt.Fprintf(&what, "第%s条已经延过%d次，这是第%d次。", n.Number, len(before), len(before)+1)
		}
	}
	return what.String()
}

// What only an admin can agree to waits as a request. The admins are told of it in
// private, and one word of one of them decides.

// Request puts a request before the admins. What tells them what it is.
func Request(t *chat.Request, q progress.Request, what string) {
	q.Person, q.Account, q.Chat, q.Message = t.Person.ID, t.Msg.Account, t.Chat(), t.Message()
	number := progress.PutRequest(t.Tx, q)
	t.Changed(progress.Effect{Request: number}, "request."+string(q.Kind), fmt.Sprint(number))
	roster.TellAdmins(t.Tx, fmt.Sprintf("申请%d：%s\n同意请回“同意 %d”，不同意请回“不同意 %d 原因”。", number, what, number, number))
}

// postpone sets the new day and keeps what it was.
func postpone(t *chat.Request, q progress.Request) {
	for _, id := range q.Measures {
		n := t.Plan.NodeByID(id)
		if n == nil {
			continue // the plan has changed since, and the measure is gone
		}
		progress.Postpone(t.Tx, progress.Postponement{
			Measure: id, Was: n.Due, Due: q.Due, Person: q.Person, By: t.Person.ID, Reason: q.Reason,
		})
	}
}

// SettlePostponing does what was decided on a later due day.
func SettlePostponing(t *chat.Request, q progress.Request, granted bool, because string) string {
	name := MeasuresLine(t.Plan, q.Measures)
	switch {
	case name == "":
		return "要点已经换了新的版本，原来那几条没有了，时限没有改。"
	case !granted:
		return fmt.Sprintf("%s延到%s没有同意%s时限不变。", name, q.Due, because)
	}
	postpone(t, q)
	return fmt.Sprintf("已同意%s的时限延到%s%s", name, q.Due, because)
}

// MeasuresLine names measures by their numbers: 第3、5条.
func MeasuresLine(p *plan.Plan, ids []string) string {
	var numbers []string
	for _, n := range p.Nodes {
		if slices.Contains(ids, n.ID) {
			numbers = append(numbers, plans.Ordinal(n))
		}
	}
	if len(numbers) == 0 {
		return ""
	}
	return "第" + strings.Join(numbers, "、") + "条"
}
