package source

import (
	"strconv"
	"unicode/utf8"

	"duban/zh"
)

// bulletLabel is a bullet that text can show.
func bulletLabel(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case s == "":
		return ""
	case r == 'o' || r >= 0xE000 && r <= 0xF8FF:
		return "● "
	}
	return string(r) + " "
}

// numeral prints n in one of the formats of Word. What no mark of a plan is written
// in is printed in figures.
func numeral(format string, n int) string {
	switch format {
	case "none":
		return ""
	case "chineseCounting", "chineseCountingThousand", "ideographDigital", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "chineseLegalSimplified", "ideographLegalTraditional":
		return zh.Numeral(n)
	case "ideographTraditional":
		return pick("甲乙丙丁戊己庚辛壬癸", n)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		return pick("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", n)
	case "upperLetter":
		return pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ", n)
	case "lowerLetter":
		return pick("abcdefghijklmnopqrstuvwxyz", n)
	}
	return strconv.Itoa(n)
}

func pick(from string, n int) string {
	r := []rune(from)
	if n < 1 || n > len(r) {
		return strconv.Itoa(n)
	}
	return string(r[n-1])
}
