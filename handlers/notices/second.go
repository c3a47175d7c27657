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

// What is said to many people needs two: a second admin agrees to it, or it waits two
// minutes in which it can be taken back. Both are durable: the first is a pending
// of the office; the second is a row of the outbox that is due later, or a
// [notice.Deferred].
const (
	shareKind  = "shared"  // waits for a second admin, by its code
	agreeLife  = time.Hour // how long it does
	delayKind  = "delayed" // leaves in a moment
	delayFor   = 2 * time.Minute
	officeDesk = "office" // the account, and the chat, of what waits for any admin
)

// A shared draft waits for a second admin.
type shared struct {
	draft
	By      string `json:"by"`
	Account string `json:"account"` // where the first admin is told
	Chat    string `json:"chat"`
}

// askSecond goes on with what is said to many people and its admin has confirmed.
func askSecond(t *chat.Request, d draft) string {
	others := otherAdmins(t)
	if len(others) == 0 {
		return later(t, d)
	}
	data := store.Must(json.Marshal(shared{d, t.Person.ID, t.Msg.Account, t.Msg.Chat}))
	wait := roster.Pending{Kind: shareKind, Until: t.Now().Add(agreeLife), Data: data}
	roster.SetPending(t.Tx, officeDesk, officeDesk, d.Code, wait)
	ask := fmt.Sprintf("%s要%s，请复核：\n%s同意请回复“确认 通知 %s”，1小时内有效；不同意请直接联系%s。",
		t.Person.Name, d.wish(), d.show(t), d.Code, t.Person.Name)
	var names []string
	for _, a := range others {
		names = append(names, a.person.Name)
		a.tell(t, "/second/"+a.person.ID, ask)
	}
	return fmt.Sprintf("还没有%s：已请%s复核，任一位同意后立即%s。等不及请回复“延时 %s”，2分钟后%s，其间可取消。",
		d.verb(), strings.Join(names, "、"), d.verb(), d.Code, d.verb())
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
	for _, p := range t.Roster.Holders(roster.Admin) {
		if p.ID == t.Person.ID {
			continue
		}
		if account, where := chat.Reach(t, p.ID); where != "" {
			all = append(all, reachable{p, account, where})
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

// Second is a second admin's agreement to what is said to many people.
func Second(t *chat.Request, code string) string {
	s, ok := waiting(t, code)
	switch {
	case !ok:
		return "没有等待复核的通知用这个确认码，可能已经办了、撤下或过了1小时；确认码一天写错10次，当天不再受理。"
	case s.By == t.Person.ID:
		return fmt.Sprintf("这条要由另一位管理员确认。等不及请回复“延时 %s”。", code)
	}
	by, _ := t.Roster.Person(s.By)
	by.ID = s.By // also of one who has left the roster
	roster.ClearPending(t.Tx, officeDesk, officeDesk, code, shareKind)
	text, number := s.do(t, by)
	(reachable{by, s.Account, s.Chat}).tell(t, "/first", t.Person.Name+"已同意。"+text)
	t.Audit("notice.second", notice.ID(number))
	return text
}

// withoutSecond does what waits for a second admin without one, in two minutes.
func withoutSecond(t *chat.Request, rest string) (string, error) {
	code := strings.TrimSpace(zh.Fold(rest))
	s, ok := waiting(t, code)
	if !ok || s.By != t.Person.ID {
		return "没有您等待复核的通知用这个确认码，可能已经办了或过了1小时；确认码一天写错10次，当天不再受理。", nil
	}
	return later(t, s.draft), nil
}

// later does what was confirmed in two minutes, until when it can be taken back. What
// another admin wants done to the notice goes first.
func later(t *chat.Request, d draft) string {
	if other, ok := notice.DeferredOf(t.Snap, d.about(t).Number); ok && other.By != t.Person.ID {
		return fmt.Sprintf("没有%s：通知%d已有%s在等，%s执行。等它办完或取消以后，请再来一次。",
			d.verb(), other.Number, deferredBy(t, other), t.Desk.When(other.At))
	}
	roster.ClearPending(t.Tx, officeDesk, officeDesk, d.Code, shareKind)
	at := t.Now().Add(delayFor)
	text, number := d.defers(t, at)
	wait := roster.Pending{Kind: delayKind, Until: at, Text: d.verb(), Options: []string{fmt.Sprint(number)}}
	roster.SetPending(t.Tx, t.Msg.Account, t.Msg.Chat, t.Person.ID, wait)
	return text + "2分钟内回“取消”也可以。"
}

// deferredBy says who wants what done to a notice in a moment.
func deferredBy(t *chat.Request, d notice.Deferred) string {
	verb, who := withdraws, "别人"
	if d.To != nil {
		verb = changes
	}
	if p, ok := t.Roster.Person(d.By); ok {
		who = t.Roster.Label(p)
	}
	return who + "要的" + verb
}
