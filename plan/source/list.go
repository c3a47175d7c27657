package source

import (
	"encoding/xml"
	"iter"
	"slices"
	"strings"
)

// maxLevels is how many levels a list has at most.
const maxLevels = 9

// An abstractList defines the automatic numbers of a Word document; several
// lists may go on counting in one.
type abstractList struct {
	levels [maxLevels]listLevel
	count  [maxLevels]int // -1 is not begun
	link   string         // the style that holds the real definition
	style  string         // the style that this is the definition of
}

type listLevel struct {
	format, text, suffix string
	style                string // paragraphs of this style are of this level
	start, restart       int    // restart -1: after any higher level
	legal                bool
}

type numList struct {
	abstract string
	start    map[int]int // overrides that have not been used yet
	levels   map[int]listLevel
}

func (d *docx) readStyles() {
	for e := range d.kids() {
		if e.Name.Local != "style" || attr(e, "type") != "paragraph" {
			continue
		}
		s := &docxStyle{}
		d.styles[attr(e, "styleId")] = s
		if v := attr(e, "default"); v == "1" || v == "true" {
			d.normal = attr(e, "styleId")
		}
		for e := range d.kids() {
			switch e.Name.Local {
			case "name":
				s.outline = max(s.outline, headingLevel(val(e)))
			case "basedOn":
				s.basedOn = val(e)
			case "pPr":
				p := &para{}
				d.paraProps(p)
				s.num = p.num
				if p.level > 0 && p.level < 10 {
					s.outline = p.level
				}
			}
		}
	}
}

func headingLevel(name string) int {
	name = strings.ToLower(name)
	for _, prefix := range []string{"heading ", "标题 "} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			return atoi(rest)
		}
	}
	return 0
}

func (d *docx) readNumbering() {
	for e := range d.kids() {
		switch e.Name.Local {
		case "abstractNum":
			d.abstract[attr(e, "abstractNumId")] = d.abstractNum()
		case "num":
			d.nums[attr(e, "numId")] = d.num()
		}
	}
}

func (d *docx) abstractNum() *abstractList {
	a := &abstractList{}
	for i := range a.count {
		a.count[i] = -1
	}
	for e := range d.kids() {
		switch e.Name.Local {
		case "numStyleLink":
			a.link = val(e)
		case "styleLink":
			a.style = val(e)
		case "lvl":
			a.levels[levelOf(e)] = d.level()
		}
	}
	return a
}

func levelOf(e xml.StartElement) int { return clampLevel(atoi(attr(e, "ilvl"))) }

func clampLevel(n int) int { return max(0, min(n, maxLevels-1)) }

func (d *docx) num() *numList {
	n := &numList{start: map[int]int{}, levels: map[int]listLevel{}}
	for e := range d.kids() {
		switch e.Name.Local {
		case "abstractNumId":
			n.abstract = val(e)
		case "lvlOverride":
			level := levelOf(e)
			for e := range d.kids() {
				switch e.Name.Local {
				case "startOverride":
					n.start[level] = atoi(val(e))
				case "lvl":
					n.levels[level] = d.level()
				}
			}
		}
	}
	return n
}

func (d *docx) level() listLevel {
	l := listLevel{start: 1, restart: -1}
	for e := range d.kids() {
		switch e.Name.Local {
		case "start":
			l.start = atoi(val(e))
		case "numFmt":
			l.format = val(e)
		case "lvlText":
			l.text = val(e)
		case "lvlRestart":
			l.restart = atoi(val(e))
		case "pStyle":
			l.style = val(e)
		case "isLgl":
			l.legal = on(e)
		case "suff":
			l.suffix = val(e)
		}
	}
	return l
}

// lineage yields a style and those that it is based on.
func (d *docx) lineage(name string) iter.Seq2[string, *docxStyle] {
	return func(yield func(string, *docxStyle) bool) {
		for range maxDepth {
			s := d.styles[name]
			if s == nil || !yield(name, s) {
				return
			}
			name = s.basedOn
		}
	}
}

// outline is the level of a heading, by the paragraph or its style; 0 for text.
func (d *docx) outline(p *para) int {
	if p.level > 0 {
		return p.level % 10
	}
	for _, s := range d.lineage(p.style) {
		if s.outline > 0 {
			return s.outline % 10
		}
	}
	return 0
}

// label counts the paragraph's list on and returns its number as printed, with
// the space behind it; "" if it is in no list.
func (d *docx) label(p *para) string {
	var ref numRef
	if p.num != nil {
		ref = *p.num
	}
	for style, s := range d.lineage(p.style) {
		if ref.id != "" {
			break
		}
		if s.num == nil {
			continue
		}
		ref.id = s.num.id
		switch {
		case ref.has:
		case s.num.has:
			ref.level, ref.has = s.num.level, true
		default:
			ref.level = d.levelFor(ref.id, style)
		}
	}
	n := d.nums[ref.id]
	if n == nil || ref.id == "0" {
		return ""
	}
	if a := d.definition(n); a != nil {
		return n.next(a, clampLevel(ref.level))
	}
	return ""
}

// levelFor is the level that says it is for paragraphs of a style.
func (d *docx) levelFor(id, style string) int {
	if n := d.nums[id]; n != nil && d.abstract[n.abstract] != nil {
		levels := d.abstract[n.abstract].levels
		return max(0, slices.IndexFunc(levels[:], func(l listLevel) bool { return l.style == style }))
	}
	return 0
}

// definition is the list that n counts in, or the one that this links to.
func (d *docx) definition(n *numList) *abstractList {
	a := d.abstract[n.abstract]
	if a == nil || a.link == "" {
		return a
	}
	for _, b := range d.abstract {
		if b.style == a.link {
			return b
		}
	}
	return a
}

// next counts a level of a list on, begins those below it anew, and prints the
// number.
func (n *numList) next(a *abstractList, level int) string {
	def := func(i int) listLevel {
		if o, ok := n.levels[i]; ok {
			return o
		}
		return a.levels[i]
	}
	for i := range level {
		if a.count[i] < 0 {
			a.count[i] = def(i).start
		}
	}
	start, over := n.start[level]
	switch {
	case over:
		delete(n.start, level)
		a.count[level] = start
	case a.count[level] < 0:
		a.count[level] = def(level).start
	default:
		a.count[level]++
	}
	for i := level + 1; i < maxLevels; i++ {
		if r := def(i).restart; r < 0 || r > level {
			a.count[i] = -1
		}
	}
	return render(a.count, level, def)
}

// render prints the number of a level.
func render(count [maxLevels]int, level int, def func(int) listLevel) string {
	own := def(level)
	if own.format == "bullet" {
		return bulletLabel(own.text)
	}
	if own.format == "none" && !strings.Contains(own.text, "%") {
		return own.text
	}
	var b strings.Builder
	for i := 0; i < len(own.text); i++ {
		if own.text[i] == '%' && i+1 < len(own.text) && own.text[i+1] >= '1' && own.text[i+1] <= '9' {
			at := int(own.text[i+1] - '1')
			format := def(at).format
			if own.legal {
				format = "decimal"
			}
			b.WriteString(numeral(format, count[at]))
			i++
			continue
		}
		b.WriteByte(own.text[i])
	}
	if b.Len() == 0 || own.suffix == "nothing" {
		return b.String()
	}
	return b.String() + " "
}
