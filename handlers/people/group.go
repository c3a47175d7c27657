package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/roster"
	"duban/store"
)

// meets finds what an order about groups is about: the group of the roster, and
// the chat, which is this one if it is said in a group.
func meets(t *chat.Request, rest string) (roster.Target, bool) {
	group, chat, named := strings.Cut(strings.TrimSpace(rest), " ")
	chat = strings.TrimSpace(chat)
	switch {
	case t.Msg.Group:
		chat = t.Msg.Chat
	case !named:
		chat = group
	}
	return roster.Target{Account: t.Msg.Account, Chat: chat, Group: group}, group != ""
}

// A meeting is a group of the roster and the chat in which it is to meet.
type meeting struct {
	Target roster.Target `json:"target"`
	Count  int           `json:"count"` // people in the chat; 0 if nobody knows
}

// A look is what the network says of a group.
type look struct {
	count int
	err   error
}

// seen returns what the network said of the group in a chat, the zero look if it was
// not asked.
func seen(t *chat.Request, group string) (look, error) {
	l, _ := t.Prepared.(look)
	switch {
	case l.err == nil:
		return l, nil
	case errors.Is(l.err, bot.ErrOut):
		return l, chat.Complaint("账号现在没有连上，没有绑定。请等它在线（发“账号状态”可看）再发一次。")
	}
	return l, chat.Complain("没有找到唯一的叫“%s”的群，没有绑定。请确认机器人在群里、群已保存到通讯录、没有别的群同名，再发一次。", group)
}

// lookAtGroup asks the network how many people are in the chat that an order is
// about.
func lookAtGroup(_ context.Context, t *chat.Request) error {
	to, _ := meets(t, t.Rest)
	return lookAt(t, to)
}

// lookAtChat is lookAtGroup for the order that names the chat.
func lookAtChat(_ context.Context, t *chat.Request) error {
	return lookAt(t, roster.Target{Account: t.Msg.Account, Chat: strings.TrimSpace(t.Rest)})
}

func lookAt(t *chat.Request, to roster.Target) error {
	if groups := t.Desk.Options.Groups; groups != nil {
		n, err := groups.Members(to.Account, to.Chat)
		t.Prepared = look{n, err}
	}
	return nil
}

// agreeOnGroup tells the network that the group is the right one.
func agreeOnGroup(_ context.Context, t *chat.Request) error {
	if groups := t.Desk.Options.Groups; groups != nil {
		m := chat.Drafted[meeting](t)
		t.Prepared = look{m.Count, groups.Agree(m.Target.Account, m.Target.Chat)}
	}
	return nil
}

// bindGroup previews in which chat a group of the roster meets. In a group it is
// answered to the admin alone.
func bindGroup(t *chat.Request, rest string) (string, error) {
	to, ok := meets(t, rest)
	all := t.Roster.Groups()
	switch {
	case !ok:
		return "请写上名单里的群，例如：绑定群 " + strings.Join(all[:min(len(all), 1)], "") + "。", nil
	case !slices.Contains(all, to.Group):
		return fmt.Sprintf("名单里没有“%s”这个群（有：%s）。群名在名单的“群”一栏里。", to.Group, strings.Join(all, "、")), nil
	}
	people := "机器人看不到群里的人数，请自己核对"
	m := meeting{to, store.Must(seen(t, to.Chat)).count}
	if m.Count > 0 {
		people = fmt.Sprintf("群里现有%d人", m.Count)
	}
	old := roster.Targets(t.Snap, []string{to.Group})
	instead := ""
	if len(old) > 0 && old[0] != to {
		instead = fmt.Sprintf("原来发到“%s”，改后不再发到那里。", old[0].Chat)
	}
	how := t.Propose(m, "绑定", false)
	return fmt.Sprintf("“%s”的通知和提醒将发到群“%s”：%s，名单上%d人。%s看到的人都能读到，请核对是这个群。%s",
		to.Group, to.Chat, people, len(t.Roster.Members(to.Group)), instead, how), nil
}

// agreeGroup is bindGroup for a group that meets where it met before, although
// other people are in it now.
func agreeGroup(t *chat.Request, rest string) (string, error) {
	chat := strings.TrimSpace(rest)
	group := roster.GroupIn(t.Snap, t.Msg.Account, chat)
	if group == "" {
		return fmt.Sprintf("没有哪个群绑定到“%s”。要绑定请发“绑定群 名单里的群 %s”。", chat, chat), nil
	}
	return bindGroup(t, group+" "+chat)
}

// takeGroup binds a group that was confirmed.
func takeGroup(t *chat.Request, m meeting) (string, error) {
	store.Must(seen(t, m.Target.Chat))
	roster.BindGroup(t.Tx, m.Target)
	t.Audit("group.bind", m.Target.Group)
	return fmt.Sprintf("已绑定：“%s”发到群“%s”。先前留着没发的会陆续发出。", m.Target.Group, m.Target.Chat), nil
}

// testAlarm sends a word through every way by which the admins are told.
func testAlarm(t *chat.Request, _ string) (string, error) {
	told := roster.Raise(t.Tx, roster.Alarm{
		Text: "这是" + t.Desk.Options.Names[0] + "的一条测试报警，收到说明这个渠道是通的。", Reason: "test/" + t.Msg.Account + "/" + t.Msg.ID, Outside: true,
	})
	accounts := map[string]bool{}
	for _, row := range told {
		accounts[row.Account] = true
	}
	return fmt.Sprintf("已通过%d个渠道各发一条测试报警，请看是否都收到。没收到的，运行 duban doctor 看设置。", len(accounts)), nil
}
