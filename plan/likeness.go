package plan

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Likeness, from 0 to 1, from which two texts are versions of one: wherever they
// stand, between the same neighbours, or in the same place.
const (
	likeAnywhere = 0.55
	likeBetween  = 0.4
	likeInPlace  = 0.2
)

// What the place adds to the likeness of two nodes, and by how much a pair must
// be more alike than either is to any other node. Plans have measures that are
// much alike; progress must not move from one to another, so a doubtful one is
// rather called new.
const (
	samePlace     = 0.15
	sameNeighbour = 0.06
	clearly       = 0.05
)

// longestLikening bounds how often pairs are looked at anew: each pair found may
// make its neighbours clear.
const longestLikening = 20

// A pairing is a new node and an old one, by index, that are alike.
type pairing struct {
	next, old int
	like      float64
}

// longestList bounds to how many old nodes a new one is compared.
const longestList = 8

// A gram is two characters in a row.
type gram [2]rune

// A likener pairs what two versions have left that is not the same.
type likener struct {
	old, next []*Node
	m         []*Node // the old node of each new one
	used      map[*Node]bool
	found     []pairing
	rival     map[int]float64 // how like a new node is to what is another's already
}

func likening(old, next, m []*Node, used map[*Node]bool) *likener {
	k := &likener{old: old, next: next, m: m, used: used, rival: map[int]float64{}}
	grams := map[gram][]int{}
	size := map[int]int{}
	for i, o := range old {
		for t := range gramsOf(o) {
			grams[t] = append(grams[t], i)
			size[i]++
		}
	}
	for i, n := range next {
		if m[i] != nil {
			continue
		}
		shared := map[int]int{}
		own := gramsOf(n)
		for t := range own {
			for _, o := range grams[t] {
				shared[o]++
			}
		}
		var list []pairing
		for o, both := range shared {
			like := 2 * float64(both) / float64(len(own)+size[o])
			switch {
			case (old[o].Kind == Field) != (n.Kind == Field) || lastSegmentIf(old[o]) != lastSegmentIf(n):
			case used[old[o]]:
				k.rival[i] = max(k.rival[i], like)
			case like >= likeInPlace:
				list = append(list, pairing{i, o, like})
			}
		}
		k.found = append(k.found, k.nearest(list)...)
	}
	return k
}

// nearest keeps the pairings that are most alike.
func (k *likener) nearest(list []pairing) []pairing {
	place := func(p pairing) float64 {
		if k.next[p.next].Path == k.old[p.old].Path {
			return p.like + samePlace
		}
		return p.like
	}
	slices.SortFunc(list, func(a, b pairing) int {
		return cmp.Or(cmp.Compare(place(b), place(a)), cmp.Compare(a.old, b.old))
	})
	return list[:min(len(list), longestList)]
}

// match takes the pairs that are each other's clearly best, until there are none.
func (k *likener) match() {
	for range longestLikening {
		var taken []pairing
		bestNew, bestOld := map[int][2]float64{}, map[int][2]float64{}
		for _, p := range k.found {
			if score := k.score(p); score > 0 {
				bestNew[p.next] = better(bestNew[p.next], score)
				bestOld[p.old] = better(bestOld[p.old], score)
			}
		}
		for _, p := range k.found {
			score := k.score(p)
			if score > 0 && score >= k.rival[p.next]+clearly && clearest(bestNew[p.next], score) && clearest(bestOld[p.old], score) {
				taken = append(taken, p)
			}
		}
		if len(taken) == 0 {
			return
		}
		for _, p := range taken {
			k.m[p.next] = k.old[p.old]
			k.used[k.old[p.old]] = true
		}
	}
}

// better keeps the two highest scores.
func better(two [2]float64, score float64) [2]float64 {
	switch {
	case score > two[0]:
		return [2]float64{score, two[0]}
	case score > two[1]:
		return [2]float64{two[0], score}
	}
	return two
}

// clearest reports whether a score is the highest by far.
func clearest(two [2]float64, score float64) bool {
	return score == two[0] && score >= two[1]+clearly
}

// score is how alike a pair is, with what its place adds; 0 if it is no pair.
func (k *likener) score(p pairing) float64 {
	n, o := k.next[p.next], k.old[p.old]
	if k.m[p.next] != nil || k.used[o] {
		return 0
	}
	between := 0.0
	for _, step := range []int{-1, 1} {
		if k.neighbours(p.next, p.old, step) {
			between += sameNeighbour
		}
	}
	score := p.like + between
	if n.Path == o.Path {
		score += samePlace
	}
	if p.like >= likeAnywhere || p.like >= likeBetween && between > 0 || n.Path == o.Path {
		return score
	}
	return 0
}

// neighbours reports whether the nodes beside a pair are a pair too, or both
// stand at the edge.
func (k *likener) neighbours(n, o, step int) bool {
	n, o = n+step, o+step
	if n < 0 || n >= len(k.next) || o < 0 || o >= len(k.old) {
		return (n < 0 || n >= len(k.next)) && (o < 0 || o >= len(k.old))
	}
	return k.m[n] == k.old[o]
}

// gramsOf are the pairs of characters that a node says; punctuation parts them.
func gramsOf(n *Node) map[gram]bool {
	out := map[gram]bool{}
	var prev rune
	for _, r := range strings.ToLower(n.text()) {
		if !unicode.Is(unicode.Han, r) && (r >= 0x250 || !unicode.IsLetter(r)) && (r < '0' || r > '9') {
			prev = 0
			continue
		}
		if prev != 0 {
			out[gram{prev, r}] = true
		}
		prev = r
	}
	return out
}
