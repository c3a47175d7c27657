package people

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	updates "duban/handlers/progress"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// requestLeave asks the admins for a leave that has no end.
func requestLeave(t *chat.Request, p roster.Person, l roster.Leave) string {
	what := fmt.Sprintf("%s请假 %s，没有写到哪一天", t.Roster.Label(p), Span(t, l))
	if stand, ok := t.Roster.Person(l.Delegate); ok {
		what += "，" + t.Roster.Label(stand) + "代"
	}
	updates.Request(t, progress.Request{Kind: progress.OpenLeave, Leave: &l, Reason: zh.Quote(t.Read.Leave.Words, 100)}, what+"。")
	return "没有写到哪一天的请假要管理员同意，已经转过去，有结果告诉您。定了日子可以直接说，例如：我请假到周三。"
}

// agree and refuse decide a request: 同意, 同意 3, 不同意 3 材料已经够了.
func agree(t *chat.Request, rest string) (string, error) { return decideRequest(t, rest, true), nil }

func refuse(t *chat.Request, rest string) (string, error) { return decideRequest(t, rest, false), nil }

func decideRequest(t *chat.Request, rest string, granted bool) string {
	waiting := progress.Requests.Open(t.Snap)
	rest = strings.TrimSpace(zh.Fold(rest))
	number, size := zh.ParseInt(rest)
	reason := strings.Trim(rest[size:], " :,，、。；")
	switch {
	case len(waiting) == 0:
		return "没有等您决定的申请。"
	case size == 0 && len(waiting) > 1:
		return whichRequest(t, waiting)
	case size == 0:
		number = waiting[0].Number
	}
	q, ok := progress.Requests.Find(t.Snap, number)
	switch {
	case !ok:
		return whichRequest(t, waiting)
	case !q.Decided.IsZero():
		return fmt.Sprintf("申请%d已经处理过了。", number)
	}
	progress.Decide(t.Tx, number, t.Person.ID, granted, zh.Keep(reason, chat.MaxNote))
	said := settle(t, q, granted, reason)
	if q.Chat != "" {
		told := bot.Outgoing{Key: fmt.Sprintf("request/%d", number), Account: q.Account, Chat: q.Chat, Text: said}
		outbox.Enqueue(t.Tx, told)
	}
	result := "request.refuse"
	if granted {
		result = "request.grant"
	}
	t.Audit(result, fmt.Sprint(number))
	return "已告诉申请人：" + said
}

// whichRequest lists what waits, because it is not clear what is meant.
func whichRequest(t *chat.Request, waiting []progress.Request) string {
	blocks := make([]string, len(waiting))
	for i, q := range waiting {
		asker, _ := t.Roster.Person(q.Person)
		what := "请假 "
		if q.Kind == progress.Postponing {
			what = updates.MeasuresLine(t.Plan, q.Measures) + "延到" + q.Due
		} else if q.Leave != nil {
			what += Span(t, *q.Leave)
		}
		blocks[i] = fmt.Sprintf("申请%d %s：%s", q.Number, t.Roster.Label(asker), what)
	}
	return t.Page("请写编号，例如：同意 "+fmt.Sprint(waiting[0].Number), blocks)
}

// settle does what was decided and says so in the words that the asker is told.
func settle(t *chat.Request, q progress.Request, granted bool, reason string) string {
	because := "。"
	if reason != "" {
		because = "：" + zh.Quote(reason, 100) + "。"
	}
	if q.Kind == progress.Postponing {
		return updates.SettlePostponing(t, q, granted, because)
	}
	p, known := t.Roster.Person(q.Leave.Person)
	switch {
	case !known:
		return "请假的人已经不在名单上，没有登记。"
	case !granted:
		return fmt.Sprintf("%s请假 %s没有同意%s请写上到哪一天再发，例如：我请假到周三。", p.Name, Span(t, *q.Leave), because)
	}
	_, said := putLeave(t, p, *q.Leave)
	return "管理员已同意" + because + said
}
