package report

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// skeleton is a document for Word without its paragraphs. Its styles are those of an
// official paper: 小标宋 for the title, 黑体 and 楷体 for headings, 仿宋 of size 三号 for
// the text. Word knows their names, so that people can change how they look and find
// their way by headings.
//
//go:embed all:docx
var skeleton embed.FS

// A style is how a paragraph of a document looks, by the id that it has in the
// skeleton.
type style string

const (
	titleStyle    style = "Title"
	subtitleStyle style = "Subtitle"
	headingStyle  style = "Heading1"
	measureStyle  style = "Heading2"
	bodyStyle     style = "Normal"
	noteStyle     style = "Note"
)

// A paragraph is one of a document, in one style.
type paragraph struct {
	style style
	text  string
}

// A document is a text for Word.
type document struct{ body bytes.Buffer }

// add adds a paragraph. Characters that XML cannot hold become U+FFFD.
func (d *document) add(s style, text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:t xml:space="preserve">`, s)
	_ = xml.EscapeText(&d.body, []byte(text)) // a Buffer takes everything
	d.body.WriteString(`</w:t></w:r></w:p>`)
}

// bytes returns the document as a file that Word opens.
func (d *document) bytes(at time.Time) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	parts, err := fs.Sub(skeleton, "docx")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(parts, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(parts, name)
		if err != nil {
			return err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return err
		}
		_, err = w.Write(bytes.Replace(text, []byte("<!--body-->"), d.body.Bytes(), 1))
		return err
	})
	err = errors.Join(err, z.Close())
	return out.Bytes(), err
}
