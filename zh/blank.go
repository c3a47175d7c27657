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
func Bare(s string) string {
	return strings.Map(func(r rune) rune {
		if Blank(r) {
			return -1
		}
		return r
	}, s)
}
