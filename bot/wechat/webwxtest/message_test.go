package webwxtest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duban/bot/wechat/webwxtest"
)

const hexName = "@HEX:<br/>"

func TestServer_Push(t *testing.T) {
	const me = webwxtest.Self
	stranger := webwxtest.Recommend{ID: "zhou", Nick: "周七", Alias: "zhou7"}
	cases := map[string]struct {
		msg     webwxtest.Msg
		from    string // id; g1 in a group
		kind    [3]int // MsgType, AppMsgType, SubMsgType
		content string // HEX stands for a user name, ID for the MsgID; … for the rest
		check   func(received) bool
	}{
		"a text": {
			msg: webwxtest.Text("zhang", me, "a & b <c>\n好"), from: "zhang", kind: [3]int{1},
			content: "a &amp; b &lt;c&gt;<br/>好",
		},
		"a text in a group with emoji": {
			msg: webwxtest.GroupText("g1", "wang", "好👍🇨🇳[强]"), from: "g1", kind: [3]int{1},
			content: hexName + `好<span class="emoji emoji1f44d"></span><span class="emoji emoji1f1e81f1f3"></span>[强]`,
		},
		"an emoji as it is": {
			msg: webwxtest.Msg{From: "zhang", To: me, Type: 1, Text: "好👍", RawEmoji: true}, from: "zhang", kind: [3]int{1}, content: "好👍",
		},
		"what the phone wrote in a group": {msg: webwxtest.SelfFromPhone("g1", "在"), from: me, kind: [3]int{1}, content: "在"},
		"what the phone wrote to a friend": {
			msg: webwxtest.SelfFromPhone("li", "在"), from: me, kind: [3]int{1}, content: "在",
		},
		"a native reply": {
			msg: webwxtest.GroupText("g1", "zhang", webwxtest.Quoted("小助手", "请回复", "收到")), from: "g1", kind: [3]int{1},
			content: hexName + "「小助手：请回复」<br/>- - - - - - - - - - - - - - -<br/>收到",
		},
		"a reply of the web client": {
			msg: webwxtest.Text("zhang", me, webwxtest.WebQuoted("小助手", "请回复", "收到")), from: "zhang", kind: [3]int{1},
			content: "「小助手: 请回复」<br/>—————————<br/>收到",
		},
		"a reply of type 57": {
			msg: webwxtest.Type57("zhang", "g1", "123", "小助手", "请<回复>", "收到"), from: "g1", kind: [3]int{49, 57},
			content: hexName + "&lt;?xml…&lt;svrid&gt;123&lt;/svrid&gt;…请&amp;lt;回复&amp;gt;…",
		},
		"a picture in a group": {
			msg: webwxtest.Picture("zhang", "g1", []byte("x")), from: "g1", kind: [3]int{3}, content: hexName + "@0a1b2c3d…",
		},
		"a picture from the phone": {
			msg: webwxtest.Picture(me, "g1", []byte("x")), from: me, kind: [3]int{3}, content: "&lt;?xml version=\"1.0\"?&gt;<br/>&lt;msg&gt;…",
		},
		"a file": {
			msg: webwxtest.FileMsg("zhang", "g1", "表 & 1.xlsx", []byte("123")), from: "g1", kind: [3]int{49, 6},
			content: hexName + "&lt;msg&gt;&lt;appmsg…&lt;title&gt;表 &amp;amp; 1.xlsx&lt;/title&gt;…",
			check: func(m received) bool {
				return m.FileName == "表 &amp; 1.xlsx" && m.FileSize == "3" && m.MediaID != "" && strings.HasSuffix(m.EncryFileName, "%2Exlsx")
			},
		},
		"a voice": {
			msg: webwxtest.Voice("zhang", me, 3*time.Second, []byte("x")), from: "zhang", kind: [3]int{34}, content: "&lt;msg&gt;&lt;voicemsg…",
			check: func(m received) bool { return m.VoiceLength == 3000 },
		},
		"a link": {
			msg: webwxtest.Link("zhang", me, "通知", "详情", "https://a.cn/?b=1&c"), from: "zhang", kind: [3]int{49, 5}, content: "&lt;msg&gt;…",
			check: func(m received) bool { return m.URL == "https://a.cn/?b=1&c" && m.FileName == "通知" },
		},
		"a place": {
			msg: webwxtest.Location("zhang", "g1", "教学楼", 30.5, 114.3), from: "g1", kind: [3]int{1, 0, 48},
			content: hexName + "教学楼:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&amp;msgid=ID&amp;pictype=location",
			check: func(m received) bool {
				return strings.HasPrefix(m.URL, "http://apis.map.qq.com/uri/v1/geocoder?coord=30.5") && strings.Contains(m.OriContent, "<location x=")
			},
		},
		"a sticker": {
			msg: webwxtest.Sticker("zhang", me, "0123"), from: "zhang", kind: [3]int{47},
			content: "&lt;msg&gt;&lt;emoji fromusername=\"@HEX\" tousername=\"@HEX\" type=\"2\" md5=\"0123\"…",
		},
		"a sticker of the shop": {
			msg: webwxtest.StoreSticker("zhang", me), from: "zhang", kind: [3]int{47}, content: "",
			check: func(m received) bool { return m.HasProductID == 1 },
		},
		"a card": {
			msg: webwxtest.Card("zhang", me, stranger), from: "zhang", kind: [3]int{42}, content: "&lt;?xml…周七…",
			check: func(m received) bool { return m.RecommendInfo.NickName == "周七" },
		},
		"a wish to be a friend": {
			msg: webwxtest.FriendRequest("zhou", "周七", "我是周七"), from: webwxtest.FriendRequests, kind: [3]int{37}, content: "&lt;msg fromusername=…",
			check: func(m received) bool { return strings.HasSuffix(m.RecommendInfo.Ticket, "@stranger") },
		},
		"a grey line in a group": {
			msg: webwxtest.System10000("g1", `"甲"邀请"乙"加入了群聊`), from: "g1", kind: [3]int{10000}, content: `"甲"邀请"乙"加入了群聊`,
			check: func(m received) bool { return m.Status == 4 },
		},
		"an unknown type": {msg: webwxtest.Unknown("zhang", me, 777, "?"), from: "zhang", kind: [3]int{777}, content: "?"},
		"an old one": {
			msg: webwxtest.Text("zhang", me, "早").Old(time.Hour), from: "zhang", kind: [3]int{1}, content: "早",
			check: func(m received) bool { return time.Now().Unix()-m.CreateTime == 3600 },
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, c := online(t, webwxtest.Options{})
				id := s.Push(tc.msg)
				list := c.sync().AddMsgList
				if len(list) != 1 {
					t.Fatalf("got %+v, want one message", list)
				}
				m := list[0]
				if m.MsgID != id || m.FromUserName != s.UserName(tc.from) || [3]int{m.MsgType, m.AppMsgType, m.SubMsgType} != tc.kind {
					t.Errorf("got %+v, want %s from %s as %v", m, id, tc.from, tc.kind)
				}
				if !fits(m.Content, tc.content, id) {
					t.Errorf("got content %s, want %s", m.Content, tc.content)
				}
				if tc.check != nil && !tc.check(m) {
					t.Errorf("got %+v, which is not what %s looks like", m, name)
				}
			})
		})
	}
}

// fits compares a content with a pattern of literal parts.
func fits(content, pattern, id string) bool {
	content = strings.ReplaceAll(content, id, "ID")
	for i, part := range strings.Split(pattern, "…") {
		part, isName := strings.CutPrefix(part, "@HEX")
		if isName {
			end := strings.IndexAny(content, ":\"")
			if !strings.HasPrefix(content, "@") || end != 33 && end != 65 {
				return false
			}
			content = content[end:]
		}
		part = strings.ReplaceAll(part, "@HEX", "")
		if strings.Contains(pattern, `"@HEX`) {
			content = withoutNames(content)
		}
		at := strings.Index(content, part)
		if at < 0 || i == 0 && at != 0 {
			return false
		}
		content = content[at+len(part):]
	}
	return content == "" || strings.HasSuffix(pattern, "…")
}

// withoutNames drops user names in quotes.
func withoutNames(text string) string {
	for {
		at := strings.Index(text, `"@`)
		if at < 0 {
			return text
		}
		text = text[:at+1] + text[at+1+strings.IndexByte(text[at+1:], '"'):]
	}
}

func TestServer_Recall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		id := s.Push(webwxtest.GroupText("g1", "zhang", "收到"))
		own := c.send(c.names["学工群"], "请回复", "1").MsgID
		c.sync()
		s.Recall(id)
		s.Recall(own)
		got := c.sync().AddMsgList
		if len(got) != 2 {
			t.Fatalf("got %+v, want two", got)
		}
		for i, want := range []string{`<![CDATA["计算机-张三" 撤回了一条消息]]>`, `<![CDATA[你撤回了一条消息]]>`} {
			m := got[i]
			text := strings.NewReplacer("&lt;", "<", "&gt;", ">").Replace(m.Content)
			if m.MsgType != 10002 || m.Status != 4 || !strings.Contains(text, want) ||
				!strings.Contains(text, "<msgid>"+[]string{id, own}[i]+"</msgid>") || !strings.Contains(m.Content, "<br/>\t&lt;revokemsg&gt;") {
				t.Errorf("got %+v, want type 10002 with %s", m, want)
			}
			if (m.FromUserName == c.self) != (i == 1) || strings.HasPrefix(m.Content, "@") != (i == 0) {
				t.Errorf("got %+v, want a prefix for others only", m)
			}
		}
		if s.Recall("1") != "" {
			t.Error("a message that never was is recalled")
		}
	})
}

func TestServer_Mention(t *testing.T) {
	s := webwxtest.New(webwxtest.Options{})
	office(s)
	for id, want := range map[string]string{"zhang": "@计算机-张三\u2005", "li": "@李四🔥\u2005", webwxtest.Self: "@小助手\u2005"} {
		if got := s.Mention("g1", id); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	if got := s.Mention("g2", webwxtest.Self); got != "@学工小助手\u2005" {
		t.Errorf("got %q, want the nickname where there is no name in the group", got)
	}
}

func TestServer_Duplicate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := online(t, webwxtest.Options{})
		s.Duplicate(s.Push(webwxtest.Text("zhang", webwxtest.Self, "在吗")))
		if got := c.sync().AddMsgList; len(got) != 2 || got[0] != got[1] {
			t.Errorf("got %+v, want the same twice", got)
		}
	})
}
