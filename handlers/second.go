package handlers

import (
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/zh"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A notice to many people needs two: a second admin agrees to it, or it waits two
// minutes in which it can be taken down. Both are durable: the first is a pending
// of the office, the second a row of the outbox that is due later.
const (
	shareKind  = "shared"  // waits for a second admin, by its code
	agreeLife  = time.Hour // how long it does
	delayKind  = "delayed" // leaves in a moment
	delayFor   = 2 * time.Minute
	officeDesk = "office" // the account, and the chat, of what waits for any admin
)

// A shared draft waits for a second admin.
type shared struct {
	Notice  notice.Notice `json:"notice"`
	By      string        `json:"by"`
	Account string        `json:"account"` // where the first admin is told
	Chat    string        `json:"chat"`
}

// sendWide goes on with a notice to many people that its admin has confirmed.
func (t *turn) sendWide(n notice.Notice, code string) (string, error) {
	others, err := t.otherAdmins()
	if err != nil {
		return "", err
	}
	if len(others) == 0 {
		return t.sendLater(n)
	}
	data, err := json.Marshal(shared{n, t.person.ID, t.m.Account, t.m.Chat})
	if err != nil {
		return "", err
	}
	wait := roster.Pending{Kind: shareKind, Until: t.now().Add(agreeLife), Data: data}
	if err := roster.SetPending(t.tx, officeDesk, officeDesk, code, wait); err != nil {
		return "", err
	}
	size, err := t.audience(n)
	if err != nil {
		return "", err
	}
	preview, err := t.preview(n, size)
	if err != nil {
		return "", err
	}
	ask := fmt.Sprintf("%s要发下面的通知，请复核：\n%s同意请回复“确认 通知 %s”，1小时内有效；不同意请直接联系%s。", t.person.Name, preview, code, t.person.Name)
	var names []string
	for _, a := range others {
		names = append(names, a.person.Name)
		if err := outbox.Enqueue(t.tx, a.row(t.reason()+"/second/"+a.person.ID, ask)); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("还没有发出：已请%s复核，任一位同意后立即发出。等不及请回复“延时 %s”，2分钟后发出，其间可取消。", strings.Join(names, "、"), code), nil
}

// An admin who can be reached alone.
type reachable struct {
	person        roster.Person
	account, chat string
}

// otherAdmins returns the admins beside the sender who can be reached.
func (t *turn) otherAdmins() (all []reachable, err error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return nil, err
	}
	for _, p := range r.People {
		if !p.Is(roster.Admin) || p.ID == t.person.ID {
			continue
		}
		chat, err := roster.PrivateChat(t.snap, t.m.Account, p.ID)
		if err != nil {
			return nil, err
		}
		if chat != "" {
			all = append(all, reachable{p, t.m.Account, chat})
		}
	}
	return all, nil
}

// waiting returns the shared draft with a code.
func (t *turn) waiting(code string) (s shared, ok bool, err error) {
	p, ok, err := roster.PendingOf(t.snap, officeDesk, officeDesk, code, shareKind)
	if err != nil || !ok {
		return s, false, err
	}
	return s, true, json.Unmarshal(p.Data, &s)
}

// second is a second admin's agreement to a notice to many people.
func (t *turn) second(code string) (string, error) {
	s, ok, err := t.waiting(code)
	switch {
	case err != nil:
		return "", err
	case !ok:
		return "没有等待复核的通知用这个确认码，可能已经发出、撤下或过了1小时。", nil
	case s.By == t.person.ID:
		return fmt.Sprintf("这条要由另一位管理员确认。等不及请回复“延时 %s”。", code), nil
	}
	by, err := t.personOf(s.By)
	if err != nil {
		return "", err
	}
	if err := roster.ClearPending(t.tx, officeDesk, officeDesk, code, shareKind); err != nil {
		return "", err
	}
	text, number, err := t.post(s.Notice, by, 0)
	if err != nil {
		return "", err
	}
	told := reachable{by, s.Account, s.Chat}
	if err := outbox.Enqueue(t.tx, told.row(t.reason()+"/first", t.person.Name+"已同意。"+text)); err != nil {
		return "", err
	}
	return text, t.audit("notice.second", notice.ID(number))
}

// withoutSecond sends a notice that waits for a second admin without one, in two minutes.
func (t *turn) withoutSecond(rest string) (string, error) {
	code := strings.TrimSpace(zh.Fold(rest))
	s, ok, err := t.waiting(code)
	switch {
	case err != nil:
		return "", err
	case !ok || s.By != t.person.ID:
		return "没有您等待复核的通知用这个确认码，可能已经发出或过了1小时。", nil
	}
	if err := roster.ClearPending(t.tx, officeDesk, officeDesk, code, shareKind); err != nil {
		return "", err
	}
	return t.sendLater(s.Notice)
}

// sendLater sends a notice in two minutes, until when it can be taken down.
func (t *turn) sendLater(n notice.Notice) (string, error) {
	text, number, err := t.post(n, t.person, delayFor)
	if err != nil {
		return "", err
	}
	wait := roster.Pending{Kind: delayKind, Until: t.now().Add(delayFor), Options: []string{fmt.Sprint(number)}}
	return text, roster.SetPending(t.tx, t.m.Account, t.m.Chat, t.person.ID, wait)
}
