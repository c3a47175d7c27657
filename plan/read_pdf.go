package plan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"time"
	"unicode"

	"duban/zh"
)

// Bounds on the converter.
const (
	pdfTime  = 20 * time.Second
	pdfText  = 8 << 20 // bytes of text that it may write
	pdfSpace = 1 << 20 // kilobytes of memory that it may take
)

// scanned is the number of Chinese characters on a page below which there is
// only a picture of text.
const scanned = 20

// readPDF lets pdftotext read a PDF and joins the lines that the page has cut.
func readPDF(ctx context.Context, data []byte) (string, error) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return "", refuse("这台机器没有装 pdftotext，读不了 PDF。请用 Word 或 WPS 打开 PDF，另存为 .docx 再导入（或请管理员安装 poppler-utils）", err)
	}
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `ulimit -v `+itoa(pdfSpace)+` 2>/dev/null; exec "$0" -q -layout -enc UTF-8 - -`, tool)
	cmd.Stdin = bytes.NewReader(data)
	out := &limited{left: pdfText}
	cmd.Stdout = out
	if err := cmd.Run(); err != nil || out.left == 0 {
		return "", refuse("PDF 读不了：可能设了密码、已损坏或太大。请用 Word 或 WPS 打开，另存为 .docx 再导入", errors.Join(err, ctx.Err()))
	}
	text := out.b.String()
	pages := max(1, strings.Count(text, "\f"))
	han := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	if han < scanned*pages {
		return "", refuse("这份 PDF 是扫描件，里面没有文字。请用 Word 或 WPS 识别文字（OCR）后另存为 .docx 再导入", nil)
	}
	return unwrap(text), nil
}

// A limited buffer takes so many bytes and then no more.
type limited struct {
	b    bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		l.left = 0
		return 0, io.ErrShortWrite
	}
	l.left -= len(p)
	return l.b.Write(p)
}

var pageNumber = regexp.MustCompile(`^[-—–]? ?[0-9]{1,3} ?[-—–]?$|^第 ?[0-9]{1,3} ?页.*$`)

// unwrap joins the lines of a page layout into paragraphs. A line goes on in
// the next if it is as wide as lines get, and the next begins at the margin and
// with no mark.
func unwrap(text string) string {
	var lines []string
	for p := range strings.SplitSeq(text, "\f") {
		lines = append(lines, pageLines(p)...)
	}
	lines = dropRunning(lines)
	wide, margin := measure(lines)
	var out strings.Builder
	for i, l := range lines {
		s := strings.TrimSpace(l)
		if s == "" {
			continue
		}
		if i > 0 && out.Len() > 0 && !goesOn(lines, i, wide, margin) {
			out.WriteByte('\n')
		}
		out.WriteString(s)
	}
	return out.String()
}

// pageLines are the lines of a page without its number.
func pageLines(p string) []string {
	var lines []string
	for l := range strings.SplitSeq(p, "\n") {
		if strings.TrimSpace(l) != "" {
			lines = append(lines, strings.TrimRight(l, " \r"))
		}
	}
	for _, end := range []int{len(lines) - 1, 0} {
		if end >= 0 && end < len(lines) && pageNumber.MatchString(zh.Fold(strings.TrimSpace(lines[end]))) {
			lines = append(lines[:end], lines[end+1:]...)
		}
	}
	return lines
}

// dropRunning drops the heads and feet that every page repeats.
func dropRunning(lines []string) []string {
	const often = 3
	count := map[string]int{}
	for _, l := range lines {
		count[strings.TrimSpace(l)]++
	}
	var out []string
	for _, l := range lines {
		s := strings.TrimSpace(l)
		_, marked := readMark(zh.Fold(s))
		if count[s] < often || runes(s) > 40 || runes(s) < 4 || marked || endsSentence(zh.Fold(s)) || strings.HasSuffix(s, "：") || strings.HasSuffix(s, ":") {
			out = append(out, l)
		}
	}
	return out
}

// measure finds how wide full lines are, and the left margin.
func measure(lines []string) (wide, margin int) {
	margin = 1 << 20
	for _, l := range lines {
		wide = max(wide, columns(l))
		margin = min(margin, indent(l))
	}
	return wide, margin
}

// columns is the width of a line: a Chinese character takes two columns.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x2E80 {
			n++
		}
	}
	return n
}

func indent(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

func goesOn(lines []string, i, wide, margin int) bool {
	prev, next := lines[i-1], lines[i]
	return columns(prev) >= wide-wrapSlack && indent(next) <= margin+2 && !begins(zh.Fold(strings.TrimSpace(next)))
}
