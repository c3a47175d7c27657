package chat

import (
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// CutHead cuts at the first line break, or at the first colon that does not stand
// between the digits of a clock time.
func CutHead(rest string) (head, text string, ok bool) {
	runes := []rune(rest)
	digit := func(i int) bool {
		return i >= 0 && i < len(runes) && zh.Fold(string(runes[i])) >= "0" && zh.Fold(string(runes[i])) <= "9"
	}
	for i, r := range runes {
		colon := (r == ':' || r == '：') && !(digit(i-1) && digit(i+1))
		if r == '\n' || colon {
			return string(runes[:i]), string(runes[i+1:]), true
		}
	}
	return rest, "", false
}

// HeadBreaks are the characters between the words in front of a text.
const HeadBreaks = " 　,，、\u00a0\u2005"

// GroupAt returns the longest of some group names that text begins with as a word of
// its own, and how many bytes it takes with what people write before it: @学工群,
// 发到学工群. Blanks in names count for nothing. Size is 0 if there is none.
func GroupAt(text string, groups []string) (name string, size int) {
	lead := 0
	for _, w := range []string{"@", "发到", "发给", "发往", "发在"} {
		if strings.HasPrefix(text[lead:], w) {
			lead += len(w)
		}
	}
	longest := 0
	for _, g := range groups {
		n := wordAt(text[lead:], g)
		if runes := utf8.RuneCountInString(zh.Bare(g)); n > 0 && runes > longest {
			name, size, longest = g, lead+n, runes
		}
	}
	return name, size
}

// wordAt returns how many bytes of text are the word name, whatever blanks stand in
// either, and 0 if text does not begin with it.
func wordAt(text, name string) int {
	want := []rune(zh.Bare(zh.Fold(name)))
	for i, r := range text {
		switch folded := []rune(zh.Fold(string(r))); {
		case len(want) == 0:
			if strings.ContainsRune(HeadBreaks+"\n:：", r) {
				return i
			}
			return 0
		case zh.Blank(r):
		case folded[0] != want[0]:
			return 0
		default:
			want = want[1:]
		}
	}
	if len(want) > 0 {
		return 0
	}
	return len(text)
}
