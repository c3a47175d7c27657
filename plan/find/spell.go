package find

import (
	"cmp"
	"slices"
)

// A sound is how two characters in a row are read, loosely and without tones.
type sound [2]string

// sounds lists the pairs of characters of the plan by how they are read.
func (x *corpus) soundsOfPlan() map[sound][]term {
	table := readings()
	m := map[sound][]term{}
	for t := range x.byUnit {
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
