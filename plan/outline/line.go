package outline

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/plan/source"
	"duban/zh"
)

// A line is one line of the document and what was made of it.
type line struct {
	n, end               int    // from 1; end is the last line that was joined to it
	indent               int    // columns
	lineIndent, lineWide int    // of the last line that was joined to it
	ends                 string // that line, folded
	furniture            bool   // stands between pages
	text                 []rune // trimmed, as printed
	fold                 string // the same, folded: rune for rune as long as text
	block                plan.BlockKind
	marked               bool
	mark                 mark.Mark
	table                *source.Table
	tableRow             int
	early                bool        // stands before where the plan is to start
	tableNo              int         // of the document's tables, from 1
	grid                 *grid       // of the table, if its rows are nodes
	readings             []mark.Mark // what it may begin with
	field                int         // runes of the field's label, 0 if it is no field
	row                  int         // a row of a table: 1 + its depth below the table's node
	cells                bool        // stands in a table of one cell a line
	link                 bool        // a link and nothing else
	inner                bool        // stands in the cell of a node
}

// String returns the text of the line.
func (l *line) String() string { return string(l.text) }

// free reports whether nothing has been made of the line yet.
func (l *line) free() bool {
	return l.block == "" && !l.marked && l.field == 0 && l.row == 0 && l.table == nil
}

// runs yields the longest rows of lines that are in one thing, which begins at
// line start.
func runs(lines []*line, in func(start, i int) bool) iter.Seq[[]*line] {
	return func(yield func([]*line) bool) {
		for start := 0; start < len(lines); {
			end := start
			for end < len(lines) && in(start, end) {
				end++
			}
			if end > start && !yield(lines[start:end]) {
				return
			}
			start = max(end, start+1)
		}
	}
}

func setBlock(lines []*line, kind plan.BlockKind) {
	for _, l := range lines {
		l.block = kind
	}
}

// split takes the lines of a document that are not blank.
func split(src *source.Text) []*line {
	var out []*line
	for i, s := range src.Lines {
		t := strings.TrimFunc(s.Text, zh.Blank)
		if t == "" {
			continue
		}
		l := &line{n: i + 1, end: i + 1, indent: columns(s.Text[:strings.Index(s.Text, t)]), text: []rune(t), fold: zh.Fold(t), table: s.Table, tableRow: s.Row}
		l.take(s.Hint)
		out = append(out, l)
	}
	if src.Joined {
		return out
	}
	markFurniture(out)
	return rejoin(out)
}

// take makes of a line what its reader says that it is.
func (l *line) take(h source.Hint) {
	switch h {
	case source.PageNoise:
		l.block = plan.Noise
	case source.Besides:
		l.block = plan.Attach
	case source.Link:
		l.link = true
	case source.Inner:
		l.inner = true
	case source.NoHint:
	}
}

// Bounds by which a text is told to be broken at a page's width.
const (
	wrapLeast  = 40  // columns; narrower ones are short lines
	wrapWidth  = 100 // columns; a longer line is a paragraph
	wrapLines  = 8   // fewer lines show nothing
	cutLeast   = 24  // columns of a line that a page number cuts
	wrapBroken = 3   // lines that go on, where few are full
	wrapSlack  = 8   // columns that a full line may be shorter than the widest
)

// rejoin joins the lines of a text that is broken at a page's width all through,
// and of an item that a page number cuts.
func rejoin(lines []*line) []*line {
	wide := width(lines)
	var out []*line
	var last *line // of the text
	cut := false   // page furniture stands between
	for _, l := range lines {
		if l.furniture {
			cut = true
			out = append(out, l)
			continue
		}
		if last != nil && l.free() && last.free() && !begins(l.fold) && last.broken(wide, cut) && (cut || l.indent <= last.lineIndent+2) {
			last.text = append(last.text, l.text...)
			last.end, last.fold, last.lineIndent, last.lineWide = l.n, "", l.indent, l.indent+columns(l.fold)
			last.ends = l.fold
		} else {
			l.lineIndent, l.lineWide, l.ends = l.indent, l.indent+columns(l.fold), l.fold
			out = append(out, l)
			last = l
		}
		cut = false
	}
	for _, l := range out {
		l.fold = zh.Fold(l.String())
	}
	return out
}

// broken reports whether a line goes on in the next.
func (l *line) broken(wide int, cut bool) bool {
	return wide > 0 && l.lineWide >= wide-wrapSlack || cut && !mark.EndsSentence(l.ends) && !strings.HasSuffix(l.ends, ":") && strings.ContainsAny(l.ends, ",。;") && l.lineWide >= cutLeast
}

// begins reports whether a folded line may begin a node.
func begins(s string) bool {
	return mark.Begins(s) || slices.ContainsFunc(mark.Readings(s), func(m mark.Mark) bool { return m.Glued })
}

// width is the width at which a text is broken; 0 if it is not. Hardly a line is wider
// than a page, and lines that begin nothing go on from full ones that end nowhere: all
// of them do, or one line in three is full.
func width(lines []*line) int {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l *line) bool { return l.furniture })
	wide, full, open := 0, 0, 0
	for _, l := range lines {
		wide = max(wide, l.indent+columns(l.fold))
	}
	broken := 0 // lines that go on; below nothing, if one goes on from what has ended
	marked := false
	for i, l := range lines {
		isFull := l.indent+columns(l.fold) >= wide-wrapSlack
		if isFull {
			full++
		}
		marked = marked || begins(l.fold)
		switch {
		case i+1 == len(lines) || begins(lines[i+1].fold):
		case isFull && !mark.EndsSentence(l.fold):
			open++
			broken++
		case marked:
			broken = -len(lines)
		}
	}
	if wide < wrapLeast || wide > wrapWidth || len(lines) < wrapLines || open < 2 || full*3 < len(lines) && broken < wrapBroken {
		return 0
	}
	return wide
}

// openEnd reports whether a folded line ends in the middle of something.
func openEnd(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(",、(《“-", last)
}

// sentences counts the sentences of a folded line.
func sentences(s string) int {
	s = strings.TrimRight(s, "。;!?… ")
	return 1 + strings.Count(s, "。") + strings.Count(s, ";") + strings.Count(s, "!") + strings.Count(s, "?")
}

var (
	yearDate = regexp.MustCompile(`^\(?(?:[12][0-9]{3,4}|[一二三][〇○零0OＯ一二三四五六七八九]{3}) ?[年./\-．] ?(?:0?[1-9]|1[0-2]|[一二三四五六七八九十元]{1,3}) ?(?:[月./\-．] ?(?:(?:[0-2]?[0-9]|3[01]|[一二三四五六七八九十廿]{1,3}) ?日?)?)?\)?(?:印发)?$`)
	office   = regexp.MustCompile(`(处|部|办|办公室|图书馆|学院|大学|中学|小学|学校|委员会|委|厅|局|中心|系|科|组|一中|政府|党委|团委|学工办|司|会|班子|宣)$`)
)

// blanks are the lines of a form that people sign by hand.
var blanks = regexp.MustCompile(`^[^。;]{0,12}(盖章|公章|签字|签名|签章)\)? ?:|^年 +月 +日`)

// dated reports whether the line is nothing but a date.
func dated(s string) bool { return len(s) <= 60 && yearDate.MatchString(strings.TrimSpace(s)) }

// signs reports whether the line may be the office that signs.
func signs(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) <= 90 && utf8.RuneCountInString(s) <= 30 && !strings.ContainsAny(s, "。;!?:") && office.MatchString(s)
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
