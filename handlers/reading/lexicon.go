package reading

import (
	"cmp"
	_ "embed"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed words.txt
var wordFile string

// wordLists are the lists of words.txt by their names.
var wordLists = readLists(wordFile)

func readLists(text string) map[string][]string {
	lists := make(map[string][]string)
	name := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if head, rest, ok := strings.Cut(line, " = "); ok {
			name, line = head, rest
		}
		for w := range strings.FieldsSeq(line) {
			lists[name] = append(lists[name], spelled(w)...)
		}
	}
	return lists
}

// spelled lists the words that w stands for: in_progress has a blank, 写报×错高 is
// 写错, 写高, 报错 and 报高, and 动|推进×不了|不下去 is 动不了, 推进不下去 and so on.
func spelled(w string) (list []string) {
	heads, tails, ok := strings.Cut(w, "×")
	if !ok || w == "×" {
		return []string{strings.ReplaceAll(w, "_", " ")}
	}
	parts := func(s string) []string {
		if strings.Contains(s, "|") {
			return strings.Split(s, "|")
		}
		return strings.Split(s, "")
	}
	for _, head := range parts(heads) {
		for _, tail := range parts(tails) {
			list = append(list, head+tail)
		}
	}
	return list
}

// words returns the list of words.txt with this name, which must be there.
func words(name string) []string {
	list := wordLists[name]
	if list == nil {
		panic(fmt.Sprintf("words.txt has no list %q", name))
	}
	return list
}

// byWord tells of each word of the lists that are named after keys its key.
func byWord[T ~string](prefix string, keys ...T) map[string]T {
	m := make(map[string]T)
	for _, key := range keys {
		for _, w := range words(prefix + string(key)) {
			m[w] = key
		}
	}
	return m
}

// An entry is a word with all its roles.
type entry struct {
	word  string
	roles role
	flags Flag // Typo
}

// list returns which of the lists of its dictionary the word stands in, the first
// if there are several.
func (e entry) list() int { return bits.TrailingZeros64(uint64(e.roles)) }

// A dictionary finds the longest word that a text begins with. Words lie by
// their first character, longer ones first.
type dictionary map[rune][]entry

// lexicon holds what a word does in a message.
var lexicon = compile(roleNames...)

// askingParts make a word of looking up or of the plan's fields a question too:
// 谁负责, 怎么算.
var askingParts = strings.Fields(`什么 啥 怎么 谁 哪 几号 如何 何时 第几`)

// compile makes a dictionary of lists. The words of the first get the first role,
// 1, those of the second get 2, and so on.
func compile(lists ...string) dictionary {
	roles := make(map[string]role)
	for i, name := range lists {
		for _, w := range words(name) {
			roles[w] |= 1 << i
		}
	}
	d := make(dictionary)
	for w, r := range roles {
		if r&(want|field|needed) != 0 && containsAny(w, askingParts) {
			r |= ask
		}
		e := entry{word: w, roles: r}
		if slices.Contains(words("错字"), w) {
			e.flags = Typo
		}
		first, _ := utf8.DecodeRuneInString(w)
		d[first] = append(d[first], e)
	}
	for _, list := range d {
		slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(len(b.word), len(a.word)) })
	}
	return d
}

// at returns the longest word that s begins with.
func (d dictionary) at(s string) (entry, bool) {
	first, _ := utf8.DecodeRuneInString(s)
	for _, e := range d[first] {
		if strings.HasPrefix(s, e.word) {
			return e, true
		}
	}
	return entry{}, false
}

// wordAt returns the longest word of the lexicon that s begins with.
func wordAt(s string) (entry, bool) { return lexicon.at(s) }
