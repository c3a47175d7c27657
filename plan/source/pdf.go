package source

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"html"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"duban/plan/mark"
)

// Bounds on the converter.
const (
	pdfTime  = 20 * time.Second
	pdfText  = 32 << 20 // bytes that it may write: each word with its place
	pdfSpace = 1 << 20  // kilobytes of memory that it may take
	pdfPages = 500
)

// scanned is the number of Chinese characters on a page below which there is
// only a picture of text.
const scanned = 20

// readPDF lets pdftotext say which words stand where on the pages, and makes
// paragraphs of them.
func readPDF(ctx context.Context, data []byte) (*Text, error) {
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return nil, refuse("这台机器没有装 pdftotext，读不了 PDF。请用 Word 或 WPS 打开 PDF，另存为 .docx 再导入（或请管理员安装 poppler-utils）", err)
	}
	if !modestPDF(data) {
		return nil, refuse("PDF 里的内容大得不正常，为安全起见不读。请用 Word 或 WPS 打开，另存为 .docx 再导入", errBomb)
	}
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", `ulimit -v `+strconv.Itoa(pdfSpace)+` 2>/dev/null; exec "$0" -q -bbox -enc UTF-8 -l `+strconv.Itoa(pdfPages+1)+` - -`, tool)
	cmd.Stdin = bytes.NewReader(data)
	out := &limited{left: pdfText}
	cmd.Stdout = out
	if err := cmd.Run(); err != nil || out.left == 0 {
		return nil, refuse("PDF 读不了：可能设了密码、已损坏或太大。请用 Word 或 WPS 打开，另存为 .docx 再导入", errors.Join(err, ctx.Err()))
	}
	pages := pdfWords(out.b.String())
	if len(pages) > pdfPages {
		return nil, refuse("PDF 超过 "+strconv.Itoa(pdfPages)+" 页，不像一份工作要点。请只保留要导入的几页再试", nil)
	}
	text := pageText(pages)
	han := 0
	for _, r := range text.text() {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	if han < scanned*max(1, len(pages)) {
		return nil, refuse("这份 PDF 是扫描件，里面没有文字。请用 Word 或 WPS 识别文字（OCR）后另存为 .docx 再导入", nil)
	}
	for i, words := range pages {
		if len(words) == 0 {
			text.put(Line{Text: "（第" + strconv.Itoa(i+1) + "页没有文字：是空白页，或是扫描的）", Hint: PageNoise})
		}
	}
	return text, nil
}

// A limited buffer takes so many bytes and then no more.
type limited struct {
	b    bytes.Buffer
	left int
}

// Write returns io.ErrShortWrite when more comes than is allowed.
func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		l.left = 0
		return 0, io.ErrShortWrite
	}
	l.left -= len(p)
	return l.b.Write(p)
}

// A pdfWord is characters that stand together on a page, in points from its
// upper left corner.
type pdfWord struct {
	x0, x1, y float64 // y is the middle
	em        float64 // the size of the type
	text      string
}

var (
	pageTag = regexp.MustCompile(`^\s*<page `)
	wordTag = regexp.MustCompile(`^\s*<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*)</word>`)
)

// pdfWords reads what pdftotext -bbox writes.
func pdfWords(out string) [][]pdfWord {
	var pages [][]pdfWord
	for l := range strings.Lines(out) {
		if pageTag.MatchString(l) {
			pages = append(pages, nil)
			continue
		}
		g := wordTag.FindStringSubmatch(l)
		if g == nil || len(pages) == 0 {
			continue
		}
		var at [4]float64
		for i := range at {
			at[i], _ = strconv.ParseFloat(g[i+1], 64)
		}
		w := pdfWord{x0: at[0], x1: at[2], y: (at[1] + at[3]) / 2, text: html.UnescapeString(g[5])}
		w.em = typeSize(w, at[3]-at[1])
		pages[len(pages)-1] = append(pages[len(pages)-1], w)
	}
	return pages
}

// typeSize tells the size of the type: a Chinese character is as wide as its
// type is high, while the height of a box depends on the font.
func typeSize(w pdfWord, height float64) float64 {
	n, wide := 0, 0
	for _, r := range w.text {
		n++
		if r >= 0x2E80 || mark.Circled(r) > 0 {
			wide++
		}
	}
	if wide*5 >= n*4 && wide > 0 && w.x1 > w.x0 {
		return (w.x1 - w.x0) / (float64(wide) + 0.5*float64(n-wide))
	}
	return height * 0.8
}

// Bounds on the packed streams of a PDF, pictures aside: no plan has so many
// letters, and the converter would unpack whatever there is.
const (
	maxStreams  = 64 << 20 // bytes of all streams, unpacked
	longestDict = 2 << 10  // bytes before a stream that describe it
)

// modestPDF reports whether the streams of a PDF unpack to a bounded size. It
// unpacks them without keeping anything.
func modestPDF(data []byte) bool {
	left := int64(maxStreams)
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return true
		}
		i += at
		at = i + len("stream")
		if bytes.HasSuffix(data[:i], []byte("end")) {
			continue
		}
		dict := data[max(0, i-longestDict):i]
		if open := bytes.LastIndex(dict, []byte(" obj")); open >= 0 {
			dict = dict[open:]
		}
		switch n := bytes.Count(dict, []byte("/FlateDecode")) + bytes.Count(dict, []byte("/Fl ")); {
		case n == 0, bytes.Contains(dict, []byte("/Image")) && n == 1:
			continue
		case n > 1:
			return false // packed twice: nobody writes that
		}
		size, err := unpacked(bytes.TrimLeft(data[at:min(len(data), at+2)], "\r\n"), data[min(len(data), at+2):], left)
		if left -= size; left <= 0 && !errors.Is(err, zlib.ErrHeader) {
			return false
		}
	}
}

// unpacked counts what a stream unpacks to, up to a limit. Its head may have lost
// a line break.
func unpacked(head, rest []byte, limit int64) (int64, error) {
	r, err := zlib.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(rest)))
	if err != nil {
		return 0, err
	}
	return io.CopyN(io.Discard, r, limit)
}
