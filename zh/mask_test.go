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

// TestMask_forms: one number is found however it is written.
func TestMask_forms(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"double blanks", "138  0000  0000", "138  ****  0000"},
		{"wide blanks", "138　0000　0000", "138　****　0000"},
		{"blanks that do not break", "138\u00a00000\u00a00000", "138\u00a0****\u00a00000"},
		{"thin blanks", "138\u20090000\u20090000", "138\u2009****\u20090000"},
		{"tabs", "138\t0000\t0000", "138\t****\t0000"},
		{"blanks of no width", "138\u200b0000\u200b0000", "138\u200b****\u200b0000"},
		{"soft hyphens", "138\u00ad0000\u00ad0000", "138\u00ad****\u00ad0000"},
		{"dots", "138.0000.0000", "138.****.0000"},
		{"wide dots", "138．0000．0000", "138．****．0000"},
		{"middle dots", "138·0000·0000", "138·****·0000"},
		{"hyphens", "138-0000-0000", "138-****-0000"},
		{"wide hyphens", "138－0000－0000", "138－****－0000"},
		{"en dashes", "138–0000–0000", "138–****–0000"},
		{"em dashes", "138—0000—0000", "138—****—0000"},
		{"double em dashes", "138——0000——0000", "138——****——0000"},
		{"minus signs", "138−0000−0000", "138−****−0000"},
		{"hyphens that do not break", "138\u20110000\u20110000", "138\u2011****\u20110000"},
		{"long vowel signs", "138ー0000ー0000", "138ー****ー0000"},
		{"dashes with blanks around", "138 - 0000 - 0000", "138 - **** - 0000"},
		{"slashes", "138/0000/0000", "138/****/0000"},
		{"underlines", "138_0000_0000", "138_****_0000"},
		{"brackets", "(138)0000-0000", "(138)****-0000"},
		{"every digit alone", "1 3 8 0 0 0 0 0 0 0 0", "1 3 8 * * * * 0 0 0 0"},
		{"full width", "１３８００００００００", "１３８****００００"},
		{"full width in groups", "１３８　００００　００００", "１３８　****　００００"},
		{"digits of mathematics", "𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟎", "𝟏𝟑𝟖****𝟎𝟎𝟎𝟎"},
		{"digits of Arabic", "١٣٨٠٠٠٠٠٠٠٠", "١٣٨****٠٠٠٠"},
		{"Chinese numerals", "电话一三八零零零零零零零零", "电话一三八****零零零零"},
		{"Chinese numerals as they are spoken", "幺三八〇〇〇〇〇〇〇〇", "幺三八****〇〇〇〇"},
		{"the country code glued on", "8613800000000", "86138****0000"},
		{"the country code with zeros", "008613800000000", "0086138****0000"},
		{"the country code and hyphens", "+86-138-0000-0000", "+86-138-****-0000"},
		{"broken over two lines", "1380000\n0000", "138****\n0000"},
		{"broken over two lines with an indent", "138\r\n  00000000", "138\r\n  ****0000"},
		{"two numbers glued together", "1380000000013900000001", "138****0000139****0001"},
		{"a card and a mobile number glued together", "11010519491231002X13800000000", "110*************2X138****0000"},
		{"a mobile number and a card glued together", "13800000000110105194912310" + "02X", "138****0000110*************2X"},
		{"two numbers with a slash between", "13800000000/13900000001", "138****0000/139****0001"},
		{"two numbers on two lines", "13800000000\n13900000001", "138****0000\n139****0001"},
		{"letters around", "tel13800000000x", "tel138****0000x"},
		{"behind a fixed line", "0571-88888888 13800000000", "0571-88888888 138****0000"},
		{"an ID number in groups", "110105 19491231 002X", "110*** ******** **2X"},
		{"an ID number in groups of four", "1101-0519-4912-3100-2X", "110*-****-****-****-2X"},
		{"an ID number with its last sign apart", "11010519491231002 X", "110*************2 X"},
		{"an ID number with a wide sign", "１１０１０５１９４９１２３１００２ｘ", "１１０*************２ｘ"},
		{"an ID number with another sign", "11010519491231002×", "110*************2×"},
		{"an ID number broken over two lines", "110105194912\n31002X", "110*********\n****2X"},
		{"an ID number of 15 digits", "身份证110105491231002", "身份证110**********02"},
		{"an ID number of 15 digits in groups", "110105 491231 002", "110*** ****** *02"},
		{"an ID number behind a number of other kind", "2023001 110105194912310" + "02X", "2023001 110*************2X"},
		{"a bank card with hyphens", "6222-0212-3456-7890-128", "6222-****-****-***0-128"},
		{"a bank card broken over two lines", "6222021234567\n890128", "6222*********\n**0128"},
	} {
		if got := zh.Mask(c.in); got != c.want {
			t.Errorf("%s: Mask(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

// TestMask_others: what is no private number stays as it is.
func TestMask_others(t *testing.T) {
	for _, in := range []string{
		"2026年11月23日", "2026-11-23", "2026.11.23 15:30", "2026/11/23—2026/12/01", "2026-11-23 2026-11-24 2026-11-25",
		"20261123", "202611231530", "20261123153000123", "2026 11 23 15 30 00",
		"第3条80%，5、7、12完成", "第3条 第5条 第7条", "1、3、5、7、9、11、13、15", "1 2 3 4 5 6 7 8 9 10 11 12", "13 15 16 17 18 19",
		"3→80%；5、7→办结", "1.查课堂\n2.查宿舍\n3.查电器", "13.1 80%\n13.2 90%",
		"经费138000.00元", "合计13,800,000,000元", "¥138000000.00", "1380000元", "138,000.00 + 139,000.00",
		"订单202611230017", "订单号123456789012", "单号 1000 2000 3000", "快递SF1380000000012", "2026112300017001",
		"QQ群123456789", "学号2023010101001", "工号20230001", "0571-88888888", "010-12345678转8001", "400-800-1234",
		"宿舍3-201、3-202、3-203", "室温25.5，湿度60.2", "8:30-11:30，14:00-17:00", "版本1.38.0.0", "192.168.100.200",
		"二〇二六年十一月二十三日", "一二三四五六七八九十", "教〔2026〕13号", "12345678901234", "000000000000000000",
	} {
		if got := zh.Mask(in); got != in {
			t.Errorf("Mask(%q) = %q, want it left alone", in, got)
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
