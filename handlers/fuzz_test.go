package handlers_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
)

// FuzzRouter holds the router to what must be so whatever is said: it neither
// panics nor fails, it says nothing in a group that it was not asked, and it
// writes nothing of what is not for it.
func FuzzRouter(f *testing.F) {
	for i, text := range append(strings.Split("收到 第1条完成80% 第3条办结 改成60% 撤回 目录 帮助 1 2 更多 没有新进展 第1条没变化 我请假到周三 销假 取消 还有谁没回复 进度汇总 转人工 完成80% 代张伟报一下，第1条完成60%", " "), overheard...) {
		f.Add(text, uint16(i*37), "#接龙\n收到请接龙\n1. 张伟\n2. "+text)
		f.Add("第3条完成80%", uint16(i*53), text)
	}
	names := []string{"王雪晴", "刘畅", "周明远", "何志勤", "郭建平", "张伟·经济", "徐慎行", "路人"}
	f.Fuzz(func(t *testing.T, first string, bits uint16, second string) {
		o := newOffice(t, newMem(t), "")
		if bits&1 != 0 {
			o.post(notice.Notice{Class: notice.Receipt, Text: "明天开会"}, "学工群")
		}
		if bits&2 != 0 {
			o.post(notice.Notice{Class: notice.Report, Text: "请填报第1条"}, "学工群", "安全群")
		}
		who := names[bits>>2&7]
		o.fuzzed(who, first, bits>>5)
		o.fuzzed(who, second, bits>>9)
	})
}

// TestRouter_mixed is the same over a day of messages that are mixed from clauses
// of all kinds, on one store that fills with what they leave.
func TestRouter_mixed(t *testing.T) {
	clauses := append(strings.Fields(`收到 好的 第1条 第3条 第4条 第9条 完成80% 办结了 卡在经费上 改成60% 撤回 1 2 3 12 目录 帮助 更多 没有新进展 没变化 确认 取消 算了 不是 转人工
		我请假到周三 刘老师代 销假 还有谁没回复 进度汇总 哪些受阻 代张伟 刘畅 张伟的 收到， 请问要盖章吗 能不能延期 通知1 通知2收到 @学工小助手 @刘畅 😀 &amp; <br/> 13912345678 120% 一半 三分之二
		答1 收件箱 发通知 需回执： 绑定 123456 我的数据 删除我的数据 #接龙 二的目标任务 反诈 那块 做完了 上面的5应该是4 上一条作废`), overheard...)
	rnd := rand.New(rand.NewPCG(3, 4))
	o := newOffice(t, newMem(t), "")
	names := staff().People
	for i := range 1000 {
		if i%100 == 0 {
			o.post(notice.Notice{Class: []notice.Class{notice.Receipt, notice.Report, notice.Urgent, notice.Plain}[rnd.IntN(4)], Text: "请办第1条"}, "学工群")
		}
		o.now = o.now.Add(time.Duration(rnd.IntN(400)) * time.Second)
		var text []string
		for range 1 + rnd.IntN(3) {
			text = append(text, clauses[rnd.IntN(len(clauses))])
		}
		p := names[rnd.IntN(len(names))]
		o.fuzzed(p.Name, strings.Join(text, []string{"", "，", "\n", " "}[rnd.IntN(4)]), uint16(rnd.Uint32()))
	}
}

// fuzzed says something in a way that bits choose.
func (o *office) fuzzed(who, text string, bits uint16) {
	m := o.message(who, []string{"私", "学工群", "安全群", "学工群"}[bits&3], text)
	m.Mention = m.Mention || bits&4 != 0
	switch bits >> 3 & 15 {
	case 0:
		m.Quote = &bot.Quote{Name: botName, Self: true, Text: "【通知1】明天开会"}
	case 1:
		m.Quote = &bot.Quote{Name: botName, Self: true, Text: text}
	case 2:
		m.Quote = &bot.Quote{Name: "刘畅", Text: text}
	case 3:
		m.Kind = bot.Picture
	case 4:
		m.Kind = bot.File
	case 5:
		m.Kind, m.Recall = bot.Recall, "m0001"
	case 6:
		m.Kind = bot.System
	}
	asked := dump(o.T, o.engine)
	asked = asked[max(0, strings.Index(asked, "w/pending/")):]
	addressed := m.Mention || m.Quote != nil && m.Quote.Self || strings.Contains(m.Text, "「") || strings.Contains(asked, "w/pending/"+account+"/"+m.Chat)
	for _, s := range o.hear(m) {
		if s.Chat == m.Chat && m.Group && !addressed {
			o.Errorf("got %q in a group, unasked, after %q", s.Text, text)
		}
		if strings.HasPrefix(s.Chat, "g-") && s.Chat != m.Chat && s.Notice == "" && !strings.Contains(s.Text, "老师答复") {
			o.Errorf("got %q in a group in which nobody spoke, after %q", s.Text, text)
		}
		if s.Text == "" || len(s.Text) > 4000 {
			o.Errorf("got a text of %d bytes, want one that fits a screen or two", len(s.Text))
		}
	}
}
