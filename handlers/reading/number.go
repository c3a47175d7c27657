package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// A unit is what follows a number and says what kind of number it is.
type unit struct {
	word  string
	class class
}

// units are found like words. Their lists stand for the classes of unitClasses.
var (
	units       = compile("编号单位", "时间单位", "数量单位", "非单位")
	unitClasses = []class{place, clock, count, other}
)

// unitAt returns the longest unit that s begins with.
func unitAt(s string) (unit, bool) {
	e, ok := units.at(s)
	if !ok || unitClasses[e.list()] == other {
		return unit{}, false
	}
	return unit{e.word, unitClasses[e.list()]}, true
}

// number takes a number with what belongs to it.
func (p *scanner) number(r rune) bool {
	digital := arabic(p.rest())
	if !digital && !zh.IsNumeral(r) {
		return false
	}
	if p.row == 0 && (p.listed() || p.tasks() || p.percent() || digital && p.colonTime() || p.bareMeasures(digital)) {
		return true
	}
	q, ok := quantityAt(p.rest())
	if !ok {
		p.emit(token{class: number, strict: !digital}, digits(p.rest()))
		return true
	}
	after := p.rest()[q.size:]
	if p.row > 0 {
		p.row--
		p.emit(token{class: amount, n: q.whole()}, q.size+sign(after))
		return true
	}
	tail := strings.TrimLeft(after, " ")
	if u, ok := unitAt(tail); ok && (digital || tail == after) {
		if t, again := p.again(int(q.value), u.word); again {
			p.emit(t, len(p.rest())-len(tail)+len(u.word))
			return true
		}
		p.emit(token{class: u.class, n: q.whole()}, len(p.rest())-len(tail)+len(u.word))
		return true
	}
	if p.renames(q) {
		p.emit(token{class: measure, list: []int{int(q.value)}}, q.size)
		return true
	}
	if b, ok := spanAt(p.rest(), q); ok && digital {
		q, after = b, p.rest()[b.size:]
	}
	if p.lone(q, after, digital) {
		p.loneAmount(q)
		return true
	}
	if !digital && utf8.RuneCountInString(p.rest()[:q.size]) == 1 && !p.sectionHere(after) {
		p.emit(token{class: other}, q.size) // 一, 三 in words that no list knows
		return true
	}
	p.emit(token{class: number, n: q.whole(), strict: !digital}, q.size)
	return true
}

// again takes 19条 where 19 is one of the measures that were named before, and 三项 where
// there are three of them, which says nothing more.
func (p *scanner) again(n int, unit string) (t token, ok bool) {
	at := last(p.tokens, func(t token) bool { return t.class != measure })
	switch {
	case unit != "条" && unit != "项" || at.list == nil && !p.isLeftover(n):
		return t, false
	case len(at.list) == n && n > 1 && unit == "条" && slices.Contains(at.list, n) && strings.HasSuffix(p.s[:p.at], "里"):
		return token{class: measure, list: []int{n}, guess: true}, true // 1、3、5三条里3条
	case len(at.list) == n && n > 1, p.isLeftover(n):
		return token{class: word, roles: filler}, true
	default:
		return token{class: measure, list: []int{n}}, unit == "条" && slices.Contains(at.list, n)
	}
}

// numbered is how the measures of a list can be called behind their numbers: 5号任务.
var numbered = regexp.MustCompile(`^号?(?:那个|这个|的)?(?:任务|措施|那条|这条)`)

// tasks takes 五号任务 and 31-33号任务.
func (p *scanner) tasks() bool {
	l, ok := listAt(p.rest())
	if !ok || l.list[len(l.list)-1] > 99 {
		return false
	}
	tail := numbered.FindString(p.rest()[l.size:])
	if !strings.HasPrefix(tail, "号") {
		return false
	}
	p.emit(token{class: measure, list: l.list, strict: true}, l.size+len(tail))
	return true
}

// loneAmount takes a number without sign. What hardly is a percent is a guess.
func (p *scanner) loneAmount(q quantity) {
	t := token{class: amount, n: q.whole(), bare: true, flags: q.flags}
	if last(p.tokens, blank).class == measure && int(q.value)%5 != 0 && q.value < 50 && !p.value || p.value && q.value > 0 && q.value < 5 {
		t.guess = true // 第1条7
	}
	if q.value > 0 && q.value < 1 { // 0.8: perhaps 80%
		q.value *= 100
		t.n, t.guess = q.whole(), true
	}
	p.emit(t, q.size)
}

// listed takes the 4 of 4.80% at the start of a line, where other lines begin with a
// number as well.
func (p *scanner) listed() bool {
	m := lineNumber.FindStringSubmatch(p.rest())
	if m == nil && p.gapped() {
		m = lineStart.FindStringSubmatch(p.rest())
	}
	if m == nil || !p.bare || p.at > 0 && p.s[p.at-1] != '\n' || len(lineStarts.FindAllString(p.s, 2)) < 2 {
		return false
	}
	n, _ := zh.ParseInt(m[1])
	p.emit(token{class: measure, list: []int{n}}, len(m[1])+len("."))
	return true
}

// gapped reports whether the lines of the text are numbered by measures, 2. 6. 13., and
// not counted from 1.
func (p *scanner) gapped() bool {
	if !p.bare || p.at > 0 && p.s[p.at-1] != '\n' || p.lines == 0 && !strings.Contains(p.s, "\n") {
		return false
	}
	if p.lines == 0 {
		p.lines = 1
		before := 1
		for _, m := range lineStarts.FindAllString(p.s, -1) {
			n, _ := zh.ParseInt(m)
			if n <= before {
				p.lines = 1
				return false
			}
			before, p.lines = n, p.lines+1
		}
	}
	return p.lines > 2
}

var (
	lineStart  = regexp.MustCompile(`^([1-9][0-9]?)[.、][^0-9]`)
	lineNumber = regexp.MustCompile(`^([1-9][0-9]?)\.[0-9]{1,3}%`)
	lineStarts = regexp.MustCompile(`(?m)^[1-9][0-9]?[.、]`)
)

// digits is the length of the run of digits or numerals that s begins with.
func digits(s string) int {
	if arabic(s) {
		return len(s) - len(strings.TrimLeft(s, "0123456789"))
	}
	return len(s) - len(strings.TrimLeftFunc(s, zh.IsNumeral))
}

// colonTime takes 8:30 and 8:30-9:15.
func (p *scanner) colonTime() bool {
	h, size := zh.ParseInt(p.rest())
	if h > 24 || !minutesAt(p.rest()[size:]) {
		return false
	}
	p.emit(token{class: clock, n: int32(h)}, size+3)
	return true
}

// reach is how many tokens away a word can bear on a number.
const reach = 24

// lone reports whether a number without sign is a percent here: it follows a
// measure (第8条90), a word for change (3改60) or of completion (进度80), or it
// is all that was answered.
func (p *scanner) lone(q quantity, after string, digital bool) bool {
	if n := len(p.tokens); !digital && q.value >= 10 && q.value <= 100 && n > 0 && p.tokens[n-1].is(change|isnt) && p.hasFix() {
		return true // 不是八十是九十我说错了
	}
	if q.value > 100 || !digital && q.value < 10 || !endsHere(after) {
		return false
	}
	near := p.tokens[max(0, len(p.tokens)-reach):]
	if q.flags&Approx != 0 && (p.value || last(near, func(t token) bool { return t.class != measure && !t.line }).class == measure) {
		return true
	}
	for i := len(p.tokens) - 1; i >= max(0, len(p.tokens)-reach); i-- {
		t := p.tokens[i]
		switch {
		case t.class == measure:
			return true
		case t.class == brk && p.value && strings.Trim(after, " 了乐啦吧哈呢啊呀咯喽嗷捏~!。.") == "":
			return true // 刚才说错，55
		case t.is(change | degree | to | each), t.class == amount && i < len(p.tokens)-1:
			return true
		case p.amends(i, after), t.is(fix): // 第15条50，打错，55
		case t.class == joint:
			return slices.ContainsFunc(p.tokens[max(0, i-reach):i], func(t token) bool { return t.is(each) })
		case t.is(done) && !digital:
			return false
		case t.class == space, t.class == mark && t.text() != "-" && t.text() != "+", t.is(around | filler | past | isnt | done | vague | partial | neg):
		default:
			return false
		}
	}
	if rest, ok := strings.CutPrefix(after, "，"); ok && p.value && p.at == 0 && hasPrefix(rest, amending...) {
		return true // 70，错了80%
	}
	return p.value && strings.Trim(after, " 了乐啦吧哈呢啊呀咯喽嗷捏~!。.") == ""
}

// amends reports whether the break at i stands between an amount and the number before
// after, which may take its place.
func (p *scanner) amends(i int, after string) bool {
	t := p.tokens[i]
	return t.class == brk && !t.line && hasClass(p.tokens[:i], amount) && !hasPrefix(after, "、", ")", ".")
}

// hasFix reports whether a word of correction stands anywhere in the text.
func (p *scanner) hasFix() bool { return containsAny(p.s, fixes) }

var fixes = strings.Fields("错 不对 有误 搞混 更正 口误 反了 不是")

// renames reports whether a number is a measure because it stands for another:
// 上面的5应该是6. A multiple of five would be a percent.
func (p *scanner) renames(q quantity) bool {
	n := len(p.tokens)
	if n > 0 && p.tokens[n-1].is(change) && hasPrefix(p.tokens[n-1].text(), "改报", "改填") {
		return q.value >= 1 && q.value <= 99 && int(q.value)%5 != 0 && slices.ContainsFunc(p.tokens, func(t token) bool { return t.is(void) })
	}
	if n < 2 || p.tokens[n-2].class != measure || p.tokens[n-2].strict || q.value < 1 || q.value > 99 || int(q.value)%5 == 0 {
		return false
	}
	t := p.tokens[n-1]
	return t.is(change) && hasPrefix(t.text(), "应")
}

// endsHere reports whether s goes on with something that can follow an amount.
func endsHere(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s == "" || strings.ContainsRune(" \t\n，。！；!;,、()?~…[和", r) ||
		hasPrefix(s, "乐", "喽", "噜", "咧", "嘞", "嗷", "捏", "记", "算", "了", "吧", "左右", "啦", "多", "上下", "不是", "不到", "以上", "还", "卡", "→", "->", "差", "咯", "哈", "呢", "的样子")
}

// sectionHere reports whether a Chinese numeral is the heading of a part: it
// begins the text and 、, 的 or nothing follows.
func (p *scanner) sectionHere(after string) bool {
	return p.opensClause() && (after == "" || hasPrefix(after, "、", "的", " ", ",", "，", ".", "?"))
}
