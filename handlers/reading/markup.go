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

// simple maps the traditional characters of the words in words.go.
var simple = map[rune]rune{
	'條': '条', '進': '进', '閱': '阅', '辦': '办', '結': '结', '還': '还', '沒': '没', '開': '开', '動': '动',
	'經': '经', '費': '费', '謝': '谢', '師': '师', '麼': '么', '請': '请', '項': '项', '誰': '谁', '啟': '启',
	'過': '过', '報': '报', '銷': '销', '實': '实', '個': '个', '卻': '却', '審': '审', '簽': '签', '總': '总',
	'東': '东', '間': '间', '體': '体', '標': '标', '務': '务', '問': '问', '題': '题', '錯': '错', '應': '应',
	'該': '该', '為': '为', '從': '从', '嗎': '吗', '幾': '几', '後': '后', '時': '时', '幫': '帮', '點': '点',
	'収': '收',
}

// lower makes s what the word lists are written in: lower case, simple
// characters. It keeps the length of every rune, so that offsets stay.
func lower(s string) string {
	change := func(r rune) rune {
		switch {
		case r < 'A':
			return r
		case r <= 'Z':
			return r + 'a' - 'A'
		case r < 0x3007:
			return r
		}
		if t, ok := simple[r]; ok {
			return t
		}
		return r
	}
	if strings.IndexFunc(s, func(r rune) bool { return change(r) != r }) < 0 {
		return s
	}
	return strings.Map(change, s)
}
