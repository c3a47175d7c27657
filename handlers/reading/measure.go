package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

const (
	largest = 999 // no plan numbers its measures further
	widest  = 40  // measures in one range; more is no range
)

// A listing is numbers that are joined: 3、5-7.
type listing struct {
	list []int
	size int
}

// listAt reads the numbers that s begins with; 第 may stand before each and 条
// behind it. A number that has a unit of its own does not belong to the list.
func listAt(s string) (l listing, ok bool) {
	n, size := memberAt(s)
	if size == 0 || n < 1 || n > largest {
		return l, false
	}
	l = listing{[]int{n}, size}
	for joined := 0; joined < widest && len(l.list) < widest; joined++ {
		gap, isRange := connector(s[l.size:])
		if gap == 0 && !strings.HasPrefix(s[l.size:], "第") {
			break
		}
		m, size := memberAt(s[l.size+gap:])
		if size == 0 || m < 1 || m > largest || m == n || slices.Contains(l.list, m) || hasOwnUnit(s[l.size+gap+size:]) || !alike(s, s[l.size+gap:]) {
			break
		}
		if !l.extend(n, m, isRange) {
			break
		}
		l.size += gap + size
		n = m
	}
	return l, true
}

// alike reports whether a list that begins as s does can go on as next does: with
// digits of the same script, 14 一半 is none, and 第 only if it began with one.
func alike(s, next string) bool {
	s, ordinal := strings.CutPrefix(s, "第")
	next, again := strings.CutPrefix(next, "第")
	return arabic(s) == arabic(next) && (ordinal || !again)
}

// extend adds m, and with isRange what lies between n and m. It reports false if
// that is no range.
func (l *listing) extend(n, m int, isRange bool) bool {
	if isRange && (m <= n || m-n > widest) {
		return false
	}
	for k := n + 1; isRange && k < m; k++ {
		l.list = append(l.list, k)
	}
	l.list = append(l.list, m)
	return true
}

// dashedOn reports whether a dash and another number follow: 5/5—2 is no 5 of 5.
func dashedOn(after string) bool {
	rest := after
	for n := dash(rest); n > 0; n = dash(rest) {
		rest = rest[n:]
	}
	return rest != after && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// junction is what joins two numbers of a list, and in the group the ends of a range.
const junction = `(?: *(?:以及|[、，,/和跟及与&]|(——|[-~—–到至])) *| )`

var (
	connection = regexp.MustCompile(`^` + junction)
	// 条 in the middle of a list; the last one is the unit of all.
	innerUnit = regexp.MustCompile(`^条` + junction + `(?:第|(?:[0-9]{1,3}|` + numerals + `)条)`)
)

// connector is the length of what joins two numbers of a list, and whether it
// makes them the ends of a range.
func connector(s string) (size int, isRange bool) {
	m := connection.FindStringSubmatchIndex(s)
	if m == nil {
		return 0, false
	}
	return m[1], m[2] >= 0
}

// hasOwnUnit reports whether what follows a number makes it an amount, a time
// or a count of its own.
func hasOwnUnit(after string) bool {
	if sign(after) > 0 || hasPrefix(after, "成", "分之", "折") || minutesAt(after) {
		return true
	}
	if len(after) > 1 && after[0] == '.' && after[1] >= '0' && after[1] <= '9' {
		return true
	}
	u, ok := unitAt(after)
	return ok && u.word != "条" && u.word != "项" && u.word != "点"
}

// minutesAt reports whether s begins with the minutes of a time: :30.
func minutesAt(s string) bool {
	if len(s) < 3 || s[0] != ':' || s[1] < '0' || s[1] > '5' || s[2] < '0' || s[2] > '9' {
		return false
	}
	rest := strings.TrimLeft(s[3:], " ")
	return rest == "" || rest[0] != '%' && (rest[0] < '0' || rest[0] > '9')
}

// memberAt reads a number of a list, with 第 before it and a 条 that is not the last.
func memberAt(s string) (n, size int) {
	if strings.HasPrefix(s, "第") {
		size = len("第")
	}
	n, used := zh.ParseInt(s[size:])
	if used == 0 {
		return 0, 0
	}
	size += used
	if strings.HasPrefix(s[size:], "条") && innerUnit.MatchString(s[size:]) {
		size += len("条")
	}
	return n, size
}

// named takes 措施15, 任务5 and, at the start of a clause, 二、6.
func (p *scanner) named(r rune) bool {
	switch r {
	case '工', '措', '任', '条', '要', 'n', '序', '编', 'i', '#':
	default:
		return p.partAndMeasure(r)
	}
	for _, head := range []string{"item", "要点", "工作措施", "措施编号", "措施序号", "措施", "任务", "条目", "条款", "编号", "序号", "no.", "no", "#"} {
		rest, ok := strings.CutPrefix(p.rest(), head)
		if !ok {
			continue
		}
		inner := strings.TrimLeft(rest, " :")
		l, ok := listAt(inner)
		if !ok || hasOwnUnit(inner[l.size:]) || hasPrefix(inner[l.size:], "条", "项") {
			return false
		}
		p.emit(token{class: measure, list: l.list, strict: true}, len(head)+len(rest)-len(inner)+l.size)
		return true
	}
	return false
}

// numerals are Chinese ones of a part of a plan.
const numerals = `[〇零一二两三四五六七八九十百]{1,6}`

// parts are named without 第: 三部分, 一、二部分, 四章. They are no measures.
var parts = regexp.MustCompile(`^(?:` + numerals + `、){0,9}(` + numerals + `)(?:大?部分|章|板块|大项|大点)`)

// outlined is a measure as plans number it whose parts each begin anew: 二(三), 二、(三).
var outlined = regexp.MustCompile(`^(` + numerals + `)(、?)\((` + numerals + `|[0-9]{1,3})\)`)

// partAndMeasure takes the part of 二、6; the measure is what comes next. Of 二(三) it takes both.
func (p *scanner) partAndMeasure(r rune) bool {
	if !zh.IsNumeral(r) || !p.opensClause() {
		return false
	}
	if m := parts.FindStringSubmatch(p.rest()); m != nil && m[0] != "一部分" {
		n, _ := zh.ParseInt(m[1])
		p.emit(token{class: section, n: int32(n)}, len(m[0]))
		return true
	}
	if m := outlined.FindStringSubmatch(p.rest()); m != nil && !hasOwnUnit(p.rest()[len(m[0]):]) && !hasPrefix(p.rest()[len(m[0]):], "班") {
		n, _ := zh.ParseInt(m[1])
		k, _ := zh.ParseInt(m[3])
		p.emit(token{class: section, n: int32(n)}, len(m[1])+len(m[2]))
		p.emit(token{class: measure, list: []int{k}, strict: true}, len(m[0])-len(m[1])-len(m[2]))
		return true
	}
	n, size := zh.ParseInt(p.rest())
	after, ok := strings.CutPrefix(p.rest()[size:], "、")
	if size == 0 || !ok {
		return false
	}
	m, used := zh.ParseInt(after)
	if used > 0 && (after[0] < '0' || after[0] > '9') || used > 0 && hasOwnUnit(after[used:]) {
		return false
	}
	p.emit(token{class: section, n: int32(n)}, size+len("、"))
	if used > 0 {
		if strings.HasPrefix(after[used:], "条") {
			used += len("条")
		}
		p.emit(token{class: measure, list: []int{m}, strict: true}, used)
	}
	return true
}

// bareMeasures takes 3、5 where they are measures: they begin a clause and a
// state follows, or they are written 3条.
func (p *scanner) bareMeasures(arabic bool) bool {
	if !p.bare && slices.ContainsFunc(p.tokens, func(t token) bool { return t.class != space && t.class != mark && !t.is(said) }) || p.at < p.plain || !p.opensClause() {
		return false
	}
	l, ok := listAt(p.rest())
	if !ok || p.behindSlash() || p.isValue(l) { // 5/5—2% is nothing
		return false
	}
	if p.bare && pairs.MatchString(p.rest()) {
		l, _ = listAt(strings.Fields(p.rest())[0])
	}
	after := p.rest()[l.size:]
	if p.bare {
		p.row = rowBehind(after, len(l.list))
	}
	if p.row > 0 || p.bare && endsList(after) && headed(p.s[:p.at], p.tokens) {
		size := l.size + len(listUnit.FindString(after))
		p.emit(token{class: measure, list: l.list}, size)
		return true
	}
	if !arabic && estimated(p.rest()[:l.size]) && hasPrefix(after, "条", "项") {
		p.emit(token{class: measure, list: l.list, guess: true}, l.size+len("条"))
		return true
	}
	if hasSuffix(p.rest()[:l.size], "条") { // 25到28条，26条只有四成
		p.emit(token{class: measure, list: l.list}, l.size)
		return true
	}
	if n := total(after, len(l.list)); n > 0 {
		p.emit(token{class: measure, list: l.list}, l.size+n)
		return true
	}
	if rest, ok := strings.CutPrefix(after, "条"); ok {
		return p.items(l, rest)
	}
	return p.plainNumbers(l, after, arabic)
}

// isValue reports whether a number behind a measure is what is said of it: 22条60、23条40,
// 第3条80, 3条80 5条60.
func (p *scanner) isValue(l listing) bool {
	if n := len(p.tokens); n > 0 && p.tokens[n-1].class == measure && hasSuffix(p.s[:p.at], "条", "项") && !hasPrefix(p.rest()[digits(p.rest()):], "条", "项") {
		return true
	}
	return last(p.tokens, blank).class == measure && !hasPrefix(p.rest()[l.size:], "条", "项")
}

// listUnit is what a list of measures can end with.
var listUnit = regexp.MustCompile(`^(?:条|号任务|号)`)

// headed reports whether before, of which tokens are the end, ends with a state as the head of
// a list: 已完成：3、5、8.
func headed(before string, tokens []token) bool {
	if !hasSuffix(strings.TrimRight(before, " "), ":", "的有", "的是", "了的") {
		return false
	}
	from := len(tokens)
	for from > 0 && tokens[from-1].class != brk {
		from--
	}
	return !hasClass(tokens[from:], measure) && judge(tokens[from:]).any()
}

// endsList reports whether nothing but 条 and a stop follows a list.
func endsList(after string) bool {
	rest := strings.TrimLeft(after[len(listUnit.FindString(after)):], " ")
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || r == '\n' || stop(r)
}

// rowOf is a row of amounts behind a list, each with what divides it from the next.
var rowOf = regexp.MustCompile(`^(?:条|号任务|号)? *[:=] *((?:[0-9]{1,3}%?(?:[、,，/ ]|$|\n|。))+)`)

// rowBehind is how many amounts stand in after, behind a list of n members: 3/5/7：80/60/100; 0
// if they are not n.
func rowBehind(after string, n int) int {
	m := rowOf.FindStringSubmatch(after)
	if m == nil || n < 2 {
		return 0
	}
	row := strings.FieldsFunc(m[1], func(r rune) bool { return r < '0' || r > '9' })
	if len(row) != n || slices.ContainsFunc(row, func(n string) bool { return len(n) > 2 && n != "100" }) {
		return 0
	}
	return n
}

// plainNumbers takes the numbers of l where they stand without 条: after tells.
func (p *scanner) plainNumbers(l listing, after string, arabic bool) bool {
	excepted := hasSuffix(p.s[:p.at], exceptions...) && hasPrefix(after, "外", "以外", "之外", ")", "，", ",") // 除3、7外
	switch {
	case p.bare && (excepted || len(l.list) > 1 && hasPrefix(after, exceptions...)):
	case p.changes(l, after), !p.bare, hasOwnUnit(after), l.list[len(l.list)-1] > 99,
		!arabic && (l.list[0] < 2 || hasPrefix(after, "是", "来", "则")): // 二是
		return false
	case !follows(after, true):
		if l.size > 24 {
			p.plain = p.at + l.size // once is enough for a long row of numbers
		}
		return false
	}
	p.emit(token{class: measure, list: l.list}, l.size)
	return true
}

// changes reports whether the numbers of l are amounts, of which after says what they
// become: 60→75, or which stand for others: 22是80，23是60.
func (p *scanner) changes(l listing, after string) bool {
	arrow := hasPrefix(strings.TrimLeft(after, " "), "→", "->", "—", "=>", "到", "变", "升")
	changed := hasPrefix(after, "改") && hasSuffix(p.s[:p.at], "把", "将", "由", "从") && (p.value || hasClass(p.tokens, measure)) // 把80改成82
	return last(p.tokens, blank).is(change) || len(l.list) == 1 && (p.value && arrow || changed)
}

// estimated reports whether s is two digits or more without a unit, which may be
// several numbers: 三五条.
func estimated(s string) bool {
	return utf8.RuneCountInString(s) > 1 && !strings.ContainsAny(s, "十百千零〇廿卅、,，")
}

// items takes 3、5条, where rest is what follows.
func (p *scanner) items(l listing, rest string) bool {
	if len(l.list) == 1 && p.isLeftover(l.list[0]) {
		p.emit(token{class: word, roles: filler}, l.size+len("条"))
		return true
	}
	if len(l.list) == 1 && l.list[0] < 10 && !arabic(p.rest()) && hasPrefix(rest, "里", "完了", "完成了", "没", "有", "都") { // 三条里面完成了两条
		p.emit(token{class: measure, list: l.list, guess: true}, l.size+len("条"))
		return true
	}
	if len(l.list) == 1 && l.list[0] > 1 && l.list[0] < 10 && hasPrefix(rest, "都", "均", "全") && !p.value && last(p.tokens, blank).class != measure {
		p.emit(token{class: measure, list: l.list, guess: true}, l.size+len("条")) // 我的三条都完成了
		return true
	}
	if l.list[0] > 99 || len(l.list) == 1 && hasPrefix(p.rest(), "一条", "两条") || hasPrefix(rest, notMeasures...) || !p.bare && !follows(rest, false) {
		return false
	}
	p.emit(token{class: measure, list: l.list}, l.size+len("条"))
	return true
}

// behindSlash reports whether a number and a slash stand before p.at.
func (p *scanner) behindSlash() bool {
	return p.at > 1 && p.s[p.at-1] == '/' && p.s[p.at-2] >= '0' && p.s[p.at-2] <= '9'
}

// total is the length of the count that closes a list of n numbers: 19、20、21三条.
func total(after string, n int) int {
	m, size := zh.ParseInt(after)
	if size == 0 || m != n || n < 2 || !hasPrefix(after[size:], "条", "项") {
		return 0
	}
	return size + len("条")
}

// pairs is a line of measures and percents in turn: 3 80 5 60.
var pairs = regexp.MustCompile(`^[0-9]+ (?:[1-9][05]|100)(?: [0-9]+ (?:[1-9][05]|100))*(?:\n|$)`)

// follows reports whether after can be what is said of a measure: an amount or
// a word of state, perhaps after a colon or space. With value, a plain number
// will do.
func follows(after string, value bool) bool {
	rest := strings.TrimLeft(after, " :.,、，=>-—→")
	if _, ok := percentAt(rest); ok {
		return true
	}
	estimate, ok := estimateAt(rest)
	if _, word := amountWords.at(rest); word || strings.HasPrefix(after, "ok") || ok && endsHere(rest[estimate.size:]) {
		return true
	}
	if e, ok := wordAt(rest); ok {
		const states = void | done | partial | doing | ongoing | neg | vague | planned | blocked | unchanged | left |
			degree | to | change | past | around | each | same | later | day | from | waiting | decider | unbegun | soon
		return e.roles&states != 0 || e.roles&starting != 0 && (len(e.word) > len("弄") || hasPrefix(rest[len(e.word):], "了", "到")) ||
			e.roles&filler != 0 && hasPrefix(e.word, "都", "均", "全", "也", "做了", "弄了", "搞了", "干了", "办了", "还", "只", "才", "又", "再", "现在", "目前", "当前", "就")
	}
	if n, size := zh.ParseInt(rest); value && size > 0 && rest != after && n <= 100 && !strings.HasPrefix(after, "、") && !strings.HasPrefix(after, ".") {
		return endsHere(rest[size:]) && n%5 == 0
	}
	return false
}
