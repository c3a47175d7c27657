package source

import (
	"regexp"
	"strings"

	"duban/zh"
)

const notText = "认不出文件里的文字。请用记事本打开，另存为 UTF-8 编码的 .txt，或另存为 .docx 再导入"

// decode makes text of bytes.
func decode(data []byte) (string, error) {
	text, ok := zh.Decode(data)
	if !ok {
		return "", refuse(notText, nil)
	}
	return text, nil
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
