package outline

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/plan"
	"duban/plan/mark"
	"duban/zh"
)

// markHeadings finds headings without a number: short lines below which a
// series begins anew, or a group of fields, twice at least.
func markHeadings(lines []*line) {
	begun := len(lines) // the first line that a mark or field begins
	fields := map[string]int{}
	for i, l := range lines {
		if l.marked || l.field > 0 {
			begun = min(begun, i)
		}
		if l.field > 0 {
			fields[l.fieldLabel()]++
		}
	}
	takeHeadings(lines, begun, func(i int) bool { // a series begins right below
		return i+1 < len(lines) && lines[i+1].marked && lines[i+1].mark.Number == 1 && lines[i+1].mark.Rank > mark.RankUnnumbered
	})
	takeHeadings(lines, begun, func(i int) bool { return overFields(lines, i, fields) })
}

// takeHeadings makes headings of the lines that over tells, if there are two at
// least. What stands over one of them below the first mark is one too.
func takeHeadings(lines []*line, begun int, over func(i int) bool) {
	var found []int
	for i, l := range lines {
		if l.free() && !l.cells && shortHead(l) && over(i) {
			found = append(found, i)
		}
	}
	if len(found) < 2 {
		return
	}
	for _, i := range found {
		takeHeading(lines[i], "heading", mark.RankUnnumbered)
		if i-1 > begun && overHeading(lines, i-1) {
			takeHeading(lines[i-1], "heading+", mark.RankUnnumbered-0.1)
		}
	}
}

func (l *line) fieldLabel() string { return string([]rune(l.fold)[:l.field]) }

// overHeading reports whether line i is one more short line over a heading,
// after the end of what stood before.
func overHeading(lines []*line, i int) bool {
	return i > 0 && lines[i].free() && shortHead(lines[i]) && mark.EndsSentence(lines[i-1].fold)
}

func takeHeading(l *line, style string, rank float64) {
	l.marked = true
	l.mark = mark.Mark{
		Style: style, Rank: rank, Size: len(l.text), Alone: true,
		Path: strings.TrimRight(l.String(), ":：。.． "),
	}
}

var leadIn = regexp.MustCompile(`如下|以下|下列|包括|方面|要求是|做法是|措施是`)

// overFields reports whether a group of fields begins right below line i, whose
// first field the document has again.
func overFields(lines []*line, i int, fields map[string]int) bool {
	if i+1 >= len(lines) || lines[i+1].field == 0 || fields[lines[i+1].fieldLabel()] < 2 {
		return false
	}
	return i == 0 || lines[i-1].field > 0 || lines[i-1].free() && shortHead(lines[i-1])
}

func shortHead(l *line) bool {
	s := l.fold
	return utf8.RuneCountInString(s) >= 2 && utf8.RuneCountInString(s) <= 16 && !mark.EndsSentence(s) && !openEnd(s) && !leadIn.MatchString(s) && !dated(s)
}

// frontKind tells a title from the preamble, before the first node. What goes
// on from a title in brackets or after a dash belongs to it.
func (b *builder) frontKind(l *line) plan.BlockKind {
	last := b.lastKind()
	begins := last != plan.TitleBlock && last != plan.Preamble
	below := last == plan.TitleBlock && (strings.HasPrefix(l.fold, "(") || strings.HasPrefix(l.fold, "—"))
	if below || titleLike(l) && (begins || mark.NamesPlan(l.fold)) {
		return plan.TitleBlock
	}
	return plan.Preamble
}

// titleOf is the title of the document: the first one that names a plan, or else
// the first.
func titleOf(blocks []plan.Block) string {
	first := ""
	for _, b := range blocks {
		if b.Kind != plan.TitleBlock {
			continue
		}
		t := strings.Join(slices.Compact(strings.Split(b.Text, "\n")), "")
		t = strings.TrimSpace(strings.TrimLeft(t, "# "))
		if mark.NamesPlan(zh.Fold(t)) && !strings.HasPrefix(t, "转发") && !strings.Contains(t, "通知") {
			return t
		}
		if first == "" {
			first = t
		}
	}
	return first
}

func titleLike(l *line) bool {
	s := l.fold
	inBrackets := strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")")
	return utf8.RuneCountInString(s) <= 60 && !inBrackets && !mark.EndsSentence(s) && !openEnd(s) && !strings.HasSuffix(s, ":") && !dated(s)
}
