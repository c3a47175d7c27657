// Package source reads documents as lines of text: .docx, .odt, .xlsx, .html, .pdf,
// .txt and .md.
//
// A [Text] has the lines as people see them, with the automatic numbers of Word
// and web pages written out and tables as rows with tabs. What a reader knows of a
// line beside its text is its [Hint]. Every document is bounded in size and depth,
// because anybody may send one.
package source

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// A Hint is what a reader knows of a line that its text does not say.
type Hint uint8

// The hints.
const (
	NoHint    Hint = iota
	PageNoise      // printed round the document: a page's head, navigation
	Besides        // a text of its own, such as a sheet of notes
	Link           // a link and nothing else
	Inner          // in a list inside another that is numbered alike
)

// A Line is a line of a document as its reader gives it.
type Line struct {
	Text  string
	Hint  Hint
	Table *Table // the table that the line is a row of, or nil
	Row   int    // index into the table's rows
}

// A Text is a document as its reader gives it.
type Text struct {
	Lines  []Line
	Joined bool // the reader has joined what a page had cut
}

// Plain makes lines of plain text.
func Plain(text string) *Text {
	s := &Text{}
	s.put(Line{Text: text})
	s.Lines = tabulate(transcript(unfold(s.Lines)))
	return s
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\v", "\n", "\f", "\n")

// put adds lines; one with breaks becomes several.
func (s *Text) put(lines ...Line) {
	for _, l := range lines {
		for t := range strings.SplitSeq(lineBreaks.Replace(l.Text), "\n") {
			l.Text = t
			s.Lines = append(s.Lines, l)
		}
	}
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

// A Refusal says in Chinese why a document cannot be read and what to do.
type Refusal struct {
	Text string
	Err  error // what lies behind it, if anything
}

// Error returns the text.
func (r *Refusal) Error() string { return r.Text }

// Unwrap returns what lies behind the refusal.
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(text string, err error) error { return &Refusal{Text: text, Err: err} }

// Bounds on what is read, so that a made-up file takes neither memory nor time.
const (
	maxFile  = 10 << 20 // bytes of a file
	maxLines = 20_000
	maxChars = 4 << 20 // bytes of text
)

// Read reads a document by its content and, where that does not tell, by the
// ending of its name. Every error is a [*Refusal].
func Read(ctx context.Context, name string, data []byte) (*Text, error) {
	if len(data) > maxFile {
		return nil, refuse("文件超过 10 MB，请只导入工作要点正文，去掉图片后另存再试", nil)
	}
	src, err := readFormat(ctx, strings.ToLower(path.Ext(name)), data)
	if _, ok := errors.AsType[*Refusal](err); err != nil && !ok {
		err = refuse("文件已损坏，打不开。请用 Word、Excel 或 WPS 打开后另存再试", err)
	}
	if err != nil {
		return nil, err
	}
	text := src.text()
	if len(text) > maxChars || len(src.Lines) > maxLines {
		return nil, refuse("文件里的文字太多（超过 2 万行或 4 MB），不像一份工作要点，请拆开后再导入", nil)
	}
	if strings.TrimSpace(text) == "" {
		return nil, refuse("文件里没有文字。如果是扫描件，请用 Word 或 WPS 打开，识别文字后另存为 .docx 再导入", nil)
	}
	return src, nil
}

// readFormat turns a document into lines of text.
func readFormat(ctx context.Context, ext string, data []byte) (*Text, error) {
	head := data[:min(len(data), 1024)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return readZip(ext, data)
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return readPDF(ctx, data)
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return nil, refuse(oldOffice(ext), nil)
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return nil, refuse("这是 RTF 文件，请用 Word 或 WPS 打开，另存为 .docx 再导入", nil)
	case picture(head):
		return nil, refuse("这是图片，不能当工作要点导入。请提供 Word（.docx）、文本（.txt）或有文字的 PDF", nil)
	case ext == ".docx" || ext == ".xlsx" || ext == ".pdf":
		return nil, refuse("文件已损坏，或不是真正的 "+ext+" 文件。请用 Word 或 WPS 打开后另存为 "+ext+" 再试", nil)
	}
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	if ext == ".html" || ext == ".htm" || looksLikeHTML(head) {
		return readHTML(data, text)
	}
	return plainSource(text), nil
}

func oldOffice(ext string) string {
	switch ext {
	case ".xls", ".et":
		return "这是旧版 Excel（.xls）或加密的文件，请在 Excel 或 WPS 里打开，去掉密码，另存为 .xlsx 再导入"
	case ".wps":
		return "这是旧版的 WPS 文字（.wps）文件，自动编号会丢失，所以不读。请在 WPS 里打开，另存为 .docx 再导入"
	case ".docx", ".xlsx":
		return "文件设了密码，读不了。请在 Word、Excel 或 WPS 里打开，去掉密码，再另存为 " + ext + " 导入"
	}
	return "这是旧版 Word（.doc）文件，自动编号会丢失，所以不读。请在 Word 或 WPS 里打开，另存为 .docx 再导入"
}

func picture(head []byte) bool {
	for _, magic := range []string{"\x89PNG", "\xFF\xD8\xFF", "GIF8", "BM", "RIFF"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return !utf8.Valid(head[:min(len(head), 512)]) || magic == "GIF8"
		}
	}
	return false
}

// longestHeading is how many characters a heading without a number has.
const longestHeading = 50

// hashes are the # marks that keep the rank of a heading which has no number.
func hashes(level int, text string) string {
	if m, ok := mark.Read(zh.Fold(text)); ok && !m.Weak || utf8.RuneCountInString(text) > longestHeading {
		return ""
	}
	return strings.Repeat("#", min(level, 6)) + " "
}
