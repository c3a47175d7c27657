package reading

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// An entry is a word of the lists with all its roles.
type entry struct {
	word  string
	roles role
	typo  bool
}

// lexicon holds the words by their first character, longer ones first. It is
// made once from words.go and never changed.
var lexicon = compile(words, typos)

// askingParts make a word of looking up or of the plan's fields a question too:
// 谁负责, 怎么算.
var askingParts = strings.Fields(`什么 啥 怎么 谁 哪 几号 如何 何时 第几`)

func compile(lists []list, wrong []string) map[rune][]entry {
	roles := make(map[string]role)
	for _, l := range lists {
		for w := range strings.FieldsSeq(l.words) {
			roles[w] |= l.role
		}
	}
	for w, r := range roles {
		if r&(want|field|needed) != 0 && containsAny(w, askingParts) {
			roles[w] |= ask
		}
	}
	byFirst := make(map[rune][]entry)
	for w, r := range roles {
		first, _ := utf8.DecodeRuneInString(w)
		byFirst[first] = append(byFirst[first], entry{w, r, slices.Contains(wrong, w)})
	}
	for _, list := range byFirst {
		slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(len(b.word), len(a.word)) })
	}
	return byFirst
}

// wordAt returns the longest word of the lists that s begins with.
func wordAt(s string) (entry, bool) {
	first, size := utf8.DecodeRuneInString(s)
	for _, e := range lexicon[first] {
		if len(e.word) <= len(s) && e.word[size:] == s[size:len(e.word)] {
			return e, true
		}
	}
	return entry{}, false
}
