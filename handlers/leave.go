package handlers

import (
	"fmt"
	"strings"
	"time"

	"duban/handlers/reading"
	"duban/roster"
	"duban/store"
)

// leave books an absence of p.
func (t *turn) leave(p roster.Person) (string, error) {
	if err := t.aside(); err != nil {
		return "", err
	}
	from, to, complaint := t.absence(t.read.Leave)
	if complaint != "" {
		return complaint, nil
	}
	n, bound, err := t.boundNotice(p)
	if err != nil {
		return "", err
	}
	// 收到，我请假到周三 answers the notice as well.
	var closed []store.ItemRef
	if bound && beginsWithAny(t.read.Body, "收到", "好的", "知悉", "已阅") {
		if closed, err = t.answer(n, p); err != nil {
			return "", err
		}
	}
	k, err := t.tx.PutLeave(store.Leave{
		Person: p.ID, From: from, To: to.AddDate(0, 0, 1).Add(-time.Second), Delegate: t.read.Leave.Delegate, Message: t.message(),
	})
	if err != nil {
		return "", err
	}
	answer := fmt.Sprintf("%s%s请假 %s至%s", t.noted(), p.Name, from.Format("1月2日"), to.Format("1月2日"))
	if d := t.read.Leave.Delegate; d != "" {
		answer += "，" + oneLine(d, 12) + "代"
	}
	return answer + "，期间不催您。提前回来请回“销假”。", t.changed(store.Effect{Leaves: []string{k}, Items: closed}, "leave", p.ID)
}

// absence returns the first and the last day of a leave, or what is wrong with it.
func (t *turn) absence(l *reading.Leave) (from, to time.Time, complaint string) {
	from = startOfDay(t.said().In(t.router.o.Zone))
	if !l.From.IsZero() {
		from = l.From.On(from)
	}
	switch {
	case !l.To.IsZero():
		to = l.To.On(from)
	case l.Days > 0:
		to = from.AddDate(0, 0, l.Days-1)
	case !l.From.IsZero() && !strings.Contains(l.Words, "起") && !strings.Contains(l.Words, "开始"):
		to = from // 明天请假 is that day
	default:
		return from, to, "还没有记录：请写明请假到哪一天，例如：我请假到周三，刘老师代。"
	}
	if from.IsZero() || to.IsZero() || to.Before(from) || to.After(from.AddDate(1, 0, 0)) {
		return from, to, "还没有记录：请假的日期没看懂，请写成：我请假1月8日到1月12日。"
	}
	return from, to, ""
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// back ends p's leave.
func (t *turn) back(p roster.Person) (string, error) {
	if err := t.aside(); err != nil {
		return "", err
	}
	ended, err := t.tx.EndLeave(p.ID)
	if err != nil {
		return "", err
	}
	if !ended {
		return "没有您正在进行的请假，不用销假。", nil
	}
	t.booked = true
	return "已销假，欢迎回来。之后的通知会照常提醒您。", t.audit("leave.end", p.ID)
}
