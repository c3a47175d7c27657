package source

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// readDocx reads a Word document. Libraries lose the automatic numbers, and the
// number is what people call a measure by; so the lists are counted here.
func readDocx(z *zip.Reader) (*Text, error) {
	d := &docx{styles: map[string]*docxStyle{}, lists: newLists(), out: &Text{}}
	for _, p := range []struct {
		name string
		read func(*docx) error
	}{{"word/styles.xml", (*docx).readStyles}, {"word/numbering.xml", (*docx).readNumbering}, {"word/document.xml", (*docx).readBody}} {
		f := part(z, p.name)
		if f == nil {
			continue
		}
		if err := d.readPart(f, p.read); err != nil {
			return nil, err
		}
	}
	return d.out, d.readMargins(z)
}

// readPart reads one part of the package.
func (d *docx) readPart(f *zip.File, read func(*docx) error) error {
	b, err := unpack(f)
	if err != nil {
		return err
	}
	d.dec = xml.NewDecoder(bytes.NewReader(b))
	d.depth = 0
	if err := read(d); err != nil && !errors.Is(err, io.EOF) {
		if _, ok := errors.AsType[*Refusal](err); ok {
			return err
		}
		return refuse("文件已损坏，打不开。请用 Word 或 WPS 打开后另存为 .docx 再试", err)
	}
	return nil
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
		read := func(d *docx) error { return d.root(func(e xml.StartElement) error { return d.block(e, &got) }) }
		h := PageNoise
		switch {
		case notesPart.MatchString(f.Name):
			h = Besides
			read = func(d *docx) error { return d.root(func(xml.StartElement) error { return d.blocks(&got) }) }
		case !marginPart.MatchString(f.Name):
			continue
		}
		if err := d.readPart(f, read); err != nil {
			return err
		}
		for _, l := range got.Lines {
			if !seen[l.Text] {
				d.out.add(h, l.Text)
			}
			seen[l.Text] = true
		}
	}
	return nil
}

// A docx is a Word document while it is read, element by element.
type docx struct {
	dec    *xml.Decoder
	depth  int
	tokens int
	styles map[string]*docxStyle
	normal string // the style of a paragraph that names none
	lists  *lists
	out    *Text
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
		return d.blocks(d.out)
	})
}

// blocks reads paragraphs, tables and what may stand round them.
func (d *docx) blocks(out *Text) error {
	return d.each(func(e xml.StartElement) error { return d.block(e, out) })
}

func (d *docx) block(e xml.StartElement, out *Text) error {
	switch e.Name.Local {
	case "p":
		return d.paragraph(out)
	case "tbl":
		return d.table(out)
	case "sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag":
		return d.blocks(out)
	}
	return d.skip()
}

// A para is a paragraph while it is read.
type para struct {
	text  strings.Builder
	style string
	num   *numRef
	level int // outline level, 1 based
	boxes Text
}

func (d *docx) paragraph(out *Text) error {
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
			if m, ok := mark.Read(zh.Fold(text[min(level, 6)+1:])); ok && !m.Weak || utf8.RuneCountInString(text) > 50 {
				text = text[min(level, 6)+1:]
			}
		}
		out.add(NoHint, text)
	}
	out.put(p.boxes.Lines...)
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
	n, err := strconv.ParseUint(hex, 16, 16)
	if err != nil || n == 0 || n >= 0xE000 && n <= 0xF8FF {
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
