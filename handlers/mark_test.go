package handlers_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
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

// press makes the press of the button of a text that was sent which says something.
func (o *office) press(who, where string, card bot.Outgoing, says string) bot.Message {
	o.Helper()
	if !slices.ContainsFunc(card.Buttons, func(b bot.Button) bool { return b.Says == says }) {
		o.Errorf("%q has the buttons %v, want one that says %q", card.Text, card.Buttons, says)
	}
	m := o.message(who, where, says)
	m.Press, m.Mention = &bot.Press{Message: "s-" + card.Key, Key: card.Key}, true
	return m
}

// says are what the buttons of a text say.
func says(m bot.Outgoing) string {
	var all []string
	for _, b := range m.Buttons {
		all = append(all, b.Says)
	}
	return strings.Join(all, " ")
}

// TestPress: the card of a group says how many have answered, once however many press
// before it is shown; one in private keeps what can still be answered.
func TestPress(t *testing.T) {
	offices(t, func(o *office) {
		o.limit(outbox.Limits{})
		o.n++
		o.update(func(tx *store.Tx) {
			for _, text := range []string{"检查灭火器", "检查门锁"} {
				n := notice.Notice{Class: notice.Receipt, Text: text, Confirm: text == "检查灭火器", By: "A1"}
				notice.Post(tx, "test/"+text, n, roster.Targets(tx.Snapshot, []string{"安全群"}))
			}
		})
		card := o.drain()[0]
		for _, who := range []string{"王雪晴", "郭建平"} {
			o.must(o.router.Handle(o.Context(), o.press(who, "安全群", card, "通知1收到")))
		}
		shown := slices.DeleteFunc(o.drain(), func(m bot.Outgoing) bool { return m.Replaces == "" })
		if len(shown) != 1 || shown[0].Replaces != "s-"+card.Key || says(shown[0]) != "通知1收到 通知1已落实" {
			o.Fatalf("got %+v, want the card once, with its buttons", shown)
		}
		o.has(shown[0].Text, "检查灭火器", "应回2，已收到2，已落实0")

		o.now = o.now.Add(25 * time.Hour)
		for more := true; more; {
			var err error
			more, err = notice.Attend(o.Context(), o.store, o.rules())
			o.must(err)
		}
		asked := slices.DeleteFunc(o.drain(), func(m bot.Outgoing) bool { return m.Chat != "p-"+id("郭建平") })[0]
		alone := func(word, left string) {
			o.Helper()
			shown := slices.DeleteFunc(o.hear(o.press("郭建平", "私", asked, word)), func(m bot.Outgoing) bool { return m.Replaces == "" })
			if len(shown) != 1 || says(shown[0]) != left {
				o.Errorf("after %s: got %+v, want the card with %q", word, shown, left)
			}
		}
		if says(asked) != "通知1已落实 通知2收到" {
			o.Errorf("got %v", asked.Buttons)
		}
		alone("通知2收到", "通知1已落实")
		alone("通知1已落实", "")
	})
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
