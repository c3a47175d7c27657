package plan

import (
	"slices"
	"strings"
)

// maxGap is how far a series may jump: lines are lost, numbers are not invented.
const maxGap = 3

// readMarks gives every free line the mark at its head, if the series says that
// it is one.
func readMarks(lines []*line) {
	var found []*line
	for _, l := range lines {
		if !l.free() || l.cells {
			continue
		}
		if m, ok := readMark(l.fold); ok {
			l.mark, l.marked = m, true
			found = append(found, l)
		}
	}
	dropTitle(found)
	for range 2 { // a mark that falls may take its neighbours with it
		for _, l := range found {
			l.marked = l.marked && belongs(found, l)
		}
	}
}

// dropTitle takes a single # heading at the top for the title.
func dropTitle(found []*line) {
	top := slices.IndexFunc(found, func(l *line) bool { return strings.HasPrefix(l.mark.style, "#") })
	if top != 0 || found[0].mark.number > 0 {
		return
	}
	for _, l := range found[1:] {
		if l.mark.style == found[0].mark.style {
			return
		}
	}
	found[0].marked = false
}

// belongs reports whether a mark is part of a series.
func belongs(found []*line, l *line) bool {
	m := l.mark
	if m.number == 0 {
		return !m.weak || repeated(found, m.style)
	}
	prev, next := neighbours(found, l)
	switch {
	case strings.HasPrefix(m.style, "1."):
		return decimalFits(found, l)
	case m.weak && m.style == "1":
		return follows(prev, m) || m.number == 1 && next != nil && next.mark.number == 2
	case m.style == "w:附件":
		return true
	case m.weak:
		return follows(prev, m) || m.number == 1 && (next != nil && next.mark.number == 2 || l.mark.rank == rankWord)
	case m.number == 1:
		return true
	}
	return near(prev, m) || near(next, m)
}

func repeated(found []*line, style string) bool {
	n := 0
	for _, l := range found {
		if l.marked && l.mark.style == style {
			n++
		}
	}
	return n >= 2
}

// neighbours are the nearest marks of the same style before and after l.
func neighbours(found []*line, l *line) (prev, next *line) {
	at := slices.Index(found, l)
	for i := at - 1; i >= 0 && prev == nil; i-- {
		if found[i].marked && found[i].mark.style == l.mark.style {
			prev = found[i]
		}
	}
	for i := at + 1; i < len(found) && next == nil; i++ {
		if found[i].marked && found[i].mark.style == l.mark.style {
			next = found[i]
		}
	}
	return prev, next
}

func follows(prev *line, m mark) bool {
	return prev != nil && prev.mark.number+1 == m.number
}

func near(other *line, m mark) bool {
	if other == nil {
		return false
	}
	d := m.number - other.mark.number
	return d >= -maxGap && d <= maxGap
}

// decimalFits reports whether 1.3 stands in a series of such numbers or below
// the number that it begins with; 1.3万亿 does neither.
func decimalFits(found []*line, l *line) bool {
	stem := l.mark.num[:strings.LastIndexByte(l.mark.num, '.')]
	for _, o := range found {
		if o == l || !o.marked {
			continue
		}
		if o.mark.num == stem && o.n < l.n {
			return true
		}
		if o.mark.style == l.mark.style && strings.HasPrefix(o.mark.num, stem+".") {
			return true
		}
	}
	return false
}
