package webchat

import (
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// spell writes a name in pinyin, a syllable a character, with | between the readings of
// one: 曾伟 is zeng|ceng wei. What is no Chinese character is left out.
func spell(name string) string {
	how := pinyin.NewArgs()
	how.Heteronym = true
	var syllables []string
	for _, readings := range pinyin.Pinyin(name, how) {
		syllables = append(syllables, strings.Join(readings, "|"))
	}
	return strings.Join(syllables, " ")
}

// spelt returns people with their names in pinyin.
func spelt(people []Person) []Person {
	all := make([]Person, len(people)) // for the page, which wants a list
	for i, p := range people {
		p.Spelt = spell(p.Name)
		all[i] = p
	}
	return all
}
