package find

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed data/pinyin.txt
var pinyinTable string

// syllables are the toneless readings of each character, and the syllables
// that there are.
type syllables struct {
	of    map[rune][]string
	known map[string]bool
	read  map[string][]rune // the characters of a syllable, and of a first letter
}

var readings = sync.OnceValue(func() *syllables {
	s := &syllables{of: map[rune][]string{}, known: map[string]bool{}, read: map[string][]rune{}}
	for line := range strings.Lines(pinyinTable) {
		syllable, chars, _ := strings.Cut(strings.TrimSpace(line), " ")
		s.known[syllable] = true
		for _, r := range chars {
			s.of[r] = append(s.of[r], syllable)
			s.read[syllable] = append(s.read[syllable], r)
			if first := syllable[:1]; len(syllable) > 1 && !slices.Contains(s.read[first], r) {
				s.read[first] = append(s.read[first], r)
			}
		}
	}
	return s
})

// loose makes syllables equal that are often mixed up: z and zh, in and ing.
func loose(s string) string {
	if len(s) > 2 && s[1] == 'h' && strings.IndexByte("zcs", s[0]) >= 0 {
		s = s[:1] + s[2:]
	}
	return strings.TrimSuffix(s, "g")
}

// fits reports whether r is read as typed: a whole syllable or its first letter.
func (s *syllables) fits(r rune, typed string) bool {
	for _, x := range s.of[r] {
		if x == typed || len(typed) == 1 && x[0] == typed[0] {
			return true
		}
	}
	return false
}

// chars are the characters that fit what was typed.
func (s *syllables) chars(typed string) []rune { return s.read[typed] }

// cut splits letters into syllables, as few as possible; letters that make none
// stand for themselves, as initials do. It is nil if there are too many.
func (s *syllables) cut(letters string) []string {
	const longest = 6
	if len(letters) > 48 {
		return nil
	}
	type step struct{ pieces, from int }
	best := make([]step, len(letters)+1)
	for i := 1; i <= len(letters); i++ {
		best[i] = step{pieces: best[i-1].pieces + 3, from: i - 1} // an initial costs more than a syllable
		for j := max(0, i-longest); j < i; j++ {
			if s.known[letters[j:i]] && best[j].pieces+1 < best[i].pieces {
				best[i] = step{best[j].pieces + 1, j}
			}
		}
	}
	var out []string
	for i := len(letters); i > 0; i = best[i].from {
		out = append(out, letters[best[i].from:i])
	}
	slices.Reverse(out)
	return out
}
