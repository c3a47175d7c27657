package reading

import (
	"regexp"
	"slices"
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
	if size := len(nowhere.FindString(p.rest())); size > 0 {
		p.emit(token{class: place, strict: true}, size)
		return true
	}
	l, ok := listAt(p.rest())
	if hasSuffix(p.s[:p.at], exceptions...) { // 除了第3条，第1到5条都完成了
		clause := p.rest()
		if end := strings.IndexFunc(clause, stop); end >= 0 {
			clause = clause[:end]
		}
		l, ok = listAt(clause)
	}
	if _, known := wordAt(p.rest()); known || !ok {
		return false
	}
	l.size += total(p.rest()[l.size:], len(l.list))
	after := p.rest()[l.size:]
	if p.subItems(l, after) {
		p.emit(token{class: count, n: int32(l.list[0])}, l.size+len("项"))
		return true
	}
	if head := strings.TrimPrefix(p.rest()[:l.size], "第"); len(l.list) == 1 && !arabic(head) && estimated(head) && hasPrefix(after, "条", "项") {
		n := l.list[0] // 第五六条
		p.emit(token{class: measure, list: []int{n / 10, n % 10}, guess: true}, l.size+len("条"))
		return true
	}
	if hasSuffix(p.rest()[:l.size], "条", "项") {
		p.emit(token{class: measure, list: l.list, strict: true, guess: hasSuffix(p.s[:p.at], "倒数")}, l.size)
		return true
	}
	gap := len(after) - len(strings.TrimLeft(after, " "))
	unit, class, flags := ordinalUnit(after[gap:])
	size := l.size + gap + len(unit)
	switch {
	case class == section:
		p.emit(token{class: section, n: int32(l.list[0]), strict: true}, size)
	case class == measure && !p.ofLaw() && p.ofPlan(p.rest()[size:]):
		size += len(subItem.FindString(p.rest()[size:]))
		p.emit(token{class: measure, list: l.list, strict: true, flags: flags, guess: hasSuffix(p.s[:p.at], "倒数")}, size)
	case class == other && p.opensClause() && follows(after, p.value):
		garbled := strings.Contains(clip(after, len("是什条")), "条") // 第四十是条
		p.emit(token{class: measure, list: l.list, guess: garbled}, l.size)
	default:
		p.emit(token{class: place, n: int32(l.list[0])}, l.size)
	}
	return true
}

// ofPlan reports whether what follows 第3条 leaves it a measure. 第3条推送 is none,
// unless its state is told.
func (p *scanner) ofPlan(after string) bool {
	at := slices.IndexFunc(notMeasures, func(w string) bool { return strings.HasPrefix(after, w) })
	return at < 0 || p.bare && utf8.RuneCountInString(notMeasures[at]) > 1 && follows(after[len(notMeasures[at]):], false)
}

// nowhere is a number that no measure has: 第0条.
var nowhere = regexp.MustCompile(`^第(?:0+|零|〇|[1-9][0-9]{3,})[条项]`)

// subItems reports whether 第三项 is one of the points that are listed of a measure:
// 第6条：一是…，二是…，第三项正在推进.
func (p *scanner) subItems(l listing, after string) bool {
	return strings.HasPrefix(after, "项") && l.list[0] < 10 && containsAny(p.s[:p.at], []string{"一是", "前两项", "前三项", "第一项"}) &&
		slices.ContainsFunc(p.tokens, func(t token) bool { return t.class == measure && t.strict && !strings.HasSuffix(t.text(), "项") })
}

// initial takes 前三条, the first measures of those that were asked for. If none
// were, it is a guess that the plan's are meant. 这条 is the one that was asked for.
func (p *scanner) initial(r rune) bool {
	switch r {
	case '这', '本', '该', '此':
		size := len("这条")
		if len(p.these) == 0 || !hasPrefix(p.rest()[len("这"):], "条", "项") {
			return false
		}
		p.emit(token{class: measure, list: p.these}, size)
		return true
	case '前', '头':
	default:
		return false
	}
	m := firstOnes.FindStringSubmatch(p.rest())
	if m == nil || !p.bare || !p.opensClause() || strings.HasSuffix(m[0], "项") && hasClass(p.tokens, measure) {
		return false
	}
	n, size := zh.ParseInt(m[1])
	if size != len(m[1]) || n < 2 || n > widest {
		return false
	}
	t := token{class: measure, guess: len(p.these) < n}
	for k := range n {
		if t.guess {
			t.list = append(t.list, k+1)
		} else {
			t.list = append(t.list, p.these[k])
		}
	}
	p.emit(t, len(m[0]))
	return true
}

// circled are the numbers from 1 to 20 in circles. Where the first is among them, they
// are the marks of a list.
const circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

var firstOnes = regexp.MustCompile(`^[前头]面?([0-9]{1,2}|` + numerals + `)[条项]`)

// bracketed takes (17) at the start of a clause, if something is said of it.
func (p *scanner) bracketed(r rune) bool {
	if at := strings.IndexRune(circled, r); at >= 0 && p.bare && !p.value && p.opensClause() && !strings.Contains(p.s, "①") {
		size := len("①")
		if follows(p.rest()[size:], false) {
			p.emit(token{class: measure, list: []int{at/size + 1}}, size)
			return true
		}
	}
	if r != '(' || !p.bare || p.value || !p.opensClause() {
		return false
	}
	n, size := zh.ParseInt(p.rest()[1:])
	after, closed := strings.CutPrefix(p.rest()[1+size:], ")")
	if size == 0 || !closed || n < 1 || n > largest || !follows(after, false) {
		return false
	}
	p.emit(token{class: measure, list: []int{n}}, size+len("()"))
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
