package source

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"duban/zh"
)

// navName is a word in the class or id of what leads round a site.
var navName = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:nav|navbar|navigation|menu|breadcrumbs?|crumb|footer|sidebar|share|copyright|pagination|pager|toolbar|topbar|friendlinks?)(?:[^a-z]|$)`)

// navigates reports whether an element leads round the site.
func navigates(n *html.Node) bool {
	role := value(n, "role")
	switch {
	case n.DataAtom == atom.Nav || n.DataAtom == atom.Footer:
		return true
	case slices.Contains([]atom.Atom{atom.Body, atom.Html, atom.Main, atom.Article}, n.DataAtom):
		return false
	case role == "navigation" || role == "contentinfo" || role == "menu":
		return true
	}
	return navName.MatchString(value(n, "class") + " " + value(n, "id"))
}

// leads reports whether a link leads out of the page.
func leads(n *html.Node) bool {
	to := value(n, "href")
	return to != "" && !strings.HasPrefix(to, "#")
}

// source makes the document of a page: what leads round the site, and headings
// over lists of links, are noise.
func (w *page) source() *Text {
	all, nav := 0, 0
	for _, l := range w.out {
		n := len(l.Text)
		all += n
		if l.nav {
			nav += n
		}
	}
	src := &Text{}
	for i, l := range w.out {
		switch {
		case l.nav && nav*2 < all, l.level > 0 && w.overLinks(i): // else it is a frame round everything
			l.Hint = PageNoise
		case l.link:
			l.Hint = Link
		}
		src.put(l.Line)
	}
	return src
}

// overLinks reports whether most lines below heading i are links.
func (w *page) overLinks(i int) bool {
	links, all := 0, 0
	for _, l := range w.out[i+1:] {
		if l.level > 0 || all == 12 {
			break
		}
		all++
		if l.link {
			links++
		}
	}
	return links > 0 && links*2 >= all
}

// Bounds on the tables of a page.
const (
	maxCells  = 200_000
	maxSpan   = 200 // rows or columns that one cell may span
	maxTables = 6   // inside one another
)

// cells reads the rows of a table, without those of tables inside it. Cells
// that a span covers are empty.
func (w *page) cells(table *html.Node) [][]Cell {
	var rows [][]Cell
	covered := map[[2]int]bool{}
	for tr := range table.Descendants() {
		if tr.DataAtom != atom.Tr || outer(tr) != table {
			continue
		}
		var row []Cell
		y := len(rows)
		for c := tr.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
				continue
			}
			row = coverRow(row, covered, y)
			across, down := spansOf(c, "colspan"), spansOf(c, "rowspan")
			if *w.left -= across * down; *w.left < 0 {
				return nil
			}
			for dy := 1; dy < down; dy++ {
				for dx := range across {
					covered[[2]int{y + dy, len(row) + dx}] = true
				}
			}
			row = append(row, Cell{Text: w.cellText(c)})
			row = append(row, make([]Cell, across-1)...)
		}
		rows = append(rows, coverRow(row, covered, y))
	}
	return rows
}

// framesPage reports whether a table only places parts of a page: it holds
// another table or a heading.
func framesPage(table *html.Node) bool {
	for n := range table.Descendants() {
		if n.DataAtom == atom.Table || slices.Contains(headings, n.DataAtom) {
			return true
		}
	}
	return false
}

func spansOf(c *html.Node, name string) int { return min(max(1, atoi(value(c, name))), maxSpan) }

// coverRow adds the cells that those above cover.
func coverRow(row []Cell, covered map[[2]int]bool, y int) []Cell {
	for covered[[2]int{y, len(row)}] {
		row = append(row, Cell{Under: true})
	}
	return row
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

func (w *page) cellText(c *html.Node) string {
	in := &page{left: w.left, tables: w.tables + 1}
	in.children(c)
	in.flush()
	return zh.Join(in.out, "\n", func(l webLine) string { return l.Text })
}

// Bounds on a page's markup.
const (
	maxMarkup = 300_000 // tags and texts, each counted again for the styles it stands in
	maxTag    = 2 << 20 // bytes of one tag or text
)

// styling are the elements that a parser opens anew in each block that begins
// before they end.
var styling = []string{"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}

// modest reports whether a page can be parsed in bounded memory. It goes over the
// text without keeping any of it.
func modest(text string) bool {
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(maxTag)
	cost, open := 0, 0
	for cost <= maxMarkup {
		token := z.Next()
		name, _ := z.TagName()
		styles := slices.Contains(styling, string(name))
		switch {
		case token == html.ErrorToken:
			return errors.Is(z.Err(), io.EOF)
		case token == html.StartTagToken && styles:
			open++
		case token == html.EndTagToken && styles:
			open = max(0, open-1)
		}
		if token != html.EndTagToken {
			cost += 1 + open
		}
	}
	return false
}
