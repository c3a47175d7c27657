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
