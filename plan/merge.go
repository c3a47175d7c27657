package plan

import (
	"cmp"
	"slices"
	"strings"

	"duban/zh"
)

// A Change is a node in two versions of a plan.
type Change struct {
	Old, New *Node
}

// A Diff says what a new version of a plan changes. A node that has moved and
// changed stands in both lists.
type Diff struct {
	Added   []*Node  // in the new version only
	Gone    []*Node  // in the old version only
	Changed []Change // other wording
	Moved   []Change // other path
}

// Empty reports whether the versions say the same in the same places.
func (d Diff) Empty() bool {
	return len(d.Added)+len(d.Gone)+len(d.Changed)+len(d.Moved) == 0
}

// Likeness from which two texts are versions of one, and from which they are if
// they also stand in the same place.
const (
	likeAnywhere = 0.55
	likeInPlace  = 0.2
)

// Merge carries the ids of an old version over to a new one, so that what hangs
// on them stays attached, and says what has changed. It changes neither.
func Merge(old, next *Plan) (*Plan, Diff) {
	merged := next.clone()
	m := matching(old.Nodes, merged.Nodes)
	taken := map[string]bool{}
	var d Diff
	for i, n := range merged.Nodes {
		o := m[i]
		if o == nil {
			continue
		}
		n.ID = o.ID
		taken[n.ID] = true
		if n.Path != o.Path {
			d.Moved = append(d.Moved, Change{o, n})
		}
		if !sameText(o, n) {
			d.Changed = append(d.Changed, Change{o, n})
		}
	}
	for i, n := range merged.Nodes {
		if m[i] == nil {
			d.Added = append(d.Added, n)
			n.ID = fresh(n.ID, taken)
		}
	}
	kept := map[*Node]bool{}
	for _, o := range m {
		kept[o] = true
	}
	for _, o := range old.Nodes {
		if !kept[o] {
			d.Gone = append(d.Gone, o)
		}
	}
	return merged, d
}

// fresh makes an id that is not taken.
func fresh(id string, taken map[string]bool) string {
	out := id
	for i := 2; taken[out]; i++ {
		out = id + "-" + itoa(i)
	}
	taken[out] = true
	return out
}

func (p *Plan) clone() *Plan {
	c := *p
	c.Nodes = make([]*Node, len(p.Nodes))
	for i, n := range p.Nodes {
		copied := *n
		copied.Owners = slices.Clone(n.Owners)
		c.Nodes[i] = &copied
	}
	c.Other = slices.Clone(p.Other)
	return &c
}

// text is what a node says, without white space.
func (n *Node) text() string { return bare(zh.Fold(n.Head + n.Body)) }

func sameText(a, b *Node) bool {
	return a.text() == b.text() && bare(zh.Fold(a.Title)) == bare(zh.Fold(b.Title))
}

// matching finds for each new node the old one that it is a version of: first
// the same words in the same place, then the same words elsewhere, then like
// words, then the same place.
func matching(old, next []*Node) []*Node {
	m := make([]*Node, len(next))
	used := map[*Node]bool{}
	take := func(key func(*Node) string) {
		by := map[string][]*Node{}
		for _, o := range old {
			if k := key(o); k != "" && !used[o] {
				by[k] = append(by[k], o)
			}
		}
		for i, n := range next {
			k := key(n)
			if m[i] != nil || k == "" || len(by[k]) == 0 {
				continue
			}
			m[i] = by[k][0]
			used[m[i]] = true
			by[k] = by[k][1:]
		}
	}
	take(func(n *Node) string { return n.Path + "\x00" + n.text() })
	take(func(n *Node) string {
		if n.Kind == Field && n.Body == "" || runes(n.text()) < 4 {
			return ""
		}
		return string(n.Kind) + "\x00" + lastSegmentIf(n) + n.text()
	})
	matchTitles(old, next, take)
	matchLike(old, next, m, used)
	take(func(n *Node) string {
		if n.Kind == Field || n.text() == "" {
			return n.Path
		}
		return ""
	})
	return m
}

// matchTitles pairs what keeps its title: it is the same measure, however much
// its text was rewritten, in its place, or elsewhere if no other has that title.
func matchTitles(old, next []*Node, take func(key func(*Node) string)) {
	take(func(n *Node) string {
		if n.heading() == "" {
			return ""
		}
		return n.Path + "\x00" + n.heading()
	})
	often := map[string]int{}
	for _, n := range slices.Concat(old, next) {
		often[string(n.Kind)+n.heading()]++
	}
	take(func(n *Node) string {
		if n.heading() == "" || often[string(n.Kind)+n.heading()] > 2 {
			return ""
		}
		return string(n.Kind) + "\x00" + n.heading()
	})
}

// heading is a node's title as far as it tells the node from others: fields have
// none, and a few characters are too little.
func (n *Node) heading() string {
	title := bare(zh.Fold(n.Title))
	if n.Kind == Field || runes(title) < 4 {
		return ""
	}
	return title
}

// lastSegmentIf keeps fields of other names apart.
func lastSegmentIf(n *Node) string {
	if n.Kind == Field {
		return lastSegment(n.Path) + "\x00"
	}
	return ""
}

// A pairing is a new node, by index, and an old one that is like it.
type pairing struct {
	at   int
	node *Node
	like float64
}

// matchLike pairs what is left by likeness, the most alike first.
func matchLike(old, next []*Node, m []*Node, used map[*Node]bool) {
	grams := map[term][]*Node{}
	size := map[*Node]int{}
	for _, o := range old {
		if used[o] {
			continue
		}
		for t := range gramsOf(o) {
			grams[t] = append(grams[t], o)
			size[o]++
		}
	}
	var found []pairing
	for i, n := range next {
		if m[i] == nil {
			found = append(found, alike(i, n, grams, size)...)
		}
	}
	slices.SortFunc(found, func(a, b pairing) int {
		return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(a.at, b.at), strings.Compare(a.node.Path, b.node.Path))
	})
	for _, f := range found {
		if m[f.at] == nil && !used[f.node] {
			m[f.at] = f.node
			used[f.node] = true
		}
	}
}

// alike are the old nodes that n may be a version of.
func alike(at int, n *Node, grams map[term][]*Node, size map[*Node]int) []pairing {
	shared := map[*Node]int{}
	own := gramsOf(n)
	for t := range own {
		for _, o := range grams[t] {
			shared[o]++
		}
	}
	var out []pairing
	for o, k := range shared {
		like := 2 * float64(k) / float64(len(own)+size[o])
		enough := like >= likeAnywhere || like >= likeInPlace && o.Path == n.Path
		if enough && (o.Kind == Field) == (n.Kind == Field) && lastSegmentIf(o) == lastSegmentIf(n) {
			out = append(out, pairing{at, o, like})
		}
	}
	return out
}

// gramsOf are the pairs of characters that a node says.
func gramsOf(n *Node) map[term]bool {
	out := map[term]bool{}
	terms(n.text(), func(t term) {
		if !t.single() {
			out[t] = true
		}
	})
	return out
}
