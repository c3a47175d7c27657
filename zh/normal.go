package zh

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Normal returns s as a careful typist would have written it, for a program to
// read: folded, without characters that are not drawn, without the blanks that
// stand beside Chinese characters, and with 第, 条 and digits where others that
// sound or look alike stand for them: 地 5 条 is 第5条, 8O% is 80%, 第③条 is 第3条.
// What is typed well stays as it is. Line breaks stay. Apart from what is dropped
// it goes rune for rune; see [Typed].
func Normal(s string) string {
	s = Fold(without(s, Undrawn))
	if strings.ContainsAny(s, " \t") {
		s = withoutBlanks(s)
	}
	if strings.ContainsAny(s, "oOlI") {
		s = mistyped.ReplaceAllStringFunc(s, digitsFor)
	}
	if strings.ContainsAny(s, "条项调跳") {
		s = misheard.ReplaceAllStringFunc(s, ordinalFor)
	}
	return s
}

// Typed returns the part of s that the bytes from one to another of normal, which is
// [Normal] of s, were made of.
func Typed(s, normal string, from, to int) string {
	if len(s) == len(normal) {
		return s[from:to]
	}
	begin, end, at := len(s), len(s), 0
	for i, r := range s {
		if at >= to {
			end = i
			break
		}
		n, size := utf8.DecodeRuneInString(normal[at:])
		if Undrawn(r) || r != n && (fold(r) == ' ' || r == '\t') {
			continue
		}
		if at <= from {
			begin = i
		}
		at += size
	}
	return s[min(begin, end):end]
}

// Undrawn reports whether r is drawn as nothing: control and format characters,
// and the selectors that follow some emoji. Blanks and line breaks are drawn.
func Undrawn(r rune) bool {
	switch {
	case r >= 0x3000 && r < 0xFE00: // nearly all
		return false
	case unicode.IsControl(r):
		return r != '\n' && r != '\t'
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Cf, unicode.Variation_Selector)
}

// withoutBlanks drops the blanks that part nothing: beside a Chinese character or
// mark, before a percent sign, and at the ends of a line. Behind a digit a blank
// stays before most characters: 措施14 月底完成 is no month.
func withoutBlanks(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	before := '\n'
	for s != "" {
		rest := strings.TrimLeft(s, " \t")
		r, size := utf8.DecodeRuneInString(rest)
		parts := !chinese(r) || before >= '0' && before <= '9' && unicode.Is(unicode.Han, r) && !strings.ContainsRune("条项成", r)
		if len(rest) < len(s) && rest != "" && r != '%' && !chinese(before) && parts {
			b.WriteByte(' ')
		}
		if size > 0 {
			b.WriteRune(r)
		}
		before, s = r, rest[size:]
	}
	return b.String()
}

// chinese reports whether r is a character or mark that is as wide as a blank, so
// that none is typed beside it, or the end of a line.
func chinese(r rune) bool {
	return r == '\n' || unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3020 || strings.ContainsRune("，。；：！？、（）“”", r)
}

// mistyped is a number in which letters may stand for digits, before a percent
// sign or between 第 and 条.
var mistyped = regexp.MustCompile(`[A-Za-z0-9]+[%条项]`)

var lookAlike = strings.NewReplacer("o", "0", "O", "0", "l", "1", "I", "1")

// digitsFor writes what matched mistyped in digits, if it is a number.
func digitsFor(s string) string {
	if strings.Trim(s, "0123456789oOlI%条项") != "" || !strings.ContainsAny(s, "0123456789") {
		return s
	}
	return lookAlike.Replace(s)
}

// misheard is the number of a measure with a 第, a digit or a 条 that is another
// character of the same sound, or the circled form of a number.
var misheard = regexp.MustCompile(`(?:^|[^\p{Han}]|[我把将是和的了报填改那嗯啊呃按])[地弟递帝低迪]` + number + `[条项调跳]` + `|第[` + circled + soundAlike + `][条项调跳]`)

// circled are the numbers from 1 to 10 in circles.
const circled = "①②③④⑤⑥⑦⑧⑨⑩"

// soundAlike are characters that are heard for numerals, and soundOf is what each
// stands for. 是 is none: it may be 四 or 十.
const soundAlike = "依衣医伊儿而山散似肆寺武舞伍无午留流刘陆期起齐其柒吧把巴捌爸就酒久玖旧时石实食拾"

var soundOf = func() map[rune]rune {
	m := make(map[rune]rune)
	for digit, alike := range map[rune]string{'一': "依衣医伊", '二': "儿而", '三': "山散", '四': "似肆寺", '五': "武舞伍无午", '六': "留流刘陆", '七': "期起齐其柒", '八': "吧把巴捌爸", '九': "就酒久玖旧", '十': "时石实食拾"} {
		for _, r := range alike {
			m[r] = digit
		}
	}
	return m
}()

// ordinalFor writes what matched misheard in its right form.
func ordinalFor(s string) string {
	if head, rest, ok := strings.Cut(s, "第"); ok {
		r, size := utf8.DecodeRuneInString(rest)
		if n := strings.IndexRune(circled, r); n >= 0 {
			return head + "第" + Numeral(n/len("①")+1) + rest[size:]
		}
		return head + "第" + string(soundOf[r]) + rest[size:]
	}
	at := strings.IndexAny(s, "地弟递帝低迪")
	return s[:at] + "第" + s[at+len("第"):]
}
