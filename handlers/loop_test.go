package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/outbox"
	"duban/store/enginetest"
)

// face lets two bots that take each other's words for a person's talk for ten minutes
// after somebody said the first words to one of them, and returns how much they said.
// Each needs pause before it answers.
func face(t *testing.T, first string, group bool, perMinute int, pause time.Duration, twist func(string) string) (said int) {
	t.Helper()
	var bots [2]*office
	for i := range bots {
		bots[i] = newOffice(t, enginetest.New(t), "")
		bots[i].limit(outbox.Limits{Answers: outbox.Answers{PerMinute: perMinute}})
	}
	where := "私"
	if group {
		where = "学工群"
	}
	words := []string{first}
	for turn := 0; len(words) > 0 && bots[0].now.Before(monday().Add(10*time.Minute)); turn = 1 - turn {
		var answers []string
		for _, o := range bots {
			o.now = o.now.Add(pause)
		}
		for _, text := range words {
			said++
			m := bots[turn].message("王雪晴", where, twist(text))
			m.Name, m.Mention = "另一个机器人", true
			for _, answer := range bots[turn].hear(m) {
				answers = append(answers, answer.Text)
			}
		}
		words = answers
	}
	return said
}

// TestLoop is threat T15: two bots that face each other say little, whatever they
// begin with, in a group and in private, however fast they are and even if one of
// them turns everything into a question.
func TestLoop(t *testing.T) {
	same := func(s string) string { return s }
	twists := map[string]func(string) string{
		"that repeat each other":        same,
		"that mention each other":       func(s string) string { return "@" + botName + " " + s },
		"that ask for the plan":         func(string) string { return "目录" },
		"that ask for the same measure": func(string) string { return "第4条" },
		"that ask for nonsense":         func(s string) string { return fmt.Sprintf("查%d", len(s)) },
		"that report":                   func(s string) string { return fmt.Sprintf("第1条完成%d%%", len(s)%100) },
		"that ask a person":             func(s string) string { return fmt.Sprintf("第%d条要不要交纸质版？", 1+len(s)%2) },
	}
	for name, twist := range twists {
		for _, pause := range []time.Duration{time.Millisecond, time.Second, 7 * time.Second, 20 * time.Second} {
			for _, group := range []bool{false, true} {
				for _, first := range []string{"目录", "第1条完成80%", "帮助", "收到", "冒充客服"} {
					t.Run(fmt.Sprintf("%s every %v (group %v, first %q)", name, pause, group, first), func(t *testing.T) {
						if said := face(t, first, group, 5, pause, twist); said > most(pause, group) {
							t.Errorf("got %d texts in 10 minutes, want at most %d", said, most(pause, group))
						}
					})
				}
			}
		}
	}
}

// most is how much two bots may say in ten minutes, with the first words: in each
// chat five each if they are fast, and twenty each if they are slow. What is said
// in a group may be answered in two chats.
func most(pause time.Duration, group bool) int {
	each := 20
	if pause < 6*time.Second {
		each = 5
	}
	if group {
		each *= 2
	}
	return 1 + 2*each
}

// TestQuiet: five answers a minute and chat, the last of which says so, then ten
// minutes of silence in which answers are still booked.
func TestQuiet(t *testing.T) {
	o := newOffice(t, newMem(t), "")
	o.limit(outbox.Limits{Answers: outbox.Answers{PerMinute: 5}})
	for i := range 5 {
		want := "抓好课堂考勤"
		if i == 4 {
			want = "先安静10分钟，您的回复照常记录"
		}
		o.tell("王雪晴 群@: 第1条\n  学工群: " + want)
	}
	o.tell(`
通知 需回执 学工群: 明天开会
王雪晴 群@: 第1条
王雪晴 群@: 收到
= 通知1 王雪晴: done
王雪晴 安全@: 第1条
  安全群: 抓好课堂考勤
+9m
王雪晴 群@: 第1条
+61s
王雪晴 群@: 第1条
  学工群: 抓好课堂考勤
`)
}

// TestIgnored is row A11 and its like: nobody who is not a person is answered or
// booked.
func TestIgnored(t *testing.T) {
	offices(t, func(o *office) {
		o.tell("通知 需回执 学工群: 明天开会\n")
		before := o.engine.updates
		for _, text := range []string{"收到", "第1条完成80%", "目录", "撤回", "确认", "发通知 需回执 学工群：放假", "我请假到周三"} {
			for _, where := range []string{"私", "群@", "群"} {
				own, system, robot, named := o.heard("王雪晴", where, text), o.heard("王雪晴", where, text), o.heard("王雪晴", where, text), o.heard("王雪晴", where, text)
				own.Self, system.Kind, robot.Sender, named.Name = true, bot.System, "u-robot", "u-robot"
				for _, m := range []bot.Message{own, system, robot, named} {
					if sent := o.hear(m); len(sent) > 0 {
						o.Errorf("got %q in answer to %q of kind %q (self %v, sender %s), want silence", sent[0].Text, m.Text, m.Kind, m.Self, m.Sender)
					}
				}
			}
		}
		if o.engine.updates-before > 2*7*3*4 { // what drain looks for
			o.Errorf("got %d transactions, want none but those of the outbox", o.engine.updates-before)
		}
		o.item(1, "王雪晴", "open")
	})
}

// TestBusyDay: 500 messages in a group, 40 of them for the bot: at most the 40 are
// answered, and nothing of the others is written anywhere.
func TestBusyDay(t *testing.T) {
	o := boltOffice(t)
	o.tell("通知 需回执 学工群: 明天下午开会\n")
	names := []string{"王雪晴", "刘畅", "孙静怡", "郭建平", "张伟·机械", "张伟·经济", "徐慎行", "何志勤", "路人"}
	forBot := busy()
	answered, groupTexts := 0, 0
	for i := range 500 {
		o.now = o.now.Add(70 * time.Second)
		who := names[i*7%len(names)]
		if i%12 != 3 || len(forBot) == 0 {
			m := o.message(who, "学工群", strings.ReplaceAll(overheard[i%len(overheard)], "✿", canary(i)))
			if sent := o.hear(m); len(sent) > 0 {
				t.Errorf("got %q in answer to %q, want silence", sent[0].Text, m.Text)
			}
			continue
		}
		sent := o.hear(o.heard(who, forBot[0][0], forBot[0][1]))
		forBot = forBot[1:]
		if len(sent) > 0 {
			answered++
		}
		for _, s := range sent {
			if strings.HasPrefix(s.Chat, "g-") {
				groupTexts++
			}
		}
	}
	if len(forBot) > 0 {
		t.Fatalf("%d messages for the bot were not said", len(forBot))
	}
	if answered > 40 || answered < 20 || groupTexts > answered {
		t.Errorf("got %d of 40 answered with %d texts in the group, want at most as many", answered, groupTexts)
	}
	t.Logf("%d of 40 answered, %d texts in the group", answered, groupTexts)
	o.hasNot("金丝雀")
}

// busy is what is said to the bot on a busy day: 40 messages.
func busy() (all [][2]string) {
	for _, s := range []string{
		"群@: 第1条", "群@: 目录", "群@: 二的目标任务", "群@: 反诈", "群: 收到", "群@: 第1条完成30%", "群「上」: 第1条完成50%", "群@: 进度汇总", "群@: 还有谁没回复", "群@: 第4条要不要交纸质版？",
	} {
		where, text, _ := strings.Cut(s, ": ")
		for range 4 {
			all = append(all, [2]string{where, text})
		}
	}
	return all
}
