package zh

import (
	"regexp"
	"strings"
	"unicode/utf8"
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

// Defang returns s with its links made such that nobody can tap them: what the
// bot repeats of people's texts must not carry a lure to others. The host can
// still be read, 见【链接 evil[.]example[.]com】, so that a person can judge it.
func Defang(s string) string {
	if !strings.ContainsAny(s, ".:．。：") {
		return s
	}
	plain := without(s, unseen)
	folded, in := foldDots(plain), []rune(plain)
	links := link.FindAllStringIndex(folded, -1)
	if links == nil {
		return s
	}
	var b strings.Builder
	end := 0
	for _, at := range links {
		from, to := utf8.RuneCountInString(folded[:at[0]]), utf8.RuneCountInString(folded[:at[1]])
		b.WriteString(string(in[end:from]) + "【链接 " + hostOf(folded[at[0]:at[1]]) + "】")
		end = to
	}
	return b.String() + string(in[end:])
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

// mostHost is how much of a host is shown.
const mostHost = 60

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
	if s == "" {
		return "已隐藏"
	}
	return strings.ReplaceAll(Head(s, mostHost), ".", "[.]")
}
