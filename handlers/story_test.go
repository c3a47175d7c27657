package handlers_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/notice"
)

// A story is what people say and what the bot answers, line by line:
//
//	王雪晴 群: 收到                  said in the group 学工群 (安全: in 安全群; 私: in private)
//	王雪晴 群@: 第1条完成80%         said to the bot
//	王雪晴 群「上」: 改成60%          answering the bot's newest text there by quoting it
//	王雪晴 群「刘畅:吃饭去」: 好的      answering somebody else's
//	王雪晴 群 -10m: 收到             said ten minutes ago, delivered now
//	王雪晴 私: [撤回]               takes their newest message back; also [图片] and [文件]名
//	  私: 已记                     what is sent because of it: where, and a part of the text;
//	                              a line without any is answered by silence
//	通知 需回执 学工群: 明天开会       a notice goes out
//	+30m                         time passes
//	~30m                         time passes, and what is due then is done; below it what is sent
//	= 通知1 王雪晴: done           how a person's item stands
//	= 第1条 王雪晴: 80%            their newest word on a measure, - if none (第3条#2 is the second of two)
//	= 第1条 王雪晴 历史: 80% 60%×   all that they said on it
//	= 收件箱: 1                    how many questions wait for the office
//
// ⏎ is a line break. Somebody with a namesake is 张伟·机械.
type story struct {
	name string
	text string
}

// tell plays stories on both engines.
func tell(t *testing.T, stories []story) {
	t.Helper()
	for _, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			offices(t, func(o *office) { o.tell(s.text) })
		})
	}
}

func (o *office) tell(text string) {
	o.Helper()
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(strings.TrimLeft(lines[i], " \t"), "\t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "+"):
			o.pass(line[1:])
		case strings.HasPrefix(line, "~"):
			i += o.live(line, lines[i+1:])
		case strings.HasPrefix(line, "= "):
			o.check(line)
		case strings.HasPrefix(line, "通知 "):
			o.announce(line)
		default:
			var want []string
			for i+1 < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[i+1], "\t"), "  ") {
				i++
				want = append(want, strings.TrimSpace(lines[i]))
			}
			o.spoken(line, want)
		}
	}
}

// pass lets time pass.
func (o *office) pass(s string) {
	o.Helper()
	o.now = o.now.Add(o.duration(s))
}

func (o *office) duration(s string) time.Duration {
	o.Helper()
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		o.must(err)
		return time.Duration(n) * 24 * time.Hour
	}
	d, err := time.ParseDuration(s)
	o.must(err)
	return d
}

// announce reads 通知 需回执 学工群+安全群 2h: 正文, due in two hours.
func (o *office) announce(line string) {
	o.Helper()
	head, text, _ := strings.Cut(line, ": ")
	words := strings.Fields(head)
	class, ok := notice.ParseClass(words[1])
	if !ok {
		o.Fatalf("%q is no class, in %q", words[1], line)
	}
	n := notice.Notice{Class: class, Text: text, By: "A1"}
	if len(words) > 3 {
		n.Due = o.now.Add(o.duration(words[3]))
	}
	o.post(n, strings.Split(words[2], "+")...)
}

// spoken plays one message and compares what is sent.
func (o *office) spoken(line string, want []string) {
	o.Helper()
	head, text, ok := strings.Cut(line, ": ")
	if !ok {
		o.Fatalf("no line of a story: %q", line)
	}
	who, where, _ := strings.Cut(head, " ")
	m := o.heard(who, where, strings.ReplaceAll(text, "⏎", "\n"))
	o.compare(line, texts(o.hear(m), who), want)
}

func show(all []string) string {
	if len(all) == 0 {
		return "silence"
	}
	return strings.Join(all, "\n     ")
}

// heard makes the message that a line of a story says.
func (o *office) heard(who, where, text string) bot.Message {
	o.Helper()
	where, ago, late := strings.Cut(where, " -")
	quote, quoted := "", false
	if i := strings.Index(where, "「"); i >= 0 {
		where, quote, quoted = where[:i], strings.Trim(where[i:], "「」"), true
	}
	where, mention := strings.CutSuffix(where, "@")
	m := o.message(who, map[string]string{"群": "学工群", "安全": "安全群", "私": "私"}[where], text)
	m.Mention = m.Mention || mention
	if mention {
		m.Text = "@" + botName + "\u2005" + m.Text
	}
	if late {
		m.Sent = o.now.Add(-o.duration(ago))
	}
	switch name, said, other := strings.Cut(quote, ":"); {
	case !quoted:
	case other:
		m.Quote = &bot.Quote{Name: name, Text: said}
	case quote == "上":
		m.Quote = &bot.Quote{Name: botName, Self: true, Text: o.last[m.Chat]}
	default:
		m.Quote = &bot.Quote{Name: botName, Self: true, Text: "【" + quote + "】正文"}
	}
	switch {
	case strings.HasPrefix(text, "[图片]"):
		m.Kind, m.Text = bot.Picture, strings.TrimPrefix(text, "[图片]")
	case strings.HasPrefix(text, "[文件]"):
		m.Kind, m.Text = bot.File, strings.TrimPrefix(text, "[文件]")
	case text == "[撤回]":
		m.Kind, m.Recall, m.Text = bot.Recall, o.said[m.Sender], ""
	}
	return m
}

// check compares what is stored: = what: value.
func (o *office) check(line string) {
	o.Helper()
	head, want, ok := strings.Cut(strings.TrimPrefix(line, "= "), ": ")
	words := strings.Fields(head)
	if !ok || len(words) == 0 {
		o.Fatalf("no line of a story: %q", line)
	}
	var got string
	switch number, isNotice := strings.CutPrefix(words[0], "通知"); {
	case isNotice:
		n, err := strconv.Atoi(number)
		o.must(err)
		got = o.state(n, words[1])
	case words[0] == "收件箱":
		got = strconv.Itoa(o.waiting())
	default:
		number, nth, second := strings.Cut(strings.TrimPrefix(words[0], "第"), "#")
		number = strings.TrimSuffix(number, "条")
		which := 1
		if second {
			which, _ = strconv.Atoi(nth)
		}
		node := o.node(number, which)
		if got = o.latest(node, words[1]); len(words) > 2 {
			got = o.history(node, words[1])
		}
	}
	if got != want {
		o.Errorf("got %s, want %s: %s", got, want, head)
	}
}
