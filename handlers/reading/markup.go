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

// plainForm leaves out of a table what draws it, and of a form what is no state, 时间：11月24日.
// The text keeps its length.
func plainForm(s string) string {
	if strings.Count(s, "|") > 1 {
		s = strings.ReplaceAll(s, "|", " ")
	}
	if len(formLine.FindAllString(s, 3)) < 2 {
		return s
	}
	return formAside.ReplaceAllStringFunc(s, func(line string) string { return strings.Repeat(" ", len(line)) })
}

// formLine is a line of a form; formAside is one that says nothing of how far anything is.
var (
	formLine  = regexp.MustCompile(`(?m)^ *[\p{Han}]{2,6}[:] *\S`)
	formAside = regexp.MustCompile(`(?m)^ *(?:时间|日期|地点|参加|参加人员?|参会|参会人员?|人数|备注|附件|填报人|填报时间|联系人|电话|负责人|单位|部门|学院|姓名|主题|主持|内容)[:][^\n]*[0-9][^\n]*$`)
)

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
