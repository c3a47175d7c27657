package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
	"duban/progress"
	"duban/store"
	"duban/store/storetest"
)

// TestAsTyped is row A14 at the router: what was typed reaches the reader, whatever
// signs it holds; what is kept of it is in half width and without mentions.
func TestAsTyped(t *testing.T) {
	offices(t, func(o *office) {
		for typed, kept := range map[string]string{
			"差经费😀": "差经费😀", "缺𠮷野家的章": "缺𠮷野家的章", "等“会签”：二审": "等“会签”:二审", "卡在A&B公司": "卡在A&B公司", "卡在<财务处>": "卡在<财务处>",
			"差3个班 @王老师": "差3个班", "卡在 x:y 系统": "卡在 x:y 系统", "e\u0301cole的材料没到": "e\u0301cole的材料没到", "缺钱[流泪]": "缺钱",
		} {
			o.pass("1m")
			o.hear(o.message("王雪晴", "私", "第1条受阻，"+typed))
			if got := o.latest(o.node("1", 1), "王雪晴"); !strings.HasPrefix(got, "受阻，"+kept) {
				o.Errorf("got %q, want the reason %q, typed as %q", got, kept, typed)
			}
		}
		for _, asked := range []string{"第4条要不要交纸质版😀𠮷？", "第4条要不要用<br>标签&符号？", "第4条：⏎要不要交纸质版？"} {
			asked = strings.ReplaceAll(asked, "⏎", "\n")
			o.hear(o.message("王雪晴", "私", asked))
		}
		o.view(func(s *store.Snapshot) {
			all := progress.Questions.Open(s)
			if len(all) != 3 || !strings.Contains(all[0].Text, "纸质版😀𠮷") || !strings.Contains(all[2].Text, "纸质版") {
				o.Errorf("got %+v, want the questions as they were asked", all)
			}
		})
	})
}

// TestDeadline_race is row D6: answers that race with the deadline and with each
// other end on one side each, the side of their own time.
func TestDeadline_race(t *testing.T) {
	offices(t, func(o *office) {
		const rounds = 20
		for round := range rounds {
			n := o.post(notice.Notice{Class: notice.Receipt, Text: "开会", Due: o.now.Add(time.Hour)}, "学工群")
			due := o.now.Add(time.Hour)
			o.now = due.Add(time.Minute)
			var wg sync.WaitGroup
			said := map[string]time.Time{}
			for i, who := range []string{"王雪晴", "刘畅", "孙静怡", "郭建平", "张伟·机械", "张伟·经济"} {
				m := o.heard(who, "群", "收到")
				m.Sent = due.Add(time.Duration(i-3+round%2) * time.Second)
				said[who] = m.Sent
				wg.Go(func() {
					if err := o.router.Handle(o.Context(), m); err != nil {
						o.Errorf("got error %v, want none", err)
					}
				})
			}
			wg.Go(func() {
				o.update(func(tx *store.Tx) { notice.Finish(tx, n.Number, notice.Closed) })
			})
			wg.Wait()
			for who, at := range said {
				want := "done"
				if at.After(due) {
					want = "done late"
				}
				if got := o.state(n.Number, who); got != want {
					o.Errorf("got %s, want %s: answered %v after the deadline", got, want, at.Sub(due))
				}
			}
			o.drain()
			o.now = o.now.Add(25 * time.Hour)
		}
	})
}

// TestRecall_keepsFact is row A13: a recalled message loses its words and keeps
// that it was there.
func TestRecall_keepsFact(t *testing.T) {
	o := boltOffice(t)
	o.tell(`
通知 需回执 学工群: 明天开会
王雪晴 群: 收到，金丝雀这就去办
王雪晴 群: [撤回]
  私: 已撤回：通知1的回复
= 通知1 王雪晴: open
王雪晴 私: 第1条卡在金丝雀那里了
  私: 已记：1→受阻
王雪晴 私: [撤回]
  私: 已撤回：第1条 受阻
= 第1条 王雪晴 历史: 受阻×
王雪晴 私: 第4条要不要问金丝雀？
  私: 问题1
王雪晴 私: [撤回]
  私: 已撤回：问题1
王雪晴 私: 第3条完成80%，金丝雀管
  私: 是哪一条
王雪晴 私: [撤回]
`)
	o.view(func(s *store.Snapshot) {
		for a := range storetest.Audits(s, account) {
			if strings.Contains(fmt.Sprint(a), "金丝雀") {
				t.Errorf("the audit log holds words: %+v", a)
			}
		}
		for _, measure := range []string{"1", "3"} {
			all := progress.History(s, o.node(measure, 1), id("王雪晴"))
			for _, u := range all {
				if u.Note != "" {
					t.Errorf("got note %q of a recalled message, want none", u.Note)
				}
			}
		}
	})
	for line := range strings.SplitSeq(dump(t, o.engine), "\n") {
		if strings.Contains(line, "金丝雀") && !strings.HasPrefix(line, "a/"+account+"/out/") {
			t.Errorf("the store still holds %s", line)
		}
	}
}

// TestRecall_noSender: where the network does not say who took a message back, it is
// whose message it was, in the chat where it was said.
func TestRecall_noSender(t *testing.T) {
	offices(t, func(o *office) {
		o.post(notice.Notice{Class: notice.Receipt, Text: "明天开会"}, "学工群")
		said := o.message("王雪晴", "学工群", "收到")
		o.hear(said)
		back := func(change func(*bot.Message)) []bot.Outgoing {
			m := o.message("", "学工群", "")
			m.Sender, m.Name, m.Kind, m.Recall = "", "", bot.Recall, said.ID
			change(&m)
			return o.hear(m)
		}
		for _, change := range []func(*bot.Message){
			func(m *bot.Message) { m.Chat = "g-安全群" },
			func(m *bot.Message) { m.Recall = "m9999" },
			func(m *bot.Message) { m.Sender = "u-nobody" },
			func(m *bot.Message) { m.Sender = "u-" + id("刘畅") },
		} {
			if sent := back(change); len(sent) > 0 {
				o.Errorf("got %+v, want no answer", sent)
			}
			o.item(1, "王雪晴", "done")
		}
		got := texts(back(func(*bot.Message) {}), "王雪晴")
		o.compare("the answer", got, []string{"私: 已撤回：通知1的回复。"})
		o.item(1, "王雪晴", "open")
	})
}

// TestGroupTexts is row F6 over random talk: what is said in a group never names
// who has not answered, and is never said unasked.
func TestGroupTexts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	o := newOffice(t, newMem(t), "")
	o.tell("通知 需回执 学工群: 明天开会\n通知 填报 学工群+安全群: 请填报\n")
	words := []string{
		"还有谁没回复", "还有谁没回复通知1", "进度汇总", "我的数据", "我还有哪几条没填", "收件箱", "未回的名单", "谁没填", "第1条", "哪些受阻", "收到", "第1条完成80%",
		"帮助", "目录", "提醒列表", "绑定码 刘畅", "1", "2", "更多", "撤回", "第3条办结", "代刘畅收到", "我请假到周三",
	}
	for range 1500 {
		o.now = o.now.Add(time.Duration(rnd.IntN(90)) * time.Second)
		who := staff().People[rnd.IntN(9)]
		m := o.message(who.Name, []string{"学工群", "安全群", "私"}[rnd.IntN(3)], words[rnd.IntN(len(words))])
		m.Sender = "u-" + who.ID
		if !m.Group {
			m.Chat = "p-" + who.ID
		} else if rnd.IntN(2) == 0 {
			m.Mention = true
		}
		for _, s := range o.hear(m) {
			if !strings.HasPrefix(s.Chat, "g-") || s.Notice != "" {
				continue
			}
			if strings.Contains(s.Text, "未回：") || strings.Contains(s.Text, "绑定码：") || strings.Contains(s.Text, "关于您") || strings.Contains(s.Text, "待回复：") {
				t.Errorf("got in the group: %q, after %q", s.Text, m.Text)
			}
			if !m.Mention && s.Chat == m.Chat && !isNumber(m.Text) {
				t.Errorf("got in the group: %q, after %q that was not said to the bot", s.Text, m.Text)
			}
			if s.Chat != m.Chat && m.Kind == bot.Text {
				t.Errorf("got in another group: %q, after %q", s.Text, m.Text)
			}
		}
	}
}

func isNumber(s string) bool { return s == "1" || s == "2" }
