package plan

import "math"

// An Index finds nodes of one plan. It may be used by several goroutines at once.
type Index struct {
	plan  *Plan
	units []unit
	df    map[string]int
}

// A unit is the text of a node as it is searched.
type unit struct {
	node  *Node
	terms map[string]int
	size  int
}

// NewIndex makes an index of p, which must not change afterwards.
func NewIndex(p *Plan) *Index {
	x := &Index{plan: p, df: map[string]int{}}
	for _, n := range p.Nodes {
		u := unit{node: n, terms: map[string]int{}}
		for _, t := range terms(n.Title + "\n" + n.Body) {
			u.terms[t]++
			u.size++
		}
		for t := range u.terms {
			x.df[t]++
		}
		x.units = append(x.units, u)
	}
	return x
}

// terms are the characters and pairs of characters of s.
func terms(s string) []string {
	r := []rune(bare(s))
	var out []string
	for i := range r {
		if i > 0 {
			out = append(out, string(r[i-1:i+1]))
		}
	}
	return out
}

func (x *Index) score(q string) []Hit {
	var hits []Hit
	for _, u := range x.units {
		s := 0.0
		for _, t := range terms(q) {
			if tf := float64(u.terms[t]); tf > 0 {
				idf := math.Log(1 + (float64(len(x.units))-float64(x.df[t])+0.5)/(float64(x.df[t])+0.5))
				s += idf * tf * 2.2 / (tf + 1.2*(0.25+0.75*float64(u.size)/100))
			}
		}
		if s > 0 {
			hits = append(hits, Hit{u.node, s})
		}
	}
	return hits
}
