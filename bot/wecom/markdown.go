package wecom

import (
	"strings"
	"unicode/utf8"
)

// escaped returns markdown that shows text as it is. The AI bot says nothing but
// markdown, in which a line that begins with # would be a heading and * vanish.
func escaped(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	fresh := true // at the beginning of a line, but for spaces and digits
	digits := false
	for i, r := range text {
		switch {
		case strings.ContainsRune("\\`*_[]<>~|&", r),
			fresh && !digits && strings.ContainsRune("#-+=", r),
			fresh && digits && (r == '.' || r == ')') && spaceAfter(text[i+1:]):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		switch {
		case r == '\n':
			fresh, digits = true, false
		case r >= '0' && r <= '9':
			digits = true
		case r != ' ':
			fresh = false
		}
	}
	return b.String()
}

// spaceAfter tells whether what follows a number and a point makes an item of a list.
func spaceAfter(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	return size == 0 || r == ' ' || r == '\t' || r == '\n'
}
