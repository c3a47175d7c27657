package reading

import (
	"math"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// A quantity is a number as it is written, with fractions and estimates.
type quantity struct {
	value  float64
	size   int // bytes
	approx bool
}

// whole is q as a whole number; more than a million is a million.
func (q quantity) whole() int32 { return int32(math.Round(min(q.value, 1e6))) }

// quantityAt reads the number that s begins with: 82.5, 十二, 四五十, 七八.
func quantityAt(s string) (quantity, bool) {
	if q, ok := estimateAt(s); ok {
		return q, true
	}
	n, size := zh.ParseInt(s)
	if size == 0 {
		return quantity{}, false
	}
	q := quantity{value: float64(n), size: size}
	if s[0] < '0' || s[0] > '9' || len(s) < size+2 || s[size] != '.' {
		return q, true
	}
	scale := 0.1
	at := size + 1
	for ; at < len(s) && s[at] >= '0' && s[at] <= '9'; at++ {
		q.value += float64(s[at]-'0') * scale
		scale /= 10
	}
	if at > size+1 {
		q.size = at
	}
	return q, true
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
		return quantity{mean * 10, 3 * width, true}, true
	case strings.HasPrefix(s[2*width:], "成"):
		return quantity{mean, 2 * width, true}, true
	}
	return quantity{}, false
}

// halves are amounts that are words, longer ones before their beginnings.
var halves = []struct {
	n      int32
	approx bool
	words  []string
}{
	{50, true, strings.Fields(`一半以上 一半左右 一半多一点 一半多 过半数 过半 半数`)},
	{50, false, strings.Fields(`一半`)},
	{100, false, strings.Fields(`百分百 百分之百`)},
	{0, false, strings.Fields(`零进度`)},
}

// half takes an amount that is a word.
func (p *scanner) half(r rune) bool {
	switch r {
	case '一', '过', '半', '百', '零':
	default:
		return false
	}
	for _, h := range halves {
		for _, word := range h.words {
			if strings.HasPrefix(p.rest(), word) {
				p.emit(token{class: amount, n: h.n, approx: h.approx}, len(word))
				return true
			}
		}
	}
	for _, head := range []string{"百分之", "百份之"} {
		if rest, ok := strings.CutPrefix(p.rest(), head); ok {
			if q, ok := quantityAt(rest); ok {
				q.size += more(rest[q.size:], &q)
				p.emit(token{class: amount, n: q.whole(), approx: q.approx, typo: head != "百分之"}, len(head)+q.size)
				return true
			}
		}
	}
	return false
}

// more takes 多 after a number: the number is an estimate.
func more(after string, q *quantity) int {
	if strings.HasPrefix(after, "多") {
		q.approx = true
		return len("多")
	}
	return 0
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
	q.size += more(p.rest()[q.size:], &q)
	p.emit(token{class: amount, n: q.whole(), approx: q.approx}, q.size)
	return true
}

// percentAt reads an amount that s begins with; its value is a percent.
func percentAt(s string) (quantity, bool) {
	q, ok := quantityAt(s)
	if !ok {
		return q, false
	}
	after := s[q.size:]
	switch {
	case signed(after) > 0:
		return span(s, quantity{q.value, q.size + signed(after), q.approx}), true
	case strings.HasPrefix(after, "成") && q.value <= 10 && !hasPrefix(after, "成员", "成绩", "成功", "成立", "成果", "成为", "成长", "成熟", "成本", "成就", "成人", "成年", "成都", "成效"):
		q.value, q.size = q.value*10, q.size+len("成")
		switch n, size := zh.ParseInt(s[q.size:]); {
		case strings.HasPrefix(s[q.size:], "半"):
			q.value, q.size = q.value+5, q.size+len("半")
		case size == len("五") && n < 10 && endsHere(s[q.size+size:]): // 七成五
			q.value, q.size = q.value+float64(n), q.size+size
		}
		return q, true
	case strings.HasPrefix(after, "分之"):
		part, ok := quantityAt(after[len("分之"):])
		if !ok || q.value < 2 || part.value > q.value {
			return q, false
		}
		return quantity{part.value / q.value * 100, q.size + len("分之") + part.size, part.approx}, true
	}
	// 50-60%: the sign stands once.
	if gap := dash(after); gap > 0 && q.value >= 10 && int(q.value)%5 == 0 {
		if b, ok := quantityAt(after[gap:]); ok && signed(after[gap+b.size:]) > 0 && b.value > q.value {
			size := q.size + gap + b.size + signed(after[gap+b.size:])
			return quantity{(q.value + b.value) / 2, size, true}, true
		}
	}
	return q, false
}

// span reads on after a signed percent: 50%-60% is 55.
func span(s string, q quantity) quantity {
	after := s[q.size:]
	gap := dash(after)
	if gap == 0 {
		return q
	}
	b, ok := quantityAt(after[gap:])
	if !ok || b.value <= q.value || b.value > 100 || signed(after[gap+b.size:]) == 0 {
		return q
	}
	if hasPrefix(after, "到", "至") && !strings.HasPrefix(after[gap+b.size:], "%左右") {
		return q // 从60%到75%: the change is judged, not averaged
	}
	return quantity{(q.value + b.value) / 2, q.size + gap + b.size + signed(after[gap+b.size:]), true}
}

// signed is the length of the percent sign that s begins with. 个百分点 is no
// sign: it tells of a difference.
func signed(s string) int {
	for _, sign := range []string{"%", "﹪", " %", " ﹪"} {
		if strings.HasPrefix(s, sign) {
			return len(sign)
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
	if !ok || p.rest()[0] > '9' || len(p.rest()) < q.size+2 || p.rest()[q.size] != '/' {
		return q, false
	}
	whole, ok := quantityAt(p.rest()[q.size+1:])
	size := q.size + 1 + whole.size
	if !ok || whole.value < 2 || q.value > whole.value || hasPrefix(p.rest()[size:], "/", "月", "日", "号", ".") || dashedOn(p.rest()[size:]) {
		return q, false
	}
	t, ok := p.last()
	if !ok || t.class != measure && !t.is(done|starting|to|around|left|degree) && !hasSuffix(p.s[:t.to], "了") {
		return q, false
	}
	return quantity{q.value / whole.value * 100, size, false}, true
}
