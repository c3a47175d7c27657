package source

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"duban/zh"
)

// odtText is the type of an OpenDocument text, as its first part names it.
const odtText = "application/vnd.oasis.opendocument.text"

// An odt is an OpenDocument text while it is read. Its lists are counted as those
// of Word are.
type odt struct {
	walker
	lists   map[string]*abstractList // list styles by name
	outline *abstractList            // of headings
	ofStyle map[string]string        // list style of a paragraph style
	levels  map[string]int           // outline level of a paragraph style
	counts  map[string]*[maxLevels]int
	left    int // cells that spans may still make
	out     *Text
	noise   Text
}

// readODT reads an OpenDocument text.
func readODT(z *zip.Reader) (*Text, error) {
	o := &odt{lists: map[string]*abstractList{}, ofStyle: map[string]string{}, levels: map[string]int{}, counts: map[string]*[maxLevels]int{}, left: maxCells, out: &Text{}}
	for _, name := range []string{"styles.xml", "content.xml"} {
		if f := part(z, name); f != nil {
			if err := o.read(f, o.document); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range o.noise.Lines {
		o.out.put(Line{Text: l.Text, Hint: PageNoise})
	}
	return o.out, nil
}

// isODT reports whether a package is an OpenDocument text.
func isODT(z *zip.Reader) bool {
	f := part(z, "mimetype")
	if f == nil {
		return false
	}
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	b, _ := io.ReadAll(io.LimitReader(r, 100))
	return strings.HasPrefix(string(b), odtText) && part(z, "content.xml") != nil
}

func (o *odt) document() {
	for e := range o.kids() {
		switch e.Name.Local {
		case "styles", "automatic-styles":
			o.styles()
		case "master-styles":
			o.margins()
		case "body":
			for range o.kids() {
				o.blocks(o.out, odtList{})
			}
		}
	}
}

func (o *odt) styles() {
	for e := range o.kids() {
		name := attr(e, "name")
		switch e.Name.Local {
		case "style":
			o.ofStyle[name], o.levels[name] = attr(e, "list-style-name"), atoi(attr(e, "default-outline-level"))
			if up := attr(e, "parent-style-name"); o.ofStyle[name] == "" {
				o.ofStyle[name] = o.ofStyle[up]
			}
		case "list-style":
			o.lists[name] = o.listStyle()
		case "outline-style":
			o.outline = o.listStyle()
		}
	}
}

// margins reads what is printed round the text of each page.
func (o *odt) margins() {
	for e := range o.kids() {
		switch e.Name.Local {
		case "master-page", "header", "footer":
			o.margins()
		case "p", "h":
			o.noise.put(Line{Text: o.inline(nil)})
		}
	}
}

// odtFormats are the names that Word has for the numerals of OpenDocument.
var odtFormats = map[string]string{"": "none", "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "一": "chineseCounting", "①": "decimalEnclosedCircle", "甲": "ideographTraditional", "壹": "chineseCounting"}

func (o *odt) listStyle() *abstractList {
	a := &abstractList{}
	for e := range o.kids() {
		level := clampLevel(atoi(attr(e, "level")) - 1)
		l := listLevel{start: max(1, atoi(attr(e, "start-value"))), restart: -1, format: "bullet", text: attr(e, "bullet-char"), suffix: "nothing"}
		if e.Name.Local != "list-level-style-bullet" {
			first := []rune(attr(e, "num-format"))
			l.format = odtFormats[string(first[:min(1, len(first))])]
			l.text = attr(e, "num-prefix") + places(level, atoi(attr(e, "display-levels"))) + attr(e, "num-suffix")
			if l.format == "none" || l.format == "" && len(first) == 0 {
				l.text = ""
			}
		}
		a.levels[level] = l
	}
	return a
}

// places are the numbers that a level prints: its own, or those above as well.
func places(level, shown int) string {
	var all []string
	for i := max(0, level+1-max(1, shown)); i <= level; i++ {
		all = append(all, "%"+string(rune('1'+i)))
	}
	return strings.Join(all, ".")
}

// An odtList is the list that paragraphs stand in.
type odtList struct {
	style, id string
	level     int // from 1; 0 for none
}

// blocks reads paragraphs, lists and tables.
func (o *odt) blocks(out *Text, in odtList) {
	first := true
	for e := range o.kids() {
		switch e.Name.Local {
		case "p", "h":
			o.paragraph(e, out, in, first)
			first = false
		case "list":
			o.list(e, out, in)
		case "table":
			out.put(tableLines(o.rows())...)
		case "table-of-content", "alphabetical-index":
			for range o.kids() {
				o.blocks(&o.noise, odtList{})
			}
		case "section", "text-box":
			o.blocks(out, odtList{})
		}
	}
}

// list reads a list; one goes on counting in the list that it names.
func (o *odt) list(e xml.StartElement, out *Text, in odtList) {
	in.level = min(in.level+1, maxLevels)
	if s := attr(e, "style-name"); s != "" {
		in.style = s
	}
	if in.level == 1 {
		switch goesOn := attr(e, "continue-list"); {
		case goesOn != "":
			in.id = goesOn
		case attr(e, "continue-numbering") == "true":
			in.id = "style " + in.style
		default:
			in.id = attr(e, "id")
			delete(o.counts, "style "+in.style)
		}
		if c := o.counts[in.id]; c != nil {
			o.counts[attr(e, "id")] = c
		}
	}
	for item := range o.kids() {
		if v := atoi(attr(item, "start-value")); v > 0 {
			o.count(in)[in.level-1] = v - 1
		}
		if item.Name.Local == "list-header" {
			o.blocks(out, odtList{})
			continue
		}
		o.blocks(out, in)
	}
}

// count is how far a list has counted.
func (o *odt) count(in odtList) *[maxLevels]int {
	c := o.counts[in.id]
	if c == nil {
		c = &[maxLevels]int{}
		for i := range c {
			c[i] = -1
		}
		o.counts[in.id] = c
		o.counts["style "+in.style] = c
	}
	return c
}

func (o *odt) paragraph(e xml.StartElement, out *Text, in odtList, first bool) {
	style := attr(e, "style-name")
	var boxes Text
	text := o.inline(&boxes)
	level := max(atoi(attr(e, "outline-level")), o.levels[style])
	if strings.TrimSpace(text) != "" {
		label := ""
		switch heads := e.Name.Local == "h"; {
		case in.level > 0 && first:
			label = o.number(o.lists[in.styleOr(o.ofStyle[style])], in)
		case heads && o.outline != nil && attr(e, "is-list-header") != "true":
			label = o.number(o.outline, odtList{id: "outline", level: clampLevel(level-1) + 1})
		}
		if level > 0 && label == "" {
			label = hashes(level, text)
		}
		out.put(Line{Text: label + text})
	}
	out.put(boxes.Lines...)
}

func (l odtList) styleOr(of string) string {
	if l.style == "" {
		return of
	}
	return l.style
}

// number counts a list on and prints its number.
func (o *odt) number(a *abstractList, in odtList) string {
	if a == nil {
		return ""
	}
	c := o.count(in)
	a.count = *c
	label := (&numList{}).next(a, in.level-1)
	*c = a.count
	return label
}

// inline reads the text of a paragraph. Notes, remarks and what was deleted are
// left out; text boxes stand behind it.
func (o *odt) inline(boxes *Text) string {
	var b strings.Builder
	inside := o.depth
	for t := o.next(); t != nil && o.depth >= inside; t = o.next() {
		if s, ok := t.(xml.CharData); ok && o.depth == inside {
			b.WriteString(strings.Map(oneSpace, string(s)))
		}
		e, ok := t.(xml.StartElement)
		if !ok || o.depth != inside+1 {
			continue
		}
		switch e.Name.Local {
		case "span", "a", "ruby", "ruby-base", "meta", "date", "title", "page-number", "sequence":
			b.WriteString(o.inline(boxes))
		case "s":
			b.WriteString(strings.Repeat(" ", min(max(1, atoi(attr(e, "c"))), 100)))
		case "tab":
			b.WriteString("  ")
		case "line-break":
			b.WriteString("\n")
		case "frame", "custom-shape":
			if boxes != nil {
				o.blocks(boxes, odtList{})
			}
		}
	}
	return b.String()
}

// oneSpace makes a space of white space that only breaks lines in the markup.
func oneSpace(r rune) rune {
	if r == '\n' || r == '\t' || r == '\r' {
		return ' '
	}
	return r
}

func (o *odt) rows() (rows [][]Cell) {
	for e := range o.kids() {
		switch e.Name.Local {
		case "table-row":
			rows = append(rows, o.row())
		case "table-header-rows", "table-rows", "table-row-group":
			rows = append(rows, o.rows()...)
		}
	}
	down := map[int]int{} // rows that a cell above still covers, by column
	for _, r := range rows {
		for i := range r {
			if r[i].Under {
				r[i].Under = down[i] > 0
			}
			down[i]--
			if r[i].down > 1 {
				down[i] = r[i].down - 1
			}
		}
	}
	return rows
}

// row reads the cells of a row, with those that others cover.
func (o *odt) row() (cells []Cell) {
	for e := range o.kids() {
		var c Cell
		switch e.Name.Local {
		case "table-cell":
			var lines Text
			o.blocks(&lines, odtList{})
			c = Cell{Text: zh.Join(lines.Lines, "\n", func(l Line) string { return l.Text }), down: atoi(attr(e, "number-rows-spanned"))}
		case "covered-table-cell":
			c.Under = true
		default:
			continue
		}
		again := max(1, min(atoi(attr(e, "number-columns-repeated")), maxColumns, o.left))
		o.left -= again
		cells = append(cells, slices.Repeat([]Cell{c}, again)...)
	}
	return cells
}
