package notices

import (
	"fmt"
	"strings"

	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
)

// rules are those by which people are asked again.
func rules(r *chat.Desk) notice.Rules {
	if r.Options.Rules != nil {
		return r.Options.Rules()
	}
	rules := notice.DefaultRules()
	rules.Zone = r.Options.Zone
	return rules
}

// chase previews asking those again who have not answered a notice.
func chase(t *chat.Request, n notice.Notice, _ string) (string, error) {
	if !n.Class.Asks() {
		return fmt.Sprintf("通知%d不要求回复，没有人要催。", n.Number), nil
	}
	c := notice.CountChaseable(t.Snap, n, rules(t.Desk))
	if c.Private+c.Group == 0 {
		return fmt.Sprintf("通知%d没有人可催：%s。", n.Number, notChased(c)), nil
	}
	how := t.Propose(n.Number, "催", c.Private+c.Group > chat.EasyPeople)
	text := fmt.Sprintf("要催通知%d：私聊提醒%d人", n.Number, c.Private)
	if c.Group > 0 {
		text += fmt.Sprintf("，另有%d人只能在群里说一句（%d条，不点名）", c.Group, c.Lines)
	}
	if c.Read > 0 {
		text += fmt.Sprintf("，其中已读没有回复的%d人", c.Read)
	}
	if why := notChased(c); why != "" {
		text += "。不催的：" + why
	}
	return text + "。" + costOf(t, n, c.Private+c.Lines) + how, nil
}

// notChased says who is not asked again, and why.
func notChased(c notice.Chaseable) string {
	var all []string
	for _, w := range []struct {
		n    int
		text string
	}{
		{c.Answered, "已回复%d人"}, {c.Away, "请假%d人"}, {c.Today, "今天已提醒%d人"}, {c.Unsent, "消息还没送达%d人"}, {c.Gone, "已不在名单%d人"},
	} {
		if w.n > 0 {
			all = append(all, fmt.Sprintf(w.text, w.n))
		}
	}
	return strings.Join(all, "，")
}

// chaseNow asks those again who have not answered a notice.
func chaseNow(t *chat.Request, number int) (string, error) {
	n, ok := notice.Find(t.Snap, number)
	if !ok || !n.Closed.IsZero() {
		return fmt.Sprintf("通知%d已经结束，没有催。", number), nil
	}
	notice.ChaseNow(t.Tx, number, t.Person.ID)
	t.Audit("notice.chase", n.ID())
	return fmt.Sprintf("好的，正在提醒没有回复通知%d的人；已回复的、请假的和今天提醒过的不会收到。%s", number, halted(t, n.Groups)), nil
}

// stopSending stops everything that the bot says, except answers to admins.
func stopSending(t *chat.Request, _ string) (string, error) {
	if !outbox.PauseSending(t.Tx, t.Person.ID, t.Source) {
		return "发送本来就是暂停的。发“恢复发送”继续。", nil
	}
	return "已暂停发送：通知、提醒、催办和给大家的答复都先存着，紧急的也不发；只回答管理员。发“恢复发送”继续。", nil
}

// resumeSending lets everything leave that has waited.
func resumeSending(t *chat.Request, _ string) (string, error) {
	if !outbox.ResumeSending(t.Tx, t.Person.ID, t.Source) {
		return "发送没有暂停。", nil
	}
	return "已恢复发送，存着的会陆续发出；过期的不再发。", nil
}
