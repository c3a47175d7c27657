package console_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/console"
)

// A screen is an output that is written and read at once.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// lines returns the lines that were written.
func (s *screen) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s.b.String(), "\n"), "\n")
}

func options(in io.Reader, out io.Writer) console.Options {
	return console.Options{
		BotName: "学工小助手",
		People: []console.Person{
			{ID: "zs", Name: "张三"}, {ID: "ls", Name: "李四"}, {ID: "w1", Name: "王五"}, {ID: "w2", Name: "王五"},
		},
		Groups: []string{"学工群", "学工 二群"},
		In:     in,
		Out:    out,
	}
}

func TestAccount(t *testing.T) {
	bottest.TestAccount(t, func(t *testing.T) bottest.Scene {
		in, typed := io.Pipe()
		lines := make(chan string, 100)
		go func() {
			for l := range lines {
				if _, err := io.WriteString(typed, l+"\n"); err != nil {
					return
				}
			}
		}()
		t.Cleanup(func() {
			close(lines)
			if err := in.Close(); err != nil {
				t.Error(err)
			}
		})
		out := new(screen)
		a, err := console.New(options(in, out))
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]string{"张三": "zs", "李四": "ls"}
		head := func(chat, person string) string {
			if chat == "private/"+ids[person] {
				return person + ": "
			}
			return chat + " " + person + ": "
		}
		escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace
		return bottest.Scene{
			Account: a,
			Group:   "学工群",
			People:  [2]string{"张三", "李四"},
			Private: func(person string) string { return "private/" + ids[person] },
			Mention: "@学工小助手 ",
			Say: func(chat, person, text string) {
				if strings.HasPrefix(text, "/") {
					text = "/" + text
				}
				lines <- head(chat, person) + escape(text)
			},
			Shown: func(chat string) []string {
				for name, id := range ids {
					if chat == "private/"+id {
						chat = name
					}
				}
				var texts []string
				for _, l := range out.lines() {
					if text, ok := strings.CutPrefix(l, chat+" ← "); ok {
						text, _, _ = strings.Cut(text, "【收到】") // buttons
						if text, ok = strings.CutPrefix(text, "（改为）"); ok {
							texts = texts[:len(texts)-1]
						}
						texts = append(texts, strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(text))
					}
				}
				return texts
			},
			Quote: func(chat, person, quoted, text string) {
				lines <- head(chat, person) + "/引用 " + quoted + " | " + text
			},
			Recall: func(chat, person, text string) { lines <- head(chat, person) + "/撤回 " + text },
			Press:  func(chat, person, label string) { lines <- head(chat, person) + "/按 " + label },
			Read: func(chat, person, text string) {
				line := " · " + person + "已读：" + text
				lines <- head(chat, person) + "/已读 " + text
				for late := time.Now().Add(10 * time.Second); !strings.Contains(strings.Join(out.lines(), "\n"), line); <-time.After(time.Millisecond) {
					if time.Now().After(late) {
						t.Fatalf("waited in vain for %q", line)
					}
				}
			},
		}
	})
}

// told returns what the account brings for a story, and what it writes.
func told(t *testing.T, story string) ([]bot.Message, []string) {
	t.Helper()
	out := new(screen)
	a, err := console.New(options(strings.NewReader(story), out))
	if err != nil {
		t.Fatal(err)
	}
	var heard []bot.Message
	err = a.Run(t.Context(), func(_ context.Context, batch []bot.Message) error {
		heard = append(heard, batch...)
		return nil
	})
	if err != nil {
		t.Errorf("Run: %v, want nil at the end of the input", err)
	}
	return heard, out.lines()
}

func TestLine(t *testing.T) {
	cases := []struct {
		clause, line string
		want         bot.Message
	}{
		{"in a group", "学工群 张三: 收到", bot.Message{Chat: "学工群", Group: true, Sender: "zs", Name: "张三", Text: "收到"}},
		{"in a group with a space in its name", "学工 二群 李四: 好", bot.Message{Chat: "学工 二群", Group: true, Sender: "ls", Name: "李四", Text: "好"}},
		{"to the bot alone", "张三: 目录", bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Text: "目录", Mention: true}},
		{"with a full width colon", "张三：目录", bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Text: "目录", Mention: true}},
		{"by id", "w2: 目录", bot.Message{Chat: "private/w2", Sender: "w2", Name: "王五", Text: "目录", Mention: true}},
		{"with colons and spaces in the text", "学工群 张三:  第3条: 80% ", bot.Message{Chat: "学工群", Group: true, Sender: "zs", Name: "张三", Text: " 第3条: 80% "}},
		{"with an arrow in the text", "张三: 甲 ← 乙", bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Text: "甲 ← 乙", Mention: true}},
		{"with line breaks", `张三: 一\n二\\n`, bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Text: "一\n二\\n", Mention: true}},
		{"with a slash in front", "张三: //撤回", bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Text: "/撤回", Mention: true}},
		{"addressing the bot", "学工群 张三: @学工小助手 第3条", bot.Message{Chat: "学工群", Group: true, Sender: "zs", Name: "张三", Text: "@学工小助手 第3条", Mention: true}},
		{"a picture", "学工群 张三: /图片 活动现场", bot.Message{Chat: "学工群", Group: true, Sender: "zs", Name: "张三", Kind: bot.Picture, Text: "活动现场"}},
		{"a picture without a caption", "学工群 张三: /图片", bot.Message{Chat: "学工群", Group: true, Sender: "zs", Name: "张三", Kind: bot.Picture}},
		{"a file", "张三: /文件 总结.docx", bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Kind: bot.File, Text: "总结.docx", Mention: true}},
		{"from Windows", "张三: 目录\r", bot.Message{Chat: "private/zs", Sender: "zs", Name: "张三", Text: "目录", Mention: true}},
	}
	for _, c := range cases {
		heard, wrote := told(t, "# 第一幕\n\n"+c.line+"\n")
		if len(heard) != 1 || len(wrote) > 0 {
			t.Errorf("%s: %q brings %v and writes %q, want one message", c.clause, c.line, heard, wrote)
			continue
		}
		got := heard[0]
		c.want.Account, c.want.ID, c.want.Sent = "console", got.ID, got.Sent
		if !reflect.DeepEqual(got, c.want) || got.ID == "" || got.Sent.IsZero() {
			t.Errorf("%s: %q brings %+v, want %+v", c.clause, c.line, got, c.want)
		}
	}
}

func TestLine_quoteAndRecall(t *testing.T) {
	heard, wrote := told(t, "学工群 张三: 第3条80%\n学工群 张三: 第4条80%\n学工群 李四: /引用 第3条 | 收到\n"+
		"学工群 张三: /撤回 第3条\n学工群 张三: /撤回\n")
	if len(heard) != 5 || len(wrote) > 0 {
		t.Fatalf("heard %v and wrote %q, want 5 messages", heard, wrote)
	}
	if q := heard[2].Quote; q == nil || *q != (bot.Quote{ID: heard[0].ID, Name: "张三", Text: "第3条80%"}) || heard[2].Text != "收到" {
		t.Errorf("quote %+v in %q", q, heard[2].Text)
	}
	for i, of := range map[int]int{3: 0, 4: 1} {
		if m := heard[i]; m.Kind != bot.Recall || m.Recall != heard[of].ID || m.Text != "" {
			t.Errorf("message %d is %+v, want a recall of %q", i, m, heard[of].ID)
		}
	}
}

func TestLine_mistakes(t *testing.T) {
	for line, want := range map[string]string{
		"收到":                  "看不懂",
		"赵六: 收到":              "不认识“赵六”",
		"王五: 收到":              "不认识“王五”",
		"没有的群 张三: 收到":         "不认识",
		"张三:  ":               "没有文字",
		"学工群 张三: /唱歌":         "没有“/唱歌”",
		"学工群 张三: /引用 经费":      "请写成",
		"学工群 张三: /引用 经费 | 收到": "没有人说过",
		"学工群 张三: /撤回 经费":      "没有说过",
		"学工群 张三: /按 收到":       "没有按钮",
		"没有的群 ← 收到":           "不认识",
	} {
		heard, wrote := told(t, "\n"+line+"\n张三: 目录\n")
		if len(heard) != 1 || heard[0].Text != "目录" {
			t.Errorf("%q: heard %v, want the next line alone", line, heard)
		}
		if len(wrote) != 1 || !strings.HasPrefix(wrote[0], "! 第2行：") || !strings.Contains(wrote[0], want) {
			t.Errorf("%q: wrote %q, want a line with %q", line, wrote, want)
		}
	}
}

func TestNew_refusesNamesThatALineCannotTell(t *testing.T) {
	for clause, o := range map[string]console.Options{
		"a group with a colon":         {Groups: []string{"学工：群"}},
		"a group without a name":       {Groups: []string{""}},
		"two groups of one name":       {Groups: []string{"甲", "甲"}},
		"a person with an arrow":       {People: []console.Person{{ID: "1", Name: "张←三"}}},
		"a person who is like a group": {Groups: []string{"甲"}, People: []console.Person{{ID: "1", Name: "甲"}}},
		"two people of one id":         {People: []console.Person{{ID: "1", Name: "甲"}, {ID: "1", Name: "乙"}}},
		"a person without an id":       {People: []console.Person{{Name: "甲"}}},
	} {
		if _, err := console.New(o); err == nil {
			t.Errorf("New with %s returned nil, want an error", clause)
		}
	}
}

func TestRun_waitsForWhatTheBotSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := new(screen)
		story := "学工群 张三: 一\n学工群 ← 答一\n学工群 张三: 二\n学工群 ← 答\n张三 ← 没有\n学工群 张三: 三\n"
		a, err := console.New(options(strings.NewReader(story), out))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		heard := map[string]time.Duration{}
		err = a.Run(t.Context(), func(ctx context.Context, batch []bot.Message) error {
			m := batch[0]
			heard[m.Text] = time.Since(began)
			time.AfterFunc(2*time.Second, func() {
				if _, err := a.Send(ctx, m.Chat, bot.Outgoing{Text: "答" + m.Text}); err != nil {
					t.Error(err)
				}
			})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		for text, want := range map[string]time.Duration{"一": 0, "二": 2 * time.Second, "三": 14 * time.Second} {
			if heard[text] != want {
				t.Errorf("%q was said after %v, want %v", text, heard[text], want)
			}
		}
		want := []string{"学工群 ← 答一", "学工群 ← 答二", "! 第5行：等了10秒，没有等到“没有”"}
		if got := out.lines(); !slices.Equal(got, want) {
			t.Errorf("wrote %q, want %q", got, want)
		}
		<-time.After(3 * time.Second)
	})
}

// A torn output takes a part of each line, or nothing.
type torn struct{ takes int }

func (w torn) Write(p []byte) (int, error) { return min(w.takes, len(p)), errors.New("broken pipe") }

func TestSend_intoABrokenPipe(t *testing.T) {
	for takes, want := range map[int]error{0: bot.ErrOut, 5: bot.ErrUnknown} {
		a, err := console.New(options(strings.NewReader(""), torn{takes}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Send(t.Context(), "学工群", bot.Outgoing{Text: "通知"}); !errors.Is(err, want) {
			t.Errorf("when %d bytes were taken Send returned %v, want an error that wraps %v", takes, err, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, text := range []string{"收到", "/撤回", `C:\new`, "一\n二", "「张三：好」", "@学工小助手 \u2005", " : ← #", "\r"} {
		f.Add("学工群 张三", text)
	}
	f.Add("没有的人", "收到")
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace
	f.Fuzz(func(t *testing.T, head, text string) {
		if len(head)+len(text) > 10_000 {
			t.Skip("a long line")
		}
		if !strings.Contains(head+text, "←") { // which would wait
			told(t, head+text) // must end
		}
		said := escape(text)
		if strings.HasPrefix(said, "/") {
			said = "/" + said
		}
		heard, wrote := told(t, "学工群 张三: "+said)
		switch {
		case strings.TrimSpace(text) == "":
			if len(heard) > 0 || len(wrote) != 1 {
				t.Errorf("%q: heard %v and wrote %q, want a complaint", text, heard, wrote)
			}
		case len(heard) != 1 || heard[0].Text != text:
			t.Errorf("%q: heard %v and wrote %q, want the text as it is", text, heard, wrote)
		}
	})
}

func TestMark(t *testing.T) {
	out := new(screen)
	a, err := console.New(options(strings.NewReader("学工群 张三: 收到\n"), out))
	if err != nil {
		t.Fatal(err)
	}
	err = a.Run(t.Context(), func(ctx context.Context, batch []bot.Message) error {
		if err := a.Mark(ctx, "学工 二群", batch[0].ID); !errors.Is(err, bot.ErrRefused) {
			t.Errorf("a mark in another group returned %v, want ErrRefused", err)
		}
		return a.Mark(ctx, batch[0].Chat, batch[0].ID)
	})
	if err != nil {
		t.Errorf("Run: %v", err)
	}
	if got := out.lines(); !slices.Equal(got, []string{"学工群 ✓ 张三：收到"}) {
		t.Errorf("wrote %q, want one line with the mark", got)
	}
}
