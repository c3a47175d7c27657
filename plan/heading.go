package plan

import (
	"regexp"
	"strings"
)

// markHeadings finds headings without a number: short lines below which a
// series starts anew, twice at least.
func markHeadings(lines []*line) {
	var found []int
	for i := range lines {
		if headingAt(lines, i) {
			found = append(found, i)
		}
	}
	if len(found) < 2 {
		return
	}
	for _, i := range found {
		takeHeading(lines[i], rankUnnumbered)
		if i > 0 && lines[i-1].free() && shortHead(lines[i-1]) && i > 1 && !lines[i-2].free() && afterFirst(lines, i-1) {
			takeHeading(lines[i-1], rankUnnumbered-0.1)
		}
	}
}

// afterFirst reports whether a mark stands above line i: above the first one a
// short line is the title.
func afterFirst(lines []*line, i int) bool {
	for _, l := range lines[:i] {
		if l.marked || l.field > 0 {
			return true
		}
	}
	return false
}

func takeHeading(l *line, rank float64) {
	size := len(l.text)
	path := strings.TrimRight(strings.TrimSpace(l.String()), ":：。.")
	l.marked = true
	l.mark = mark{style: "heading" + strings.Repeat("+", int(rank*10)%10%8), rank: rank, size: size, path: path, alone: true, kind: Part}
}

var leadIn = regexp.MustCompile(`如下|以下|下列|包括|方面|要求是|做法是|措施是`)

// headingAt reports whether line i is a short line with a series, or the first
// of a group of fields, right below it.
func headingAt(lines []*line, i int) bool {
	if i+1 >= len(lines) || !lines[i].free() || lines[i].cells || !shortHead(lines[i]) {
		return false
	}
	next := lines[i+1]
	if next.marked {
		return next.mark.number == 1 && next.mark.rank > rankUnnumbered
	}
	return next.field > 0 && (i == 0 || lines[i-1].field > 0 || headingBefore(lines, i)) && sameFieldAgain(lines, i+1)
}

// headingBefore allows the first heading of such a group, which no field precedes.
func headingBefore(lines []*line, i int) bool {
	return i > 0 && lines[i-1].free() && shortHead(lines[i-1])
}

func sameFieldAgain(lines []*line, i int) bool {
	want := lines[i].fold[:len(lines[i].fold)-len(string([]rune(lines[i].fold)[lines[i].field:]))]
	n := 0
	for _, l := range lines {
		if l.field > 0 && strings.HasPrefix(l.fold, want) {
			n++
		}
	}
	return n >= 2
}

func shortHead(l *line) bool {
	s := l.fold
	return runes(s) >= 2 && runes(s) <= 16 && !endsSentence(s) && !openEnd(s) && !leadIn.MatchString(s) && !dated(s)
}
