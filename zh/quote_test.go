package zh_test

import (
	"strings"
	"testing"

	"duban/zh"
)

func TestSplitQuote(t *testing.T) {
	const rule = "\n- - - - - - - - - - - - - - -\n"
	for text, want := range map[string]zh.Quotation{
		"「张三：收到」" + rule + "好":                     {"张三", "收到", "好"},
		"「张三：一\n二：三」" + rule + "好\n的":              {"张三", "一\n二：三", "好\n的"},
		"「甲：「乙：丙」" + rule + "丁」" + rule + "戊":      {"甲", "「乙：丙」" + rule + "丁", "戊"},
		"「张三：收到」" + strings.TrimSuffix(rule, "\n"): {"张三", "收到", ""},
		"「李四: a\nb」\n--------\n好":                  {"李四", "a\nb", "好"},
		"「李四:a」\r\n- - -\r\n好":                     {"李四", "a", "好"},
		" \u200b「李四：a」\u200b \n\u3000---\u200b\n好": {"李四", "a", "好"},
		"「第3条」" + rule + "收到":                      {"", "第3条", "收到"},
	} {
		if q, ok := zh.SplitQuote(text); !ok || q != want {
			t.Errorf("SplitQuote(%q) = %+v, %v, want %+v", text, q, ok, want)
		}
	}
	for _, dash := range []string{"-", "－", "—", "–", "―", "‐", "‑", "─", "━", "−", "﹣", "— ", "- "} {
		text := "「张三：第3条完成80%」\n" + strings.Repeat(dash, 3) + "\n收到"
		if q, ok := zh.SplitQuote(text); !ok || q.Reply != "收到" {
			t.Errorf("SplitQuote(%q) = %+v, %v, want the reply 收到", text, q, ok)
		}
	}
	for _, text := range []string{
		"", "收到", "「张三：收到」", "「张三：收到」\n好", "「张三：收到」\n- -\n好", "x「张三：收到」" + rule + "好", "「张三：收到」\n- - x - - -\n好", "收到「好」\n———\n好",
	} {
		if q, ok := zh.SplitQuote(text); ok || q.Reply != text {
			t.Errorf("SplitQuote(%q) = %+v, %v, want no quote", text, q, ok)
		}
		if got := zh.WithoutQuote(text); got != text {
			t.Errorf("WithoutQuote(%q) = %q, want the text", text, got)
		}
	}
	if got := zh.WithoutQuote("「张三：@学工小助手 第3条」" + rule + "收到"); got != "收到" {
		t.Errorf("WithoutQuote returned %q, want the reply", got)
	}
}
