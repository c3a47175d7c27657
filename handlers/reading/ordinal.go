package reading

import (
	"regexp"
	"strings"
)

// laws are what has numbered articles and is not the plan.
var laws = words("法规")

// notMeasures are what 第3条 may count that is no measure.
var notMeasures = words("非措施")

// ordinal takes 第…: measures, a part, or the number of something else.
func (p *scanner) ordinal(r rune) bool {
	if r != '第' {
		return false
	}
	l, ok := listAt(p.rest())
	if _, known := wordAt(p.rest()); known || !ok {
		return false
	}
	l.size += total(p.rest()[l.size:], len(l.list))
	after := p.rest()[l.size:]
	if hasSuffix(p.rest()[:l.size], "条", "项") {
		p.emit(token{class: measure, list: l.list, strict: true}, l.size)
		return true
	}
	gap := len(after) - len(strings.TrimLeft(after, " "))
	unit, class, flags := ordinalUnit(after[gap:])
	size := l.size + gap + len(unit)
	switch {
	case class == section:
		p.emit(token{class: section, n: int32(l.list[0]), strict: true}, size)
	case class == measure && !p.ofLaw() && !hasPrefix(p.rest()[size:], notMeasures...):
		size += len(subItem.FindString(p.rest()[size:]))
		p.emit(token{class: measure, list: l.list, strict: true, flags: flags}, size)
	case class == other && p.opensClause() && follows(after, p.value):
		p.emit(token{class: measure, list: l.list}, l.size)
	default:
		p.emit(token{class: place, n: int32(l.list[0])}, l.size)
	}
	return true
}

// ordinalUnits are what 第N can count. Their lists stand for the classes of
// ordinalClasses.
var (
	ordinalUnits   = compile("第几部分", "第几条", "错字条", "非条")
	ordinalClasses = []class{section, measure, measure, other}
)

// ordinalUnit says what 第N counts, where s is what follows it.
func ordinalUnit(s string) (unit string, c class, flags Flag) {
	e, ok := ordinalUnits.at(s)
	if !ok || ordinalClasses[e.list()] == other {
		return "", other, 0
	}
	if e.list() == 2 {
		flags = Typo
	}
	return e.word, ordinalClasses[e.list()], flags
}

// ofLaw reports whether the text before p.at names a law or rule book, whose
// articles are no measures.
func (p *scanner) ofLaw() bool {
	before := strings.TrimRight(p.s[:p.at], " 的里中")
	return hasSuffix(before, laws...)
}

// subItem is 第2点 or (2) after a measure.
var subItem = regexp.MustCompile(`^的?[第(](?:[0-9]+|` + numerals + `)(?:小[点项条]|[点款]|\))`)
