package plan

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"duban/zh"
)

// readDocx reads a Word document. Libraries lose the automatic numbers, and the
// number is what people call a measure by; so the lists are counted here.
func readDocx(z *zip.Reader) (string, error) {
	d := &docx{styles: map[string]*docxStyle{}, lists: newLists()}
	for _, p := range []struct {
		name string
		read func(*docx) error
	}{{"word/styles.xml", (*docx).readStyles}, {"word/numbering.xml", (*docx).readNumbering}, {"word/document.xml", (*docx).readBody}} {
		f := part(z, p.name)
		if f == nil {
			continue
		}
		b, err := unpack(f)
		if err != nil {
			return "", err
		}
		d.dec = xml.NewDecoder(bytes.NewReader(b))
		d.depth = 0
		if err := p.read(d); err != nil && !errors.Is(err, io.EOF) {
			if _, ok := errors.AsType[*Refusal](err); ok {
				return "", err
			}
			return "", refuse("文件已损坏，打不开。请用 Word 或 WPS 打开后另存为 .docx 再试", err)
		}
	}
	return strings.Join(d.out, "\n"), nil
}

// A docx is a Word document while it is read, element by element.
type docx struct {
	dec    *xml.Decoder
	depth  int
	tokens int
	styles map[string]*docxStyle
	normal string // the style of a paragraph that names none
	lists  *lists
	out    []string
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

// each calls do for every element right inside the current one and returns at
// its end. An element that do does not read is skipped.
func (d *docx) each(do func(xml.StartElement) error) error {
	d.depth++
	defer func() { d.depth-- }()
	if d.depth > maxDepth {
		return refuse(bomb, errBomb)
	}
	for {
		if d.tokens++; d.tokens > maxTokens {
			return refuse(bomb, errBomb)
		}
		t, err := d.dec.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := do(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.Directive:
			return refuse(bomb, errBomb)
		}
	}
}

// skip passes over an element.
func (d *docx) skip() error {
	return d.each(func(xml.StartElement) error { return d.skip() })
}

// root enters the root element and calls do for each of its children.
func (d *docx) root(do func(xml.StartElement) error) error {
	for {
		t, err := d.dec.Token()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			return d.each(do)
		case xml.Directive:
			return refuse(bomb, errBomb)
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on reports whether a switch such as w:vanish is on: it is unless it says no.
func on(e xml.StartElement) bool {
	v := attr(e, "val")
	return v != "0" && v != "false" && v != "off"
}

func (d *docx) readBody() error {
	return d.root(func(e xml.StartElement) error {
		if e.Name.Local != "body" {
			return d.skip()
		}
		return d.blocks(&d.out)
	})
}

// blocks reads paragraphs, tables and what may stand round them.
func (d *docx) blocks(out *[]string) error {
	return d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "p":
			return d.paragraph(out)
		case "tbl":
			return d.table(out)
		case "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag":
			return d.blocks(out)
		}
		return d.skip()
	})
}

// A para is a paragraph while it is read.
type para struct {
	text  strings.Builder
	style string
	num   *numRef
	level int // outline level, 1 based
	boxes []string
}

func (d *docx) paragraph(out *[]string) error {
	p := &para{style: d.normal}
	if err := d.inline(p); err != nil {
		return err
	}
	text := p.text.String()
	label := d.label(p)
	if strings.TrimSpace(text) != "" {
		text = label + text
		if level := d.outline(p); level > 0 && label == "" {
			text = strings.Repeat("#", min(level, 6)) + " " + text
			if m, ok := readMark(zh.Fold(text[min(level, 6)+1:])); ok && !m.weak || runes(text) > 50 {
				text = text[min(level, 6)+1:]
			}
		}
		*out = append(*out, text)
	}
	*out = append(*out, p.boxes...)
	return nil
}

// inline reads runs and what may stand round them.
func (d *docx) inline(p *para) error {
	return d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "pPr":
			return d.paraProps(p)
		case "r":
			return d.run(p)
		case "ins", "moveTo", "hyperlink", "sdt", "sdtContent", "smartTag", "fldSimple", "customXml", "dir", "bdo":
			return d.inline(p)
		}
		return d.skip() // del, moveFrom and bookmarks among them
	})
}

func (d *docx) paraProps(p *para) error {
	return d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "pStyle":
			p.style = attr(e, "val")
		case "outlineLvl":
			p.level = min(atoi(attr(e, "val")), 9) + 1
		case "numPr":
			p.num = &numRef{}
			return d.numPr(p.num)
		}
		return d.skip()
	})
}

func (d *docx) numPr(n *numRef) error {
	return d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "numId":
			n.id = attr(e, "val")
		case "ilvl":
			n.level, n.has = atoi(attr(e, "val")), true
		}
		return d.skip()
	})
}

// run reads one run into the paragraph. Hidden text is left out.
func (d *docx) run(p *para) error {
	var b strings.Builder
	hidden := false
	err := d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "rPr":
			return d.each(func(e xml.StartElement) error {
				hidden = hidden || e.Name.Local == "vanish" && on(e)
				return d.skip()
			})
		case "t":
			return d.chars(&b)
		case "tab", "ptab":
			b.WriteString("  ")
		case "br", "cr":
			b.WriteByte('\n')
		case "noBreakHyphen":
			b.WriteByte('-')
		case "sym":
			b.WriteString(symbol(attr(e, "char")))
		case "AlternateContent", "Choice", "drawing", "pict", "object":
			return d.boxes(p)
		}
		return d.skip()
	})
	if !hidden {
		p.text.WriteString(b.String())
	}
	return err
}

// chars reads the text of an element.
func (d *docx) chars(b *strings.Builder) error {
	for {
		t, err := d.dec.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if err := d.skip(); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// symbol is a character of a symbol font, if it has a place in Unicode of its own.
func symbol(hex string) string {
	n := 0
	for _, c := range strings.ToLower(hex) {
		switch {
		case c >= '0' && c <= '9':
			n = n*16 + int(c-'0')
		case c >= 'a' && c <= 'f':
			n = n*16 + int(c-'a') + 10
		}
	}
	if n == 0 || n >= 0xE000 && n <= 0xF8FF || n > 0xFFFF {
		return ""
	}
	return string(rune(n))
}

// boxes finds the text boxes of a drawing. Of two versions of one drawing only
// the first is read.
func (d *docx) boxes(p *para) error {
	return d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "txbxContent":
			return d.blocks(&p.boxes)
		case "Fallback":
			return d.skip()
		}
		return d.boxes(p)
	})
}

// table reads a table as rows of cells with tabs between, or as plain lines if
// it only frames text.
func (d *docx) table(out *[]string) error {
	var rows [][]string
	err := d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "tr":
			cells, gone, err := d.row()
			if len(cells) > 0 && !gone {
				rows = append(rows, cells)
			}
			return err
		case "sdt", "sdtContent", "customXml", "ins":
			return d.each(func(e xml.StartElement) error {
				if e.Name.Local != "tr" {
					return d.skip()
				}
				cells, gone, err := d.row()
				if len(cells) > 0 && !gone {
					rows = append(rows, cells)
				}
				return err
			})
		}
		return d.skip()
	})
	*out = append(*out, tableLines(rows)...)
	return err
}

// row reads the cells of a row; gone if a revision has deleted it.
func (d *docx) row() (cells []string, gone bool, err error) {
	err = d.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "trPr":
			return d.each(func(e xml.StartElement) error {
				gone = gone || e.Name.Local == "del"
				return d.skip()
			})
		case "tc":
			c, err := d.cell()
			cells = append(cells, c)
			return err
		case "sdt", "sdtContent":
			return d.each(func(e xml.StartElement) error {
				if e.Name.Local != "tc" {
					return d.skip()
				}
				c, err := d.cell()
				cells = append(cells, c)
				return err
			})
		}
		return d.skip()
	})
	return cells, gone, err
}

func (d *docx) cell() (string, error) {
	var lines []string
	err := d.blocks(&lines)
	return strings.Join(lines, "\n"), err
}
