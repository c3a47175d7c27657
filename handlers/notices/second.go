package notices

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/store"
	"duban/zh"
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
func sendWide(t *chat.Request, n notice.Notice, code string) string {
	others := otherAdmins(t)
	if len(others) == 0 {
		return sendLater(t, n)
	}
	data := store.Must(json.Marshal(shared{n, t.Person.ID, t.Msg.Account, t.Msg.Chat}))
	wait := roster.Pending{Kind: shareKind, Until: t.Now().Add(agreeLife), Data: data}
	roster.SetPending(t.Tx, officeDesk, officeDesk, code, wait)
	ask := fmt.Sprintf("%s要发下面的通知，请复核：\n%s同意请回复“确认 通知 %s”，1小时内有效；不同意请直接联系%s。",
		t.Person.Name, preview(t, n, countAudience(t, n)), code, t.Person.Name)
	var names []string
	for _, a := range others {
		names = append(names, a.person.Name)
		a.tell(t, "/second/"+a.person.ID, ask)
	}
	return fmt.Sprintf("还没有发出：已请%s复核，任一位同意后立即发出。等不及请回复“延时 %s”，2分钟后发出，其间可取消。", strings.Join(names, "、"), code)
}

// An admin who can be reached alone.
type reachable struct {
	person        roster.Person
	account, chat string
}

// tell says something to the admin.
func (a reachable) tell(t *chat.Request, key, text string) {
	outbox.Enqueue(t.Tx, bot.Outgoing{Key: t.Reason() + key, Account: a.account, Chat: a.chat, Text: text, Answer: true})
}

// otherAdmins returns the admins beside the sender who can be reached.
func otherAdmins(t *chat.Request) (all []reachable) {
	for _, p := range t.Roster.People {
		if !p.Is(roster.Admin) || p.ID == t.Person.ID {
			continue
		}
		chat := roster.PrivateChat(t.Snap, t.Msg.Account, p.ID)
		if chat != "" {
			all = append(all, reachable{p, t.Msg.Account, chat})
		}
	}
	return all
}

// maxMisses is how many codes that nothing waits for an admin may write in a day, so
// that none is guessed.
const maxMisses = 10

// waiting returns the shared draft with a code.
func waiting(t *chat.Request, code string) (s shared, ok bool) {
	if roster.Tried(t.Snap, t.Msg.Account, t.Msg.Sender) >= maxMisses {
		return s, false
	}
	p, ok := roster.PendingOf(t.Snap, officeDesk, officeDesk, code, shareKind)
	if !ok {
		roster.TryCode(t.Tx, t.Msg.Account, t.Msg.Sender)
		return s, false
	}
	return store.Decode[shared](t.Snap, p.Data), true
}

// Second is a second admin's agreement to a notice to many people.
func Second(t *chat.Request, code string) string {
	s, ok := waiting(t, code)
	switch {
	case !ok:
		return "没有等待复核的通知用这个确认码，可能已经发出、撤下或过了1小时；确认码一天写错10次，当天不再受理。"
	case s.By == t.Person.ID:
		return fmt.Sprintf("这条要由另一位管理员确认。等不及请回复“延时 %s”。", code)
	}
	by, _ := t.Roster.Person(s.By)
	by.ID = s.By // also of one who has left the roster
	roster.ClearPending(t.Tx, officeDesk, officeDesk, code, shareKind)
	text, number := post(t, s.Notice, by)
	(reachable{by, s.Account, s.Chat}).tell(t, "/first", t.Person.Name+"已同意。"+text)
	t.Audit("notice.second", notice.ID(number))
	return text
}

// withoutSecond sends a notice that waits for a second admin without one, in two minutes.
func withoutSecond(t *chat.Request, rest string) (string, error) {
	code := strings.TrimSpace(zh.Fold(rest))
	s, ok := waiting(t, code)
	if !ok || s.By != t.Person.ID {
		return "没有您等待复核的通知用这个确认码，可能已经发出或过了1小时；确认码一天写错10次，当天不再受理。", nil
	}
	roster.ClearPending(t.Tx, officeDesk, officeDesk, code, shareKind)
	return sendLater(t, s.Notice), nil
}

// sendLater sends a notice in two minutes, until when it can be taken down.
func sendLater(t *chat.Request, n notice.Notice) string {
	if soonest := t.Now().Add(delayFor); n.Created.Before(soonest) {
		n.Created = soonest
	}
	text, number := post(t, n, t.Person)
	wait := roster.Pending{Kind: delayKind, Until: t.Now().Add(delayFor), Options: []string{fmt.Sprint(number)}}
	roster.SetPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Person.ID, wait)
	return text + "2分钟内回“取消”也可以。"
}
