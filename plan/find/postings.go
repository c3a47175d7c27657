package find

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// A posting says how often a term stands in a sentence or unit.
type posting struct {
	at int32
	n  uint16
}

// postings are the places of a term, in order, and the most that standing in one
// of them is worth.
type postings struct {
	list []posting
	top  float64
}

func (p *postings) add(at int32, n uint16) { p.list = append(p.list, posting{at, n}) }

// within is the postings from one place up to another.
func (p *postings) within(from, to int32) []posting {
	if p == nil {
		return nil
	}
	i := sort.Search(len(p.list), func(i int) bool { return p.list[i].at >= from })
	j := i
	for j < len(p.list) && p.list[j].at < to {
		j++
	}
	return p.list[i:j]
}

// worthOf is BM25 of a term that stands n times in a text whose length makes norm.
func worthOf(n uint16, norm float64) float64 {
	tf := float64(n)
	return tf * (k1 + 1) / (tf + norm)
}

// normOf is what the length of a text does to BM25; size is in mean lengths.
func normOf(size float64) float64 { return k1 * (1 - bLength + bLength*size) }

// settle computes what does not change any more once all text is in the index.
func (x *Index) settle() {
	for _, s := range x.size {
		x.mean += s / float64(len(x.size))
	}
	for _, u := range x.units {
		x.meanOf += u.size / float64(len(x.units))
	}
	for _, s := range x.size {
		x.norm = append(x.norm, normOf(s/x.mean))
	}
	for _, u := range x.units {
		x.normOf = append(x.normOf, normOf(u.size/x.meanOf))
	}
	x.first = append(x.first, int32(len(x.owner)))
	for _, p := range x.posts {
		p.bound(x.norm)
	}
	for _, p := range x.spread {
		p.bound(x.normOf)
	}
}

func (p *postings) bound(norm []float64) {
	for _, at := range p.list {
		p.top = max(p.top, worthOf(at.n, norm[at.at]))
	}
}

// A weighed slot is a slot with the places of its terms and what they are worth.
type weighed struct {
	options [][]weighedTerm
	cost    int     // places of all its terms in sentences
	most    float64 // that it can add to the score of a unit
}

type weighedTerm struct {
	sentences, units *postings
	w                float64
}

// weighSlots looks the terms of slots up. Terms that the plan does not have are left
// out.
func (x *Index) weighSlots(slots []slot) []weighed {
	out := make([]weighed, 0, len(slots))
	for _, s := range slots {
		var z weighed
		for _, o := range s.options {
			terms := make([]weighedTerm, 0, len(o.terms))
			sum := 0.0
			for _, t := range o.terms {
				p := x.posts[t]
				if p == nil {
					continue
				}
				z.cost += len(p.list)
				u := x.spread[t]
				w := x.weight(t) * o.factor
				sum += w * (factorLead*p.top + weightWhole*u.top)
				terms = append(terms, weighedTerm{p, u, w})
			}
			if len(terms) > 0 {
				z.options = append(z.options, terms)
				z.most = max(z.most, sum)
			}
		}
		if len(z.options) > 0 {
			out = append(out, z)
		}
	}
	return out
}

// scored is a unit that a query touches.
type scored struct {
	unit  int32
	score float64 // best sentence and the whole
}

// byScore puts the best first; of equals the one that comes first in the plan.
func byScore(a, b scored) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.unit, b.unit))
}

// searchAll scores all units, best first.
func (x *Index) searchAll(req request) []scored {
	m := x.spare()
	defer x.marks.Put(m)
	for _, s := range x.weighSlots(req.slots) {
		m.addSlot(x, s)
	}
	out := m.units(x)
	m.clear()
	slices.SortFunc(out, byScore)
	return out
}

// search returns the n best units, best first, as searchAll would.
//
// Rare terms are looked up first. As soon as what is left cannot lift any unit
// that they do not stand in among the best, only those that may be are scored:
// the places of common characters, which are most, are never walked through.
func (x *Index) search(req request, n int) []scored {
	slots := x.weighSlots(req.slots)
	order := slices.Clone(slots)
	slices.SortStableFunc(order, func(a, b weighed) int { return cmp.Compare(a.cost, b.cost) })
	left, rest, terms := 0.0, 0, 0
	for _, s := range order {
		left += s.most
		rest += s.cost
		terms += s.terms()
	}
	m := x.spare()
	defer x.marks.Put(m)
	for _, s := range order {
		if s.cost > cheap && hopeful(m.units(x), n, left)*terms*lookUp < rest {
			break
		}
		m.addSlot(x, s)
		left -= s.most
		rest -= s.cost
	}
	found := m.units(x)
	m.clear()
	slices.SortFunc(found, byScore)
	out := make([]scored, 0, n+1)
	for _, f := range found {
		const slack = 1e-9 // sums are rounded by the order of what they add
		if len(out) == n && f.score+max(left, 0) < out[n-1].score*(1-slack) {
			break
		}
		f.score = m.exact(x, f.unit, slots)
		i, _ := slices.BinarySearchFunc(out, f, byScore)
		out = slices.Insert(out, i, f)
		out = out[:min(n, len(out))]
	}
	return out
}

const (
	cheap  = 200 // places of a slot are walked through without asking whether that is still needed
	lookUp = 30  // looking a term up in one unit takes as long as walking through so many places
)

func (s weighed) terms() int {
	n := 0
	for _, o := range s.options {
		n += len(o)
	}
	return n
}

// hopeful is how many units may be among the n best if at most left is added to
// their score. Where units that no term has touched yet may be, it is very many.
func hopeful(found []scored, n int, left float64) int {
	threshold := nth(found, n)
	if threshold <= left {
		return math.MaxInt32
	}
	count := 0
	for _, f := range found {
		if f.score+left >= threshold {
			count++
		}
	}
	return count
}

// nth is the n-th best score; 0 if there are fewer.
func nth(found []scored, n int) float64 {
	if len(found) < n {
		return 0
	}
	best := make([]float64, 0, n+1)
	for _, f := range found {
		if len(best) == n && f.score <= best[n-1] {
			continue
		}
		i, _ := slices.BinarySearchFunc(best, f.score, func(a, b float64) int { return cmp.Compare(b, a) })
		best = slices.Insert(best, i, f.score)
		best = best[:min(n, len(best))]
	}
	return best[n-1]
}
