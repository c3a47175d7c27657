package find

// A tally is a sum for each place, and which places have one.
type tally struct {
	sum []float64
	hit []int32
}

func newTally(n int) *tally { return &tally{sum: make([]float64, n)} }

func (t *tally) add(at int32, v float64) {
	if t.sum[at] == 0 {
		t.hit = append(t.hit, at)
	}
	t.sum[at] += v
}

func (t *tally) raise(at int32, v float64) {
	if t.sum[at] == 0 {
		t.hit = append(t.hit, at)
	}
	t.sum[at] = max(t.sum[at], v)
}

func (t *tally) clear() {
	for _, at := range t.hit {
		t.sum[at] = 0
	}
	t.hit = t.hit[:0]
}

// marks are the sums of one search. They are kept for the next, because they are
// as long as the plan.
type marks struct {
	sentence, whole *tally
	best            *tally // of units: the best sentence
	option, slot    *tally // of a slot that may be said in several ways
	row             []float64
	other           []float64
}

// spare returns marks that are clear.
func (x *Index) spare() *marks {
	if m, ok := x.marks.Get().(*marks); ok {
		return m
	}
	long := max(len(x.owner), len(x.units))
	return &marks{newTally(len(x.owner)), newTally(len(x.units)), newTally(len(x.units)), newTally(long), newTally(long), nil, nil}
}

func (m *marks) clear() {
	m.sentence.clear()
	m.whole.clear()
}

// addSlot adds what a slot is worth, wherever one of its options stands: the
// option that is worth most there.
func (m *marks) addSlot(x *Index, s weighed) {
	if len(s.options) == 1 && len(s.options[0]) == 1 {
		t := s.options[0][0]
		t.addTo(m.sentence, t.sentences, x.norm)
		t.addTo(m.whole, t.units, x.normOf)
		return
	}
	m.addBest(s, m.sentence, x.norm, func(t weighedTerm) *postings { return t.sentences })
	m.addBest(s, m.whole, x.normOf, func(t weighedTerm) *postings { return t.units })
}

func (m *marks) addBest(s weighed, to *tally, norm []float64, of func(weighedTerm) *postings) {
	for _, o := range s.options {
		for _, t := range o {
			t.addTo(m.option, of(t), norm)
		}
		for _, at := range m.option.hit {
			m.slot.raise(at, m.option.sum[at])
		}
		m.option.clear()
	}
	for _, at := range m.slot.hit {
		to.add(at, m.slot.sum[at])
	}
	m.slot.clear()
}

func (t weighedTerm) addTo(to *tally, p *postings, norm []float64) {
	for _, at := range p.list {
		to.add(at.at, t.w*worthOf(at.n, norm[at.at]))
	}
}

// units are the scores of the units so far, in no order.
func (m *marks) units(x *Index) []scored {
	for _, at := range m.sentence.hit {
		m.best.raise(x.owner[at], x.led(at, m.sentence.sum[at]))
	}
	out := make([]scored, 0, len(m.best.hit))
	for _, u := range m.best.hit {
		out = append(out, scored{u, x.total(u, m.best.sum[u], m.whole.sum[u])})
	}
	m.best.clear()
	return out
}

// led is the score of a sentence: the first, which is the title, counts more.
func (x *Index) led(at int32, score float64) float64 {
	if x.lead[at] {
		return score * factorLead
	}
	return score
}

// total is the score of a unit.
func (x *Index) total(u int32, best, whole float64) float64 {
	return (best + weightWhole*whole) * x.units[u].factor
}

// exact is the score of one unit, added up in the order of the query.
func (m *marks) exact(x *Index, u int32, slots []weighed) float64 {
	from, to := x.first[u], x.first[u+1]
	n := int(to - from)
	m.row = append(m.row[:0], make([]float64, n)...)
	whole := 0.0
	for _, s := range slots {
		if len(s.options) == 1 && len(s.options[0]) == 1 {
			t := s.options[0][0]
			t.addRow(m.row, t.sentences, from, to, x.norm)
			whole += t.in(u, x)
			continue
		}
		m.other = append(m.other[:0], make([]float64, 2*n)...)
		sum, best, most := m.other[:n], m.other[n:], 0.0
		for _, o := range s.options {
			clear(sum)
			all := 0.0
			for _, t := range o {
				t.addRow(sum, t.sentences, from, to, x.norm)
				all += t.in(u, x)
			}
			for i, v := range sum {
				best[i] = max(best[i], v)
			}
			most = max(most, all)
		}
		for i, v := range best {
			m.row[i] += v
		}
		whole += most
	}
	best := 0.0
	for i, v := range m.row {
		best = max(best, x.led(from+int32(i), v))
	}
	return x.total(u, best, whole)
}

// addRow adds what t is worth in the sentences of a unit.
func (t weighedTerm) addRow(row []float64, p *postings, from, to int32, norm []float64) {
	for _, at := range p.within(from, to) {
		row[at.at-from] += t.w * worthOf(at.n, norm[at.at])
	}
}

// in is what t is worth in a whole unit.
func (t weighedTerm) in(u int32, x *Index) float64 {
	if at := t.units.within(u, u+1); len(at) > 0 {
		return t.w * worthOf(at[0].n, x.normOf[u])
	}
	return 0
}
