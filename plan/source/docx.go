package source

import (
	"archive/zip"
	"encoding/xml"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// readDocx reads a Word document. Libraries lose the automatic numbers, and the
// number is what people call a measure by; so the lists are counted here.
func readDocx(z *zip.Reader) (*Text, error) {
	d := &docx{styles: map[string]*docxStyle{}, abstract: map[string]*abstractList{}, nums: map[string]*numList{}, left: maxCells, out: &Text{}}
	for _, p := range []struct {
		name string
		read func()
	}{{"word/styles.xml", d.readStyles}, {"word/numbering.xml", d.readNumbering}, {"word/document.xml", d.readBody}} {
		if f := part(z, p.name); f != nil {
			if err := d.read(f, p.read); err != nil {
				return nil, err
			}
		}
	}
	return d.out, d.readMargins(z)
}

var (
	marginPart = regexp.MustCompile(`^word/(header|footer)[0-9]*\.xml$`)
	notesPart  = regexp.MustCompile(`^word/(footnotes|endnotes)\.xml$`)
)

// readMargins reads what is printed round the text of each page, and the notes
// below it.
func (d *docx) readMargins(z *zip.Reader) error {
	seen := map[string]bool{}
	for _, f := range z.File {
		var got Text
		h, read := PageNoise, func() { d.blocks(&got) }
		switch {
		case notesPart.MatchString(f.Name):
			h, read = Besides, func() {
				for range d.kids() {
					d.blocks(&got)
				}
			}
		case !marginPart.MatchString(f.Name):
			continue
		}
		if err := d.read(f, read); err != nil {
			return err
		}
		for _, l := range got.Lines {
			if !seen[l.Text] {
				d.out.put(Line{Text: l.Text, Hint: h})
			}
			seen[l.Text] = true
		}
	}
	return nil
}

// A docx is a Word document while it is read, element by element.
type docx struct {
	walker
	styles   map[string]*docxStyle
	normal   string // the style of a paragraph that names none
	abstract map[string]*abstractList
	nums     map[string]*numList
	left     int // cells that spans may still make
	out      *Text
}

type docxStyle struct {
	basedOn string
	num     *numRef
	outline int // 1 for the outermost heading, 0 for text
}

// A numRef is a paragraph's place in a list.
type numRef struct {
	id    string
	level int
	has   bool // the level is given
}

func (d *docx) readBody() {
	for e := range d.kids() {
		if e.Name.Local == "body" {
			d.blocks(d.out)
		}
	}
}

// blocks reads paragraphs, tables and what may stand round them.
func (d *docx) blocks(out *Text) {
	for e := range d.kids() {
		d.block(e, out)
	}
}

func (d *docx) block(e xml.StartElement, out *Text) {
	switch e.Name.Local {
	case "p":
		d.paragraph(out)
	case "tbl":
		d.table(out)
	case "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag":
		d.blocks(out)
	}
}

// A para is a paragraph while it is read.
type para struct {
	text  strings.Builder
	style string
	num   *numRef
	level int // outline level, 1 based
	boxes Text
}

func (d *docx) paragraph(out *Text) {
	p := &para{style: d.normal}
	d.inline(p)
	text, label := p.text.String(), d.label(p)
	if strings.TrimSpace(text) != "" {
		if level := d.outline(p); level > 0 && label == "" {
			label = hashes(level, text)
		}
		out.put(Line{Text: label + text})
	}
	out.put(p.boxes.Lines...)
}

// inline reads runs and what may stand round them; del, moveFrom and bookmarks
// are passed over.
func (d *docx) inline(p *para) {
	for e := range d.kids() {
		switch e.Name.Local {
		case "pPr":
			d.paraProps(p)
		case "r":
			d.run(p)
		case "ins", "moveTo", "hyperlink", "sdt", "sdtContent", "smartTag", "fldSimple", "customXml", "dir", "bdo":
			d.inline(p)
		}
	}
}

func (d *docx) paraProps(p *para) {
	for e := range d.kids() {
		switch e.Name.Local {
		case "pStyle":
			p.style = val(e)
		case "outlineLvl":
			p.level = min(atoi(val(e)), 9) + 1
		case "numPr":
			p.num = d.numRef()
		}
	}
}

func (d *docx) numRef() *numRef {
	n := &numRef{}
	for e := range d.kids() {
		switch e.Name.Local {
		case "numId":
			n.id = val(e)
		case "ilvl":
			n.level, n.has = atoi(val(e)), true
		}
	}
	return n
}

// run reads one run into the paragraph. Hidden text is left out.
func (d *docx) run(p *para) {
	var text strings.Builder
	hidden := false
	for e := range d.kids() {
		switch e.Name.Local {
		case "rPr":
			for e := range d.kids() {
				hidden = hidden || e.Name.Local == "vanish" && on(e)
			}
		case "t":
			text.WriteString(d.text())
		case "tab", "ptab":
			text.WriteString("  ")
		case "br", "cr":
			text.WriteString("\n")
		case "noBreakHyphen":
			text.WriteString("-")
		case "sym":
			text.WriteString(symbol(attr(e, "char")))
		case "AlternateContent", "Choice", "drawing", "pict", "object":
			d.boxes(p)
		}
	}
	if !hidden {
		p.text.WriteString(text.String())
	}
}

// symbol is a character of a symbol font, if it has a place in Unicode of its own.
func symbol(hex string) string {
	n, err := strconv.ParseUint(hex, 16, 16)
	if err != nil || n == 0 || n >= 0xE000 && n <= 0xF8FF {
		return ""
	}
	return string(rune(n))
}

// boxes finds the text boxes of a drawing. Of two versions of one drawing only
// the first is read.
func (d *docx) boxes(p *para) {
	for e := range d.kids() {
		switch e.Name.Local {
		case "txbxContent":
			d.blocks(&p.boxes)
		case "Fallback":
		default:
			d.boxes(p)
		}
	}
}

// table reads a table as rows of cells with tabs between, or as plain lines if
// it only frames text.
func (d *docx) table(out *Text) {
	out.put(tableLines(d.rows())...)
}

func (d *docx) rows() (rows [][]Cell) {
	for e := range d.kids() {
		switch e.Name.Local {
		case "tr":
			if cells := d.row(); len(cells) > 0 {
				rows = append(rows, cells)
			}
		case "sdt", "sdtContent", "customXml", "ins":
			rows = append(rows, d.rows()...)
		}
	}
	return rows
}

// row reads the cells of a row; none if a revision has deleted it.
func (d *docx) row() (cells []Cell) {
	gone := false
	for e := range d.kids() {
		switch e.Name.Local {
		case "trPr":
			for e := range d.kids() {
				gone = gone || e.Name.Local == "del"
			}
		case "tc":
			cells = append(cells, d.cell()...)
		case "sdt", "sdtContent", "customXml":
			cells = append(cells, d.row()...)
		}
	}
	if gone {
		return nil
	}
	return cells
}

// cell reads a cell, with an empty one for each further column that it goes
// across.
func (d *docx) cell() []Cell {
	var lines Text
	across, under := 1, false
	for e := range d.kids() {
		if e.Name.Local != "tcPr" {
			d.block(e, &lines)
			continue
		}
		for e := range d.kids() {
			switch e.Name.Local {
			case "gridSpan":
				across = max(1, min(atoi(val(e)), maxColumns, d.left))
			case "vMerge":
				under = val(e) != "restart"
			}
		}
	}
	d.left -= across
	cells := slices.Repeat([]Cell{{Under: under}}, across)
	cells[0].Text = strings.TrimSpace(lines.text())
	return cells
}
