package source

import (
	"encoding/xml"
	"strconv"
	"strings"
)

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// maxLevels is how many levels a list has at most.
const maxLevels = 9

// lists are the automatic numbers of a Word document.
type lists struct {
	abstract map[string]*abstractList
	nums     map[string]*numList
	used     map[string]bool            // nums whose start has been overridden
	count    map[string]*[maxLevels]int // by abstract list; -1 is not begun
}

type abstractList struct {
	levels [maxLevels]listLevel
	link   string // the style that holds the real definition
	style  string // the style that this is the definition of
}

type listLevel struct {
	format, text, suffix string
	style                string // paragraphs of this style are of this level
	start, restart       int    // restart -1: after any higher level
	legal, set           bool
}

type numList struct {
	abstract string
	start    map[int]int
	levels   map[int]listLevel
}

func newLists() *lists {
	return &lists{abstract: map[string]*abstractList{}, nums: map[string]*numList{}, used: map[string]bool{}, count: map[string]*[maxLevels]int{}}
}

func (d *docx) readStyles() error {
	return d.root(func(e xml.StartElement) error {
		if e.Name.Local != "style" || attr(e, "type") != "paragraph" {
			return d.skip()
		}
		s := &docxStyle{}
		d.styles[attr(e, "styleId")] = s
		if v := attr(e, "default"); v == "1" || v == "true" {
			d.normal = attr(e, "styleId")
		}
		return d.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "name":
				s.outline = max(s.outline, headingLevel(attr(e, "val")))
			case "basedOn":
				s.basedOn = attr(e, "val")
			case "pPr":
				p := &para{}
				err := d.paraProps(p)
				s.num = p.num
				if p.level > 0 && p.level < 10 {
					s.outline = p.level
				}
				return err
			}
			return d.skip()
		})
	})
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

func (d *docx) readNumbering() error {
	return d.root(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "abstractNum":
			a := &abstractList{}
			d.lists.abstract[attr(e, "abstractNumId")] = a
			return d.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "numStyleLink":
					a.link = attr(e, "val")
				case "styleLink":
					a.style = attr(e, "val")
				case "lvl":
					return d.level(e, &a.levels[clampLevel(attr(e, "ilvl"))])
				}
				return d.skip()
			})
		case "num":
			n := &numList{start: map[int]int{}, levels: map[int]listLevel{}}
			d.lists.nums[attr(e, "numId")] = n
			return d.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "abstractNumId":
					n.abstract = attr(e, "val")
				case "lvlOverride":
					return d.override(n, clampLevel(attr(e, "ilvl")))
				}
				return d.skip()
			})
		}
		return d.skip()
	})
}

func clampLevel(s string) int { return max(0, min(atoi(s), maxLevels-1)) }

func (d *docx) override(n *numList, level int) error {
	return d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "startOverride":
			n.start[level] = atoi(attr(e, "val"))
		case "lvl":
			var l listLevel
			err := d.level(e, &l)
			n.levels[level] = l
			return err
		}
		return d.skip()
	})
}

func (d *docx) level(_ xml.StartElement, l *listLevel) error {
	l.set, l.restart, l.start = true, -1, 1
	return d.each(func(e xml.StartElement) error {
		switch v := attr(e, "val"); e.Name.Local {
		case "start":
			l.start = atoi(v)
		case "numFmt":
			l.format = v
		case "lvlText":
			l.text = v
		case "lvlRestart":
			l.restart = atoi(v)
		case "pStyle":
			l.style = v
		case "isLgl":
			l.legal = on(e)
		case "suff":
			l.suffix = v
		}
		return d.skip()
	})
}

// outline is the level of a heading, by the paragraph or its style; 0 for text.
func (d *docx) outline(p *para) int {
	if p.level > 0 {
		return p.level % 10
	}
	style := p.style
	for range maxDepth {
		s := d.styles[style]
		if s == nil {
			return 0
		}
		if s.outline > 0 {
			return s.outline % 10
		}
		style = s.basedOn
	}
	return 0
}

// label counts the paragraph's list on and returns its number as printed, with
// the space behind it; "" if it is in no list.
func (d *docx) label(p *para) string {
	ref, style := p.num, p.style
	for range maxDepth {
		if ref != nil && ref.id != "" {
			break
		}
		s := d.styles[style]
		if s == nil {
			return ""
		}
		if s.num != nil {
			level, has := s.num.level, s.num.has
			if ref != nil && ref.has {
				level, has = ref.level, true
			}
			ref = &numRef{id: s.num.id, level: level, has: has}
			if !has {
				ref.level = d.lists.levelOf(ref.id, style)
			}
		}
		style = s.basedOn
	}
	if ref == nil || ref.id == "" || ref.id == "0" {
		return ""
	}
	return d.lists.next(d, ref.id, max(0, min(ref.level, maxLevels-1)))
}

// levelOf is the level that says it is for paragraphs of a style.
func (l *lists) levelOf(id, style string) int {
	n := l.nums[id]
	if n == nil || l.abstract[n.abstract] == nil {
		return 0
	}
	for i, level := range l.abstract[n.abstract].levels {
		if level.style == style {
			return i
		}
	}
	return 0
}

// resolve follows a link from a list to the style that holds its definition.
func (l *lists) resolve(d *docx, n *numList) (string, *abstractList) {
	id := n.abstract
	for range maxLevels {
		a := l.abstract[id]
		if a == nil || a.link == "" {
			return id, a
		}
		s := d.styles[a.link]
		if s == nil || s.num == nil || l.nums[s.num.id] == nil {
			for other, b := range l.abstract {
				if b.style == a.link {
					return other, b
				}
			}
			return id, a
		}
		id = l.nums[s.num.id].abstract
	}
	return id, l.abstract[id]
}

// next counts a list on and prints the number.
func (l *lists) next(d *docx, id string, level int) string {
	n := l.nums[id]
	if n == nil {
		return ""
	}
	abstract, a := l.resolve(d, n)
	if a == nil {
		return ""
	}
	c := l.count[abstract]
	if c == nil {
		c = &[maxLevels]int{-1, -1, -1, -1, -1, -1, -1, -1, -1}
		l.count[abstract] = c
	}
	def := func(i int) listLevel {
		if o, ok := n.levels[i]; ok {
			return o
		}
		return a.levels[i]
	}
	l.advance(c, n, id, level, def)
	return render(c, level, def)
}

// advance adds one to the level and begins those below it anew.
func (l *lists) advance(c *[maxLevels]int, n *numList, id string, level int, def func(int) listLevel) {
	key := id + "/" + strconv.Itoa(level)
	start, over := n.start[level]
	switch {
	case over && !l.used[key]:
		l.used[key] = true
		c[level] = start
	case c[level] < 0:
		c[level] = def(level).start
	default:
		c[level]++
	}
	for i := range level {
		if c[i] < 0 {
			c[i] = def(i).start
		}
	}
	for i := level + 1; i < maxLevels; i++ {
		if r := def(i).restart; r < 0 || r > level {
			c[i] = -1
		}
	}
}

// render prints the number of a level.
func render(c *[maxLevels]int, level int, def func(int) listLevel) string {
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
			b.WriteString(numeral(format, c[at]))
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
