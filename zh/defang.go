package zh

import (
	"regexp"
	"strings"
)

// A link is anything that a messenger or a mail program makes clickable: a
// scheme with what follows it, or a host name whose last label is one that links
// to lure people end in. A file's name, report.docx, and a number, 3.5, are none.
var link = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]{1,15}://` + tail + `*` +
	`|\bmailto:` + tail + `+` +
	`|\b(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+` +
	`(?:com|cn|net|org|edu|gov|info|biz|top|xyz|vip|club|shop|site|online|store|live|link|icu|ltd|work|fun|cc|tv|me|io|app|dev|ai|co|hk|tw|us|ru|uk|jp|kr|eu|ly|gl|gd|tk|ml|ga|cf|gq|pw|ws|to|im|la|sh|in|ink|ren|wang|mobi|tech|xn--[a-z0-9]+)\b` +
	`(?::[0-9]{1,5})?(?:[/?#]` + tail + `*)?` +
	`|\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?::[0-9]{1,5})?/` + tail + `*`)

// tail is a character of a link behind its host. Punctuation that ends a clause
// is none, because Fold has made the Chinese marks like it.
const tail = `[A-Za-z0-9._~:/?#@$&*+=%|-]`

// hidden are characters that are not to be seen and that would let a link pass:
// zero-width ones, and those that turn the direction of writing.
var hidden = strings.NewReplacer(
	"\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "", "\u00ad", "",
	"\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "",
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "",
)

// Defang returns s with its links made such that nobody can tap them: what the
// bot repeats of people's texts must not carry a lure to others. The host can
// still be read, 见【链接 evil[.]example[.]com】, so that a person can judge it.
func Defang(s string) string {
	if !strings.ContainsAny(s, ".:．。：") {
		return s
	}
	plain := hidden.Replace(s)
	folded := []rune(foldDots(plain))
	in := []rune(plain)
	at := runeSpans(string(folded))
	if len(at) == 0 || len(folded) != len(in) {
		return s
	}
	var b strings.Builder
	end := 0
	for _, span := range at {
		b.WriteString(string(in[end:span[0]]))
		b.WriteString("【链接 " + hostOf(string(folded[span[0]:span[1]])) + "】")
		end = span[1]
	}
	b.WriteString(string(in[end:]))
	return b.String()
}

// foldDots is Fold, with the stops that browsers take for a dot between the
// labels of a host made one where Latin letters stand on both sides.
func foldDots(s string) string {
	in := []rune(Fold(s))
	for i := 1; i < len(in)-1; i++ {
		if (in[i] == '。' || in[i] == '．') && latin(in[i-1]) && latin(in[i+1]) {
			in[i] = '.'
		}
	}
	return string(in)
}

func latin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// runeSpans are the links of s, counted in runes.
func runeSpans(s string) (spans [][2]int) {
	runes, byteAt := 0, 0
	for _, at := range link.FindAllStringIndex(s, -1) {
		runes += len([]rune(s[byteAt:at[0]]))
		length := len([]rune(s[at[0]:at[1]]))
		spans = append(spans, [2]int{runes, runes + length})
		runes, byteAt = runes+length, at[1]
	}
	return spans
}

// hostOf is the host of a link, with its dots in brackets.
func hostOf(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	if i := strings.IndexAny(s, "/?#\\"); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:] // what stands before it only looks like a host
	}
	s = strings.TrimPrefix(strings.ToLower(s), "mailto:")
	if host, _, ok := strings.Cut(s, ":"); ok {
		s = host
	}
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	if s == "" {
		return "已隐藏"
	}
	return strings.ReplaceAll(s, ".", "[.]")
}
