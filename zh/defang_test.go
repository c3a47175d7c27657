package zh_test

import (
	"testing"

	"duban/zh"
)

func TestDefang(t *testing.T) {
	for in, want := range map[string]string{
		"收到": "收到",
		"进度60%，还差3.5万元，见附件report.docx。":        "进度60%，还差3.5万元，见附件report.docx。",
		"完成时间2026.6.30，版本1.2.3":                "完成时间2026.6.30，版本1.2.3",
		"详见https://evil.example.com/a?b=1，请登录": "详见【链接 evil[.]example[.]com】，请登录",
		"HTTP://EVIL.COM": "【链接 evil[.]com】",
		"点evil.cn领取":      "点【链接 evil[.]cn】领取",
		"www.evil.top/x":  "【链接 www[.]evil[.]top】",
		"ｈｔｔｐｓ：／／ｅｖｉｌ．ｃｏｍ／ａ": "【链接 evil[.]com】",
		"evil。com":                          "【链接 evil[.]com】",
		"ev\u200bil.com":                    "【链接 evil[.]com】",
		"https://jwc.edu.cn@evil.com/login": "【链接 evil[.]com】",
		"weixin://dl/business/?t=abc":       "【链接 dl】",
		"http://10.1.2.3:8080/x":            "【链接 10[.]1[.]2[.]3】",
		"10.1.2.3/x":                        "【链接 10[.]1[.]2[.]3】",
		"mailto:a@evil.com":                 "【链接 evil[.]com】",
		"javascript://alert(1)":             "【链接 alert】(1)",
		"https://":                          "【链接 已隐藏】",
		"https://中文.com/a，company.comment":  "【链接 已隐藏】中文.com/a，company.comment",
		"已完成。com口":                          "已完成。com口",
		"一个https://a.com，两个https://b.com。":  "一个【链接 a[.]com】，两个【链接 b[.]com】。",
	} {
		if got := zh.Defang(in); got != want {
			t.Errorf("got %q, want %q from %q", got, want, in)
		}
	}
}

func FuzzDefang(f *testing.F) {
	f.Add("见https://evil.com/x。")
	f.Add("ｅｖｉｌ．ｃｏｍ")
	f.Fuzz(func(t *testing.T, s string) {
		once := zh.Defang(s)
		if again := zh.Defang(once); again != once {
			t.Errorf("got %q from %q, which is changed again to %q: a link was left", once, s, again)
		}
	})
}
