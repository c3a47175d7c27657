package handlers_test

import (
	"log/slog"
	"slices"
	"testing"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/store"
)

// TestMark: what is counted in a group gets a mark there unless an answer says so,
// where the network has marks.
func TestMark(t *testing.T) {
	for _, has := range []bool{true, false} {
		offices(t, func(o *office) {
			opts := options(slog.New(slog.DiscardHandler))
			opts.Marks = func(string) bool { return has }
			o.router = route(o.store, opts)
			o.post(notice.Notice{Class: notice.Receipt, Text: "请做好安全排查"}, "学工群")
			marks := func(who, where, text string, want bool) {
				o.Helper()
				m := o.message(who, where, text)
				sent := slices.DeleteFunc(o.hear(m), func(m bot.Outgoing) bool { return m.Marks == "" })
				if want = want && has; want != (len(sent) == 1) {
					o.Errorf("network with marks: %t: %q got %d marks, want one: %t", has, text, len(sent), want)
				}
				if len(sent) > 0 && (sent[0].Marks != m.ID || sent[0].Chat != m.Chat || sent[0].Text != "") {
					o.Errorf("got %+v, want a mark on %s", sent[0], m.ID)
				}
			}
			marks("刘畅", "学工群", "中午吃什么", false)
			marks("刘畅", "学工群", "收到", true)
			marks("刘畅", "学工群", "收到", false) // it counts no second time
			marks("王雪晴", "学工群", "第1条80%", true)
			marks("孙静怡", "私", "收到", false) // the answer says so
			if has {
				o.view(func(s *store.Snapshot) {
					if cost := outbox.CostOf(s, account, "g-学工群", o.now); cost.Answers != 0 {
						o.Errorf("the marks cost the group %d texts", cost.Answers)
					}
				})
			}
		})
	}
}

// TestAsked: what a notice asks for is not answered by less, and can be asked again.
func TestAsked(t *testing.T) {
	offices(t, func(o *office) {
		said := func(who, where, text, want string) {
			o.Helper()
			o.hear(o.message(who, where, text))
			o.has(o.last["p-"+id(who)], want)
		}
		o.post(notice.Notice{Class: notice.Receipt, Text: "今晚开会"}, "学工群")
		o.post(notice.Notice{Class: notice.Report, Text: "请报第4条"}, "学工群")
		said("刘畅", "私", "收到", "已回复通知1") // a bare 收到 is for what asks for one
		said("刘畅", "私", "收到", "要的是进度")
		o.item(2, "刘畅", "open")
		said("刘畅", "私", "通知2 内容", "请报第4条")
		said("刘畅", "私", "通知9", "没有发给您的通知9")
		said("刘畅", "私", "第4条完成80%。我明天请假一天", "刘畅请假")
		o.item(2, "刘畅", "done")
		said("刘畅", "私", "明天的假不请了，改期了", "已取消")
		o.hear(o.message("王雪晴", "学工群", "#接龙\n第4条进展\n1. 王雪晴 第4条60%，场地没定"))
		if got := o.latest(o.node("4", 1), "王雪晴"); got != "60%，场地没定" {
			o.Errorf("got %q, want the note behind the name", got)
		}
	})
}
