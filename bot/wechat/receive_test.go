package wechat_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"duban/bot"
	"duban/bot/bottest"
	"duban/bot/wechat"
	"duban/bot/wechat/webwxtest"
)

// listening is an account that is online, and what it hears.
func listening(t *testing.T, s *webwxtest.Server, change ...func(*wechat.Options)) (*bottest.Ear, *wechat.Account) {
	t.Helper()
	s.AutoLogin(true)
	e := bottest.NewEar()
	return e, online(t, s, t.TempDir(), e.Receive, change...)
}

// Row A14: a text is what was typed.
func TestReceive_textAsTyped(t *testing.T) {
	texts := []string{
		"完成情况:\n1. 已办结", "计划如下:\n", "@all:\n收到", "a&b <b>粗</b> &amp; &lt;br/&gt; &copy;", `"引号" 'x'`,
		"😀👍🏽👩‍👩‍👧 🇨🇳 𠮷 [强]", `<span class="emoji emoji1f44d"></span>`, "<br/>", "  两  格 ", "abc:<br/>def", "第3条\u200b80%",
		"zhang:\n收到", "☀❤ ⚡", "尾\n\n",
	}
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, _ := listening(t, s)
		for i, text := range texts {
			s.Push(webwxtest.GroupText("g1", "zhang", text))
			s.Push(webwxtest.Text("li", webwxtest.Self, text))
			ms := e.Await(t, 2*i+2)
			for _, m := range ms[2*i:] {
				if m.Text != text || m.Kind != bot.Text {
					t.Errorf("chat %q: got %q of kind %q, want %q", m.Chat, m.Text, m.Kind, text)
				}
			}
		}
	})
}

func TestReceive_mentions(t *testing.T) {
	cases := []struct {
		clause, text string
		want         bool
	}{
		{"with the phone's space", "@小助手\u2005第3条", true},
		{"with a plain space", "@小助手 第3条", true},
		{"with a wide space", "@小助手　第3条", true},
		{"at the end", "第3条 @小助手", true},
		{"with a line break", "@小助手\n第3条", true},
		{"with punctuation", "@小助手，第3条", true},
		{"by the name in the group", "@督办-机器人\u2005第3条", true},
		{"by an alias", "@督办 第3条", true},
		{"plain, while another mention has the phone's space", "@张三\u2005和@小助手 看", true},
		{"of somebody whose name begins with the bot's", "@小助手二号 第3条", false},
		{"of somebody whose name has a space", "@小助手 备用\u2005第3条", false},
		{"of all", "@所有人 开会", false},
		{"in what is quoted only", webwxtest.Quoted("张三", "@小助手\u2005第3条", "收到"), false},
		{"in the answer to a quote", webwxtest.Quoted("张三", "收到", "@小助手\u2005第3条"), true},
		{"in an address", "xx@小助手.com", true}, // a rare price for names without a space
		{"without an @", "小助手 第3条", false},
	}
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "二群", Saved: true, SelfCard: "督办-机器人", Members: []webwxtest.Member{
			{ID: "zhang"}, {ID: "x", Nick: "小助手二号"}, {ID: "y", Nick: "小助手 备用"},
		}})
		e, _ := listening(t, s)
		for i, c := range cases {
			s.Push(webwxtest.GroupText("g2", "zhang", c.text))
			if m := e.Await(t, i+1)[i]; m.Mention != c.want {
				t.Errorf("%s: %q: mention %v, want %v", c.clause, c.text, m.Mention, c.want)
			}
		}
	})
}

func TestReceive_quotes(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, _ := listening(t, s)
		id := s.Push(webwxtest.GroupText("g1", "li", "明天开会"))
		nested := webwxtest.Quoted("小助手", webwxtest.Quoted("张三", "收到", "第3条？"), "完成了")
		pushed := []webwxtest.Msg{
			webwxtest.GroupText("g1", "zhang", webwxtest.Quoted("小助手", "通知：\n请收到", "收到")),
			webwxtest.GroupText("g1", "zhang", webwxtest.WebQuoted("李四", "明天开会", "好的")),
			webwxtest.GroupText("g1", "zhang", nested),
			webwxtest.GroupText("g1", "zhang", webwxtest.Quoted("李四", "收到", "")),
			webwxtest.Type57("zhang", "g1", id, "李四", "明天开会", "好"),
			webwxtest.GroupText("g1", "zhang", "「没有引用」\n只是括号"),
		}
		for _, m := range pushed {
			s.Push(m)
		}
		want := []struct {
			text  string
			quote *bot.Quote
		}{
			{"收到", &bot.Quote{Name: "小助手", Text: "通知：\n请收到", Self: true}},
			{"好的", &bot.Quote{Name: "李四", Text: "明天开会"}},
			{"完成了", &bot.Quote{Name: "小助手", Text: webwxtest.Quoted("张三", "收到", "第3条？"), Self: true}},
			{"", &bot.Quote{Name: "李四", Text: "收到"}},
			{"好", &bot.Quote{ID: id, Name: "李四", Text: "明天开会"}},
			{"「没有引用」\n只是括号", nil},
		}
		for i, m := range e.Await(t, len(want)+1)[1:] {
			w := want[i]
			if m.Text != w.text || (m.Quote == nil) != (w.quote == nil) {
				t.Errorf("%d: got %q quoting %+v, want %q quoting %+v", i, m.Text, m.Quote, w.text, w.quote)
			} else if m.Quote != nil && *m.Quote != *w.quote {
				t.Errorf("%d: quotes %+v, want %+v", i, *m.Quote, *w.quote)
			}
		}
	})
}

// Rows A11, A13 and A15.
func TestReceive_kinds(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, _ := listening(t, s)
		said := s.Push(webwxtest.GroupText("g1", "zhang", "第3条80%"))
		s.Recall(said)
		s.Push(webwxtest.SelfFromPhone("g1", "督办 我自己说的"))
		s.Push(webwxtest.SelfFromPhone("zhang", "撤回 1"))
		s.Push(webwxtest.Status51("zhang", "g1"))
		s.Push(webwxtest.Unknown("zhang", "g1", webwxtest.TypeNotice, "内部"))
		s.Push(webwxtest.System10000("g1", `"张三"邀请"王五"加入了群聊`))
		s.Push(webwxtest.Location("zhang", "g1", "某某大学", 30, 114))
		s.Push(webwxtest.Card("zhang", "g1", webwxtest.Recommend{ID: "w", Nick: "王五"}))
		s.Push(webwxtest.Sticker("zhang", "g1", "ab12"))
		s.Push(webwxtest.StoreSticker("zhang", "g1"))
		s.Push(webwxtest.Video("zhang", "g1", time.Second, nil))
		s.Push(webwxtest.Voice("zhang", "g1", time.Second, []byte("mp3")))
		s.Push(webwxtest.Link("zhang", "g1", "标题", "说明", "http://example.com"))
		for _, kind := range []int{2, 37, 40, 50, 52, 53, 62, 777} {
			s.Push(webwxtest.Unknown("zhang", "g1", kind, "正文"))
		}
		s.Push(webwxtest.Text(webwxtest.Team, webwxtest.Self, "微信团队的话"))
		s.Push(webwxtest.FriendRequest("z", "赵六", "加一下"))
		s.Push(webwxtest.GroupText("g1", "zhang", "最后"))
		ms := e.Await(t, 20)
		if last := ms[len(ms)-1]; last.Text != "最后" {
			t.Fatalf("heard %d messages, the last %+v", len(ms), last)
		}
		if r := ms[1]; r.Kind != bot.Recall || r.Recall != ms[0].ID || r.Sender != ms[0].Sender {
			t.Errorf("the recall is %+v, want one of %q", r, ms[0].ID)
		}
		for _, m := range ms[2:4] {
			if !m.Self {
				t.Errorf("said on the account's phone, and not marked: %+v", m)
			}
		}
		if m := ms[4]; m.Kind != bot.System || !strings.Contains(m.Text, "加入了群聊") {
			t.Errorf("the system's line is %+v", m)
		}
		for _, m := range ms[5 : len(ms)-1] {
			if m.Kind != bot.System || m.Text != "" || m.ID == "" || m.Sent.IsZero() || m.Mention {
				t.Errorf("of an unknown kind more than id and time is kept: %+v", m)
			}
		}
		for _, m := range ms {
			if strings.Contains(m.Text, "微信团队") || strings.Contains(m.Text, "内部") {
				t.Errorf("heard %+v", m)
			}
		}
	})
}

func TestReceive_keepsTheTimeOfABacklog(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, _ := listening(t, s)
		s.Push(webwxtest.GroupText("g1", "zhang", "收到").Old(3 * time.Hour))
		if m := e.Await(t, 1)[0]; time.Since(m.Sent) < 2*time.Hour {
			t.Errorf("sent at %v, want three hours ago", m.Sent)
		}
	})
}

func TestReceive_files(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		e, _ := listening(t, s)
		photo := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 8}, "CANARY\xff\xda\x00\x02data\xff\xd9"...)
		s.Push(webwxtest.Picture("zhang", "g1", photo))
		s.Push(webwxtest.FileMsg("zhang", webwxtest.Self, `..\..\C:/x/总结<1>.docx`, []byte("PK docx")))
		s.Push(webwxtest.FileMsg("zhang", "g1", "大.zip", bytes.Repeat([]byte("x"), 11<<20)))
		ms := e.Await(t, 3)
		if m := ms[0]; m.Kind != bot.Picture || m.File == nil || !strings.HasSuffix(m.File.Name, ".jpg") {
			t.Fatalf("the picture is %+v", m)
		}
		if got := fetch(t, ms[0].File); bytes.Contains(got, []byte("CANARY")) || len(got) < 8 {
			t.Errorf("the picture's bytes are %q, want them without a comment", got)
		}
		m := ms[1]
		if m.Kind != bot.File || m.Text != "总结1.docx" || m.File.Name != m.Text || m.File.Size != 7 || m.Group {
			t.Fatalf("the file is %+v %+v", m, m.File)
		}
		if got := fetch(t, m.File); string(got) != "PK docx" {
			t.Errorf("the file's bytes are %q", got)
		}
		if _, err := ms[2].File.Open(t.Context()); err == nil {
			t.Error("a file of 11 MB was fetched")
		}
		if n := s.Requests()["webwxgetmedia"]; n != 2 {
			t.Errorf("%d fetches, want two: only when asked", n)
		}
		s.Fault("webwxgetmedia", webwxtest.BadGateway())
		if _, err := m.File.Open(t.Context()); err == nil {
			t.Error("a page of HTML was taken for a file")
		}
	})
}

func fetch(t *testing.T, f *bot.FileInfo) []byte {
	t.Helper()
	r, err := f.Open(t.Context())
	must(t, err)
	data, err := io.ReadAll(r)
	must(t, err)
	must(t, r.Close())
	return data
}

// Rows A1 and A2: what was not durable comes again, with the same id, and in a
// crash between the two nothing is lost, because the place in the log is saved
// after receive has returned.
func TestReceive_savesItsPlaceAfterTheMessages(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		dir := loggedIn(t, s)
		e := bottest.NewEar()
		a := open(t, s, dir)
		stop := start(t, a, e.Receive)
		await(t, a, bot.Online)
		pass(time.Minute)
		before := s.State().Version
		e.Refuse(2)
		s.Push(webwxtest.GroupText("g1", "zhang", "一"))
		s.Push(webwxtest.GroupText("g1", "li", "二"))
		pass(2 * time.Second)
		if got := s.State().Asked; got > before {
			t.Errorf("the server was told that messages were taken while receive failed: up to %d, want %d", got, before)
		}
		if ms := e.Await(t, 2); ms[0].Text != "一" || ms[1].Text != "二" {
			t.Errorf("heard %+v", ms)
		}
		pass(time.Minute)
		stop()
		// The next life goes on behind them.
		b, e2 := open(t, s, dir), bottest.NewEar()
		start(t, b, e2.Receive)
		await(t, b, bot.Online)
		s.Push(webwxtest.GroupText("g1", "li", "三"))
		if ms := e2.Await(t, 1); ms[0].Text != "三" {
			t.Errorf("heard %+v again", ms)
		}
	})
}

// A group that is not saved on the phone comes in the list of what it shows.
func TestReceive_learnsWhatThePhoneShows(t *testing.T) {
	inOffice(t, func(t *testing.T, s *webwxtest.Server) {
		s.AddGroup(webwxtest.Group{ID: "g2", Name: "没保存的群", Hidden: true, Members: []webwxtest.Member{{ID: "zhang"}, {ID: "x", Nick: "路人"}}})
		_, a := listening(t, s)
		unresolved(t, a, "没保存的群")
		s.Push(webwxtest.Status51("zhang", "g2"))
		pass(5 * time.Second)
		reaches(t, s, a, "没保存的群", "g2")
	})
}
