package wecomtest

import (
	"html"
	"regexp"
	"strings"
)

var (
	heading = regexp.MustCompile(`^ *(#{1,6} +|> ?|[-+*] +)`)
	link2   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	tag     = regexp.MustCompile(`</?[A-Za-z][^>]*>`)
	styles  = regexp.MustCompile("(\\*\\*|__|\\*|_|~~|`)(.+?)(\\*\\*|__|\\*|_|~~|`)")
)

// rendered returns what people see of markdown: marks become styles, and what is
// behind a backslash is itself.
func rendered(markdown string) string {
	var kept []string // what stood behind backslashes, in private-use runes meanwhile
	var b strings.Builder
	for i := 0; i < len(markdown); i++ {
		if markdown[i] == '\\' && i+1 < len(markdown) && strings.IndexByte("\\`*_{}[]()#+-.!<>~|&=", markdown[i+1]) >= 0 {
			i++
			kept = append(kept, markdown[i:i+1])
			b.WriteRune(0xe000)
			continue
		}
		b.WriteByte(markdown[i])
	}
	lines := strings.Split(b.String(), "\n")
	for i, line := range lines {
		lines[i] = heading.ReplaceAllString(line, "")
	}
	text := strings.Join(lines, "\n")
	text = link2.ReplaceAllString(text, "$1")
	text = tag.ReplaceAllString(text, "")
	text = styles.ReplaceAllString(text, "$2")
	text = html.UnescapeString(text)
	for _, k := range kept {
		text = strings.Replace(text, string(rune(0xe000)), k, 1)
	}
	return text
}
