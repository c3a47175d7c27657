package find

import (
	"cmp"
	"slices"
)

// A tally is a sum for each place, and which places have one.
type tally struct {
	sum []float64
	hit []int32
}

func newTally(n int) *tally { return &tally{sum: make([]float64, n)} }

func (t *tally) add(at int32, v float64) { t.set(at, t.sum[at]+v) }

func (t *tally) raise(at int32, v float64) { t.set(at, max(t.sum[at], v)) }

func (t *tally) set(at int32, v float64) {
	if t.sum[at] == 0 {
		t.hit = append(t.hit, at)
	}
	t.sum[at] = v
}

func (t *tally) clear() {
	for _, at := range t.hit {
		t.sum[at] = 0
	}
	t.hit = t.hit[:0]
}

// scored is a unit that a query touches.
type scored struct {
	unit  int32
	score float64 // best sentence and the whole
}

// search scores all units in which a term of the request stands, best first; of
// equals the one that comes first in the plan.
func (x *corpus) search(req request) []scored {
	inSentence := x.tallied(req.slots, x.bySentence)
	inUnit := x.tallied(req.slots, x.byUnit)
	best := newTally(len(x.units))
	for _, at := range inSentence.hit {
		score := inSentence.sum[at]
		if x.sentences[at].lead {
			score *= factorLead
		}
		best.raise(x.sentences[at].unit, score)
	}
	out := make([]scored, 0, len(best.hit))
	for _, u := range best.hit {
		out = append(out, scored{u, (best.sum[u] + weightWhole*inUnit.sum[u]) * x.units[u].factor})
	}
	slices.SortFunc(out, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.unit, b.unit))
	})
	return out
}

// tallied adds up BM25 of slots in sentences or units. Where a slot may be said in
// several ways, the one that is worth most counts in each place.
func (x *corpus) tallied(slots []slot, in texts) *tally {
	places := len(in.norm)
	all, ofOption, ofSlot := newTally(places), newTally(places), newTally(places)
	add := func(to *tally, t term, factor float64) {
		w := x.weight(t) * factor
		for _, p := range in.with[t] {
			tf := float64(p.n)
			to.add(p.at, w*(tf*(k1+1)/(tf+in.norm[p.at])))
		}
	}
	for _, s := range slots {
		if len(s.options) == 1 && len(s.options[0].terms) == 1 {
			add(all, s.options[0].terms[0], s.options[0].factor)
			continue
		}
		for _, o := range s.options {
			for _, t := range o.terms {
				add(ofOption, t, o.factor)
			}
			for _, at := range ofOption.hit {
				ofSlot.raise(at, ofOption.sum[at])
			}
			ofOption.clear()
		}
		for _, at := range ofSlot.hit {
			all.add(at, ofSlot.sum[at])
		}
		ofSlot.clear()
	}
	return all
}
