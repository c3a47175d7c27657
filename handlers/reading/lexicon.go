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

// A dictionary finds the longest word that a text begins with. Words lie by
// their first character, longer ones first.
type dictionary struct {
	near [0xA000][]entry  // first characters up to the last Chinese one in common use
	far  map[rune][]entry // emoji
}

// lexicon is made once from words.go and never changed.
var lexicon = compile(words, typos)

// askingParts make a word of looking up or of the plan's fields a question too:
// 谁负责, 怎么算.
var askingParts = strings.Fields(`什么 啥 怎么 谁 哪 几号 如何 何时 第几`)

func compile(lists []list, wrong []string) *dictionary {
	roles := make(map[string]role)
	for _, l := range lists {
		for w := range strings.FieldsSeq(l.words) {
			roles[w] |= l.role
		}
	}
	d := &dictionary{far: make(map[rune][]entry)}
	for w, r := range roles {
		if r&(want|field|needed) != 0 && containsAny(w, askingParts) {
			r |= ask
		}
		e := entry{w, r, slices.Contains(wrong, w)}
		if first, _ := utf8.DecodeRuneInString(w); int(first) < len(d.near) {
			d.near[first] = append(d.near[first], e)
		} else {
			d.far[first] = append(d.far[first], e)
		}
	}
	longest := func(a, b entry) int { return cmp.Compare(len(b.word), len(a.word)) }
	for _, list := range d.near {
		slices.SortFunc(list, longest)
	}
	for _, list := range d.far {
		slices.SortFunc(list, longest)
	}
	return d
}

// at returns the longest word that s begins with.
func (d *dictionary) at(s string) (entry, bool) {
	first, size := utf8.DecodeRuneInString(s)
	var list []entry
	if int(first) < len(d.near) {
		list = d.near[first]
	} else {
		list = d.far[first]
	}
	for _, e := range list {
		if len(e.word) <= len(s) && e.word[size:] == s[size:len(e.word)] {
			return e, true
		}
	}
	return entry{}, false
}

// wordAt returns the longest word of the lists that s begins with.
func wordAt(s string) (entry, bool) { return lexicon.at(s) }
