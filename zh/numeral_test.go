package zh_test

import (
	"testing"
	"unicode/utf8"

	"duban/zh"
)

func TestParseInt(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		text string // the part of in that was read
	}{
		{"12条", 12, "12"},
		{"１２条", 12, "１２"},
		{"007", 7, "007"},
		{"3.5", 3, "3"},
		{"十", 10, "十"},
		{"十二条", 12, "十二"},
		{"二十", 20, "二十"},
		{"二十四", 24, "二十四"},
		{"一百", 100, "一百"},
		{"一百零三", 103, "一百零三"},
		{"一百二", 120, "一百二"},
		{"一百二十", 120, "一百二十"},
		{"一百一十二号", 112, "一百一十二"},
		{"两千零五", 2005, "两千零五"},
		{"两百", 200, "两百"},
		{"两", 2, "两"},
		{"廿三", 23, "廿三"},
		{"卅", 30, "卅"},
		{"零", 0, "零"},
		{"二〇二六年", 2026, "二〇二六"},
		{"二四", 24, "二四"},
		{"一万", 10000, "一万"},
		{"一万二", 12000, "一万二"},
		{"一万零二", 10002, "一万零二"},
		{"二十二十", 22, "二十二"},
		{"四五十", 0, ""},
		{"百分之六十", 0, ""},
		{"千万", 0, ""},
		{"第3条", 0, ""},
		{"", 0, ""},
		{"1234567890123456789", 0, ""},
		{"\xff1", 0, ""},
	} {
		n, size := zh.ParseInt(c.in)
		if n != c.n || c.in[:size] != c.text {
			t.Errorf("ParseInt(%q) = %d, %q; want %d, %q", c.in, n, c.in[:size], c.n, c.text)
		}
	}
}

func TestNumeral(t *testing.T) {
	for n, want := range map[int]string{
		0: "零", 1: "一", 10: "十", 11: "十一", 20: "二十", 24: "二十四", 100: "一百",
		103: "一百零三", 110: "一百一十", 115: "一百一十五", 1005: "一千零五",
		1050: "一千零五十", 2300: "二千三百", 10000: "10000", -1: "-1",
	} {
		if got := zh.Numeral(n); got != want {
			t.Errorf("Numeral(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestNumeral_isReadBack(t *testing.T) {
	for n := range 10000 {
		s := zh.Numeral(n)
		if got, size := zh.ParseInt(s); got != n || size != len(s) {
			t.Fatalf("ParseInt(Numeral(%d) = %q) = %d, size %d; want all of it", n, s, got, size)
		}
	}
}

func TestIsNumeral(t *testing.T) {
	for _, r := range "一二三四五六七八九十百千零〇两廿卅" {
		if !zh.IsNumeral(r) {
			t.Errorf("IsNumeral(%q) = false, want true", r)
		}
	}
	for _, r := range "1１万第条A" {
		if zh.IsNumeral(r) {
			t.Errorf("IsNumeral(%q) = true, want false", r)
		}
	}
}

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"第１２条　８０％", "第12条 80%"},
		{"@学工小助手\u2005好的", "@学工小助手 好的"},
		{"ＯＫ！（是）：～", "OK!(是):~"},
		{"收到。\n好、\t行", "收到。\n好、\t行"},
		{"a\u00a0b", "a b"},
		{"｡､｢｣", "。、「」"},
	} {
		if got := zh.Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("第１２条　８０％\u2005")
	f.Add("\xff\xe3")
	f.Fuzz(func(t *testing.T, s string) {
		got := zh.Fold(s)
		if a, b := utf8.RuneCountInString(got), utf8.RuneCountInString(s); a != b {
			t.Errorf("Fold(%q) = %q has %d runes, want %d", s, got, a, b)
		}
		if again := zh.Fold(got); again != got {
			t.Errorf("Fold(%q) twice = %q, want %q", s, again, got)
		}
	})
}
