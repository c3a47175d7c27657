package source

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

const notText = "认不出文件里的文字。请用记事本打开，另存为 UTF-8 编码的 .txt，或另存为 .docx 再导入"

// decode makes text of bytes in UTF-8, UTF-16 with a mark, GB 18030 or Big5.
func decode(data []byte) (string, error) {
	if utf8.Valid(data) {
		return printable(string(data))
	}
	enc := encodingOf(data)
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		enc = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	}
	if enc == nil {
		return "", refuse(notText, nil)
	}
	out, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return "", refuse(notText, err)
	}
	return printable(string(out))
}

// Shares of the characters of a text that are common ones in an encoding. Any
// bytes are characters in GB 18030, but those of another encoding are rare ones.
const (
	surelyGB   = 0.75
	possiblyGB = 0.4
	surelyBig5 = 0.9
)

// encodingOf tells in which Chinese encoding a text is, or nil. Text in Big5
// makes no sense in GB 18030, but is no error there.
func encodingOf(data []byte) encoding.Encoding {
	all, gb, big5 := 0, 0, 0
	big5Valid := true
	for i := 0; i < len(data); i++ {
		lead := data[i]
		if lead < 0x81 {
			continue
		}
		if i+1 == len(data) {
			break
		}
		i++
		trail := data[i]
		all++
		if trail >= 0xA1 && (lead >= 0xA1 && lead <= 0xA3 || lead >= 0xB0 && lead <= 0xD7) {
			gb++
		}
		if lead >= 0xA1 && lead <= 0xC6 && trail >= 0x40 {
			big5++
		}
		if lead < 0xA1 || lead > 0xF9 || trail < 0x40 || trail > 0x7E && trail < 0xA1 {
			big5Valid = false
		}
	}
	share := func(n int) float64 { return float64(n) / float64(max(1, all)) }
	switch {
	case share(gb) >= surelyGB:
		return simplifiedchinese.GB18030
	case big5Valid && share(big5) >= surelyBig5:
		return traditionalchinese.Big5
	case share(gb) >= possiblyGB:
		return simplifiedchinese.GB18030
	}
	return nil
}

// printable refuses text of which too much is none.
func printable(s string) (string, error) {
	bad := strings.Count(s, "\uFFFD") + strings.Count(s, "\x00")
	if bad > 8 && bad*50 > len(s) {
		return "", refuse(notText, nil)
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), ""), nil
}

var (
	strayTag  = regexp.MustCompile(`(?i)</?(ol|ul|li|p|br|div|span|b|strong|em|i|u|font|a|table|tbody|tr|td|th|h[1-6]|img|center|section)(\s[^<>]*)?/?>`)
	openTags  = regexp.MustCompile(`(?i)<(ol|ul|table)[\s>]`)
	closeTags = regexp.MustCompile(`(?i)</(ol|ul|table)>`)
)

// longestStray is how many lines a piece of markup in a text may take.
const longestStray = 200

// plainSource makes a document of plain text. Where it was copied out of a page
// with its markup, that is read as a browser does: nobody wants to be answered
// with tags.
func plainSource(text string) *Text {
	all := Plain(text)
	if !strayTag.MatchString(text) {
		return all
	}
	src := &Text{}
	for i := 0; i < len(all.Lines); i++ {
		l := all.Lines[i]
		if !strayTag.MatchString(l.Text) {
			src.put(l)
			continue
		}
		from, open := i, balance(l.Text)
		for open > 0 && i+1 < len(all.Lines) && i-from < longestStray {
			i++
			open += balance(all.Lines[i].Text)
		}
		src.put(strayMarkup(all.Lines[from : i+1])...)
	}
	return src
}

func balance(s string) int {
	return len(openTags.FindAllString(s, -1)) - len(closeTags.FindAllString(s, -1))
}

// strayMarkup reads lines that hold markup; what cannot be parsed stays as it is.
func strayMarkup(lines []Line) []Line {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.Text)
		b.WriteString("<br>")
	}
	w, err := readPage(b.String())
	if err != nil {
		return lines
	}
	var out []Line
	for _, l := range w.out {
		out = append(out, l.Line)
	}
	return out
}
