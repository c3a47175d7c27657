package plan

import (
	"slices"
	"strconv"
	"unicode/utf8"

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

// Apart returns the plan with ids of its own, so that what hangs on the ids of other
// plans does not hang on its. The mark tells them from those.
func (p *Plan) Apart(mark string) *Plan {
	c := p.clone()
	for _, n := range c.Nodes {
		n.ID += "-" + mark
	}
	return c
}

// fresh makes an id that is not taken.
func fresh(id string, taken map[string]bool) string {
	out := id
	for i := 2; taken[out]; i++ {
		out = id + "-" + strconv.Itoa(i)
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
func (n *Node) text() string { return zh.Bare(zh.Fold(n.Head + n.Body)) }

func sameText(a, b *Node) bool {
	return a.text() == b.text() && zh.Bare(zh.Fold(a.Title)) == zh.Bare(zh.Fold(b.Title))
}

// A matcher finds for each new node the old one that it is a version of.
type matcher struct {
	old, next []*Node
	found     []*Node // for each of next; nil is none
	used      map[*Node]bool
}

// take matches the nodes that have one key, in their order. Those with none are
// left out.
func (m *matcher) take(key func(*Node) string) {
	by := map[string][]*Node{}
	for _, o := range m.old {
		if k := key(o); k != "" && !m.used[o] {
			by[k] = append(by[k], o)
		}
	}
	for i, n := range m.next {
		k := key(n)
		if m.found[i] != nil || k == "" || len(by[k]) == 0 {
			continue
		}
		m.found[i] = by[k][0]
		m.used[m.found[i]] = true
		by[k] = by[k][1:]
	}
}

// matching matches first the same words in the same place, then the same words
// elsewhere, then like words, then the same place.
func matching(old, next []*Node) []*Node {
	m := &matcher{old, next, make([]*Node, len(next)), map[*Node]bool{}}
	up := upOf(old, next)
	m.take(func(n *Node) string { return n.Path + "\x00" + n.text() + "\x00" + up(n) })
	for _, over := range []func(*Node) string{up, func(n *Node) string { return n.Path }, func(*Node) string { return "" }} {
		m.take(func(n *Node) string {
			if n.Kind == Field && n.Body == "" || utf8.RuneCountInString(n.text()) < 4 {
				return ""
			}
			return string(n.Kind) + "\x00" + lastSegmentIf(n) + n.text() + "\x00" + over(n)
		})
	}
	matchTitles(old, next, m.take)
	m.like()
	m.take(func(n *Node) string {
		if n.Kind == Field || n.text() == "" {
			return n.Path
		}
		return ""
	})
	return m.found
}

// upOf gives the heading that a node of either version stands under: of several
// that say the same, the one under the same heading is meant.
func upOf(versions ...[]*Node) func(*Node) string {
	up := map[*Node]string{}
	for _, nodes := range versions {
		for _, n := range nodes {
			if n.Parent >= 0 {
				up[n] = "under " + zh.Bare(zh.Fold(nodes[n.Parent].Title))
			}
		}
	}
	return func(n *Node) string { return up[n] }
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
	title := zh.Bare(zh.Fold(n.Title))
	if n.Kind == Field || utf8.RuneCountInString(title) < 4 {
		return ""
	}
	return title
}

// lastSegmentIf keeps fields of other names apart.
func lastSegmentIf(n *Node) string {
	if n.Kind == Field {
		return n.Name() + "\x00"
	}
	return ""
}
