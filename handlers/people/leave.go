package people

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// acknowledge leads 收到, 请假 and 销假 to where each is booked.
func acknowledge(t *chat.Request, _ string) (string, error) {
	who := store.Must(t.Subject())
	switch {
	case t.Read.Is(reading.LeaveEnds):
		return back(t, who), nil
	case t.Read.Leave != nil:
		return leave(t, who)
	}
	answer, err := notices.Acknowledge(t, who)
	if _, digit := t.BareNumber(); digit && answer == "" && err == nil && len(chat.OwedBy(t, who)) == 0 {
		return plans.LookUp(t, "") // 1 to a bot that asked nothing is a measure
	}
	if answer == "" && err == nil && t.Addressed() {
		answer = "好的。目前没有等您回复的通知。"
	}
	return answer, err
}

// leave books an absence of p. One without an end is for an admin to decide.
func leave(t *chat.Request, p roster.Person) (string, error) {
	t.Aside()
	l := store.Must(absence(t, p))
	l.Delegate = store.Must(standIn(t, p)).ID
	if l.To.IsZero() && !t.May(chat.Plan) {
		return requestLeave(t, p, l), nil
	}
	return t.Noted() + book(t, p, l, alsoReceived(t, p)), nil
}

// book stores a leave, with what else the message has closed.
func book(t *chat.Request, p roster.Person, l roster.Leave, closed []progress.ItemRef) string {
	k, answer := putLeave(t, p, l)
	t.Changed(progress.Effect{Leaves: []string{k}, Items: closed}, "leave", p.ID)
	return answer
}

// BookLeave books a leave whose person, days and delegate are known, as 登记请假 does. With
// instead it takes the place of the leave under that key; "" is none. An error may be a
// [chat.Complaint].
func BookLeave(t *chat.Request, l roster.Leave, instead string) (answer string, err error) {
	p, known := t.Roster.Person(l.Person)
	if !known || !mayBook(t, p) {
		return "", chat.Complaint("没有登记：请假的人不在名单上，或不归您登记。")
	}
	l.Message = t.Message()
	if p.ID != t.Person.ID {
		l.By = t.Person.ID
	}
	today := zh.StartOfDay(t.Local())
	switch {
	case l.Delegate == p.ID:
		return "", chat.Complaint("没有登记：代办的人和请假的人是同一位。")
	case l.To.IsZero() && !t.May(chat.Plan):
		return "", chat.Complaint("没有登记：请写到哪一天。没有定日子的请假要管理员登记。")
	case l.To.IsZero():
	case l.To.Before(l.From) || l.To.After(l.From.AddDate(1, 0, 0)):
		return "", chat.Complaint("没有登记：最后一天要在第一天之后，一次最多一年。")
	case l.To.Before(today):
		return "", chat.Complain("没有登记：%s已经过去了，请看一下日期。", Span(t, l))
	}
	if instead != "" {
		old, ok := roster.FindLeave(t.Snap, instead)
		later := old.Covers(t.Now()) && l.From.After(t.Now()) // else it would go on from where it began
		if ok && old.Person == p.ID && (later || !old.Meets(l)) {
			notice.StopLeave(t.Tx, instead)
		}
	}
	return book(t, p, l, nil), nil
}

// mayBook tells whether the asker may book and end the leave of p.
func mayBook(t *chat.Request, p roster.Person) bool {
	return t.May(chat.Behalf) && chat.MaySee(t.Person, p)
}

// EndLeave ends the leave under a key, or drops it if it has not begun, as 登记销假 does.
// An error may be a [chat.Complaint].
func EndLeave(t *chat.Request, k string) (answer string, err error) {
	l, ok := roster.FindLeave(t.Snap, k)
	p, known := t.Roster.Person(l.Person)
	if !ok || !known || !mayBook(t, p) {
		return "", chat.Complaint("没有这次请假，或不归您登记。")
	}
	if l, ok = notice.StopLeave(t.Tx, k); !ok {
		return "", chat.Complaint("这次请假已经结束了，不用销假。")
	}
	return ended(t, p, l), nil
}

// alsoReceived answers the notice that 收到，我请假到周三 is for as well.
func alsoReceived(t *chat.Request, p roster.Person) []progress.ItemRef {
	n, bound := t.BoundNotice(p)
	if !bound || !chat.BeginsWithAny(t.Read.Body, "收到", "好的", "知悉", "已阅") {
		return nil
	}
	if n.Class == notice.Report {
		return nil // it asks for more
	}
	return notices.Answer(t, n, p)
}

// putLeave stores a leave under a key, says what it is then, and tells those whom it
// concerns: who stands in, and the admins if nobody can.
func putLeave(t *chat.Request, p roster.Person, l roster.Leave) (k, answer string) {
	k = notice.PutLeave(t.Tx, l)
	l, _ = roster.FindLeave(t.Snap, k)
	answer = fmt.Sprintf("%s请假 %s", t.Roster.Label(p), Span(t, l))
	if stand, ok := t.Roster.Person(l.Delegate); ok {
		answer += "，" + t.Roster.Label(stand) + "代" + tellStandIn(t, p, stand, l)
	}
	withoutStandIn(t, p, l)
	return k, answer + "，期间不催" + t.Called(p) + "。提前回来请回“销假”。"
}

// Span writes the days of a leave.
func Span(t *chat.Request, l roster.Leave) string {
	zone := t.Desk.Options.Zone
	from := l.From.In(zone)
	if l.To.IsZero() {
		return zh.Date(from) + "起"
	}
	return zh.Span(from, l.To.In(zone), t.Now().In(zone))
}

// endless are the words of a leave that has no end yet.
var endless = regexp.MustCompile(`一直|长期|长假|不定期|时间待定|什么时候回来.*(?:不知道|不定)|归期`)

// absence returns the leave that was read, without To if it has no end.
func absence(t *chat.Request, p roster.Person) (l roster.Leave, err error) {
	said := t.Read.Leave
	if text := chat.Undotted(said.Words); said.From.IsZero() && said.To.IsZero() && said.Back.IsZero() && text != said.Words {
		said = cmp.Or(reading.Read(reading.Input{Text: text}).Leave, said)
	}
	l = roster.Leave{Person: p.ID, Message: t.Message()}
	if p.ID != t.Person.ID {
		l.By = t.Person.ID
	}
	today := zh.StartOfDay(t.Said().In(t.Desk.Options.Zone))
	l.From = today
	switch {
	case !said.From.IsZero():
		l.From = said.From.On(today)
	case strings.Contains(said.Words, "改"), strings.Contains(said.Words, "销假"):
		l.From = sameStart(t, p, today)
	}
	var to time.Time
	switch {
	case !said.To.IsZero():
		to = dayFrom(said.To, today, l.From)
	case !said.Back.IsZero():
		to = dayFrom(said.Back, today, l.From).AddDate(0, 0, -1)
	case said.Days > 0:
		to = l.From.AddDate(0, 0, said.Days-1)
	case endless.MatchString(said.Words), !said.From.IsZero() && (strings.Contains(said.Words, "起") || strings.Contains(said.Words, "开始")):
		return l, nil
	case !said.From.IsZero():
		to = l.From // 明天请假 is that day
	default:
		return l, chat.Complaint("还没有记录：请写明请假到哪一天，例如：我请假到周三，刘老师代。")
	}
	l.To = to.AddDate(0, 0, 1).Add(-time.Second)
	switch {
	case l.From.IsZero() || to.IsZero() || to.Before(l.From) || to.After(l.From.AddDate(1, 0, 0)):
		return l, chat.Complaint("还没有记录：请假的日期没看懂，请写成：我请假1月8日到1月12日。")
	case to.Before(today):
		return l, chat.Complain("还没有记录：%s已经过去了，请看一下日期再发。", Span(t, l))
	}
	return l, nil
}

// dayFrom is the day d: 后天 counts from today, and 周三 and 8日 come on from the start of
// a leave.
func dayFrom(d zh.Day, today, start time.Time) time.Time {
	if d.Near {
		return d.On(today)
	}
	return d.On(start)
}

// sameStart is when the leave begins whose end is changed: the one that p is on or
// takes next, or today if there is none.
func sameStart(t *chat.Request, p roster.Person, today time.Time) time.Time {
	all := roster.Leaves(t.Snap, p.ID, t.Now())
	if len(all) == 0 {
		return today
	}
	return all[0].From
}

// back ends p's leave.
func back(t *chat.Request, p roster.Person) string {
	t.Aside()
	l, done := notice.EndLeave(t.Tx, p.ID)
	if !done {
		return "没有" + t.Called(p) + "正在进行的请假，不用销假。"
	}
	return ended(t, p, l)
}

// ended says what it means that a leave has ended, and what still waits for an answer.
func ended(t *chat.Request, p roster.Person, l roster.Leave) string {
	t.Booked = true
	if l.From.After(t.Now()) {
		t.Audit("leave.cancel", p.ID)
		return fmt.Sprintf("已取消 %s的请假。", Span(t, l))
	}
	missed := notice.Excused(t.Snap, l)
	answer := "已销假，欢迎回来。之后的通知会照常提醒您。"
	if p.ID != t.Person.ID {
		answer = fmt.Sprintf("已给%s销假，之后的通知会照常提醒。", t.Roster.Label(p))
	}
	if len(missed) > 0 {
		names := make([]string, len(missed))
		for i, number := range missed {
			names[i] = fmt.Sprintf("通知%d", number)
		}
		answer += fmt.Sprintf("请假期间的%s还没结束，看到请补回。", strings.Join(names[max(len(names)-10, 0):], "、"))
	}
	t.Audit("leave.end", p.ID)
	return answer
}

// bookLeave takes an admin's or a lead's 登记请假 张三 1.8-1.12 李四代.
func bookLeave(t *chat.Request, rest string) (string, error) {
	const usage = "请这样写：登记请假 张三 1月8日到1月12日 李四代。"
	name, days, _ := strings.Cut(strings.TrimSpace(zh.Fold(rest)), " ")
	if name == "" || strings.TrimSpace(days) == "" {
		return usage, nil
	}
	t.Read = chat.Masked(reading.Read(reading.Input{Text: "我请假 " + strings.TrimSpace(days), People: t.Desk.Names.Near(t.Roster, t.Person)}))
	if t.Read.Leave == nil {
		return usage, nil
	}
	t.Read.Behalf = name
	return leave(t, store.Must(t.Subject()))
}

// endLeave takes an admin's or a lead's 登记销假 张三.
func endLeave(t *chat.Request, rest string) (string, error) {
	name := strings.TrimSpace(zh.Fold(rest))
	if name == "" {
		return "请写上姓名，例如：登记销假 张三。", nil
	}
	t.Read.Behalf = name
	return back(t, store.Must(t.Subject())), nil
}

// onLeave lists who is or will be on leave, as far as the asker may see them.
func onLeave(t *chat.Request, _ string) (string, error) {
	all := roster.AllLeaves(t.Snap, t.Now())
	r := t.Roster
	slices.SortStableFunc(all, func(a, b roster.Leave) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Person, b.Person))
	})
	var blocks []string
	for _, l := range all {
		p, ok := r.Person(l.Person)
		if !ok || !chat.MaySee(t.Person, p) {
			continue
		}
		line := r.Label(p) + "：" + Span(t, l)
		if stand, ok := r.Person(l.Delegate); ok {
			line += "，" + r.Label(stand) + "代"
		}
		blocks = append(blocks, line)
	}
	return t.List(fmt.Sprintf("请假%d人次：", len(blocks)), blocks, "现在没有人请假，也没有登记将来的请假。"), nil
}
