package zh_test

import (
	"testing"
	"unicode/utf8"

	"duban/zh"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"an ID number with a right check digit", "身份证11010519491231002X。", "身份证110*************2X。"},
		{"an ID number with a lower-case x", "11010519491231002x", "110*************2x"},
		{"an ID number whose check digit is wrong and which is no card", "110105194912310021", "110105194912310021"},
		{"an ID number of full width", "１１０１０５１９４９１２３１００２Ｘ", "１１０*************２Ｘ"},
		{"a mobile number", "电话13800000000，有事打这个", "电话138****0000，有事打这个"},
		{"a mobile number in groups", "138 0000 0000", "138 **** 0000"},
		{"a mobile number with the country code", "+86 13800000000", "+86 138****0000"},
		{"two mobile numbers with a space between", "13800000000 13900000001", "138****0000 139****0001"},
		{"a bank card", "卡号 6222 0212 3456 7890 128", "卡号 6222 **** **** ***0 128"},
		{"a card of 16 digits", "4111111111111111", "4111********1111"},
		{"a card number with a wrong digit", "4111111111111112", "4111111111111112"},
		{"an order number", "订单2026112300017", "订单2026112300017"},
		{"measures and percents", "第3条80%，5、7完成", "第3条80%，5、7完成"},
		{"a fixed line", "0571-88888888", "0571-88888888"},
		{"nothing but words", "收到", "收到"},
	} {
		if got := zh.Mask(c.in); got != c.want {
			t.Errorf("%s: Mask(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("138 0000 0000 11010519491231002X")
	f.Fuzz(func(t *testing.T, s string) {
		got := zh.Mask(s)
		if a, b := utf8.RuneCountInString(got), utf8.RuneCountInString(s); a != b {
			t.Errorf("Mask(%q) = %q has %d runes, want %d", s, got, a, b)
		}
		if again := zh.Mask(got); again != got {
			t.Errorf("Mask(%q) twice = %q, want %q", s, again, got)
		}
	})
}
