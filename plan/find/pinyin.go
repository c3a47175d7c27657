package find

import (
	"cmp"
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
	return slices.ContainsFunc(s.of[r], func(x string) bool { return x == typed || len(typed) == 1 && x[0] == typed[0] })
}

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

// A sound is how two characters in a row are read, loosely and without tones.
type sound [2]string

// sounds lists the pairs of characters of the plan by how they are read.
func (x *corpus) soundsOfPlan() map[sound][]term {
	table := readings()
	m := map[sound][]term{}
	for t := range x.byUnit.with {
		if t.single() {
			continue
		}
		for _, a := range table.of[rune(t>>32)] {
			for _, b := range table.of[rune(t&0xffffffff)] {
				s := sound{loose(a), loose(b)}
				m[s] = append(m[s], t)
			}
		}
	}
	for _, list := range m { // what is commoner is likelier to be meant
		slices.SortFunc(list, func(a, b term) int { return cmp.Or(cmp.Compare(x.df(b), x.df(a)), cmp.Compare(a, b)) })
	}
	return m
}

// spell corrects what was typed with the wrong character of the right sound:
// 白年行动. Only a pair that the plan does not have is changed, into one that it
// has with one character the same, and only if what stands beside it fits too.
func (x *corpus) spell(q string) string {
	req := x.request(q)
	r := slices.Clone(req.r)
	changed := false
	for _, s := range req.spans {
		if s.class != 1 {
			continue
		}
		for i := s.from; i+1 < s.to; i++ {
			if x.df(pair(r[i], r[i+1])) > 0 || isLight(r[i]) && isLight(r[i+1]) {
				continue
			}
			changed = x.respell(r, i, s) || changed
		}
	}
	if !changed {
		return q
	}
	return string(r)
}

// respell changes r[i:i+2], if there is a reading of it that the plan has.
func (x *corpus) respell(r []rune, i int, s span) bool {
	table := readings()
	for _, a := range table.of[r[i]] {
		for _, b := range table.of[r[i+1]] {
			for _, t := range x.sounds()[sound{loose(a), loose(b)}] {
				first, second := rune(t>>32), rune(t&0xffffffff)
				if first != r[i] && second != r[i+1] || !x.fitsBeside(r, i, s, first, second) {
					continue
				}
				r[i], r[i+1] = first, second
				return true
			}
		}
	}
	return false
}

// fitsBeside reports whether the pair goes on as the plan does: with the
// character before or after it. A pair that stands alone fits by itself.
func (x *corpus) fitsBeside(r []rune, i int, s span, first, second rune) bool {
	if s.to-s.from == 2 {
		return true
	}
	before := i > s.from && x.df(pair(r[i-1], first)) > 0 && x.says(string([]rune{r[i-1], first, second}))
	after := i+2 < s.to && x.df(pair(second, r[i+2])) > 0 && x.says(string([]rune{first, second, r[i+2]}))
	return before || after
}
