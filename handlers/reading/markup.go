package reading

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// clean takes the marks of the network away: tags, entities, emoji spans,
// invisible characters and widths. Line breaks and the ends of mentions stay.
func clean(s string) string {
	s = zh.Fold(strings.ReplaceAll(s, "\u2005", mentionEnd))
	s = html.UnescapeString(tag.ReplaceAllStringFunc(s, drawn))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return zh.Fold(strings.Map(func(r rune) rune {
		if zh.Undrawn(r) || r == keycap {
			return -1
		}
		return r
	}, s))
}

// keycap draws a key around the digit before it.
const keycap = '\u20e3'

// tag is a tag of the web protocol. A < that begins none stays.
var tag = regexp.MustCompile(`</?[A-Za-z][^<>]{0,300}>`)

// drawn is what a tag puts on the screen: a line break, or the emoji of a span.
func drawn(tag string) string {
	name := strings.ToLower(strings.Trim(tag, "</> "))
	if name == "br" {
		return "\n"
	}
	_, code, _ := strings.Cut(name, "emoji emoji")
	if n, err := strconv.ParseUint(strings.TrimRight(code, `"' `), 16, 21); err == nil && utf8.ValidRune(rune(n)) {
		return string(rune(n))
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
