package plan

import "strings"

// A hint is what a reader knows of a line that its text does not say.
type hint uint8

const (
	plainText  hint = iota
	pageNoise       // printed round the document: a page's head, navigation
	besides         // a text of its own, such as a sheet of notes
	unnumbered      // a node without a number, such as a row of a table
	inCell          // in the cell of a node: its numbers are inside the node's
)

// A textLine is a line of a document as its reader gives it.
type textLine struct {
	text string
	hint hint
}

// A source is a document as its reader gives it.
type source struct {
	lines  []textLine
	joined bool // the reader has joined what a page had cut
}

// sourceOf makes lines of plain text.
func sourceOf(text string) *source {
	s := &source{}
	s.add(plainText, text)
	return s
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\v", "\n", "\f", "\n")

// add adds texts, of which each may have several lines.
func (s *source) add(h hint, texts ...string) {
	for _, t := range texts {
		s.put(textLine{t, h})
	}
}

// put adds lines; one with breaks becomes several, of which an unnumbered node
// takes only the first.
func (s *source) put(lines ...textLine) {
	for _, l := range lines {
		h := l.hint
		for t := range strings.SplitSeq(lineBreaks.Replace(l.text), "\n") {
			s.lines = append(s.lines, textLine{t, h})
			if h == unnumbered && strings.TrimSpace(t) != "" {
				h = plainText
			}
		}
	}
}

// size is the length of the text in bytes, and whether there is any.
func (s *source) size() (bytes int, blank bool) {
	blank = true
	for _, l := range s.lines {
		bytes += len(l.text) + 1
		blank = blank && strings.TrimSpace(l.text) == ""
	}
	return bytes, blank
}

// text is the text of all lines.
func (s *source) text() string {
	var b strings.Builder
	for _, l := range s.lines {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return b.String()
}
