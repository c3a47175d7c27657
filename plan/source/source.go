// Package source reads documents as lines of text: .docx, .xlsx, .html, .pdf, .txt
// and .md.
//
// A [Text] has the lines as people see them, with the automatic numbers of Word
// and web pages written out and tables as rows with tabs. What a reader knows of a
// line beside its text is its [Hint]. Every document is bounded in size and depth,
// because anybody may send one.
package source

import "strings"

// A Hint is what a reader knows of a line that its text does not say.
type Hint uint8

// The hints.
const (
	NoHint     Hint = iota
	PageNoise       // printed round the document: a page's head, navigation
	Besides         // a text of its own, such as a sheet of notes
	Unnumbered      // a node without a number, such as a row of a table
	InCell          // in the cell of a node: its numbers are inside the node's
)

// A Line is a line of a document as its reader gives it.
type Line struct {
	Text string
	Hint Hint
}

// A Text is a document as its reader gives it.
type Text struct {
	Lines  []Line
	Joined bool // the reader has joined what a page had cut
}

// Plain makes lines of plain text.
func Plain(text string) *Text {
	s := &Text{}
	s.add(NoHint, text)
	return s
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\v", "\n", "\f", "\n")

// add adds texts, of which each may have several lines.
func (s *Text) add(h Hint, texts ...string) {
	for _, t := range texts {
		s.put(Line{t, h})
	}
}

// put adds lines; one with breaks becomes several, of which an unnumbered node
// takes only the first.
func (s *Text) put(lines ...Line) {
	for _, l := range lines {
		h := l.Hint
		for t := range strings.SplitSeq(lineBreaks.Replace(l.Text), "\n") {
			s.Lines = append(s.Lines, Line{t, h})
			if h == Unnumbered && strings.TrimSpace(t) != "" {
				h = NoHint
			}
		}
	}
}

// size is the length of the text in bytes, and whether there is any.
func (s *Text) size() (bytes int, blank bool) {
	blank = true
	for _, l := range s.Lines {
		bytes += len(l.Text) + 1
		blank = blank && strings.TrimSpace(l.Text) == ""
	}
	return bytes, blank
}

// text is the text of all lines.
func (s *Text) text() string {
	var b strings.Builder
	for _, l := range s.Lines {
		b.WriteString(l.Text)
		b.WriteByte('\n')
	}
	return b.String()
}
