package outline

import (
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
)

// costTable says what each thing costs that a document hardly does. The reading
// of the document that costs least in all is the right one.
type costTable struct {
	// Numbers.
	strongAsText float64 // 一、 that is no mark
	open         float64 // a series that begins
	openWeak     float64 // one of marks that may be none, without a 2 below
	goesOn       float64 // a number that continues its series
	continued    float64 // one that continues the series of another part
	missing      float64 // for each number that is left out
	repeated     float64 // the same number again
	backwards    float64 // a smaller number
	restart      float64 // a second series of the style in one place
	stray        float64 // a series that does not begin with 1
	far          float64 // a jump that no series makes
	inside       float64 // a style inside itself
	inverted     float64 // a style that usually stands above the one around it
	passedOver   float64 // a node that could hold the series, and does not
	glued        float64 // 3.3 read as 3. and 3
	orphan       float64 // 3.3 without a 3
	// Headings without a number.
	bare       float64 // a short line is a heading
	opens      float64 // off, if a series, a field or another heading begins below
	unended    float64 // the line above does not end
	first      float64 // above all nodes
	sibling    float64 // off, if its parent has another
	unlike     float64 // and that one opened something else
	outward    float64 // for each level up
	hollow     float64 // right below another that it does not belong to
	insideItem float64 // below an item that says something itself
	// Text.
	asLabel    float64 // a known field that is text
	asRepeat   float64 // a label that comes again, and is text
	overOpen   float64 // a short line above a series, and not its heading
	afterEnd   float64 // text that may close the document, below the last item
	asSign     float64 // an office or a date in the text
	asChrome   float64 // what pages print round an article, in the text
	fieldFirst float64 // a field before any node
	// Zones.
	untitled    float64 // nodes without a title above
	loose       float64 // a title that names no plan
	shortPre    float64 // a short line in the preamble
	prosaic     float64 // a sentence before the title that is noise
	linkLike    float64 // a short line before the title that is noise
	closing     float64 // a closing paragraph that does not sound like one
	expected    float64 // one that does, office and date
	afterEnding float64 // a node after the ending
	foot        float64 // the foot of a page
	markInFoot  float64 // a numbered line in it
	nothing     float64 // a document without nodes above its foot
}

var costs = costTable{
	strongAsText: 4, open: 1, openWeak: 3, goesOn: -1, continued: 0.5, missing: 1.5, repeated: 1.5, backwards: 2.5, restart: 3,
	stray: 2.5, far: 6, inside: 6, inverted: 3, passedOver: 2, glued: 0.7, orphan: 4,
	bare: 6, opens: 5, unended: 1.5, first: 0.5, sibling: 2.5, unlike: 1, outward: 1, hollow: 2, insideItem: 2.5,
	asLabel: 3, asRepeat: 1, overOpen: 2, afterEnd: 1.5, asSign: 1.5, asChrome: 3, fieldFirst: 1.5,
	untitled: 2, loose: 0.7, shortPre: 0.6, prosaic: 3, linkLike: 0.3, closing: 5, expected: 0.3, afterEnding: 8, foot: 0.2, markInFoot: 1, nothing: 10,
}

// passing is what it costs not to make a node of a line that looks like one.
func (c *costTable) passing(f fact) float64 {
	switch {
	case f.strong || f.known:
		return c.marked(f)
	case f.opens != nothing && f.short && f.afterEnd:
		return c.overOpen
	case f.opens != nothing && f.short:
		return c.overOpen / 4
	}
	return 0
}

// marked is what it costs not to make a node of a line with a mark or a label.
func (c *costTable) marked(f fact) float64 {
	switch {
	case f.strong:
		return c.strongAsText
	case f.known:
		return c.asLabel
	}
	return 0
}

func (c *costTable) text(l *line, f fact, closes bool) float64 {
	cost := 0.0
	if l.field > 0 && !f.known {
		cost += c.asRepeat
	}
	if f.signoff || f.annex {
		cost += c.asSign
	}
	if closes {
		cost += c.afterEnd
	}
	if f.furniture || f.foot {
		cost += c.asChrome
	}
	return cost
}

func (c *costTable) leadNoise(l *line, f fact) float64 {
	switch {
	case f.chrome || f.furniture || f.foot || f.link:
		return 0
	case f.strong:
		return c.prosaic + c.strongAsText
	case f.nav:
		return c.linkLike
	case utf8.RuneCountInString(l.fold) <= 16 && !mark.EndsSentence(l.fold) && !mark.NamesPlan(l.fold):
		return c.shortPre + c.linkLike
	}
	return c.prosaic
}

func (c *costTable) tailNoise(f fact) float64 {
	if f.strong {
		return c.markInFoot
	}
	return 0
}

func (c *costTable) title(l *line, f fact, s *state) float64 {
	cost := 0.0
	if !mark.NamesPlan(l.fold) && s.kind == "" {
		cost = c.loose
	}
	if f.chrome || f.furniture || f.link || f.foot || f.nav {
		cost += c.asChrome
	}
	if f.hashTitle {
		cost -= c.strongAsText
	}
	return cost
}

func (c *costTable) preamble(l *line, f fact, s *state) float64 {
	cost := 0.0
	if s.zone == before {
		cost += c.untitled
	}
	if !mark.EndsSentence(l.fold) && !strings.HasSuffix(l.fold, ":") && utf8.RuneCountInString(l.fold) <= 30 {
		cost += c.shortPre
	}
	if f.chrome || f.furniture || f.foot || f.link || f.nav {
		cost += c.asChrome
	}
	return cost
}

func (c *costTable) heading(f fact, s *state) float64 {
	cost := c.bare
	if f.opens != nothing {
		cost -= c.opens
	}
	if !f.afterEnd {
		cost += c.unended
	}
	if s.zone < body {
		cost += c.first
		if f.salutes {
			cost += c.asChrome
		}
	}
	if f.chrome || f.furniture || f.foot || f.signoff {
		cost += c.asChrome
	}
	return cost
}

// unfinished is what a reading costs that ends so.
func (c *costTable) unfinished(s *state) float64 {
	if s.at.line < 0 && s.zone == tail {
		return c.nothing
	}
	return 0
}

// series is what it costs that a mark stands below a place.
func (d *facts) series(p *place, m mark.Mark, s *state, f fact) float64 {
	cost := d.nesting(p, m)
	before := p.series.of(m.Style)
	stemmed := strings.HasPrefix(m.Style, "1.") && p.num == stem(m.Num)
	switch {
	case m.Style == "w:附件":
		return cost + attachment(m, before, s, f)
	case m.Number == 0:
		return cost + d.alike(m, before)
	case before != nil && stemmed:
		return cost + min(costs.goesOn/2, jump(before.last, m.Number))
	case strings.HasPrefix(m.Style, "1.") && !stemmed && d.stems[m.Style+"/"+stem(m.Num)] >= 2:
		cost += costs.open
	case strings.HasPrefix(m.Style, "1.") && !stemmed:
		cost += costs.orphan
	}
	if before != nil {
		return cost + jump(before.last, m.Number)
	}
	return cost + d.opening(m, s.seen.of(m.Style), f)
}

// nesting is what it costs that a style stands below a place, whatever its number.
func (d *facts) nesting(p *place, m mark.Mark) float64 {
	cost := 0.0
	for up := p; up != nil; up = up.up {
		if up.style == m.Style {
			cost += costs.inside
		}
	}
	if p.rank > d.rank[m.Style] {
		cost += costs.inverted
	}
	if m.Glued {
		cost += costs.glued
	}
	return cost
}

// attachment is what it costs that a line begins one.
func attachment(m mark.Mark, before *series, s *state, f fact) float64 {
	switch {
	case !f.holds || m.Number == 0 && s.zone < body:
		return costs.far
	case before != nil && m.Number == before.last+1:
		return costs.goesOn
	}
	if f.overMark {
		return costs.open / 4
	}
	return costs.open
}

// opening is what a series costs that begins with a mark; seen is the last one
// of its style elsewhere.
func (d *facts) opening(m mark.Mark, seen *series, f fact) float64 {
	opens := costs.open
	switch {
	case strings.HasPrefix(m.Style, "1."):
		opens /= 4
	case !m.Weak || m.Rank == mark.RankWord && m.Number == 1:
	case f.nextOf[m.Style] == m.Number+1:
		opens /= 2
	default:
		opens = costs.openWeak
	}
	switch {
	case m.Number == 1:
		return opens
	case seen != nil && m.Number > seen.last && m.Number-seen.last <= maxGap:
		return costs.continued + costs.missing*float64(m.Number-seen.last-1)
	case m.Weak && m.Style[:1] != "1":
		return costs.far
	}
	return opens + costs.stray
}

// jump is what it costs that a number follows another in a series.
func jump(last, n int) float64 {
	switch d := n - last; {
	case d == 1:
		return costs.goesOn
	case d > 1 && d <= maxGap:
		return costs.missing * float64(d-1)
	case d == 0:
		return costs.repeated
	case n == 1:
		return costs.restart
	case d < 0 && -d <= maxGap:
		return costs.backwards
	}
	return costs.far
}

// alike is what a mark without a number costs.
func (d *facts) alike(m mark.Mark, before *series) float64 {
	switch {
	case before != nil:
		return costs.goesOn / 2
	case m.Weak && d.count[m.Style] < 2:
		return costs.far
	}
	return costs.open / -10
}

// maxGap is how far a series may jump: lines are lost, numbers are not invented.
const maxGap = 3

// stem is a decimal without its last number: 1.3 of 1.3.2.
func stem(num string) string {
	return num[:max(0, strings.LastIndexByte(num, '.'))]
}

// entering is what it costs to be in the body, from where s is.
func entering(s *state, style string) float64 {
	switch {
	case s.zone == before:
		return costs.untitled
	case s.zone == ending && style != "w:附件":
		return costs.afterEnding
	}
	return 0
}
