package source

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"duban/zh"
)

func looksLikeHTML(head []byte) bool {
	h := bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	return slices.ContainsFunc([]string{"<!doctype html", "<html", "<head", "<body", "<div", "<p>", "<table"}, func(tag string) bool {
		return bytes.HasPrefix(h, []byte(tag))
	})
}

// readHTML reads a page: its text in lines as a browser would break them, with
// the numbers of lists, without scripts; navigation is marked as such.
func readHTML(data []byte, text string) (*Text, error) {
	enc, name, sure := charset.DetermineEncoding(data, "")
	if sure && name != "utf-8" {
		if b, err := enc.NewDecoder().Bytes(data); err == nil {
			text = string(b)
		}
	}
	w, err := readPage(text)
	if err != nil {
		return nil, err
	}
	return w.source(), nil
}

// readPage writes a page as lines.
func readPage(text string) (*page, error) {
	if !modest(text) {
		return nil, refuse("网页里的标签或图片多得不正常，为安全起见不读。请在浏览器里打开，复制正文存为 .txt 再导入", errBomb)
	}
	doc, err := html.Parse(strings.NewReader(text)) // refuses what nests deeper than 512
	if err != nil {
		return nil, refuse("网页已损坏，读不了。请在浏览器里打开，复制正文存为 .txt 再导入", err)
	}
	left := maxCells
	w := &page{left: &left}
	w.walk(doc)
	w.flush()
	if left < 0 {
		return nil, refuse("网页里的表格大得不正常，为安全起见不读。请在浏览器里打开，复制正文存为 .txt 再导入", errBomb)
	}
	return w, nil
}

// A page is a page while it is written as lines.
type page struct {
	out    []webLine
	line   strings.Builder
	label  string // of the list item or heading that begins
	pre    bool
	linked int // characters of the line that are links
	inLink bool
	inNav  bool
	inner  bool // in a list inside one that is numbered alike
	level  int  // of the heading that is being read
	tables int  // that the text stands in
	left   *int // cells that the document may still have
}

// A webLine is a line of a page, with what tells text from navigation.
type webLine struct {
	Line
	link  bool // a link and nothing else
	nav   bool
	level int // 1 for h1; 0 if it is no heading
}

// linkDate is the day that stands behind a link in a list.
var linkDate = regexp.MustCompile(`[\[(（]? ?(?:[0-9]{4}[-/.年])?[0-9]{1,2}[-/.月][0-9]{1,2}日? ?[\])）]?$`)

func (w *page) flush() {
	s := zh.OneLine(w.line.String())
	link := w.linked > 0 && w.linked*10 >= utf8.RuneCountInString(zh.Bare(linkDate.ReplaceAllString(s, "")))*9
	w.line.Reset()
	w.linked = 0
	if s == "" {
		return
	}
	h := NoHint
	if w.inner {
		h = Inner
	}
	w.out = append(w.out, webLine{Line{Text: w.label + s, Hint: h}, link, w.inNav, w.level})
	w.label = ""
}

func (w *page) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.ElementNode:
		w.element(n)
	default:
		w.children(n)
	}
}

func (w *page) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c)
	}
}

func (w *page) text(s string) {
	if w.inLink {
		w.linked += utf8.RuneCountInString(zh.Bare(s))
	}
	if !w.pre {
		w.line.WriteString(s)
		return
	}
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			w.flush()
		}
		w.line.WriteString(l)
	}
}

// Elements without text of the document, and those that break a line.
var (
	silent = []atom.Atom{
		atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Iframe,
		atom.Select, atom.Textarea, atom.Button, atom.Svg, atom.Object,
	}
	breaking = []atom.Atom{
		atom.P, atom.Div, atom.Li, atom.Ul, atom.Section, atom.Article, atom.Blockquote, atom.Dl, atom.Dt, atom.Dd,
		atom.Header, atom.Main, atom.Aside, atom.Body, atom.Hr, atom.Form, atom.Figure, atom.Figcaption, atom.Address,
		atom.Fieldset, atom.Center, atom.Caption, atom.Details, atom.Summary, atom.Nav, atom.Footer, atom.Tr, atom.Td,
	}
	headings = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
)

func (w *page) element(n *html.Node) {
	switch a := n.DataAtom; {
	case !w.inNav && navigates(n):
		w.flush()
		w.inNav = true
		w.element(n)
		w.flush()
		w.inNav = false
	case slices.Contains(silent, a) || hidden(n):
	case a == atom.Br:
		w.flush()
	case a == atom.A:
		before := w.inLink
		w.inLink = leads(n)
		w.children(n)
		w.inLink = before
	case a == atom.Table && w.tables < maxTables && !framesPage(n):
		w.flush()
		for _, l := range tableLines(w.cells(n)) {
			w.out = append(w.out, webLine{Line: l, nav: w.inNav})
		}
	case a == atom.Ol:
		w.flush()
		w.list(n)
	case a == atom.Pre:
		w.flush()
		w.pre = true
		w.children(n)
		w.flush()
		w.pre = false
	case slices.Contains(headings, a):
		w.flush()
		w.level = slices.Index(headings, a) + 1
		w.children(n)
		w.heading()
		w.level = 0
	case slices.Contains(breaking, a):
		w.flush()
		w.children(n)
		w.flush()
	default:
		w.children(n)
	}
}

// heading writes a heading. One without a number keeps its rank as # marks.
func (w *page) heading() {
	if s := zh.OneLine(w.line.String()); s != "" && w.label == "" {
		w.label = hashes(w.level, s)
	}
	w.flush()
}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(value(n, "style")), " ", "")
	return strings.Contains(style, "display:none") || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "hidden" }) || value(n, "aria-hidden") == "true"
}

func value(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// list writes a numbered list with its numbers.
func (w *page) list(n *html.Node) {
	at := 1
	if s := value(n, "start"); s != "" {
		at = atoi(s)
	}
	before := w.inner
	w.inner = w.inner || insideAlike(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			w.walk(c)
			continue
		}
		if s := value(c, "value"); s != "" {
			at = atoi(s)
		}
		w.flush()
		w.label = listNumber(n, at)
		w.children(c)
		w.flush()
		w.label = ""
		at++
	}
	w.inner = before
}

// insideAlike reports whether a list stands inside one that is numbered alike.
func insideAlike(n *html.Node) bool {
	for up := range n.Ancestors() {
		if up.DataAtom == atom.Ol && listNumber(up, 1) == listNumber(n, 1) {
			return true
		}
	}
	return false
}

func listNumber(n *html.Node, at int) string {
	style := strings.ReplaceAll(strings.ToLower(value(n, "style")), " ", "")
	switch {
	case strings.Contains(style, "list-style:none") || strings.Contains(style, "list-style-type:none"):
		return ""
	case strings.Contains(style, "cjk-") || strings.Contains(style, "chinese") || strings.Contains(style, "trad-") || strings.Contains(style, "simp-"):
		return zh.Numeral(at) + "、 "
	case value(n, "type") == "a" || strings.Contains(style, "lower-alpha"):
		return numeral("lowerLetter", at) + ". "
	case value(n, "type") == "A" || strings.Contains(style, "upper-alpha"):
		return numeral("upperLetter", at) + ". "
	}
	return strconv.Itoa(at) + ". "
}
