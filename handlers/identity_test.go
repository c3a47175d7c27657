package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duban/bot"
	"duban/notice"
	"duban/roster"
	"duban/store"
)

// says makes what somebody says in a group through a handle.
func (o *office) says(handle, card, text string) bot.Message {
	o.n++
	return bot.Message{
		Account: account, ID: fmt.Sprintf("w%04d", o.n), Sender: handle, Name: "昵称", Card: card, Text: text, Sent: o.now,
		Chat: "g-学工群", Group: true,
	}
}

// whisper makes the same in private.
func (o *office) whisper(handle, text string) bot.Message {
	m := o.says(handle, "", text)
	m.Chat, m.Group, m.Mention = handle, false, true
	return m
}

func (o *office) who(handle string) (p roster.Person, ok bool) {
	o.Helper()
	o.view(func(s *store.Snapshot) {
		b, bound, known := roster.Bound(s, account, handle)
		p, ok = b.Rights(bound), known
	})
	return p, ok
}

// fresh makes the office one on a network without stable ids: nobody is bound, and
// people are known by what form says.
func (o *office) fresh() *office {
	o.Helper()
	o.update(func(tx *store.Tx) {
		for _, p := range staff().People {
			roster.Bind(tx, account, "u-"+p.ID, roster.Binding{Person: "none", Chat: ""})
		}
	})
	opt := options(nil)
	opt.Cards = "{学院}-{姓名}"
	o.router = route(o.store, opt)
	return o
}

func TestIdentity_card(t *testing.T) {
	offices(t, func(o *office) {
		o.fresh()
		n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		o.hear(o.says("s/1/w", "计算机学院-王雪晴", "收到"))
		o.item(n.Number, "王雪晴", "done")
		if p, ok := o.who("s/1/w"); !ok || p.ID != "C3" {
			o.Errorf("s/1/w is %+v, %v, want C3 for this login", p, ok)
		}
		if _, ok := o.who("s/2/w"); ok {
			o.Error("the handle is good after the next login, want not")
		}
		o.hear(o.says("s/1/x", "外国语学院-孙静怡 ", "收到"))
		o.hear(o.says("s/1/y", "张伟", "收到"))
		o.hear(o.says("s/1/z", "", "收到"))
		for _, who := range []string{"孙静怡", "张伟·机械"} {
			o.item(n.Number, who, "open")
		}
	})
}

func TestIdentity_neverGuesses(t *testing.T) {
	for name, c := range map[string]struct {
		before []bot.Message
		said   func(o *office) bot.Message
		who    string
		want   string // in the list
	}{
		"when somebody else with that name speaks for the person": {
			said: func(o *office) bot.Message {
				o.hear(o.says("s/1/w", "计算机学院-刘畅", "收到"))
				return o.says("s/1/other", "计算机学院-刘畅", "收到")
			},
			who: "s/1/other", want: "已有别的微信号是这个人",
		},
		"when the person has a remark on our phone": {
			said: func(o *office) bot.Message {
				o.hear(o.says("remark/C4", "老刘", "收到"))
				return o.says("s/1/other", "计算机学院-刘畅", "收到")
			},
			who: "s/1/other", want: "已有别的微信号是这个人",
		},
		"when the name in the group was changed": {
			said: func(o *office) bot.Message {
				o.hear(o.says("s/1/w", "计算机学院-刘畅", "收到"))
				return o.says("s/1/w", "外国语学院-孙静怡", "收到")
			},
			who: "孙静怡", want: "群昵称换过",
		},
		"when two on the roster are called so": {
			said: func(o *office) bot.Message {
				r := staff()
				r.People = append(r.People, roster.Person{
					ID: "C9", Name: "刘畅", College: "计算机学院", Groups: []string{"学工群"}, Roles: []roster.Role{roster.Counselor},
				})
				o.roster(r)
				return o.says("s/1/w", "计算机学院-刘畅", "收到")
			},
			who: "s/1/w", want: "名单上不止一位",
		},
	} {
		t.Run(name, func(t *testing.T) {
			offices(t, func(o *office) {
				o.fresh()
				n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
				o.hear(c.said(o))
				o.item(n.Number, "孙静怡", "open")
				o.has(o.admin("待认领"), c.want)
			})
		})
	}
}

// admin says something in private as the admin whose remark is set.
func (o *office) admin(text string) string {
	o.Helper()
	return o.answers(o.whisper("remark/A1", text))
}

func TestClaim(t *testing.T) {
	offices(t, func(o *office) {
		o.fresh()
		o.admin("帮助") // from here on the admin can be reached
		n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		if got := o.hear(o.says("s/1/q", "小孙", "今天天气不错")); len(got) != 0 {
			o.Errorf("got %v, want that talk leads to nothing", got)
		}
		told := o.hear(o.says("s/1/q", "小孙", "收到"))
		if len(told) != 1 || told[0].Chat != "remark/A1" || !strings.Contains(told[0].Text, "待认领") {
			o.Errorf("got %+v, want one word to the admin and none to the group", told)
		}
		o.hear(o.says("s/1/r", "路过", "收到"))
		list := o.admin("待认领")
		o.has(list, "待认领2人", "1. 群“g-学工群” 群昵称“小孙”", "：收到", "2. ")
		o.has(o.admin("认领 1 张伟"), "有2位张伟，请写工号")
		o.has(o.admin("认领 1 孙静怡"), "留着的1条里有1条已补记")
		o.item(n.Number, "孙静怡", "done")
		o.has(o.admin("认领 2 无"), "已删除")
		if got := o.admin("待认领"); got != "没有待认领的人。" {
			o.Errorf("got %q, want an empty list", got)
		}
		if got := o.hear(o.whisper("s/1/q", "待认领")); len(got) != 1 || !strings.Contains(got[0].Text, "需要管理员") {
			o.Errorf("a counselor got %+v, want a refusal", got)
		}
	})
}

// A claim that was wrong is taken back: what is said then is nobody's again.
func TestUnbind(t *testing.T) {
	offices(t, func(o *office) {
		o.fresh()
		n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		o.hear(o.says("s/1/q", "小孙", "收到"))
		o.has(o.admin("解除绑定 孙静怡"), "没有绑定，不用解除")
		o.admin("认领 1 孙静怡")
		o.has(o.admin("解除绑定 孙静怡"), "已解除孙静怡的绑定")
		o.item(n.Number, "孙静怡", "done")
		o.hear(o.says("s/1/q", "小孙", "收到"))
		o.has(o.admin("待认领"), "待认领1人")
	})
}

func TestClaim_byCode(t *testing.T) {
	offices(t, func(o *office) {
		o.fresh()
		n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		o.hear(o.says("s/1/q", "小孙", "收到"))
		answer := o.admin("绑定码 孙静怡")
		_, code, _ := strings.Cut(answer, "绑定 ")
		got := o.hear(o.whisper("s/1/q", "绑定 "+code))
		if len(got) != 1 || !strings.Contains(got[0].Text, "已补记1条") || o.state(n.Number, "孙静怡") != "done" {
			o.Errorf("got %+v, state %q, want that the answer counts", got, o.state(n.Number, "孙静怡"))
		}
	})
}

func TestClaim_recalled(t *testing.T) {
	offices(t, func(o *office) {
		o.fresh()
		o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		m := o.says("s/1/q", "小孙", "收到")
		o.hear(m)
		back := o.says("s/1/q", "小孙", "")
		back.Kind, back.Recall = bot.Recall, m.ID
		o.hear(back)
		if got := o.admin("待认领"); got != "没有待认领的人。" {
			o.Errorf("got %q, want an empty list: it was taken back", got)
		}
	})
}

// TestIdentity_lookAlikes is threat T1: nobody gets an admin's rights by a name,
// however much it looks like the admin's.
func TestIdentity_lookAlikes(t *testing.T) {
	o := newOffice(t, newMem(t), "").fresh()
	o.admin("帮助")
	o.update(func(tx *store.Tx) { // even one whom an admin took for the admin
		roster.Bind(tx, account, "s/1/claimed", roster.Binding{Person: "A1", Chat: "s/1/claimed", How: roster.ByAdmin})
	})
	granted, shown := 0, 0
	names := lookAlikes("学工处-周明远")
	if len(names) < 500 {
		t.Fatalf("%d look-alikes, want 500", len(names))
	}
	handles := []string{"s/1/claimed"}
	for i, name := range names {
		h := fmt.Sprintf("s/1/%d", i)
		handles = append(handles, h)
		o.hear(o.says(h, name, "收到"))
	}
	for i, h := range handles {
		m := o.whisper(h, "发通知 学工群：明天放假")
		m.Name = "周明远"
		g := o.says(h, names[i%len(names)], "@"+botName+" 账号状态")
		g.Mention = true
		for _, m := range append(o.hear(m), o.hear(g)...) {
			if strings.Contains(m.Text, "预览") || strings.Contains(m.Text, "在线") {
				granted++
			}
		}
		if p, ok := o.who(h); ok && p.Is(roster.Admin, roster.Office, roster.Lead) {
			shown++
		}
		if o.now = o.now.Add(1e9); i%50 == 0 {
			o.now = o.now.Add(1e12)
		}
	}
	if granted != 0 || shown != 0 {
		t.Errorf("%d commands were taken and %d handles have rights, want none", granted, shown)
	}
}

// lookAlikes returns names that look like one.
func lookAlikes(name string) []string {
	all := []string{
		name, strings.ReplaceAll(name, "-", "－"), strings.ReplaceAll(name, "-", "—"), strings.ReplaceAll(name, "-", " - "), "周明远", "周明远（管理员）",
		strings.ReplaceAll(name, "明", "眀"), strings.ReplaceAll(name, "远", "遠"), strings.ReplaceAll(name, "工", "⼯"), strings.ReplaceAll(name, "处", "處"),
	}
	invisible := []rune{0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0x202e, 0x202d, 0x2066, 0x2069, 0x00ad, 0x034f, 0x180e, 0xfe0f, 0xe0100, 0x3000, 0x00a0, 0x2009, 0x3164, 0x115f, 0x200e}
	for _, base := range slices.Clone(all) {
		r := []rune(base)
		for at := 0; at <= len(r); at++ {
			for _, c := range invisible {
				all = append(all, string(slices.Insert(slices.Clone(r), at, c)))
			}
		}
	}
	return all[:min(len(all), 600)]
}

func TestIdentity_remark(t *testing.T) {
	offices(t, func(o *office) {
		o.fresh()
		n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会"}, "学工群")
		o.hear(o.says("remark/C3", "随便什么", "收到"))
		o.item(n.Number, "王雪晴", "done")
		o.view(func(s *store.Snapshot) {
			if chat := roster.PrivateChat(s, account, "C3"); chat != "remark/C3" {
				o.Errorf("reached in %q, want remark/C3", chat)
			}
		})
		o.has(o.admin("发通知 学工群：开会"), "预览")
	})
}
