package zh

import (
	"strings"
	"unicode"
)

// Blank reports whether a character prints nothing: white space, and the marks
// that copying from pages and documents leaves in a text.
func Blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u00ad'
}

// Bare returns s without any [Blank] characters.
func Bare(s string) string { return without(s, Blank) }

// unseen reports whether a character is not to be seen and can make one text look
// like another: of no width, turning the direction of writing, or a control.
func unseen(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2069 ||
		r == 0xFEFF || r == 0xAD || r < ' ' && r != '\n' && r != '\t'
}

// Visible returns s without what is not to be seen, and without blanks at its ends.
func Visible(s string) string { return strings.TrimSpace(without(s, unseen)) }

// without returns s without the characters of one kind.
func without(s string, kind func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if kind(r) {
			return -1
		}
		return r
	}, s)
}
