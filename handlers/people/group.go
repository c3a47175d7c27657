package people

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/roster"
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

// LookAtGroup asks the network about the group that an order is about, before the
// transaction, for those who may give it.
func LookAtGroup(ctx context.Context, r *chat.Desk, t *chat.Request, c chat.Capability) *chat.GroupLook {
	if r.Options.Groups == nil || !chat.May(t.Person, t.Known, chat.Enrol) || ctx.Err() != nil {
		return nil
	}
	switch c.Name {
	case "group":
		to, _ := meets(t, c.Rest)
		if c.Agrees {
			to.Chat = strings.TrimSpace(c.Rest)
		}
		n, err := r.Options.Groups.Members(to.Account, to.Chat)
		return &chat.GroupLook{Count: n, Err: err}
	case "confirm":
		if d := t.Agreeing; d != nil {
			return &chat.GroupLook{Count: d.Count, Err: r.Options.Groups.Agree(d.Target.Account, d.Target.Chat)}
		}
	}
	return nil
}

// bindGroup previews in which chat a group of the roster meets. In a group it is
// answered to the admin alone.
func bindGroup(t *chat.Request, rest string) (string, error) {
	to, ok := meets(t, rest)
	r, err := roster.Current(t.Snap)
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
	m := chat.Meeting{Target: to}
	people := "机器人看不到群里的人数，请自己核对"
	if t.Prepared.Group != nil {
		if complaint := t.Prepared.Group.Complaint(to.Chat); complaint != "" {
			return complaint, nil
		}
		m.Count = t.Prepared.Group.Count
	}
	if m.Count > 0 {
		people = fmt.Sprintf("群里现有%d人", m.Count)
	}
	old, err := roster.Targets(t.Snap, []string{to.Group})
	if err != nil {
		return "", err
	}
	instead := ""
	if len(old) > 0 && old[0] != to {
		instead = fmt.Sprintf("原来发到“%s”，改后不再发到那里。", old[0].Chat)
	}
	d := chat.Draft{Group: &m, Code: t.Code()}
	data, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	wait := roster.Pending{Kind: chat.DraftKind, Until: t.Now().Add(chat.DraftLife), Data: data}
	if err := roster.SetPending(t.Tx, t.Msg.Account, t.To, t.Person.ID, wait); err != nil {
		return "", err
	}
	return fmt.Sprintf("“%s”的通知和提醒将发到群“%s”：%s，名单上%d人。%s看到的人都能读到，请核对是这个群。%s",
		to.Group, to.Chat, people, len(r.Members(to.Group)), instead, d.HowToConfirm("绑定")), nil
}

// agreeGroup is bindGroup for a group that meets where it met before, although
// other people are in it now.
func agreeGroup(t *chat.Request, rest string) (string, error) {
	chat := strings.TrimSpace(rest)
	group, err := roster.GroupIn(t.Snap, t.Msg.Account, chat)
	if err != nil {
		return "", err
	}
	if group == "" {
		return fmt.Sprintf("没有哪个群绑定到“%s”。要绑定请发“绑定群 名单里的群 %s”。", chat, chat), nil
	}
	return bindGroup(t, group+" "+chat)
}

// TakeGroup binds a group that was confirmed.
func TakeGroup(t *chat.Request, m chat.Meeting) (string, error) {
	if t.Prepared.Group != nil {
		if complaint := t.Prepared.Group.Complaint(m.Target.Chat); complaint != "" {
			return complaint, nil
		}
	}
	if err := roster.BindGroup(t.Tx, m.Target); err != nil {
		return "", err
	}
	return fmt.Sprintf("已绑定：“%s”发到群“%s”。先前留着没发的会陆续发出。", m.Target.Group, m.Target.Chat), t.Audit("group.bind", m.Target.Group)
}

// WaitsToAgree returns the group that a confirmation in private is about.
func WaitsToAgree(t *chat.Request, c chat.Capability) (*chat.Meeting, error) {
	if c.Name != "confirm" || t.Msg.Kind != bot.Text || !chat.May(t.Person, t.Known, chat.Enrol) {
		return nil, nil
	}
	d, ok, err := t.Kept()
	if err != nil || !ok || c.Rest != "" && c.Rest != d.Code {
		return nil, err
	}
	return d.Group, nil
}

// testAlarm sends a word through every way by which the admins are told.
func testAlarm(t *chat.Request, _ string) (string, error) {
	told, err := roster.Raise(t.Tx, roster.Alarm{
		Text: "这是" + t.Desk.Options.Names[0] + "的一条测试报警，收到说明这个渠道是通的。", Reason: "test/" + t.Msg.Account + "/" + t.Msg.ID, Outside: true,
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
