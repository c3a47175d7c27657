package reading

import (
	"strings"
	"unicode/utf8"

	"duban/zh"
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
	if e, ok := wordAt(p.rest()); ok {
		p.emit(token{class: word, roles: e.roles}, len(e.word))
		return true
	}
	l, ok := listAt(p.rest())
	if !ok {
		return false
	}
	l.size += total(p.rest()[l.size:], len(l.list))
	after := p.rest()[l.size:]
	if hasSuffix(p.rest()[:l.size], "条", "项") {
		p.emit(token{class: measure, list: l.list, strict: true}, l.size)
		return true
	}
	gap := len(after) - len(strings.TrimLeft(after, " "))
	unit, class, typo := ordinalUnit(after[gap:])
	size := l.size + gap + len(unit)
	switch {
	case class == section:
		p.emit(token{class: section, n: int32(l.list[0]), strict: true}, size)
	case class == measure && !p.ofLaw() && !hasPrefix(p.rest()[size:], notMeasures...):
		size += p.subItem(size)
		p.emit(token{class: measure, list: l.list, strict: true, typo: typo}, size)
	case class == other && p.opensClause() && follows(after, p.value):
		p.emit(token{class: measure, list: l.list}, l.size)
	default:
		p.emit(token{class: place, n: int32(l.list[0])}, l.size)
	}
	return true
}

// ordinalUnit says what 第N counts. 条 is misheard and mistyped as 调 and 跳.
func ordinalUnit(s string) (string, class, bool) {
	for _, w := range []string{"部分", "大部分", "章", "大块", "板块", "块", "大项", "大点"} {
		if strings.HasPrefix(s, w) {
			return w, section, false
		}
	}
	for _, w := range []string{"个措施", "项措施", "条措施", "项任务", "条任务", "项工作", "条工作", "条", "项", "点"} {
		if strings.HasPrefix(s, w) {
			return w, measure, false
		}
	}
	for _, w := range []string{"调", "跳", "挑", "焦"} {
		if strings.HasPrefix(s, w) && !hasPrefix(s, "调查", "调研", "调解", "调整", "跳绳", "跳远", "挑战") {
			return w, measure, true
		}
	}
	return "", other, false
}

// ofLaw reports whether the text before p.at names a law or rule book, whose
// articles are no measures.
func (p *scanner) ofLaw() bool {
	before := strings.TrimRight(p.s[:p.at], " 的里中")
	return hasSuffix(before, laws...)
}

// subItem is the length of 第2点 or (2) after a measure.
func (p *scanner) subItem(at int) int {
	rest := p.rest()[at:]
	inner := rest
	if hasPrefix(rest, "的") {
		inner = rest[len("的"):]
	}
	skipped := len(rest) - len(inner)
	if hasPrefix(inner, "第", "(") {
		_, head := utf8.DecodeRuneInString(inner)
		if _, n := zh.ParseInt(inner[head:]); n > 0 {
			for _, end := range []string{"小点", "小项", "小条", "点", "款", ")"} {
				if strings.HasPrefix(inner[head+n:], end) {
					return skipped + head + n + len(end)
				}
			}
		}
	}
	return 0
}
