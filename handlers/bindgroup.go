package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/roster"
)

// A Groups tells of the groups of an account's network, as far as it can.
type Groups interface {
	// Members returns how many people are in a group, 0 if the network does not
	// say. An error means that no single group is known to be called so.
	Members(account, chat string) (int, error)

	// Agree says that a group is the right one, with who is in it now.
	Agree(account, chat string) error
}

// A meeting is a group of the roster and the chat in which it is to meet.
type meeting struct {
	Target roster.Target `json:"target"`
	Count  int           `json:"count"` // people in the chat; 0 if nobody knows
}

// A looked group is what was found out before the transaction.
type looked struct {
	count int
	err   error
}

// complaint says why the group in a chat is not known, "" if it is.
func (l *looked) complaint(chat string) string {
	switch {
	case l.err == nil:
		return ""
	case errors.Is(l.err, bot.ErrOut):
		return "账号现在没有连上，没有绑定。请等它在线（发“账号状态”可看）再发一次。"
	default:
		return fmt.Sprintf("没有找到唯一的叫“%s”的群，没有绑定。请确认机器人在群里、群已保存到通讯录、没有别的群同名，再发一次。", chat)
	}
}

// meets finds what an order about groups is about: the group of the roster, and
// the chat, which is this one if it is said in a group.
func (t *turn) meets(rest string) (roster.Target, bool) {
	group, chat, named := strings.Cut(strings.TrimSpace(rest), " ")
	chat = strings.TrimSpace(chat)
	switch {
	case t.m.Group:
		chat = t.m.Chat
	case !named:
		chat = group
	}
	return roster.Target{Account: t.m.Account, Chat: chat, Group: group}, group != ""
}

// lookAtGroup asks the network about the group that an order is about, before the
// transaction, for those who may give it.
func (r *Desk) lookAtGroup(ctx context.Context, t *turn, c capability) *looked {
	if r.o.Groups == nil || !May(t.person, t.known, Enrol) || ctx.Err() != nil {
		return nil
	}
	switch c.name {
	case "group":
		to, _ := t.meets(c.rest)
		if c.agrees {
			to.Chat = strings.TrimSpace(c.rest)
		}
		n, err := r.o.Groups.Members(to.Account, to.Chat)
		return &looked{count: n, err: err}
	case "confirm":
		if d := t.agreeing; d != nil {
			return &looked{count: d.Count, err: r.o.Groups.Agree(d.Target.Account, d.Target.Chat)}
		}
	}
	return nil
}

// bindGroup previews in which chat a group of the roster meets. In a group it is
// answered to the admin alone.
func (t *turn) bindGroup(rest string) (string, error) {
	to, ok := t.meets(rest)
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	all := r.Groups()
	switch {
	case !ok:
		return "请写上名单里的群，例如：绑定群 " + strings.Join(all[:min(len(all), 1)], "") + "。", nil
	case !slices.Contains(all, to.Group):
		return fmt.Sprintf("名单里没有“%s”这个群（有：%s）。群名在名单的“群”一栏里。", to.Group, strings.Join(all, "、")), nil
	}
	m := meeting{Target: to}
	people := "机器人看不到群里的人数，请自己核对"
	if t.look.group != nil {
		if complaint := t.look.group.complaint(to.Chat); complaint != "" {
			return complaint, nil
		}
		m.Count = t.look.group.count
	}
	if m.Count > 0 {
		people = fmt.Sprintf("群里现有%d人", m.Count)
	}
	old, err := roster.Targets(t.snap, []string{to.Group})
	if err != nil {
		return "", err
	}
	instead := ""
	if len(old) > 0 && old[0] != to {
		instead = fmt.Sprintf("原来发到“%s”，改后不再发到那里。", old[0].Chat)
	}
	d := draft{Group: &m, Code: t.code()}
	data, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	wait := roster.Pending{Kind: draftKind, Until: t.now().Add(draftLife), Data: data}
	if err := roster.SetPending(t.tx, t.m.Account, t.to, t.person.ID, wait); err != nil {
		return "", err
	}
	return fmt.Sprintf("“%s”的通知和提醒将发到群“%s”：%s，名单上%d人。%s看到的人都能读到，请核对是这个群。%s",
		to.Group, to.Chat, people, len(r.Members(to.Group)), instead, d.howToConfirm("绑定")), nil
}

// agreeGroup is bindGroup for a group that meets where it met before, although
// other people are in it now.
func (t *turn) agreeGroup(rest string) (string, error) {
	chat := strings.TrimSpace(rest)
	group, err := roster.GroupIn(t.snap, t.m.Account, chat)
	if err != nil {
		return "", err
	}
	if group == "" {
		return fmt.Sprintf("没有哪个群绑定到“%s”。要绑定请发“绑定群 名单里的群 %s”。", chat, chat), nil
	}
	return t.bindGroup(group + " " + chat)
}

// takeGroup binds a group that was confirmed.
func (t *turn) takeGroup(m meeting) (string, error) {
	if t.look.group != nil {
		if complaint := t.look.group.complaint(m.Target.Chat); complaint != "" {
			return complaint, nil
		}
	}
	if err := roster.BindGroup(t.tx, m.Target); err != nil {
		return "", err
	}
	return fmt.Sprintf("已绑定：“%s”发到群“%s”。先前留着没发的会陆续发出。", m.Target.Group, m.Target.Chat), t.audit("group.bind", m.Target.Group)
}

// waitsToAgree returns the group that a confirmation in private is about.
func (t *turn) waitsToAgree(c capability) (*meeting, error) {
	if c.name != "confirm" || t.m.Kind != bot.Text || !May(t.person, t.known, Enrol) {
		return nil, nil
	}
	d, ok, err := t.kept()
	if err != nil || !ok || c.rest != "" && c.rest != d.Code {
		return nil, err
	}
	return d.Group, nil
}

// testAlarm sends a word through every way by which the admins are told.
func (t *turn) testAlarm(string) (string, error) {
	told, err := roster.Raise(t.tx, roster.Alarm{
		Text: "这是" + t.router.o.Names[0] + "的一条测试报警，收到说明这个渠道是通的。", Reason: "test/" + t.m.Account + "/" + t.m.ID, Outside: true,
	})
	if err != nil {
		return "", err
	}
	accounts := map[string]bool{}
	for _, row := range told {
		accounts[row.Account] = true
	}
	return fmt.Sprintf("已通过%d个渠道各发一条测试报警，请看是否都收到。没收到的，运行 duban doctor 看设置。", len(accounts)), nil
}
