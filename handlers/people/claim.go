package people

import (
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/roster"
	"duban/zh"
)

// strays lists those who answered something and are not known.
func strays(t *chat.Request, _ string) (string, error) {
	all := roster.Strays(t.Snap)
	if len(all) == 0 {
		return "没有待认领的人。", nil
	}
	head := fmt.Sprintf("待认领%d人，请核实后回“认领 编号 姓名”，例如：认领 %d 张三；不是名单上的人，回“认领 %d 无”。", len(all), all[0].Number, all[0].Number)
	var lines []string
	for _, s := range all {
		lines = append(lines, describe(t, s))
	}
	return chat.Fit(head, lines, "……还有%d人。"), nil
}

// describe says on one line who a stray may be.
func describe(t *chat.Request, s roster.Stray) string {
	where := "私聊"
	if s.Group {
		where = "群“" + zh.Quote(s.Chat, 20) + "”"
	}
	who := zh.Quote(s.Name, 20)
	if s.Card != "" {
		who = "群昵称“" + zh.Quote(s.Card, 20) + "”"
	}
	why := WhyUnknown(s.Why)
	if why != "" {
		why = "，" + why
	}
	said := "新进群，还没有说话"
	if last := s.Said[len(s.Said)-1]; last.Kind != bot.Joined {
		said = zh.Quote(last.Text, 40)
	}
	return fmt.Sprintf("%d. %s %s%s（%s）：%s", s.Number, where, who, why, t.Desk.When(s.Last), said)
}

// WhyUnknown says what keeps a stray from being taken for somebody; "" if nothing tells
// who they are.
func WhyUnknown(d roster.Doubt) string {
	return map[roster.Doubt]string{
		roster.SeveralFit: "名单上不止一位", roster.OtherThere: "但已有别的微信号是这个人", roster.NameGone: "群昵称换过",
	}[d]
}

// claim says who a stray is, and reads again what they said.
func claim(t *chat.Request, rest string) (string, error) {
	rest = strings.TrimSpace(rest)
	number, size := zh.ParseInt(rest)
	name := strings.Trim(rest[size:], " :：,，、。")
	s, ok := roster.FindStray(t.Snap, number)
	switch {
	case size == 0 || !ok:
		return "没有这个编号。请写“认领 编号 姓名”，编号见“待认领”。", nil
	case name == "":
		return fmt.Sprintf("请写上姓名或工号，例如：认领 %d 张三。", number), nil
	case name == "无" || name == "不是":
		roster.DropStray(t.Tx, s)
		return fmt.Sprintf("好的，%d号不是名单上的人，留着的话已删除。", number), nil
	}
	p := oneNamed(t, name)
	b := roster.Binding{Person: p.ID, How: roster.ByAdmin}
	if !s.Group {
		b.Chat = s.Chat
	}
	roster.Bind(t.Tx, s.Account, s.Sender, b)
	roster.DropStray(t.Tx, s)
	s.Said = slices.DeleteFunc(s.Said, func(m bot.Message) bool { return m.Kind == bot.Joined })
	read := readAgain(t, s.Said)
	t.Audit("claim", p.ID)
	if !roster.Passing(s.Sender) {
		return fmt.Sprintf("已认领：%d号是%s，可以回复和填报，留着的%d条里有%d条已补记。要管理权限，请用“核对通讯录”或“绑定码 %s”。",
			number, t.Roster.Label(p), len(s.Said), read, p.ID), nil
	}
	return fmt.Sprintf("已认领：%d号是%s，本次登录内有效，留着的%d条里有%d条已补记。长期有效请在手机上把他的备注改成“%s#%s”。",
		number, t.Roster.Label(p), len(s.Said), read, p.Name, p.ID), nil
}

// readAgain does what messages ask for whose sender is known now, and returns how
// many led to something. They were marked as seen when they came.
func readAgain(t *chat.Request, said []bot.Message) (n int) {
	for _, m := range said {
		if m.Kind != bot.Joined && t.Desk.Again(t, m) {
			n++
		}
	}
	return n
}
