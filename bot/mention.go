package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mentions reports whether text addresses one of names: an @, the whole name, and
// then the end or something that cannot be part of a name, such as a space, the
// U+2005 that phones put there, or punctuation. Others are the names of all who
// could be meant instead; where several fit, the longest is meant. Text is without a
// quote in front: what stands in that addresses nobody.
//
// It is for accounts whose network does not say who is mentioned.
func Mentions(text string, names, others []string) bool {
	all := slices.Concat(names, others)
	for at := strings.IndexAny(text, "@＠"); at >= 0; at = strings.IndexAny(text, "@＠") {
		_, size := utf8.DecodeRuneInString(text[at:])
		text = text[at+size:]
		meant := ""
		for _, n := range all {
			if len(n) > len(meant) && begins(text, n) {
				meant = n
			}
		}
		if meant != "" && slices.Contains(names, meant) {
			return true
		}
	}
	return false
}

// begins reports whether text begins with the whole name.
func begins(text, name string) bool {
	rest, ok := strings.CutPrefix(text, name)
	if !ok {
		return false
	}
	next, size := utf8.DecodeRuneInString(rest)
	return size == 0 || !unicode.IsLetter(next) && !unicode.IsNumber(next)
}
