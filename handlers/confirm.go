package handlers

import (
	"duban/handlers/reading"
	"duban/roster"
	"duban/zh"
	"fmt"
	"strings"
)

// confirm does what was previewed.
func (t *turn) confirm(rest string) (string, error) {
	code := strings.TrimSpace(zh.Fold(rest))
	if other, ok := strings.CutPrefix(code, "通知"); ok {
		return t.second(strings.TrimSpace(other))
	}
	d, ok, err := t.kept()
	if err != nil {
		return "", err
	}
	if !ok {
		return "没有等待确认的内容，可能已过10分钟。请重新发一次预览。", nil
	}
	if code != d.Code && (code != "" || d.Strict) {
		return fmt.Sprintf("确认码不对，没有执行。请回复“确认 %s”，或“取消”。", d.Code), nil
	}
	if err := roster.ClearPending(t.tx, t.m.Account, t.m.Chat, t.person.ID, draftKind); err != nil {
		return "", err
	}
	switch {
	case d.Notice != nil && d.Strict:
		return t.sendWide(*d.Notice, d.Code)
	case d.Notice != nil:
		text, _, err := t.post(*d.Notice, t.person, 0)
		return text, err
	case d.Edit != nil:
		return t.editNotice(*d.Edit)
	case d.Chase > 0:
		return t.chaseNow(d.Chase)
	case d.Group != nil:
		return t.takeGroup(*d.Group)
	case d.Plan != "":
		return t.takePlan(d.Plan)
	}
	return t.edit(*d.Job)
}

// abandon drops the draft that waits, or what was confirmed and leaves in a moment.
func (t *turn) abandon(string) (string, error) {
	_, ok, err := t.kept()
	if err != nil {
		return "", err
	}
	if ok {
		return "已取消，什么也没有做。", roster.ClearPending(t.tx, t.m.Account, t.m.Chat, t.person.ID, draftKind)
	}
	if text, done, err := t.takeDown(); err != nil || done {
		return text, err
	}
	return "没有等待确认的内容。已经发出的通知，可以发“撤回通知 编号”。", nil
}

// acknowledgeOrLeave leads 收到, 请假 and 销假 to where each is booked.
func (t *turn) acknowledgeOrLeave(string) (string, error) {
	who, complaint, err := t.subject()
	switch {
	case err != nil || complaint != "":
		return complaint, err
	case t.read.Is(reading.LeaveEnds):
		return t.back(who)
	case t.read.Leave != nil:
		return t.leave(who)
	}
	return t.acknowledge(who)
}
