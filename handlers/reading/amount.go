package reading

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// A quantity is a number as it is written, with fractions and estimates.
type quantity struct {
	value  float64
	size   int  // bytes
	signed bool // it ends in a percent sign
	flags  Flag // Approx, Typo
}

// whole is q as a whole number; more than a million is a million.
func (q quantity) whole() int32 { return int32(math.Round(min(q.value, 1e6))) }

// round reports whether q is one of 10, 15, 20 and so on, as estimates are.
func (q quantity) round() bool { return q.value >= 10 && q.value <= 100 && int(q.value)%5 == 0 }

// arabic reports whether s begins with a digit.
func arabic(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// quantityAt reads the number that s begins with: 82.5, 十二, 四五十, 七八.
func quantityAt(s string) (quantity, bool) {
	if q, ok := estimateAt(s); ok {
		return q, true
	}
	n, size := zh.ParseInt(s)
	q := quantity{value: float64(n), size: size}
	if fraction, ok := strings.CutPrefix(s[size:], "."); ok && arabic(s) && arabic(fraction) {
		_, more := zh.ParseInt(fraction)
		q.size += len(".") + more
		q.value, _ = strconv.ParseFloat(s[:q.size], 64)
	}
	return q, size > 0
}

const chineseDigits = "一二三四五六七八九"

// estimateAt reads two neighbouring digits: 四五十 is 45, 七八成 begins with 7.5.
func estimateAt(s string) (quantity, bool) {
	const width = len("一")
	if len(s) < 3*width {
		return quantity{}, false
	}
	a, b := strings.Index(chineseDigits, s[:width]), strings.Index(chineseDigits, s[width:2*width])
	if a < 0 || b != a+width {
		return quantity{}, false
	}
	mean := float64(a)/float64(width) + 1.5
	switch {
	case strings.HasPrefix(s[2*width:], "十"):
		return quantity{value: mean * 10, size: 3 * width, flags: Approx}, true
	case strings.HasPrefix(s[2*width:], "成"):
		return quantity{value: mean, size: 2 * width, flags: Approx}, true
	}
	return quantity{}, false
}

// amountWords are amounts without a number; amountsOf says which each list means.
var (
	amountWords = compile("约一半", "一半", "全部百分", "零进度", "四分之三符", "四分之一符")
	amountsOf   = []quantity{{value: 50, flags: Approx}, {value: 50}, {value: 100}, {value: 0}, {value: 75}, {value: 25}}
)

// half takes an amount that is a word.
func (p *scanner) half() bool {
	e, ok := amountWords.at(p.rest())
	if ok {
		q := amountsOf[e.list()]
		q.size = len(e.word)
		p.emit(token{class: amount, n: q.whole(), flags: q.flags}, q.size)
	}
	return ok
}

// percent takes an amount that is a number with a sign: 80%, 50-60%, 八成半,
// 三分之二, 2/3.
func (p *scanner) percent() bool {
	q, ok := percentAt(p.rest())
	if !ok {
		q, ok = p.slash()
	}
	if !ok {
		return false
	}
	guess := strings.HasSuffix(p.s[:p.at], "负")
	if n := len(p.tokens); !q.signed && (n == 0 || !p.tokens[n-1].is(from)) {
		var span bool
		q, span = p.between(q)
		guess = guess || span
	}
	guess = guess || chained.MatchString(p.rest()[q.size:])
	if after := p.rest()[q.size:]; strings.HasPrefix(after, "多") && !strings.HasPrefix(after, "多报") {
		q.flags, q.size = q.flags|Approx, q.size+len("多")
	}
	p.emit(token{class: amount, n: q.whole(), flags: q.flags, guess: guess}, q.size)
	return true
}

// chained is a measure that follows a spoken amount without a break, so that nobody can tell
// where one number ends: 百分之三十|二十一条.
var chained = regexp.MustCompile(`^` + numerals + `条`)

// between reads on to the upper end of 70%到80%, which may be a span, and a change if
// 了 follows.
func (p *scanner) between(q quantity) (span quantity, ok bool) {
	rest := p.rest()[q.size:]
	for _, to := range []string{"到", "至"} {
		after, ok := strings.CutPrefix(rest, to)
		b, read := percentAt(after)
		if ok && read && sign(p.rest()[len(p.rest())-len(rest)-1:]) > 0 && b.value > q.value && b.value <= 100 && !strings.HasPrefix(after[b.size:], "了") {
			return quantity{value: (q.value + b.value) / 2, size: q.size + len(to) + b.size, flags: Approx}, true
		}
	}
	return q, false
}

// percentAt reads an amount that s begins with; its value is a percent.
func percentAt(s string) (quantity, bool) {
	for _, head := range []string{"百分之", "百份之", "百分"} {
		if rest, ok := strings.CutPrefix(s, head); ok {
			said := strings.TrimLeft(rest, "呃嗯额啊")
			q, ok := quantityAt(said)
			q.size += len(head) + len(rest) - len(said)
			if head != "百分之" {
				q.flags |= Typo
			}
			q.signed = true
			return q, ok && (head != "百分" || arabic(rest))
		}
	}
	q, ok := quantityAt(s)
	if !ok {
		return q, false
	}
	if middle, ok := spanAt(s, q); ok && middle.signed {
		return middle, true
	}
	after := s[q.size:]
	switch {
	case sign(after) > 0:
		q.size += sign(after)
		return q, true
	case strings.HasPrefix(after, "成") && q.value <= 10 && (!hasPrefix(after, notTenths...) || hasPrefix(after, "成就齐", "成为准")):
		q.value, q.size = q.value*10, q.size+len("成")
		switch n, size := zh.ParseInt(s[q.size:]); {
		case strings.HasPrefix(s[q.size:], "半"):
			q.value, q.size = q.value+5, q.size+len("半")
		case size > 0 && n > 0 && n < 10 && (endsHere(s[q.size+size:]) || !hasOwnUnit(s[q.size+size:]) && !hasPrefix(s[q.size+size:], "条", "项", "点")): // 七成五, 8成5
			q.value, q.size = q.value+float64(n), q.size+size
		}
		return q, true
	case strings.HasPrefix(after, "分之"):
		part, ok := quantityAt(after[len("分之"):])
		part.value, part.size = part.value/q.value*100, q.size+len("分之")+part.size
		return part, ok && q.value >= 2 && part.value <= 100
	}
	return q, false
}

// notTenths are words that begin with 成: 三成员.
var notTenths = words("成字词")

// spanAt reads on after a, with which s begins, to the upper end of a span,
// 50%-60%, 50-60%, 80-90, and returns its middle.
func spanAt(s string, a quantity) (middle quantity, ok bool) {
	own := sign(s[a.size:])
	between := s[a.size+own:]
	gap := dash(between)
	b, ok := quantityAt(between[gap:])
	if gap == 0 || !ok || b.value <= a.value || b.value > 100 {
		return a, false
	}
	after := between[gap+b.size:]
	end := sign(after)
	switch {
	case own == 0:
		ok = a.round() && (end > 0 || b.round())
	case hasPrefix(between, "到", "至"):
		ok = end > 0 && hasPrefix(after[end:], "左右", "之间", "的样子", "上下") // from 60% to 75% is a change
	default:
		ok = end > 0
	}
	return quantity{value: (a.value + b.value) / 2, size: len(s) - len(after) + end, flags: Approx, signed: end > 0}, ok
}

// percentSigns are how people write %: 趴 is how it is said.
var percentSigns = strings.Fields("% ﹪ 趴 percent pct 帕 巴仙")

// sign is the length of the percent sign that s begins with. 个百分点 is none: it
// tells of a difference.
func sign(s string) int {
	trimmed := strings.TrimPrefix(s, " ")
	for _, sign := range percentSigns {
		if strings.HasPrefix(trimmed, sign) {
			return len(s) - len(trimmed) + len(sign)
		}
	}
	return 0
}

// dash is the length of the sign between two ends of a range.
func dash(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	if strings.ContainsRune("-~—–到至", r) && s != "" {
		return size
	}
	return 0
}

// slash reads 2/3 where something was done before it: elsewhere it is a date.
func (p *scanner) slash() (quantity, bool) {
	q, ok := quantityAt(p.rest())
	after, found := strings.CutPrefix(p.rest()[q.size:], "/")
	whole, size := zh.ParseInt(after)
	if !ok || !found || !arabic(p.rest()) || whole < 2 || q.value > float64(whole) ||
		hasPrefix(after[size:], "/", "月", "日", "号", ".") || dashedOn(after[size:]) {
		return q, false
	}
	t := last(p.tokens, blank)
	if t.class != measure && !t.is(done|starting|to|around|left|degree) && !hasSuffix(t.text(), "了") {
		return q, false
	}
	return quantity{value: q.value / float64(whole) * 100, size: q.size + len("/") + size}, true
}
