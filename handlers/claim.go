package handlers

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/roster"
	"duban/zh"
)

// strays lists those who answered something and are not known.
func (t *turn) strays(string) (string, error) {
	all, err := roster.Strays(t.snap)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "没有待认领的人。", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "待认领%d人，请核实后回“认领 编号 姓名”，例如：认领 %d 张三；不是名单上的人，回“认领 %d 无”。", len(all), all[0].Number, all[0].Number)
	for i, s := range all {
		line := "\n" + t.describe(s)
		if b.Len()+len(line) > maxAnswer-60 {
			fmt.Fprintf(&b, "\n……还有%d人。", len(all)-i)
			break
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

// describe says on one line who a stray may be.
func (t *turn) describe(s roster.Stray) string {
	where := "私聊"
	if s.Group {
		where = "群“" + oneLine(s.Chat, 20) + "”"
	}
	who := oneLine(s.Name, 20)
	if s.Card != "" {
		who = "群昵称“" + oneLine(s.Card, 20) + "”"
	}
	why := ""
	switch s.Why {
	case roster.SeveralFit:
		why = "，名单上不止一位"
	case roster.OtherThere:
		why = "，但已有别的微信号是这个人"
	case roster.NameGone:
		why = "，群昵称换过"
	case roster.NobodyElse:
	}
	last := s.Said[len(s.Said)-1]
	return fmt.Sprintf("%d. %s %s%s（%s）：%s", s.Number, where, who, why, t.router.when(s.Last), oneLine(last.Text, 40))
}

// claim says who a stray is, and reads again what they said.
func (t *turn) claim(rest string) (string, error) {
	rest = strings.TrimSpace(rest)
	number, size := zh.ParseInt(rest)
	name := strings.Trim(rest[size:], " :：,，、。")
	s, ok, err := roster.FindStray(t.snap, number)
	switch {
	case err != nil:
		return "", err
	case size == 0 || !ok:
		return "没有这个编号。请写“认领 编号 姓名”，编号见“待认领”。", nil
	case name == "":
		return fmt.Sprintf("请写上姓名或工号，例如：认领 %d 张三。", number), nil
	case name == "无" || name == "不是":
		return fmt.Sprintf("好的，%d号不是名单上的人，留着的话已删除。", number),
			roster.DropStray(t.tx, s)
	}
	p, complaint, err := t.oneNamed(name)
	if err != nil || complaint != "" {
		return complaint, err
	}
	b := roster.Binding{Person: p.ID, How: roster.ByAdmin}
	if !s.Group {
		b.Chat = s.Chat
	}
	if err := roster.Bind(t.tx, s.Account, s.Sender, b); err != nil {
		return "", err
	}
	if err := roster.DropStray(t.tx, s); err != nil {
		return "", err
	}
	read, err := t.readAgain(s.Said)
	if err != nil {
		return "", err
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("已认领：%d号是%s，本次登录内有效，留着的%d条里有%d条已补记。长期有效请在手机上把他的备注改成“%s#%s”。",
		number, r.Label(p), len(s.Said), read, p.Name, p.ID), t.audit("claim", p.ID)
}

// readAgain does what messages ask for whose sender is known now, and returns how
// many led to something. They were marked as seen when they came.
func (t *turn) readAgain(said []bot.Message) (n int, err error) {
	for _, m := range said {
		booked, err := t.router.again(t, m)
		if err != nil {
			return n, err
		}
		if booked {
			n++
		}
	}
	return n, nil
}
