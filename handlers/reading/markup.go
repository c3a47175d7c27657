package reading

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// clean takes the marks of the network away: tags, entities, emoji spans,
// invisible characters and widths. Line breaks stay.
func clean(s string) string {
	if strings.ContainsAny(s, "<&") {
		s = html.UnescapeString(stripTags(s))
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if strings.IndexFunc(s, invisible) >= 0 {
		s = strings.Map(func(r rune) rune {
			if invisible(r) {
				return -1
			}
			return r
		}, s)
	}
	return zh.Fold(s)
}

// invisible reports whether r is drawn as nothing: zero-width characters, byte
// order marks, and the selectors that follow some emoji.
func invisible(r rune) bool {
	switch r {
	case 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0F, 0xFE0E:
		return true
	}
	return r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t'
}

// stripTags turns <br> into a line break and an emoji span of the web protocol
// into the emoji, and drops other tags. A < that begins no tag stays.
func stripTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		tag, ok := tagAt(s[i:])
		if !ok {
			b.WriteByte('<')
			s = s[i+1:]
			continue
		}
		b.WriteString(drawn(tag))
		s = s[i+len(tag):]
	}
}

// tagAt returns the tag that s begins with.
func tagAt(s string) (string, bool) {
	const longest = 300
	if len(s) < 3 || s[1] != '/' && (s[1]|0x20 < 'a' || s[1]|0x20 > 'z') {
		return "", false
	}
	end := strings.IndexByte(s[:min(len(s), longest)], '>')
	if end < 0 || strings.IndexByte(s[1:end], '<') >= 0 {
		return "", false
	}
	return s[:end+1], true
}

// drawn is what a tag puts on the screen.
func drawn(tag string) string {
	name := strings.ToLower(strings.Trim(tag, "</> "))
	if name == "br" {
		return "\n"
	}
	if _, code, ok := strings.Cut(name, "emoji emoji"); ok {
		code = strings.TrimRight(code, `"' `)
		if n, err := strconv.ParseUint(code, 16, 21); err == nil && utf8.ValidRune(rune(n)) {
			return string(rune(n))
		}
	}
	return ""
}

// simple maps traditional characters to simple ones.
var simple = func() map[rune]rune {
	m := make(map[rune]rune)
	for _, pair := range words("繁简") {
		from, size := utf8.DecodeRuneInString(pair)
		m[from], _ = utf8.DecodeRuneInString(pair[size:])
	}
	return m
}()

// lower makes s what the word lists are written in: lower case, simple
// characters. It keeps the length of every rune, so that offsets stay.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		if t, ok := simple[r]; ok {
			return t
		}
		return r
	}, s)
}
