package outline

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// An opening is what begins right below a short line.
type opening byte

const (
	nothing opening = iota
	aSeries
	aField
	aHeading
)

// A fact is what a line shows, whatever the lines around it are taken for.
type fact struct {
	strong    bool // begins with a mark that needs no series
	known     bool // begins with the name of a field
	short     bool // may be a heading
	opens     opening
	afterEnd  bool // the line above ends a sentence
	chrome    bool // page data or navigation
	foot      bool // begins the foot of a page
	furniture bool // page number, running head, rule
	link      bool // the title of another article
	nav       bool // in a run of short lines
	salutes   bool
	signoff   bool
	annex     bool // begins a list of attachments
	holds     bool // text of its own follows, if it is an attachment
	overMark  bool // the line below may begin a node
	hashTitle bool // the only # of its level
	cue       bool // sounds like a closing paragraph
	ended     bool // ends a sentence
	several   bool // has more than one sentence
	archived  bool // whom a paper goes to
	contact   bool
	inlines   []bool // whether the line says more than a heading, by what it may begin with
	nextOf    map[string]int
}

// saysMore reports whether a folded line says more than a heading behind its mark.
func saysMore(text string, m mark.Mark) bool {
	_, rest := m.Label([]rune(text))
	return sentences(rest) > 1 || utf8.RuneCountInString(rest) > 45 || mark.EndsSentence(rest)
}

// facts are those of a document.
type facts struct {
	line      []fact
	count     map[string]int // lines that may begin with a style
	stems     map[string]int // decimals with a common stem
	rank      map[string]float64
	shared    map[string]int
	continued bool // items go on below their first line
}

func factsOf(lines []*line) facts {
	d := facts{line: make([]fact, len(lines)), count: map[string]int{}, stems: map[string]int{}}
	d.readings(lines)
	d.chrome(lines)
	markFields(lines)
	d.rank = nest(lines)
	for _, l := range lines {
		for _, m := range l.readings {
			if _, ok := d.rank[m.Style]; !ok {
				d.rank[m.Style] = m.Rank
			}
		}
	}
	d.shared = sharedFields(lines)
	d.continued = continued(lines[:max(0, lastMark(lines))])
	fields := map[string]int{}
	for _, l := range lines {
		if l.field > 0 {
			fields[l.fieldLabel()]++
		}
	}
	later := map[string]int{} // the number of each style that comes next
	for i := len(lines) - 1; i >= 0; i-- {
		d.look(lines, i, later)
		d.line[i].opens = d.below(lines, i, fields)
	}
	for _, l := range lines {
		l.marked = false
	}
	return d
}

// readings reads the marks that lines may begin with.
func (d *facts) readings(lines []*line) {
	for _, l := range lines {
		if !l.free() || l.cells {
			continue
		}
		l.readings = mark.Readings(l.fold)
		for j := range l.readings {
			m := &l.readings[j]
			if l.inner {
				m.Style, m.Rank = innerStyle+m.Style, mark.RankCell+m.Rank/100
			}
			d.count[m.Style]++
			d.stems[m.Style+"/"+stem(m.Num)]++
		}
		if len(l.readings) > 0 && (!l.readings[0].Weak || l.readings[0].Rank == mark.RankWord) {
			l.mark, l.marked = l.readings[0], true
		}
	}
}

// look finds what line i shows; the lines below it have been looked at.
func (d *facts) look(lines []*line, i int, later map[string]int) {
	l, f := lines[i], &d.line[i]
	f.strong = l.marked && !l.mark.Weak
	f.known = l.field > 0 && mark.Field(l.fold) != ""
	f.short = l.free() && shortHead(l)
	f.afterEnd = i == 0 || mark.EndsSentence(lines[i-1].fold)
	f.signoff = dated(l.fold) || blanks.MatchString(l.fold) || signsAt(lines, i)
	f.salutes = salutation.MatchString(l.fold)
	f.annex = mark.ListsAnnex(l.fold)
	f.overMark = i+1 < len(lines) && len(lines[i+1].readings) > 0
	f.holds = d.holds(lines, i+1)
	f.hashTitle = l.marked && strings.HasPrefix(l.mark.Style, "#") && d.count[l.mark.Style] == 1 && l.mark.Number == 0
	f.cue, f.archived, f.contact = closingCue.MatchString(l.fold), archive.MatchString(l.fold), contact.MatchString(l.fold)
	f.ended, f.several = mark.EndsSentence(l.fold), sentences(l.fold) > 1
	f.nextOf = map[string]int{}
	for _, m := range l.readings {
		f.nextOf[m.Style] = later[m.Style]
		f.inlines = append(f.inlines, saysMore(l.fold, m))
	}
	for _, m := range l.readings {
		later[m.Style] = m.Number
	}
}

// holds reports whether text of an attachment's own stands at line i.
func (d *facts) holds(lines []*line, i int) bool {
	switch {
	case i == len(lines) || d.line[i].foot || lines[i].block == plan.Noise:
		return false
	case d.line[i].signoff, d.line[i].furniture:
		return d.holds(lines, i+1)
	}
	return lines[i].marked || !d.line[i].annex
}

func lastMark(lines []*line) int {
	for i, l := range slices.Backward(lines) {
		if l.marked {
			return i
		}
	}
	return -1
}

// below is what begins right below line i.
func (d *facts) below(lines []*line, i int, fields map[string]int) opening {
	if i+1 >= len(lines) {
		return nothing
	}
	next, f := lines[i+1], d.line[i+1]
	for _, m := range next.readings {
		if m.Number == 1 && m.Rank > mark.RankUnnumbered && (!m.Weak || f.nextOf[m.Style] == 2) {
			return aSeries
		}
	}
	switch {
	case next.field > 0 && fields[next.fieldLabel()] >= 2:
		return aField
	case f.short && f.opens == aField && !mark.EndsSentence(lines[i].fold):
		return aHeading
	}
	return nothing
}

func (l *line) fieldLabel() string { return string([]rune(l.fold)[:l.field]) }

var leadIn = regexp.MustCompile(`如下|以下|下列|包括|方面|是:?$`)

func shortHead(l *line) bool {
	s := l.fold
	return utf8.RuneCountInString(s) >= 2 && utf8.RuneCountInString(s) <= 16 && !mark.EndsSentence(s) && !openEnd(s) && !leadIn.MatchString(s) && !dated(s)
}

func headingMark(l *line) mark.Mark {
	return mark.Mark{
		Style: "heading", Rank: mark.RankUnnumbered, Size: len(l.text), Alone: true,
		Path: strings.TrimRight(l.String(), ":：。.． "),
	}
}

var linkDate = regexp.MustCompile(`\[? ?[0-9]{1,4}[-/.][0-9]{1,2}([-/.][0-9]{1,2})? ?\]?$`)

// salutation addresses the readers of a letter or notice.
var salutation = regexp.MustCompile(`^(各|尊敬的|亲爱的|全体|广大|致).*:$|(同学|老师|家长|朋友|同志|同仁|教职工|员工)们?:$`)

// navRun is how many short lines in a row are navigation.
const navRun = 4

// chrome finds what pages and copiers print round a document. What it finds
// begins no node.
func (d *facts) chrome(lines []*line) {
	for i, l := range lines {
		f := &d.line[i]
		if !short(l) || l.block != "" || l.row > 0 || l.table != nil {
			continue
		}
		if f.foot = footNoise.MatchString(l.fold); l.cells {
			continue
		}
		f.chrome = !l.marked && headNoise.MatchString(l.fold) || metaNoise.MatchString(l.fold)
		f.furniture = l.furniture
		f.link = !l.marked && (l.link && !mark.ListsAnnex(l.fold) || linkDate.MatchString(l.fold) && !dated(l.fold))
		f.chrome = f.chrome || i > 0 && d.line[i-1].chrome && belongsAbove(lines[i-1].fold, l.fold)
		if f.foot || f.chrome || f.furniture {
			l.readings, l.marked = nil, false
		}
	}
	for i := teasers(lines); i < len(lines); i++ {
		d.line[i].foot = true
	}
	d.navigation(lines)
}

// navigation finds runs of short lines.
func (d *facts) navigation(lines []*line) {
	at := 0
	for run := range runs(lines, func(_, i int) bool {
		l := lines[i]
		return utf8.RuneCountInString(l.fold) <= 10 && !mark.EndsSentence(l.fold) && l.free() && l.field == 0
	}) {
		for lines[at] != run[0] {
			at++
		}
		for j := range run {
			d.line[at+j].nav = len(run) >= navRun
		}
	}
}

// belongsAbove reports whether a line belongs to the page data above it: the name
// of the site's column below a breadcrumb, or a word left alone, such as the 附件
// that stood over an annex before it was cut out of its notice.
func belongsAbove(crumb, s string) bool {
	for part := range strings.SplitSeq(crumb, ">") {
		if strings.Contains(crumb, ">") && zh.Bare(strings.TrimLeft(s, "# ")) == zh.Bare(part) {
			return true
		}
	}
	s = strings.TrimRight(s, ": 0123456789")
	return s == "附件" || s == "附"
}
