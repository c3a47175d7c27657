package webwx

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// marks are what the server itself puts into a text; what people type of this
// kind arrives escaped.
var marks = regexp.MustCompile(`<br/>|<span class="emoji emoji([0-9a-f]+)"></span>`)

// entities are the characters that the server escapes, each undone once.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#39;", "'", "&apos;", "'")

// Text returns what was typed, from the content of a message without its
// sender.
func Text(content string) string {
	var b strings.Builder
	at := 0
	for _, m := range marks.FindAllStringSubmatchIndex(content, -1) {
		b.WriteString(entities.Replace(content[at:m[0]]))
		if m[2] < 0 {
			b.WriteByte('\n')
		} else {
			b.WriteString(emoji(content[m[2]:m[3]]))
		}
		at = m[1]
	}
	b.WriteString(entities.Replace(content[at:]))
	return b.String()
}

// Name returns a name as people see it.
func Name(s Str) string { return strings.TrimSpace(Text(string(s))) }

// emoji returns the characters of an emoji that is spelled as the hex numbers
// of its code points, one after the other without a gap: four digits each, or
// five for the planes 1 and 14.
func emoji(hex string) string {
	var b strings.Builder
	for rest := hex; rest != ""; {
		n := 4
		if strings.HasPrefix(rest, "1f") || strings.HasPrefix(rest, "e00") {
			n = 5
		}
		if len(rest) < n {
			return "[表情]"
		}
		c, err := strconv.ParseUint(rest[:n], 16, 32)
		if err != nil || !utf8.ValidRune(rune(c)) || c == 0 {
			return "[表情]"
		}
		b.WriteRune(rune(c))
		rest = rest[n:]
	}
	return b.String()
}

// Longest is the most characters of one text that goes out.
const Longest = 2000

// room is left in each part for its number.
const room = 12

// Split returns text in parts of at most limit characters, cut at ends of lines
// where it can, each but an only one numbered at its start: （1/3）. Nothing of
// the text is left out.
func Split(text string, limit int) []string {
	if utf8.RuneCountInString(text) <= limit {
		return []string{text}
	}
	var parts []string
	for rest := strings.ToValidUTF8(text, "\uFFFD"); rest != ""; {
		var part string
		part, rest = cut(rest, limit-room)
		parts = append(parts, part)
	}
	for i, p := range parts {
		parts[i] = "（" + strconv.Itoa(i+1) + "/" + strconv.Itoa(len(parts)) + "）" + p
	}
	return parts
}

// cut returns the first part of text, of at most limit characters, and what
// follows it. The line break between two parts is in neither.
func cut(text string, limit int) (part, rest string) {
	rs := []rune(text)
	if len(rs) <= limit {
		return text, ""
	}
	part = string(rs[:limit])
	if i := strings.LastIndexByte(part, '\n'); i > len(part)/2 {
		return text[:i], text[i+1:]
	}
	return part, text[len(part):]
}
