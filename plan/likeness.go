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

// longestList bounds to how many old nodes a new one is compared.
const longestList = 8

// A gram is two characters in a row.
type gram [2]rune

// A pairing is a new node and an old one, by index, that are alike.
type pairing struct {
	next, old int
	like      float64
}

// A likener pairs what two versions have left that is not the same.
type likener struct {
	*matcher
	pairs []pairing
	rival map[int]float64 // how like a new node is to what is another's already
}

// like matches the nodes that are each other's clearly best version, again and again:
// each pair found may make its neighbours clear.
func (m *matcher) like() {
	k := &likener{matcher: m, rival: map[int]float64{}}
	k.compare()
	for {
		best := map[*Node][2]float64{}
		for _, p := range k.pairs {
			for _, n := range []*Node{m.next[p.next], m.old[p.old]} {
				best[n] = better(best[n], k.score(p))
			}
		}
		var taken []pairing
		for _, p := range k.pairs {
			if s := k.score(p); s > 0 && s >= k.rival[p.next]+clearly && clearest(best[m.next[p.next]], s) && clearest(best[m.old[p.old]], s) {
				taken = append(taken, p)
			}
		}
		if len(taken) == 0 {
			return
		}
		for _, p := range taken {
			m.found[p.next], m.used[m.old[p.old]] = m.old[p.old], true
		}
	}
}

// compare finds the nodes that share pairs of characters.
func (k *likener) compare() {
	with := map[gram][]int{}
	size := map[int]int{}
	for i, o := range k.old {
		for t := range gramsOf(o) {
			with[t] = append(with[t], i)
			size[i]++
		}
	}
	for i, n := range k.next {
		if k.found[i] != nil {
			continue
		}
		shared := map[int]int{}
		own := gramsOf(n)
		for t := range own {
			for _, o := range with[t] {
				shared[o]++
			}
		}
		var near []pairing
		for o, both := range shared {
			like := 2 * float64(both) / float64(len(own)+size[o])
			switch {
			case (k.old[o].Kind == Field) != (n.Kind == Field) || lastSegmentIf(k.old[o]) != lastSegmentIf(n):
			case k.used[k.old[o]]:
				k.rival[i] = max(k.rival[i], like)
			case like >= likeInPlace:
				near = append(near, pairing{i, o, like})
			}
		}
		slices.SortFunc(near, func(a, b pairing) int {
			return cmp.Or(cmp.Compare(k.inPlace(b), k.inPlace(a)), cmp.Compare(a.old, b.old))
		})
		k.pairs = append(k.pairs, near[:min(len(near), longestList)]...)
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
	if k.found[p.next] != nil || k.used[o] {
		return 0
	}
	between := 0.0
	for _, step := range []int{-1, 1} {
		if k.neighbours(p.next, p.old, step) {
			between += sameNeighbour
		}
	}
	score := k.inPlace(p) + between
	if p.like >= likeAnywhere || p.like >= likeBetween && between > 0 || n.Path == o.Path {
		return score
	}
	return 0
}

// inPlace is how alike a pair is, with what the same place adds.
func (k *likener) inPlace(p pairing) float64 {
	if k.next[p.next].Path == k.old[p.old].Path {
		return p.like + samePlace
	}
	return p.like
}

// neighbours reports whether the nodes beside a pair are a pair too, or both
// stand at the edge.
func (k *likener) neighbours(n, o, step int) bool {
	n, o = n+step, o+step
	if n < 0 || n >= len(k.next) || o < 0 || o >= len(k.old) {
		return (n < 0 || n >= len(k.next)) && (o < 0 || o >= len(k.old))
	}
	return k.found[n] == k.old[o]
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
