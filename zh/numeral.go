package zh

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDigits bounds a numeral, so that any of them fits an int.
const maxDigits = 18

// digits are the Chinese digits, from 0.
const digits = "零一二三四五六七八九"

// units are what a digit before them is multiplied by, and tens are short forms.
var (
	units = map[rune]int{'十': 10, '百': 100, '千': 1000}
	tens  = map[rune]int{'廿': 20, '卅': 30}
)

// IsNumeral reports whether r is a Chinese numeral: a digit, 十, 百, 千, or one
// of 廿 and 卅. 万 is none, because it mostly stands in other words.
func IsNumeral(r rune) bool {
	_, ok := digitOf(r)
	return ok || units[r] > 0 || tens[r] > 0
}

// digitOf is the value of one Chinese digit.
func digitOf(r rune) (int, bool) {
	switch r {
	case '〇', '○':
		return 0, true
	case '两':
		return 2, true
	}
	at := strings.IndexRune(digits, r)
	return at / len("零"), at >= 0
}

// ParseInt reads the numeral that s begins with, in Arabic digits of either
// width or in Chinese, and returns its value and how many bytes it takes. Size
// is 0 if s begins with no numeral, or with one that names no single number:
// more than 18 digits, or an estimate such as 四五十. Chinese digits without a
// unit are read one by one: 二〇二六 is 2026.
func ParseInt(s string) (n, size int) {
	if n, size = parseArabic(s); size > 0 {
		return n, size
	}
	if n, size = parseChinese(s); size == 0 {
		return 0, 0
	}
	if !strings.HasPrefix(s[size:], "万") {
		return n, size
	}
	low, more := parseChinese(s[size+len("万"):])
	if more == 0 || low >= 10000 {
		return n * 10000, size + len("万")
	}
	if low < 10 && !zeroAt(s[size+len("万"):]) {
		low *= 1000 // 一万二 is 12000
	}
	return n*10000 + low, size + len("万") + more
}

func zeroAt(s string) bool {
	return strings.HasPrefix(s, "零") || strings.HasPrefix(s, "〇")
}

func parseArabic(s string) (n, size int) {
	digits := 0
	for _, r := range s {
		f := fold(r)
		if f < '0' || f > '9' {
			break
		}
		if digits++; digits > maxDigits {
			return 0, 0
		}
		n = n*10 + int(f-'0')
		size += utf8.RuneLen(r)
	}
	return n, size
}

// parseChinese reads a numeral below ten thousand with units, or a row of digits.
func parseChinese(s string) (n, size int) {
	if n, size, estimate := parseRow(s); size > 0 || estimate {
		return n, size
	}
	last, zero := 10000, false // the unit before, which must be larger, and whether 零 stands after it
	digit := -1                // waits for its unit
read:
	for i, r := range s {
		d, isDigit := digitOf(r)
		u, t := units[r], tens[r]
		switch {
		case isDigit && digit < 0 && (d > 0 || size == 0):
			digit = d
		case isDigit && digit < 0 && !zero:
			zero = true
		case t > 0 && digit < 0 && last > 10:
			n, last, zero = n+t, 10, false
		case u > 0 && u < last && (digit >= 0 || u == 10): // 百 alone is no number: 百分之
			if digit < 0 {
				digit = 1
			}
			n, last, zero, digit = n+digit*u, u, false, -1
		default:
			break read
		}
		size = i + utf8.RuneLen(r)
	}
	switch {
	case digit < 0:
	case 10 < last && last < 10000 && !zero:
		n += digit * last / 10 // 一百二 is 120
	default:
		n += digit
	}
	return n, size
}

// parseRow reads two digits or more that have no unit after them. With a unit
// they are an estimate, such as 四五十.
func parseRow(s string) (n, size int, estimate bool) {
	count := 0
	for _, r := range s {
		d, ok := digitOf(r)
		if !ok || count > maxDigits {
			break
		}
		count++
		n = n*10 + d
		size += utf8.RuneLen(r)
	}
	next, _ := utf8.DecodeRuneInString(s[size:])
	switch {
	case count < 2:
		return 0, 0, false
	case count > maxDigits || units[next] > 0:
		return 0, 0, true
	}
	return n, size, false
}

// Numeral writes n in Chinese: 24 is 二十四, 103 is 一百零三. Numbers below 0 or
// from ten thousand on are written in Arabic digits.
func Numeral(n int) string {
	switch {
	case n < 0 || n >= 10000:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n*len("零"):][:len("零")]
	case n < 20:
		return strings.TrimSuffix("十"+Numeral(n-10), "零")
	}
	size, word := 10, "十"
	switch {
	case n >= 1000:
		size, word = 1000, "千"
	case n >= 100:
		size, word = 100, "百"
	}
	text, rest := Numeral(n/size)+word, n%size
	if rest == 0 {
		return text
	}
	if rest < size/10 {
		text += "零"
	}
	if rest >= 10 && rest < 20 {
		text += "一" // 一百一十
	}
	return text + Numeral(rest)
}
