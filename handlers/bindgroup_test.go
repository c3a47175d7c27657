package handlers_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"duban/bot"
	"duban/notice"
	"duban/outbox/outboxtest"
	"duban/roster"
	"duban/store"
)

// A net is what a network says of groups.
type net struct {
	members map[string]int
	agreed  []string
}

func (n *net) Members(_, chat string) (int, error) {
	if n.members[chat] == 0 {
		return 0, bot.ErrUnresolved
	}
	return n.members[chat], nil
}

func (n *net) Agree(_, chat string) error {
	if n.members[chat] == 0 {
		return bot.ErrUnresolved
	}
	n.agreed = append(n.agreed, chat)
	return nil
}

func (o *office) meets(group string) (chat string) {
	o.Helper()
	o.view(func(s *store.Snapshot) {
		to := roster.Targets(s, []string{group})
		if len(to) == 1 {
			chat = to[0].Chat
		}
	})
	return chat
}

func TestBindGroup(t *testing.T) {
	offices(t, func(o *office) {
		n := &net{members: map[string]int{"2026学工群": 46}}
		opt := options(nil)
		opt.Groups = n
		o.router = route(o.store, opt)
		posted := o.parked()
		got := o.asks("周明远", "绑定群 学工群 2026学工群")
		o.has(got, "“学工群”的通知和提醒将发到群“2026学工群”：群里现有46人，名单上9人", "原来发到“g-学工群”", "回复“确认”")
		if chat := o.meets("学工群"); chat != "g-学工群" || len(n.agreed) > 0 {
			o.Errorf("before it was confirmed the group meets in %q, agreed %q", chat, n.agreed)
		}
		var texts []string
		for _, m := range o.hear(o.message("周明远", "私", "确认")) {
			texts = append(texts, m.Chat+"："+m.Text)
		}
		if chat := o.meets("学工群"); chat != "2026学工群" || !slices.Equal(n.agreed, []string{"2026学工群"}) {
			o.Errorf("after it was confirmed the group meets in %q, agreed %q", chat, n.agreed)
		}
		if len(texts) != 2 || !slices.ContainsFunc(texts, func(s string) bool { return strings.HasPrefix(s, "2026学工群：【通知") }) {
			o.Errorf("sent %q, want the answer and what was parked, in the new chat", texts)
		}
		m := o.message("王雪晴", "学工群", "收到")
		m.Chat = "2026学工群"
		o.hear(m)
		o.item(posted.Number, "王雪晴", "done")
		got = o.asks("周明远", "确认群 2026学工群")
		if o.asks("周明远", "确认"); !strings.Contains(got, "现有46人") || len(n.agreed) != 2 {
			o.Errorf("确认群: got %q, agreed %q, want it agreed once more", got, n.agreed)
		}
		o.has(o.asks("周明远", "绑定群 学工群 没有的群"), "没有找到唯一的叫“没有的群”的群")
		o.has(o.asks("周明远", "绑定群 别的群"), "名单里没有“别的群”这个群（有：")
		o.has(o.asks("王雪晴", "绑定群 学工群"), "需要管理员")
	})
}

// parked posts a notice whose group cannot be found.
func (o *office) parked() notice.Notice {
	o.Helper()
	var p notice.Posting
	o.update(func(tx *store.Tx) {
		to := roster.Targets(tx.Snapshot, []string{"学工群"})
		p = notice.Post(tx, "parked", notice.Notice{Class: notice.Receipt, Text: "开会"}, to)
	})
	m, err := outboxtest.Claim(o.Context(), o.store, account)
	o.must(err)
	o.must(outboxtest.Settle(o.Context(), o.store, m, bot.Result{Err: bot.ErrUnresolved, Held: true, Parked: true, Again: o.now.Add(3600e9)}))
	o.drain()
	return p.Notice
}

// In a group the admin is answered alone.
func TestBindGroup_inTheGroup(t *testing.T) {
	offices(t, func(o *office) {
		m := o.message("周明远", "安全群", "@"+botName+" 绑定群 学工群")
		m.Mention = true
		got := o.hear(m)
		if len(got) != 1 || got[0].Chat != "p-A1" || !strings.Contains(got[0].Text, "将发到群“g-安全群”") {
			o.Fatalf("got %+v, want a preview for the admin alone", got)
		}
		o.asks("周明远", "确认")
		if chat := o.meets("学工群"); chat != "g-安全群" {
			o.Errorf("the group meets in %q, want g-安全群", chat)
		}
	})
}

func TestTestAlarm(t *testing.T) {
	offices(t, func(o *office) {
		o.outside()
		o.has(o.asks("周明远", "测试报警"), "已通过3个渠道")
		if got := o.told("mail"); len(got) != 1 || !strings.Contains(got[0], "测试报警") {
			o.Errorf("the alarm account has %q", got)
		}
		if _, err := outboxtest.Claim(o.Context(), o.store, "none"); !errors.Is(err, outboxtest.ErrEmpty) {
			o.Errorf("another account has something: %v", err)
		}
	})
}
