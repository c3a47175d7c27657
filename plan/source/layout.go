package source

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// A pageLine is a line as printed on a page.
type pageLine struct {
	page   int
	x0, x1 float64
	second float64 // where its second word begins, for hanging labels
	y, em  float64
	text   string
	fold   string
	noise  bool
	words  []pdfWord
}

// pageText makes paragraphs and tables of what stands on pages. Heads, feet and page
// numbers are marked as such and stand behind the paragraph that they break.
func pageText(pages [][]pdfWord) *Text {
	var lines []*pageLine
	for i, words := range pages {
		lines = append(lines, printedLines(i, words)...)
	}
	markRunning(lines, len(pages))
	body := slices.DeleteFunc(slices.Clone(lines), func(l *pageLine) bool { return l.noise })
	j := newJoiner(body)
	src := &Text{Joined: true}
	var para string
	var noise []Line
	var prev *pageLine
	flush := func() {
		if para != "" {
			src.put(Line{Text: para})
		}
		src.put(noise...)
		para, noise = "", nil
	}
	var table pageTable
	endTable := func() {
		if len(table.rows) > 0 {
			src.put(tableLines(table.rows)...)
			table = pageTable{}
		}
	}
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		if l.noise {
			noise = append(noise, Line{Text: l.text, Hint: PageNoise})
			continue
		}
		if n := table.take(lines[i:], j.pitch); n > 0 {
			flush()
			prev = nil
			i += n - 1
			continue
		}
		endTable()
		if prev != nil && j.goesOn(prev, l) {
			para = glue(para, l.text)
			prev = l
			continue
		}
		flush()
		para, prev = l.text, l
		j.first = l
	}
	endTable()
	flush()
	return src
}

// printedLines puts the words of a page together: those at one height are one
// line, whatever fonts they are set in.
func printedLines(page int, words []pdfWord) []*pageLine {
	words = slices.Clone(words)
	usual := usualSize(words)
	slices.SortStableFunc(words, func(a, b pdfWord) int { return cmp.Compare(a.y, b.y) })
	var lines []*pageLine
	for i := 0; i < len(words); {
		end := i + 1
		for end < len(words) && words[end].y-words[i].y < 0.45*min(2.5*usual, max(words[i].em, words[end].em)) {
			end++
		}
		row := words[i:end]
		slices.SortStableFunc(row, func(a, b pdfWord) int { return cmp.Compare(a.x0, b.x0) })
		lines = append(lines, printedLine(page, row))
		i = end
	}
	return lines
}

// usualSize is the size of type in which most of a page is set.
func usualSize(words []pdfWord) float64 {
	wide := map[float64]float64{}
	best := 0.0
	for _, w := range words {
		em := math.Round(w.em*2) / 2
		if wide[em] += w.x1 - w.x0; wide[em] > wide[best] {
			best = em
		}
	}
	return best
}

func printedLine(page int, row []pdfWord) *pageLine {
	l := &pageLine{page: page, x0: row[0].x0, words: row}
	longest := 0.0
	for i, w := range row {
		if i == 1 {
			l.second = w.x0
		}
		if i > 0 {
			l.text += gapBetween(row[i-1], w)
		}
		l.text += w.text
		l.x1 = max(l.x1, w.x1)
		l.y += w.y / float64(len(row))
		if w.x1-w.x0 > longest {
			longest, l.em = w.x1-w.x0, w.em
		}
	}
	l.text = strings.TrimFunc(l.text, zh.Blank)
	l.fold = zh.Fold(l.text)
	return l
}

// gapBetween is the white space between two words. The quarter of a character
// that printing puts between Chinese and letters or figures is none.
func gapBetween(a, b pdfWord) string {
	gap, em := b.x0-a.x1, min(a.em, b.em)
	left, _ := utf8.DecodeLastRuneInString(a.text)
	right, _ := utf8.DecodeRuneInString(b.text)
	mixed := unicode.Is(unicode.Han, left) && latin(right) || latin(left) && unicode.Is(unicode.Han, right)
	switch {
	case gap > 1.5*em:
		return "  "
	case gap > 0.7*em, gap > 0.12*em && !mixed:
		return " "
	}
	return ""
}

// latin reports whether r is a letter or figure that stands narrower than a
// Chinese character.
func latin(r rune) bool { return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '%' }

// glue joins the lines of a paragraph; only words in letters need a space.
func glue(a, b string) string {
	last, _ := utf8.DecodeLastRuneInString(a)
	if first, _ := utf8.DecodeRuneInString(b); letter(last) && letter(first) {
		return a + " " + b
	}
	return a + b
}

func letter(r rune) bool { return r < 0x250 && unicode.IsLetter(r) }

var (
	printedPage = regexp.MustCompile(`^[-—–·.]? ?[0-9]{1,4} ?[-—–·.]?$|^第 ?[0-9]{1,4} ?页.*$|^[0-9]{1,4} ?/ ?[0-9]{1,4}( ?页)?$|^Page [0-9]+( of [0-9]+)?$`)
	printedURL  = regexp.MustCompile(`^(file|https?)://\S*( +[0-9]{1,4} ?/ ?[0-9]{1,4})?$`)
	printedOn   = regexp.MustCompile(`^[0-9]{1,4}[/.\-年] ?[0-9]{1,2}[/.\-月] ?[0-9]{1,4}日?,? ?(上午|下午|晚上|凌晨)?[0-9]{1,2}:[0-9]{2}`)
	figures     = regexp.MustCompile(`[0-9]+`)
)

// pageEdge is how many lines at the top and at the bottom of a page may be
// printed round its text.
const pageEdge = 3

// markRunning finds what is printed round the text of each page: page numbers,
// addresses, and lines at one height of half the pages, which differ in figures
// at most.
func markRunning(lines []*pageLine, pages int) {
	type place struct {
		text   string
		height int
	}
	count := map[place]int{}
	var edge []*pageLine
	for i, l := range lines {
		if !onEdge(lines, i) {
			continue
		}
		l.noise = printedPage.MatchString(l.fold) || printedURL.MatchString(l.fold) || printedOn.MatchString(l.fold)
		edge = append(edge, l)
		for _, h := range heights(l) {
			count[place{figures.ReplaceAllString(zh.Bare(l.fold), "0"), h}]++
		}
	}
	for _, l := range edge {
		if utf8.RuneCountInString(l.fold) > 60 || mark.Begins(l.fold) || mark.EndsSentence(l.fold) {
			continue
		}
		for _, h := range heights(l) {
			n := count[place{figures.ReplaceAllString(zh.Bare(l.fold), "0"), h}]
			l.noise = l.noise || n >= 2 && (n*2 >= pages || n >= 3)
		}
	}
}

// heights are the two steps of four points between which a line stands.
func heights(l *pageLine) [2]int {
	h := int(l.y / 4)
	return [2]int{h, h + 1}
}

func onEdge(lines []*pageLine, i int) bool {
	from, to := i-pageEdge, i+pageEdge
	return from < 0 || lines[from].page != lines[i].page || to >= len(lines) || lines[to].page != lines[i].page
}

// A joiner knows where the lines of a document begin and end on the page, and
// so which line goes on in the next.
type joiner struct {
	left, right float64
	pitch       float64         // from line to line
	indented    bool            // paragraphs begin further in than they go on
	inside      map[string]bool // styles of marks that do not stand at the margin
	first       *pageLine       // of the paragraph that is being read
}

func newJoiner(lines []*pageLine) *joiner {
	j := &joiner{inside: map[string]bool{}}
	if len(lines) == 0 {
		return j
	}
	var left, right, pitch []float64
	for i, l := range lines {
		left = append(left, l.x0)
		if last, _ := utf8.DecodeLastRuneInString(l.fold); !strings.ContainsRune("。,、;:!?)》”’」』】", last) { // these may hang over the margin
			right = append(right, -l.x1)
		}
		if i > 0 && lines[i-1].page == l.page {
			pitch = append(pitch, l.y-lines[i-1].y)
		}
	}
	em := lines[len(lines)/2].em
	j.left = margin(left, em)
	if len(right) > 0 {
		j.right = -margin(right, em)
	}
	if len(pitch) > 0 {
		slices.Sort(pitch)
		j.pitch = pitch[len(pitch)/2]
	}
	in, all := 0, 0
	styles := map[string]int{}
	for _, l := range lines {
		if !mark.Begins(l.fold) {
			continue
		}
		all++
		step := -1
		if l.x0 > j.left+l.em {
			in++
			step = 1
		}
		if m, ok := mark.Read(l.fold); ok {
			styles[m.Style] += step
		}
	}
	j.indented = in*2 > all
	for s, n := range styles {
		j.inside[s] = n >= -1 // one alone may be a line that begins so by chance
	}
	return j
}

// margin is the outermost place at which lines begin again and again.
func margin(places []float64, em float64) float64 {
	slices.Sort(places)
	need := max(1, len(places)/12)
	for i, p := range places {
		if n := i + need - 1; n < len(places) && places[n]-p < em {
			return p
		}
	}
	return places[0]
}

// goesOn reports whether the paragraph of line a goes on in line b.
func (j *joiner) goesOn(a, b *pageLine) bool {
	switch {
	case math.Abs(a.em-b.em) > 0.15*a.em:
		return false
	case a.x1+unbroken(b.fold)*b.em <= j.right-0.5*a.em: // it would have fitted
		return false
	case a.page == b.page && b.y-a.y > 1.4*j.pitch:
		return false
	}
	hangs := b.x0 > j.first.x0+0.4*b.em && math.Abs(b.x0-j.first.second) < 0.6*b.em || a != j.first && math.Abs(b.x0-a.x0) < 0.6*b.em
	outer := b.x0 < j.left+0.8*b.em
	if m, ok := mark.Read(b.fold); ok && mark.Begins(b.fold) {
		return j.indented && outer && j.inside[m.Style] && a.x0 < j.first.x0+b.em
	}
	if mark.Begins(b.fold) {
		return false
	}
	if j.indented && j.first.x0 > j.left+j.first.em {
		return outer || hangs && b.x0 <= j.first.second+0.6*b.em
	}
	return hangs || b.x0 < j.first.x0+0.6*b.em
}

// unbroken is the width of the beginning of a line that printing does not break,
// in sizes of its type: a character or a word with what must stand beside it.
func unbroken(s string) float64 {
	width, words := 0.0, 0
	for i, r := range s {
		wide := r >= 0x2E80
		switch {
		case strings.ContainsRune("。,、;:!?)》”’」』】%", r) && i > 0:
		case strings.ContainsRune("(《“‘「『【", r) && words == 0:
		case wide && words > 0, r == ' ':
			return width
		case wide:
			words++
		default:
			words = 1
		}
		if wide || r == '“' || r == '”' {
			width++
		} else {
			width += 0.5
		}
	}
	return width
}
