package webchat_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"duban/bot/webchat"
)

func TestMentions(t *testing.T) {
	others := []string{"学工小助手二号", "学工小助手 三号", "李四", "学工"}
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"a mention as phones write it", "@学工小助手\u2005第3条", true},
		{"a space", "@学工小助手 第3条", true},
		{"a wide space", "@学工小助手\u3000第3条", true},
		{"a newline", "@学工小助手\n第3条", true},
		{"the end", "第3条 @学工小助手", true},
		{"punctuation", "@学工小助手，第3条", true},
		{"a wide @", "＠学工小助手 第3条", true},
		{"an emoji behind it", "@学工小助手👍", true},
		{"a mention in the middle", "请问@学工小助手\u2005第3条", true},
		{"a second mention", "@李四\u2005@学工小助手\u2005看一下", true},
		{"another U+2005 before it", "@李四\u2005 找 @学工小助手 问", true},
		{"no @", "学工小助手 第3条", false},
		{"a name that goes on", "@学工小助手二号\u2005第3条", false},
		{"a name that goes on with nobody's name", "@学工小助手们 第3条", false},
		{"a name that goes on with letters", "@学工小助手abc", false},
		{"a longer name with a space in it", "@学工小助手 三号\u2005第3条", false},
		{"a longer name, then the bot", "@学工小助手 三号 @学工小助手 第3条", true},
		{"somebody else", "@李四 第3条完成了吗", false},
		{"everybody", "@所有人 第3条", false},
		{"a part of the name", "@学工 第3条", false},
		{"a space behind the @", "@ 学工小助手", false},
		{"nothing", "", false},
		{"a bare @", "@", false},
		{"a mention in a pasted quote", "「王晓明：@学工小助手 第3条」\n- - - - - - - - - - - - - - -\n收到", false},
		{"a mention behind a pasted quote", "「王晓明：第3条」\n- - - - - - - - - - - - - - -\n@学工小助手 是吗", true},
		{"a bracket that is no quote", "「重要」@学工小助手 第3条", true},
	} {
		if got := webchat.Mentions(c.text, "学工小助手", others); got != c.want {
			t.Errorf("%s: got %v, want %v for %q", c.name, got, c.want, c.text)
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add("@学工小助手 第3条", "学工小助手")
	f.Add("「a：b」\n- - - \n@x", "x")
	f.Fuzz(func(t *testing.T, text, name string) {
		if webchat.Mentions(text, name, nil) && (name == "" || !strings.Contains(text, name)) {
			t.Errorf("%q mentions %q without naming it", text, name)
		}
		got := webchat.Clean(text)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\r\u202e\u2066\u200b") || webchat.Clean(got) != got {
			t.Errorf("clean(%q): got %q", text, got)
		}
	})
}
