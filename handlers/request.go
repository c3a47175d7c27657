package handlers

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// What only an admin can agree to waits as a request. The admins are told of it in
// private, and one word of one of them decides.

// request puts a request before the admins. What tells them what it is.
func (t *turn) request(q progress.Request, what string) error {
	q.Person, q.Account, q.Chat, q.Message = t.person.ID, t.m.Account, t.chat(), t.message()
	number, err := progress.PutRequest(t.tx, q)
	if err != nil {
		return err
	}
	if err := t.changed(progress.Effect{Request: number}, "request."+string(q.Kind), fmt.Sprint(number)); err != nil {
		return err
	}
	return roster.TellAdmins(t.tx, fmt.Sprintf("申请%d：%s\n同意请回“同意 %d”，不同意请回“不同意 %d 原因”。", number, what, number, number))
}

// requestLeave asks the admins for a leave that has no end.
func (t *turn) requestLeave(p roster.Person, l roster.Leave) (string, error) {
	if May(t.person, t.known, Plan) {
		k, err := notice.PutLeave(t.tx, l)
		if err != nil {
			return "", err
		}
		answer, err := t.leaveTaken(p, k)
		if err != nil {
			return "", err
		}
		return t.noted() + answer, t.changed(progress.Effect{Leaves: []string{k}}, "leave", p.ID)
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	what := fmt.Sprintf("%s请假 %s，没有写到哪一天", r.Label(p), t.span(l))
	if stand, ok := r.Person(l.Delegate); ok {
		what += "，" + r.Label(stand) + "代"
	}
	if err := t.request(progress.Request{Kind: progress.OpenLeave, Leave: &l, Reason: oneLine(t.read.Leave.Words, 100)}, what+"。"); err != nil {
		return "", err
	}
	return "没有写到哪一天的请假要管理员同意，已经转过去，有结果告诉您。定了日子可以直接说，例如：我请假到周三。", nil
}

// agree and refuse decide a request: 同意, 同意 3, 不同意 3 材料已经够了.
func (t *turn) agree(rest string) (string, error) { return t.decideRequest(rest, true) }

func (t *turn) refuse(rest string) (string, error) { return t.decideRequest(rest, false) }

func (t *turn) decideRequest(rest string, granted bool) (string, error) {
	waiting, err := progress.Undecided(t.snap)
	if err != nil {
		return "", err
	}
	rest = strings.TrimSpace(zh.Fold(rest))
	number, size := zh.ParseInt(rest)
	reason := strings.Trim(rest[size:], " :,，、。；")
	switch {
	case len(waiting) == 0:
		return "没有等您决定的申请。", nil
	case size == 0 && len(waiting) > 1:
		return t.whichRequest(waiting)
	case size == 0:
		number = waiting[0].Number
	}
	q, ok, err := progress.FindRequest(t.snap, number)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return t.whichRequest(waiting)
	case !q.Decided.IsZero():
		return fmt.Sprintf("申请%d已经处理过了。", number), nil
	}
	if err := progress.Decide(t.tx, number, t.person.ID, granted, maskedText(reason, maxNote)); err != nil {
		return "", err
	}
	said, err := t.settle(q, granted, reason)
	if err != nil {
		return "", err
	}
	if err := t.tellAsker(q, said); err != nil {
		return "", err
	}
	result := "request.refuse"
	if granted {
		result = "request.grant"
	}
	return fmt.Sprintf("已告诉申请人：%s", said), t.audit(result, fmt.Sprint(number))
}

// whichRequest lists what waits, because it is not clear what is meant.
func (t *turn) whichRequest(waiting []progress.Request) (string, error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	p, err := progress.Current(t.snap)
	if err != nil {
		return "", err
	}
	blocks := make([]string, len(waiting))
	for i, q := range waiting {
		asker, _ := r.Person(q.Person)
		what := "请假 "
		if q.Kind == progress.Postponing {
			what = measuresLine(p, q.Measures) + "延到" + q.Due
		} else if q.Leave != nil {
			what += t.span(*q.Leave)
		}
		blocks[i] = fmt.Sprintf("申请%d %s：%s", q.Number, r.Label(asker), what)
	}
	return t.page("请写编号，例如：同意 "+fmt.Sprint(waiting[0].Number), blocks)
}

// settle does what was decided and says so in the words that the asker is told.
func (t *turn) settle(q progress.Request, granted bool, reason string) (string, error) {
	because := "。"
	if reason != "" {
		because = "：" + oneLine(reason, 100) + "。"
	}
	if q.Kind == progress.Postponing {
		return t.settlePostponing(q, granted, because)
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	p, known := r.Person(q.Leave.Person)
	switch {
	case !known:
		return "请假的人已经不在名单上，没有登记。", nil
	case !granted:
		return fmt.Sprintf("%s请假 %s没有同意%s请写上到哪一天再发，例如：我请假到周三。", p.Name, t.span(*q.Leave), because), nil
	}
	k, err := notice.PutLeave(t.tx, *q.Leave)
	if err != nil {
		return "", err
	}
	said, err := t.leaveTaken(p, k)
	return "管理员已同意" + because + said, err
}

// tellAsker tells who asked what was decided, in the chat where they asked.
func (t *turn) tellAsker(q progress.Request, said string) error {
	if q.Chat == "" {
		return nil
	}
	return outbox.Enqueue(t.tx, bot.Outgoing{Key: fmt.Sprintf("request/%d", q.Number), Account: q.Account, Chat: q.Chat, Text: said})
}
