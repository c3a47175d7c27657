package source

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"
)

// A walker goes through the parts of a package element by element, within
// bounds. An error ends every walk and stays in err; at the end that is io.EOF.
type walker struct {
	dec    *xml.Decoder
	depth  int // of the current element; the root is 1
	tokens int
	err    error
}

// read begins a part at its root element and reads it.
func (w *walker) read(f *zip.File, do func()) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	w.dec, w.depth, w.err = xml.NewDecoder(io.LimitReader(r, maxPart)), 0, nil
	for w.depth == 0 && w.err == nil {
		w.next()
	}
	do()
	if errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}

// next is the next token; nil if there is none.
func (w *walker) next() xml.Token {
	if w.err != nil {
		return nil
	}
	t, err := w.dec.Token()
	switch t.(type) {
	case xml.StartElement:
		w.depth++
	case xml.EndElement:
		w.depth--
	case xml.Directive:
		err = refuse(bomb, errBomb) // no office writes a document type
	}
	if w.tokens++; w.tokens > maxTokens || w.depth > maxDepth {
		err = refuse(bomb, errBomb)
	}
	if w.err = err; err != nil {
		return nil
	}
	return t
}

// kids yields the elements right inside the current one. What is not read of
// them is passed over.
func (w *walker) kids() iter.Seq[xml.StartElement] {
	return func(yield func(xml.StartElement) bool) {
		inside := w.depth
		for t := w.next(); t != nil && w.depth >= inside; t = w.next() {
			if e, ok := t.(xml.StartElement); ok && w.depth == inside+1 && !yield(e) {
				return
			}
		}
	}
}

// skip passes over the current element.
func (w *walker) skip() {
	for range w.kids() {
	}
}

// text is what the current element says, without the elements inside it.
func (w *walker) text() string {
	var b strings.Builder
	inside := w.depth
	for t := w.next(); t != nil && w.depth >= inside; t = w.next() {
		if s, ok := t.(xml.CharData); ok && w.depth == inside {
			b.Write(s)
		}
	}
	return b.String()
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// val is the value that most elements of Word have.
func val(e xml.StartElement) string { return attr(e, "val") }

// on reports whether a switch such as w:vanish is on: it is unless it says no.
func on(e xml.StartElement) bool {
	v := val(e)
	return v != "0" && v != "false" && v != "off"
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
