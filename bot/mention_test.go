package bot_test

import (
	"testing"

	"duban/bot"
)

func TestMentions(t *testing.T) {
	const name = "学工小助手"
	others := []string{"学工小助手2号", "张三", "学工小助手 二"}
	cases := []struct {
		clause, text string
		want         bool
	}{
		{"from a phone", "@学工小助手\u2005第3条", true},
		{"typed with a space", "@学工小助手 第3条", true},
		{"typed with a full width sign", "＠学工小助手 第3条", true},
		{"at the end", "第3条 @学工小助手", true},
		{"in the middle, before punctuation", "请问@学工小助手，第3条", true},
		{"on a line of its own", "@学工小助手\n第3条", true},
		{"after somebody else", "@张三 @学工小助手 第3条", true},
		{"after a mail address", "a@qq.com @学工小助手 ", true},
		{"before a wide space", "@学工小助手\u3000第3条", true},
		{"after another sign of a phone", "@李四\u2005 找 @学工小助手 问", true},
		{"not behind a space", "@ 学工小助手", false},
		{"before an emoji", "@学工小助手🙏", true},
		{"not of nobody", "第3条", false},
		{"not without a sign", "学工小助手 第3条", false},
		{"not of somebody else", "@张三 第3条", false},
		{"not of a longer name", "@学工小助手2号 第3条", false},
		{"not of a longer name with a space", "@学工小助手 二 第3条", false},
		{"not of a longer name that nobody knows", "@学工小助手们 第3条", false},
		{"not of a part of the name", "@学工 第3条", false},
		{"in brackets that are no quote", "「@学工小助手 」", true},
		{"not of a lone sign", "@", false},
		{"not of nothing", "", false},
	}
	for _, c := range cases {
		if got := bot.Mentions(c.text, []string{name}, others); got != c.want {
			t.Errorf("%s: Mentions(%q) is %v, want %v", c.clause, c.text, got, c.want)
		}
	}
	if bot.Mentions("@ 第3条", []string{""}, nil) {
		t.Error("a bot without a name is mentioned")
	}
	if bot.Mentions("@ab", []string{"a"}, nil) || !bot.Mentions("@a b", []string{"b", "a"}, nil) {
		t.Error("a name of one letter")
	}
}
