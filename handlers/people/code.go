package people

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// codeLife is how long a binding code can be used.
const codeLife = 24 * time.Hour

// newCode makes a one-time code by which a person of the roster can bind the
// handle that they write from.
func newCode(t *chat.Request, rest string) (string, error) {
	p := oneNamed(t, strings.TrimSpace(rest))
	code := freshCode(t)
	roster.PutCode(t.Tx, code, p.ID, t.Now().Add(codeLife))
	t.Audit("code", p.ID)
	return fmt.Sprintf("%s的绑定码：%s，24小时内有效，用一次。请本人私聊我发：绑定 %s", t.Roster.Label(p), code, code), nil
}

// freshCode makes a code that nobody else has: of many codes two would soon be the same.
func freshCode(t *chat.Request) string {
	const codes, first = 900_000, 100_000
	for i := range uint64(codes) {
		if code := fmt.Sprint(first + (t.Nonce+i)%codes); !roster.HasCode(t.Snap, code) {
			return code
		}
	}
	chat.Decline("绑定码用完了，请明天再试。")
	return ""
}

// unbind forgets by what somebody is known: a wrong claim, a phone that was passed on.
func unbind(t *chat.Request, rest string) (string, error) {
	p := oneNamed(t, strings.TrimSpace(rest))
	if len(roster.Handles(t.Snap, p.ID)) == 0 {
		return t.Roster.Label(p) + "没有绑定，不用解除。", nil
	}
	roster.Unbind(t.Tx, p.ID)
	t.Audit("unbind", p.ID)
	return fmt.Sprintf("已解除%s的绑定，原来的号不再算是%s；报过的、回过的不变。要重新认人，发“绑定码 %s”；手机备注里写着“#%s”的也请改掉。",
		t.Roster.Label(p), p.Name, p.ID, p.ID), nil
}

// Named returns the one person of the roster with a name or a number: of several the one
// whom the asker may see. The numbers of others are not told. An error is a
// [chat.Complaint].
func Named(t *chat.Request, name string) (p roster.Person, err error) {
	found := t.Roster.Called(name)
	own := slices.DeleteFunc(slices.Clone(found), func(p roster.Person) bool { return !chat.MaySee(t.Person, p) })
	switch {
	case len(found) == 0:
		return p, chat.Complain("名单上没有“%s”。请写姓名或工号。", zh.Quote(name, 20))
	case len(found) == 1:
		return found[0], nil
	case len(own) == 1:
		return own[0], nil
	case len(own) < len(found):
		whole := zh.List(found, func(p roster.Person) string { return p.Name + "（" + p.College + "）" })
		return p, chat.Complain("有%d位%s，请写上学院：%s。", len(found), zh.Quote(name, 20), whole)
	}
	numbers := zh.List(found, func(p roster.Person) string { return p.College + " " + p.ID })
	return p, chat.Complain("有%d位%s，请写工号：%s。", len(found), zh.Quote(name, 20), numbers)
}

// oneNamed is [Named], and ends the command if there is no such person.
func oneNamed(t *chat.Request, name string) roster.Person { return store.Must(Named(t, name)) }

// bind makes the sender's handle speak for the person whose code they have.
func bind(t *chat.Request, rest string) (string, error) {
	code := strings.TrimSpace(zh.Fold(rest))
	if code == "" {
		return "请写上绑定码，例如：绑定 482135。绑定码找管理员要。", nil
	}
	if roster.TryCode(t.Tx, t.Msg.Account, t.Msg.Sender) > maxTries {
		return "今天试的次数太多了，请明天再试，或联系管理员。", nil
	}
	person, ok := roster.TakeCode(t.Tx, code)
	p, known := t.Roster.Person(person)
	if !ok || !known {
		return "绑定码不对或已过期，请找管理员要新的。", nil
	}
	b := roster.Binding{Person: p.ID, Chat: t.Msg.Chat, How: roster.ByCode}
	roster.Bind(t.Tx, t.Msg.Account, t.Msg.Sender, b)
	t.Person, t.Known = p, true
	more := ""
	if read := catchUp(t); read > 0 {
		more = fmt.Sprintf("您之前的回复已补记%d条。", read)
	}
	t.Audit("bind", p.ID)
	return fmt.Sprintf("已绑定：%s。%s发“帮助”看可以做什么。", t.Roster.Label(p), more), nil
}

// catchUp reads again what the sender said before it was known who they are.
func catchUp(t *chat.Request) (read int) {
	s, ok := roster.StrayOf(t.Snap, t.Msg.Account, t.Msg.Sender)
	if !ok {
		return 0
	}
	roster.DropStray(t.Tx, s)
	return readAgain(t, s.Said)
}

// maxTries is how many codes one handle may try in a day: a six-digit code must
// not be guessed.
const maxTries = 10
