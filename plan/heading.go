package plan

import (
	"regexp"
	"strings"
)

// markHeadings finds headings without a number: short lines below which a
// series starts anew, twice at least.
func markHeadings(lines []*line) {
	for _, at := range []func([]*line, int) bool{overSeries, overFields} {
		var found []int
		for i := range lines {
			if lines[i].free() && !lines[i].cells && shortHead(lines[i]) && at(lines, i) {
				found = append(found, i)
			}
		}
		if len(found) < 2 {
			continue
		}
		for _, i := range found {
			takeHeading(lines[i], "heading", rankUnnumbered)
			if overHeading(lines, i-1) {
				takeHeading(lines[i-1], "heading+", rankUnnumbered-0.1)
			}
		}
	}
}

// overHeading reports whether line i is one more short line over a heading,
// after the end of what stood before.
func overHeading(lines []*line, i int) bool {
	return i > 0 && lines[i].free() && shortHead(lines[i]) && endsSentence(lines[i-1].fold) && afterFirst(lines, i)
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

func takeHeading(l *line, style string, rank float64) {
	l.marked = true
	l.mark = mark{
		style: style, rank: rank, size: len(l.text), alone: true, kind: Part,
		path: strings.TrimRight(l.String(), ":：。.． "),
	}
}

var leadIn = regexp.MustCompile(`如下|以下|下列|包括|方面|要求是|做法是|措施是`)

// overSeries reports whether a series begins right below line i.
func overSeries(lines []*line, i int) bool {
	return i+1 < len(lines) && lines[i+1].marked && lines[i+1].mark.number == 1 && lines[i+1].mark.rank > rankUnnumbered
}

// overFields reports whether a group of fields begins right below line i.
func overFields(lines []*line, i int) bool {
	return i+1 < len(lines) && lines[i+1].field > 0 && (i == 0 || lines[i-1].field > 0 || headingBefore(lines, i)) && sameFieldAgain(lines, i+1)
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
