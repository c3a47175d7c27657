package outline

import (
	"cmp"
	"slices"
	"strings"

	"duban/plan"
	"duban/plan/mark"
)

// A zone is a stretch of the document. They follow one another in this order;
// only an attachment leads back from the ending to the body.
type zone uint8

const (
	before zone = iota // navigation before the title
	front              // title and preamble
	body               // nodes and their text
	ending             // closing paragraphs, office and date, lists of attachments
	tail               // what a page prints below its article
)

// A role is what a line was taken for.
type role string

const (
	asNode    role = "node"
	asHeading role = "heading"
	asField   role = "field"
	asRow     role = "row"
	asTable   role = "table row"
	asText    role = "text"
	asBlock   role = "block"
)

// A step is what one line was taken for, and what that cost.
type step struct {
	role  role
	block plan.BlockKind // of asBlock
	mark  mark.Mark      // of asNode and asHeading
	under int            // the line of the node that it stands below; -1 for none
	cost  float64
}

// A state is a reading of the document down to a line.
type state struct {
	cost float64
	zone zone
	kind plan.BlockKind // of the last block outside the body
	at   *place         // the innermost open node
	seen *series        // last numbers, wherever they stood
	step step
	back *state
}

func (s *state) key() uint64 {
	h := mix(s.at.hash, uint64(s.zone))
	for _, c := range s.kind {
		h = mix(h, uint64(c))
	}
	return h
}

func mix(h, v uint64) uint64 { return (h ^ v) * 0x9E3779B97F4A7C15 >> 3 * 31 }

// beam is how many readings are kept from line to line.
const beam = 24

// A reader reads a document as the cheapest path through its lines.
type reader struct {
	lines  []*line
	facts  facts
	states []*state // to be sorted out, after the line that is being read
}

// read takes the lines for what costs least in all.
func read(lines []*line) *state {
	r := &reader{lines: lines, facts: factsOf(lines)}
	live := []*state{{at: (&place{line: -1, rank: -1}).hashed()}}
	for i := range lines {
		r.states = r.states[:0]
		for _, s := range live {
			r.moves(i, s)
		}
		live = slices.Clone(best(r.states))
	}
	for _, s := range live {
		s.cost += costs.unfinished(s)
	}
	return slices.MinFunc(live, func(a, b *state) int { return cmp.Compare(a.cost, b.cost) })
}

// best are the cheapest readings, of those that can go on alike one each.
func best(all []*state) []*state {
	slices.SortStableFunc(all, func(a, b *state) int { return cmp.Compare(a.cost, b.cost) })
	seen := make(map[uint64]bool, beam)
	kept := all[:0]
	for _, s := range all {
		if k := s.key(); !seen[k] {
			seen[k] = true
			kept = append(kept, s)
		}
		if len(kept) == beam {
			break
		}
	}
	return kept
}

// path are the steps of a reading, in order of lines.
func (s *state) path() []step {
	var out []step
	for ; s.back != nil; s = s.back {
		out = append(out, s.step)
	}
	slices.Reverse(out)
	return out
}

// go adds a reading that goes on from s.
func (r *reader) add(s *state, next state, st step) {
	next.cost, next.step, next.back = s.cost+st.cost, st, s
	r.states = append(r.states, &next)
}

// moves adds all that line i may be after s.
func (r *reader) moves(i int, s *state) {
	l := r.lines[i]
	switch {
	case l.block != "":
		next := *s
		if s.zone == before && l.block != plan.Noise {
			next.zone = front
		}
		r.add(s, next, step{role: asBlock, block: l.block})
		return
	case l.early:
		r.fronts(i, s)
		r.noise(i, s)
		return
	case l.table != nil:
		r.table(i, s)
		return
	case l.row > 0:
		r.row(i, s)
	case l.cells:
		r.text(i, s)
	case s.zone != tail:
		r.nodes(i, s)
		r.headings(i, s)
		r.field(i, s)
		r.text(i, s)
		r.fronts(i, s)
		r.endings(i, s)
	}
	r.noise(i, s)
}

// block adds a reading that takes the line for no node.
func (r *reader) block(s *state, z zone, kind plan.BlockKind, cost float64) {
	next := *s
	next.zone, next.kind = z, kind
	r.add(s, next, step{role: asBlock, block: kind, cost: cost})
}

func (r *reader) noise(i int, s *state) {
	f := r.facts.line[i]
	switch s.zone {
	case before:
		next := *s
		r.add(s, next, step{role: asBlock, block: plan.Noise, cost: costs.leadNoise(r.lines[i], f)})
	case tail:
		r.block(s, tail, plan.Noise, costs.tailNoise(f))
	default:
		if f.furniture || f.link && s.zone == ending {
			r.add(s, *s, step{role: asBlock, block: plan.Noise})
		}
		if s.zone == front && f.chrome {
			r.add(s, *s, step{role: asBlock, block: plan.Noise})
		}
	}
	if f.foot && s.zone != tail {
		r.block(s, tail, plan.Noise, costs.foot)
	}
}

func (r *reader) fronts(i int, s *state) {
	if s.zone > front {
		return
	}
	l, f := r.lines[i], r.facts.line[i]
	if k := frontKind(l, s.kind); k == plan.TitleBlock {
		r.block(s, front, k, costs.title(l, f, s)+costs.marked(f))
	}
	r.block(s, front, plan.Preamble, costs.preamble(l, f, s)+costs.passing(f))
}

func (r *reader) text(i int, s *state) {
	if s.at.line < 0 && !r.lines[i].cells || s.zone == ending && !r.lines[i].cells {
		return
	}
	next := *s
	if !s.at.text {
		c := *s.at
		c.text = true
		next.at = c.hashed()
	}
	f := r.facts.line[i]
	cost := 0.0
	if f.foot {
		cost = costs.asChrome
	}
	if !r.lines[i].cells {
		cost = costs.passing(f) + costs.text(r.lines[i], f, r.closes(i, s))
	}
	r.add(s, next, step{role: asText, under: s.at.line, cost: cost})
}

func (r *reader) endings(i int, s *state) {
	if s.zone < body {
		return
	}
	f := r.facts.line[i]
	after := s.kind
	if s.zone == body {
		after = ""
	}
	kind, cost := plan.Closing, costs.expected
	switch {
	case f.signoff, f.archived && after != "":
		kind = plan.Signoff
	case f.annex, after == plan.Attach && f.contact:
		kind = plan.Attach
	case after == "" && s.at.line >= 0 && !r.closes(i, s):
		cost = costs.closing
	}
	if after != "" {
		cost = 0
	}
	if f.foot || f.furniture {
		cost += costs.asChrome
	}
	r.block(s, ending, kind, cost+costs.marked(f))
}

// closes reports whether line i may end the document rather than its last item.
func (r *reader) closes(i int, s *state) bool {
	if s.at.line < 0 || s.zone != body {
		return false
	}
	l, item := r.lines[i], r.facts.line[s.at.line]
	above := s.at.up.series.of(s.at.style)
	if r.facts.line[i].cue && (s.at.text || s.at.inline || above != nil && above.last > 1 && !above.texts) {
		return true
	}
	return !s.at.text && s.at.inline && item.ended && !strings.HasPrefix(l.fold, "答") &&
		!r.facts.continued && (above == nil || !above.texts || item.several)
}

// push opens a node below a place.
func (r *reader) push(s *state, under *place, i int, n place, number int, st step) {
	next := *s
	next.zone, next.kind = body, ""
	up := *under
	set := series{style: n.style, last: number, heading: n.heading}
	if before := under.series.of(n.style); before != nil {
		set.texts = before.texts
	}
	for q := s.at; q.up != nil; q = q.up {
		set.texts = set.texts || q.text && q.style == n.style && q.up.line == under.line
	}
	up.series = under.series.with(set)
	n.up, n.line = up.hashed(), i
	next.at = n.hashed()
	if number > 0 {
		next.seen = s.seen.with(series{style: n.style, last: number})
	}
	st.under = under.line
	r.add(s, next, st)
}

func (r *reader) nodes(i int, s *state) {
	l, f := r.lines[i], r.facts.line[i]
	for j, m := range l.readings {
		passed, headings := 0.0, 0.0
		for p := s.at; p != nil; p = p.up {
			if p.style == "field" || p.style == "row" || m.Style == "w:附件" && p.line >= 0 {
				continue
			}
			cost := r.facts.series(p, m, s, f) + entering(s, m.Style)
			if last := p.series.of(m.Style); last == nil || m.Number != last.last+1 {
				cost += headings
			}
			cost += passed
			r.push(s, p, i, place{style: m.Style, num: m.Num, rank: r.facts.rank[m.Style], inline: f.inlines[j]}, m.Number, step{role: asNode, mark: m, cost: cost})
			switch {
			case p.rank >= r.facts.rank[m.Style]:
			case p.style == "heading":
				headings += costs.passedOver
			default:
				passed += costs.passedOver
			}
		}
	}
}

func (r *reader) headings(i int, s *state) {
	l, f := r.lines[i], r.facts.line[i]
	if !f.short || f.strong || f.known {
		return
	}
	base := s.at
	for base.style == "field" || base.style == "row" {
		base = base.up
	}
	empty := base.line < 0 || !base.text && !base.inline && base.series == nil
	above := costs.heading(f, s) + entering(s, "heading")
	for p := base; p != nil; p = p.up {
		cost := above
		if before := p.series.of("heading"); before != nil || p == base {
			cost += headingBelow(p, before, f, p == base, empty)
		}
		r.push(s, p, i, place{style: "heading", rank: mark.RankUnnumbered, heading: f.opens}, 0, step{role: asHeading, mark: headingMark(l), cost: cost})
		switch {
		case p.style != "heading" && (p != base || empty):
			above += costs.outward
		case p == base && empty:
			above += costs.hollow
		}
	}
}

// headingBelow is what it costs more or less that a heading stands below a place
// which has others, or which is the innermost.
func headingBelow(p *place, before *series, f fact, innermost, empty bool) float64 {
	switch {
	case before != nil && before.heading != f.opens:
		return costs.unlike - costs.sibling
	case before != nil:
		return -costs.sibling
	case innermost && !empty:
		return costs.insideItem
	case p.heading == aHeading:
		return -costs.unended
	case !f.afterEnd:
		return -costs.unended / 2
	}
	return 0
}

func (r *reader) field(i int, s *state) {
	l := r.lines[i]
	if l.field == 0 {
		return
	}
	p := s.at
	for p.up != nil && (p.style == "field" || r.facts.shared[fieldPath(string(l.text[:l.field]))] > 0 && p.rank >= mark.RankTask) {
		p = p.up
	}
	cost := entering(s, "field")
	if s.zone == front {
		cost += costs.fieldFirst
	}
	r.push(s, p, i, place{style: "field", rank: mark.RankBullet + 1, inline: saysMore(l.fold, mark.Mark{Size: l.field})}, 0, step{role: asField, cost: cost})
}

func (r *reader) row(i int, s *state) {
	l := r.lines[i]
	level := float64(mark.RankBullet + 1 + l.row)
	p := s.at
	for p.up != nil && (p.rank >= level || p.style != "row" && p.rank > mark.RankDivision && l.cells && p.up.line >= 0) {
		p = p.up
	}
	r.push(s, p, i, place{style: "row", rank: level, text: true}, 0, step{role: asRow})
}

// table takes the row of a table for what the table is.
func (r *reader) table(i int, s *state) {
	next := *s
	p := s.at
	for p.style == "field" {
		p = p.up
	}
	next.at = p
	st := step{role: asTable, under: p.line}
	if r.lines[i].grid == nil {
		st = step{role: asBlock, block: plan.Table}
	} else {
		next.zone, next.kind = body, ""
	}
	r.add(s, next, st)
}
