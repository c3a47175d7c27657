package handlers

import (
	"fmt"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/people"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
)

// confirm does what was previewed.
func (r *Router) confirm(t *chat.Request, rest string) (string, error) {
	code := strings.TrimSpace(zh.Fold(rest))
	if other, ok := strings.CutPrefix(code, "通知"); ok {
		return notices.Second(t, strings.TrimSpace(other))
	}
	d, ok, err := t.Kept()
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有等待确认的内容，可能已过10分钟。请重新发一次预览。", nil
	}
	if code != d.Code && (code != "" || d.Strict) {
		return fmt.Sprintf("确认码不对，没有执行。请回复“确认 %s”，或“取消”。", d.Code), nil
	}
	if err := roster.ClearPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Person.ID, chat.DraftKind); err != nil {
		return "", err
	}
	switch {
	case d.Notice != nil && d.Strict:
		return notices.SendWide(t, *d.Notice, d.Code)
	case d.Notice != nil:
		text, _, err := notices.Post(t, *d.Notice, t.Person, 0)
		return text, err
	case d.Edit != nil:
		return notices.EditNotice(t, *d.Edit)
	case d.Chase > 0:
		return notices.ChaseNow(t, d.Chase)
	case d.Group != nil:
		return people.TakeGroup(t, *d.Group)
	case d.Plan != "":
		return plans.TakePlan(t, d.Plan)
	}
	return r.jobs.Confirm(t, d)
}

// abandon drops the draft that waits, or what was confirmed and leaves in a moment.
func abandon(t *chat.Request, _ string) (string, error) {
	_, ok, err := t.Kept()
	if err != nil {
		return "", err
	}
	if ok {
		return "已取消，什么也没有做。", roster.ClearPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Person.ID, chat.DraftKind)
	}
	if text, done, err := notices.TakeDown(t); err != nil || done {
		return text, err
	}
	return "没有等待确认的内容。已经发出的通知，可以发“撤回通知 编号”。", nil
}

// acknowledgeOrLeave leads 收到, 请假 and 销假 to where each is booked.
func acknowledgeOrLeave(t *chat.Request, _ string) (string, error) {
	who, complaint, err := t.Subject()
	switch {
	case err != nil || complaint != "":
		return complaint, err
	case t.Read.Is(reading.LeaveEnds):
		return people.Back(t, who)
	case t.Read.Leave != nil:
		return people.Leave(t, who)
	}
	return notices.Acknowledge(t, who)
}
