package reading

import (
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// A unit is what follows a number and says what kind of number it is.
type unit struct {
	word  string
	class class
}

// units are found like words. Their roles stand for the classes of unitClasses.
var (
	units       = compile("编号单位", "时间单位", "数量单位")
	unitClasses = []class{place, clock, count}
)

// unitAt returns the longest unit that s begins with.
func unitAt(s string) (unit, bool) {
	e, ok := units.at(s)
	if e.word == "只" && hasPrefix(s[len(e.word):], "剩", "差", "有", "完", "做", "是") {
		return unit{}, false
	}
	if e.word == "周" && hasPrefix(s[len(e.word):], "一", "二", "三", "四", "五", "六", "日", "末") {
		return unit{}, false // 14周五前完成
	}
	if !ok {
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
	if p.percent() || digital && p.colonTime() || p.bareMeasures(digital) {
		return true
	}
	q, ok := quantityAt(p.rest())
	if !ok {
		p.emit(token{class: number}, digits(p.rest(), r))
		return true
	}
	after := p.rest()[q.size:]
	if u, ok := unitAt(strings.TrimLeft(after, " ")); ok && (digital || after[0] != ' ') {
		p.counted(q, u, len(after)-len(strings.TrimLeft(after, " ")))
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
		p.emit(token{class: amount, n: q.whole(), bare: true, approx: q.approx}, q.size)
		return true
	}
	if !digital && utf8.RuneCountInString(p.rest()[:q.size]) == 1 && !p.sectionHere(after) {
		p.emit(token{class: other}, q.size) // 一, 三 in words that no list knows
		return true
	}
	p.emit(token{class: number, n: q.whole(), strict: !digital}, q.size)
	return true
}

// digits is the length of the run of digits or numerals that s begins with.
func digits(s string, first rune) int {
	arabic := first >= '0' && first <= '9'
	end := strings.IndexFunc(s, func(r rune) bool {
		if arabic {
			return r < '0' || r > '9'
		}
		return !zh.IsNumeral(r)
	})
	if end < 0 {
		return len(s)
	}
	return max(end, utf8.RuneLen(first))
}

// counted takes a number with a unit.
func (p *scanner) counted(q quantity, u unit, gap int) {
	c := u.class
	after := p.rest()[q.size+gap+len(u.word):]
	if u.word == "级" && q.value >= 20 {
		c = place // 2022级
	}
	if u.word == "折" {
		p.emit(token{class: word, roles: unrelated}, q.size+gap+len(u.word))
		return
	}
	size := q.size + gap + len(u.word)
	if c == clock && u.word == "月" {
		if _, n := zh.ParseInt(after); n > 0 {
			size += n
			if hasPrefix(after[n:], "日", "号") {
				size += len("日")
			}
		}
	}
	p.emit(token{class: c, n: q.whole()}, size)
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
func (p *scanner) lone(q quantity, after string, arabic bool) bool {
	if q.value > 100 || !arabic && q.value < 10 || !endsHere(after) {
		return false
	}
	if p.value && len(p.tokens) == 0 && strings.TrimSpace(after) == "" {
		return true
	}
	if q.approx && (p.value || p.namedBefore()) {
		return true
	}
	for i := len(p.tokens) - 1; i >= max(0, len(p.tokens)-reach); i-- {
		t := p.tokens[i]
		switch {
		case t.class == measure:
			return true
		case t.class == space, t.class == mark && t.text() != "-" && t.text() != "+", t.is(around):
		case t.is(change | degree | to | each):
			return true
		case t.class == joint:
			return p.afterEach(i)
		case t.is(filler | past | isnt | done):
			if t.is(done) && !arabic {
				return false
			}
		default:
			return false
		}
	}
	return p.value && strings.TrimSpace(after) == ""
}

// renames reports whether a number is a measure because it stands for another:
// 上面的5应该是6. A multiple of five would be a percent.
func (p *scanner) renames(q quantity) bool {
	n := len(p.tokens)
	if n < 2 || p.tokens[n-2].class != measure || p.tokens[n-2].strict || q.value < 1 || q.value > 99 || int(q.value)%5 == 0 {
		return false
	}
	t := p.tokens[n-1]
	return t.is(change) && hasPrefix(t.text(), "应")
}

// namedBefore reports whether a measure stands before, in the same line.
func (p *scanner) namedBefore() bool {
	for i := len(p.tokens) - 1; i >= max(0, len(p.tokens)-reach); i-- {
		if p.tokens[i].class == measure {
			return true
		}
		if p.tokens[i].line {
			return false
		}
	}
	return false
}

// afterEach reports whether 分别 stands before the token at i: then numbers
// joined by 、 are amounts.
func (p *scanner) afterEach(i int) bool {
	for end := max(0, i-reach); i >= end; i-- {
		if p.tokens[i].is(each) {
			return true
		}
		if p.tokens[i].class == measure {
			return false
		}
	}
	return false
}

// endsHere reports whether s goes on with something that can follow an amount.
func endsHere(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if s == "" || strings.ContainsRune(" \t\n，。！；!;,、()?~…[和", r) {
		return true
	}
	return hasPrefix(s, "了", "吧", "左右", "啦", "多", "上下", "不是", "不到", "以上", "还", "卡", "差", "咯", "哈", "呢", "的样子")
}

// sectionHere reports whether a Chinese numeral is the heading of a part: it
// begins the text and 、, 的 or nothing follows.
func (p *scanner) sectionHere(after string) bool {
	if _, ok := p.last(); ok && !p.opensClause() {
		return false
	}
	return after == "" || hasPrefix(after, "、", "的", " ", ",", "，", ".", "?")
}
