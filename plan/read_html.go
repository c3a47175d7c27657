package plan

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"duban/zh"
)

func looksLikeHTML(head []byte) bool {
	h := bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<div", "<p>", "<table"} {
		if bytes.HasPrefix(h, []byte(tag)) {
			return true
		}
	}
	return false
}

// readHTML reads a page: its text in lines as a browser would break them, with
// the numbers of lists, without scripts and navigation.
func readHTML(data []byte, text string) (string, error) {
	enc, name, sure := charset.DetermineEncoding(data, "")
	if sure && name != "utf-8" {
		if b, err := enc.NewDecoder().Bytes(data); err == nil {
			text = string(b)
		}
	}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return "", refuse("网页已损坏，读不了。请在浏览器里打开，复制正文存为 .txt 再导入", err)
	}
	w := &page{}
	w.walk(doc, 0)
	w.flush()
	return strings.Join(w.out, "\n"), nil
}

// A page is a page while it is written as lines.
type page struct {
	out   []string
	line  strings.Builder
	label string // of the list item or heading that begins
	pre   bool
}

// maxNesting is how deep a page may nest; what is deeper is left out.
const maxNesting = 300

func (w *page) flush() {
	s := strings.Join(strings.Fields(w.line.String()), " ")
	w.line.Reset()
	if s == "" {
		return
	}
	w.out = append(w.out, w.label+s)
	w.label = ""
}

func (w *page) walk(n *html.Node, depth int) {
	if depth > maxNesting {
		return
	}
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
		return
	case html.ElementNode:
		if w.element(n, depth) {
			return
		}
	case html.CommentNode, html.DoctypeNode, html.ErrorNode, html.DocumentNode, html.RawNode:
	}
	w.children(n, depth)
}

func (w *page) children(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.walk(c, depth+1)
	}
}

func (w *page) text(s string) {
	if !w.pre {
		w.line.WriteString(strings.NewReplacer("\n", " ", "\t", " ").Replace(s))
		return
	}
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			w.flush()
		}
		w.line.WriteString(l)
	}
}

// Elements whose text is none of the document's, and those that break a line.
var (
	silent = []atom.Atom{
		atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Nav, atom.Footer, atom.Head, atom.Iframe,
		atom.Select, atom.Textarea, atom.Button, atom.Svg, atom.Object,
	}
	breaking = []atom.Atom{
		atom.P, atom.Div, atom.Li, atom.Ul, atom.Section, atom.Article, atom.Blockquote, atom.Dl, atom.Dt, atom.Dd,
		atom.Header, atom.Main, atom.Aside, atom.Body, atom.Hr, atom.Form, atom.Figure, atom.Figcaption, atom.Address,
		atom.Fieldset, atom.Center, atom.Caption, atom.Details, atom.Summary,
	}
	headings = []atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}
)

// element writes an element that is more than its children and reports whether
// it is done with.
func (w *page) element(n *html.Node, depth int) bool {
	a := n.DataAtom
	switch {
	case slices.Contains(silent, a) || hidden(n):
	case a == atom.Br:
		w.flush()
	case a == atom.Table:
		w.flush()
		w.out = append(w.out, tableLines(cells(n))...)
	case a == atom.Ol:
		w.flush()
		w.list(n, depth)
	case a == atom.Pre:
		w.flush()
		w.pre = true
		w.children(n, depth)
		w.flush()
		w.pre = false
	case slices.Contains(headings, a):
		w.flush()
		w.children(n, depth)
		w.heading(slices.Index(headings, a) + 1)
	case slices.Contains(breaking, a):
		w.flush()
		w.children(n, depth)
		w.flush()
	default:
		return false
	}
	return true
}

// heading writes a heading. One without a number keeps its rank as # marks.
func (w *page) heading(level int) {
	s := strings.Join(strings.Fields(w.line.String()), " ")
	if m, ok := readMark(zh.Fold(s)); s != "" && w.label == "" && runes(s) <= 50 && (!ok || m.weak) {
		w.label = strings.Repeat("#", level) + " "
	}
	w.flush()
}

func hidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(value(n, "style")), " ", "")
	return strings.Contains(style, "display:none") || hasAttr(n, "hidden") || value(n, "aria-hidden") == "true"
}

func value(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// list writes a numbered list with its numbers.
func (w *page) list(n *html.Node, depth int) {
	at := 1
	if s := value(n, "start"); s != "" {
		at = atoi(s)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Li {
			w.walk(c, depth+1)
			continue
		}
		if s := value(c, "value"); s != "" {
			at = atoi(s)
		}
		w.flush()
		w.label = listNumber(n, at) + " "
		w.children(c, depth+1)
		w.flush()
		w.label = ""
		at++
	}
}

func listNumber(n *html.Node, at int) string {
	style := strings.ToLower(value(n, "style"))
	switch {
	case strings.Contains(style, "cjk-") || strings.Contains(style, "chinese") || strings.Contains(style, "trad-") || strings.Contains(style, "simp-"):
		return zh.Numeral(at) + "、"
	case value(n, "type") == "a" || strings.Contains(style, "lower-alpha"):
		return letters(at, 'a') + "."
	case value(n, "type") == "A" || strings.Contains(style, "upper-alpha"):
		return letters(at, 'A') + "."
	}
	return strconv.Itoa(at) + "."
}

// cells reads the rows of a table, without those of tables inside it. Cells
// that a span covers are empty.
func cells(table *html.Node) [][]string {
	var rows [][]string
	covered := map[[2]int]bool{}
	for tr := range table.Descendants() {
		if tr.DataAtom != atom.Tr || outer(tr) != table || len(rows) >= maxLines {
			continue
		}
		var row []string
		y := len(rows)
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
				continue
			}
			for covered[[2]int{y, len(row)}] {
				row = append(row, "")
			}
			spanOf(covered, c, y, len(row))
			row = append(row, cellText(c))
			for range min(max(1, atoi(value(c, "colspan"))), maxSpan) - 1 {
				row = append(row, "")
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// maxSpan bounds how many rows or columns one cell may span.
const maxSpan = 200

func spanOf(covered map[[2]int]bool, c *html.Node, y, x int) {
	across := min(max(1, atoi(value(c, "colspan"))), maxSpan)
	for dy := 1; dy < min(max(1, atoi(value(c, "rowspan"))), maxSpan); dy++ {
		for dx := range across {
			covered[[2]int{y + dy, x + dx}] = true
		}
	}
}

// outer is the table that a row stands in.
func outer(n *html.Node) *html.Node {
	for up := range n.Ancestors() {
		if up.DataAtom == atom.Table {
			return up
		}
	}
	return nil
}

func cellText(c *html.Node) string {
	w := &page{}
	w.children(c, 1)
	w.flush()
	return strings.Join(w.out, "\n")
}
