package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// A style is how a paragraph of a document looks. Its name is known to Word, so
// that people can change it there and find their way by headings.
type style struct {
	id, name string
	size     int // in half points
	bold     bool
	centre   bool
	indent   bool   // the first line, by two characters
	outline  int    // level of a heading from 1; 0 is none
	font     string // of Chinese characters
	colour   string
	before   int // space above, in twentieths of a point
}

// The styles are those of an official paper: 小标宋 for the title, 黑体 and 楷体 for
// headings, 仿宋 of size 三号 for the text.
var (
	titleStyle    = style{id: "Title", name: "Title", size: 44, centre: true, font: "方正小标宋简体", before: 200}
	subtitleStyle = style{id: "Subtitle", name: "Subtitle", size: 32, centre: true, font: "楷体_GB2312"}
	headingStyle  = style{id: "Heading1", name: "heading 1", size: 32, indent: true, outline: 1, font: "黑体", before: 160}
	measureStyle  = style{id: "Heading2", name: "heading 2", size: 32, bold: true, indent: true, outline: 2, font: "楷体_GB2312", before: 80}
	bodyStyle     = style{id: "Normal", name: "Normal", size: 32, indent: true, font: "仿宋_GB2312"}
	noteStyle     = style{id: "Note", name: "Note", size: 21, font: "仿宋_GB2312", colour: "6C7580", before: 200}
)

func styles() []style {
	return []style{bodyStyle, titleStyle, subtitleStyle, headingStyle, measureStyle, noteStyle}
}

// A document is a text for Word: paragraphs, each in one style.
type document struct{ body strings.Builder }

// add adds a paragraph.
func (d *document) add(s style, text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, s.id, escaped(text))
}

// escaped is text for XML. Characters that it cannot hold become U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`

// bytes returns the document as a file that Word opens.
func (d *document) bytes(at time.Time) ([]byte, error) {
	const page = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
		{"word/styles.xml", `<w:styles ` + wordSpace + `>` + styleSheet() + `</w:styles>`},
		{"word/document.xml", `<w:document ` + wordSpace + `><w:body>` + d.body.String() + page + `</w:body></w:document>`},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(xmlHead + f.text)); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// styleSheet writes the styles.
func styleSheet() string {
	var b strings.Builder
	b.WriteString(`<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>`)
	for _, s := range styles() {
		isDefault, based := "", `<w:basedOn w:val="Normal"/>`
		if s.id == "Normal" {
			isDefault, based = ` w:default="1"`, ""
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph"%s w:styleId="%s"><w:name w:val="%s"/>%s<w:qFormat/>%s%s</w:style>`,
			isDefault, s.id, s.name, based, s.paragraph(), s.letters())
	}
	return b.String()
}

// paragraph is how the paragraphs of a style are set.
func (s style) paragraph() string {
	text := fmt.Sprintf(`<w:spacing w:before="%d" w:line="560" w:lineRule="exact"/>`, s.before)
	if s.indent {
		text += `<w:ind w:firstLineChars="200" w:firstLine="640"/>`
	} else {
		text += `<w:ind w:firstLineChars="0" w:firstLine="0"/>`
	}
	if s.centre {
		text += `<w:jc w:val="center"/>`
	}
	if s.outline > 0 {
		text = `<w:keepNext/>` + text + fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, s.outline-1)
	}
	return `<w:pPr>` + text + `</w:pPr>`
}

// letters is how the letters of a style look.
func (s style) letters() string {
	text := fmt.Sprintf(`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="%s"/>`, s.font)
	if s.bold {
		text += `<w:b/>`
	}
	if s.colour != "" {
		text += fmt.Sprintf(`<w:color w:val="%s"/>`, s.colour)
	}
	return `<w:rPr>` + text + fmt.Sprintf(`<w:sz w:val="%d"/>`, s.size) + `</w:rPr>`
}
