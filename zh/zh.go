// Package zh knows how Chinese is written in chats and office papers: wide and
// narrow characters, numerals, and the private numbers that must not be kept.
//
// Everything here is a pure function of a string. Text is folded once at the
// border with [Fold], which keeps the number of runes, so that a place in the
// folded text is the same place in what the person typed.
package zh

import "strings"

// Fold returns s with full-width letters, digits and punctuation made half
// width, half-width CJK punctuation made full width, and every kind of space
// made ' '; line breaks and tabs stay. It goes rune for rune: the result has as
// many runes as s.
func Fold(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return fold(r) != r }) < 0 {
		return s
	}
	return strings.Map(fold, s)
}

func fold(r rune) rune {
	switch {
	case r < 0xA0:
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r == 0x3000, r == 0xA0, r >= 0x2000 && r <= 0x200A, r == 0x202F:
		return ' ' // U+2005 ends a mention in WeChat
	case r == 0xFF61:
		return '。'
	case r == 0xFF62:
		return '「'
	case r == 0xFF63:
		return '」'
	case r == 0xFF64:
		return '、'
	}
	return r
}
