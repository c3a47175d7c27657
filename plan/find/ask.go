package find

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// An ask is what a query names by number or by name, before any word is scored.
type ask struct {
	targets []target
	field   string // a key of fieldAsks, or the name of a field
	rest    string // what is neither reference nor filler
	strong  bool   // a reference that cannot be anything else, such as 第3条
}

// A target is a way down to nodes, from the outermost inwards: 第二部分 第3条.
type target []refs

// refs name nodes of one level; several in 3、5、7条 and 3-6条.
type refs struct {
	level refLevel
	picks []choice
	said  string // as typed, for saying that it is not there
	unit  bool   // the level was said: 条, 部分
}

// A choice says which of the nodes of a level are meant: one number, or the
// numbers from one to another, or so many from one end.
type choice struct {
	num      string // as Node.Number
	from, to int    // a range; to is toLast if it ends with the last
	first    int    // the first so many
	last     int    // the last so many
	back     int    // one, counted from the end
}

// toLast is the end of 第3条到最后一条.
const toLast = -1

type refLevel int

const (
	levelBare   refLevel = iota // 三: the part; but also 三 of 二、三
	levelDigits                 // 12
	levelPart                   // 第三部分
	levelCh                     // 第三章
	levelItem                   // 第3条
	levelParen                  // （三）
	levelCircle                 // ③
)

// outer reports whether l is a level of parts, below which the others stand.
func (l refLevel) outer() bool { return l == levelBare || l == levelPart || l == levelCh }

const num = `([0-9]{1,6}|[` + hanNumerals + `]{1,7})`

// A refPattern reads one reference; unit tells that it says what it counts, sure
// that it cannot be anything else.
type refPattern struct {
	level      refLevel
	re         *regexp.Regexp
	unit, sure bool
}

var refPatterns = []refPattern{
	{levelDigits, regexp.MustCompile(`^第([0-9]{1,3}(?:\.[0-9]{1,3}){1,3})(?:小?[条项点款节])?`), false, true},
	{levelPart, regexp.MustCompile(`^第` + num + `(?:个?大?部分|大[点项条块]|编|篇|块|板块)`), true, true},
	{levelPart, regexp.MustCompile(`^` + num + `(?:大?部分|大[点项块])`), true, false},
	{levelPart, regexp.MustCompile(`^部分` + num), true, false},
	{levelCh, regexp.MustCompile(`^第?` + num + `章`), true, true},
	{levelItem, regexp.MustCompile(`^第` + num + `(?:条措施|项措施|项任务|个措施|小?[条项点款个号])`), true, true},
	{levelItem, regexp.MustCompile(`^(?:措施|任务|重点任务|条目?|序号|编号|no\.?|#|№)第?` + num + `[条项点号]?`), true, false},
	{levelItem, regexp.MustCompile(`^` + num + `(?:号措施|号任务|小?[条项点])`), true, false},
	{levelItem, regexp.MustCompile(`^([0-9]{1,3})号(?:的|$|是什么|内容)`), true, false},
	{levelItem, regexp.MustCompile(`^第` + num), false, false},
	{levelParen, regexp.MustCompile(`^\(` + num + `\)`), true, false},
	{levelPart, regexp.MustCompile(`^§` + num), true, true},
	{levelDigits, regexp.MustCompile(`^([0-9]{1,6}(?:\.[0-9]{1,2})*)[.、,/]?`), false, false},
	{levelBare, regexp.MustCompile(`^([` + hanNumerals + `]{1,7})[.、,/]?`), false, false},
}

var (
	lastRef  = regexp.MustCompile(`^(?:(?:最后|末尾|最末)(?:那|的)?[一1]?(部分|章|[条项点款]|个$|个的)|(?:末|尾)(条|项|章|部分))`)
	backRef  = regexp.MustCompile(`^倒数第?` + num + `(部分|章|[条项个点款])`)
	endsRef  = regexp.MustCompile(`^(最前面?|前面?|开头|头|最后面?|后面?|末尾?)(?:的|那)?` + num + `(?:个)?(部分|章|[条项点款])`)
	rangeTo  = regexp.MustCompile(`^(?:一直)?(?:到|至|~|-)`)
	comma    = regexp.MustCompile(`^[、,./;]`)
	together = regexp.MustCompile(`^(?:以及|还有|和|与|及|跟|&|\+)`)
)

// A tie is what stands between two references.
type tie int

const (
	tieNone  tie = iota
	tieComma     // 三、5
	tieAnd       // 第3条和第四部分
)

// readAsk reads the references of a query.
func (x *Index) readAsk(q string) ask {
	var a ask
	q = refText(strings.ToLower(q))
	if a.field, q = x.cutField(q); a.field == "" {
		q = strings.TrimRight(q, "?。!.")
	}
	between := tieNone
	for s := q; s != ""; {
		if s[0] == ' ' {
			s = s[1:]
			continue
		}
		if n := around(s); n > len("一") { // 一下 is no part
			s = s[n:]
			continue
		}
		if n := a.take(s, between); n > 0 {
			if between = tieNone; strings.ContainsAny(s[n-1:n], ".,/") || strings.HasSuffix(s[:n], "、") {
				between = tieComma // it was read with the number
			}
			s = s[n:]
			continue
		}
		if n := around(s); n > 0 {
			s = s[n:]
			continue
		}
		if n, kind := joint(s); n > 0 {
			s, between = s[n:], kind
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		a.rest += s[:size]
		s = s[size:]
		if !a.strong {
			a.rest += s
			break
		}
	}
	return a
}

// around is the length of the words at the head of s that may stand round a
// reference without changing it.
func around(s string) int {
	if n := len(fillerHead.FindString(s)); n > 0 {
		return n
	}
	return len(idleHead.FindString(s))
}

// joint is the length of what joins two references, and how it does.
func joint(s string) (int, tie) {
	if w := together.FindString(s); w != "" {
		return len(w), tieAnd
	}
	return len(comma.FindString(s)), tieComma
}

// take reads one reference at the head of s and returns its bytes.
func (a *ask) take(s string, between tie) int {
	if r, n := fromEnd(s); n > 0 {
		a.add(r, true, between)
		return n
	}
	if p, g := reference(s); g != nil {
		value, _ := number(g[1])
		r := refs{level: p.level, picks: []choice{{num: value}}, said: g[0], unit: p.unit}
		more, sure := r.through(s[len(g[0]):])
		a.add(r, p.sure || sure, between)
		return len(g[0]) + more
	}
	c, size := utf8.DecodeRuneInString(s)
	if n := mark.Circled(c); n > 0 {
		a.add(refs{level: levelCircle, picks: []choice{{num: strconv.Itoa(n)}}, said: s[:size], unit: true}, false, between)
		return size
	}
	return 0
}

// reference matches one reference at the head of s.
func reference(s string) (refPattern, []string) {
	for _, p := range refPatterns {
		g := p.re.FindStringSubmatch(s)
		if g == nil {
			continue
		}
		n := len(g[0])
		if _, ok := number(g[1]); ok && (n == len(s) || !digitAt(s, n) || !digitAt(s, n-1)) {
			return p, g // 1234567 is no number of a measure
		}
	}
	return refPattern{}, nil
}

func digitAt(s string, i int) bool { return s[i] >= '0' && s[i] <= '9' }

// fromEnd reads 最后一条, 倒数第二条, 最后三条 and 前3条.
func fromEnd(s string) (refs, int) {
	if g := lastRef.FindStringSubmatch(s); g != nil {
		return refs{level: unitLevel(g[1] + g[2]), picks: []choice{{back: 1}}, said: g[0], unit: true}, len(g[0])
	}
	if g := backRef.FindStringSubmatch(s); g != nil {
		n, _ := zh.ParseInt(g[1])
		return refs{level: unitLevel(g[2]), picks: []choice{{back: n}}, said: g[0], unit: true}, len(g[0])
	}
	g := endsRef.FindStringSubmatch(s)
	if g == nil {
		return refs{}, 0
	}
	n, size := zh.ParseInt(g[2])
	if size < len(g[2]) || n < 1 {
		return refs{}, 0
	}
	p := choice{last: n}
	if strings.Contains(g[1], "前") || strings.Contains(g[1], "头") {
		p = choice{first: n}
	}
	return refs{level: unitLevel(g[3]), picks: []choice{p}, said: g[0], unit: true}, len(g[0])
}

func unitLevel(unit string) refLevel {
	switch unit {
	case "部分":
		return levelPart
	case "章":
		return levelCh
	}
	return levelItem
}

// number is a hanNumerals in Arabic digits; a decimal stays. It is not ok if only a
// part of s is one.
func number(s string) (string, bool) {
	if strings.Contains(s, ".") {
		return s, true
	}
	n, size := zh.ParseInt(s)
	return strconv.Itoa(n), size == len(s) || size == 0
}

// through reads the other end of a range: 到第6条, 至最后一条. It is sure if that
// says what it counts.
func (r *refs) through(s string) (n int, sure bool) {
	to := rangeTo.FindString(s)
	from, err := strconv.Atoi(r.picks[0].num)
	if to == "" || err != nil {
		return 0, false
	}
	rest := s[len(to):]
	if g := lastRef.FindStringSubmatch(rest); g != nil {
		return r.until(toLast, unitLevel(g[1]+g[2]), to+g[0]), true
	}
	p, g := reference(rest)
	if g == nil || p.level == levelParen && r.level != levelParen {
		return 0, false
	}
	value, _ := number(g[1])
	end, err := strconv.Atoi(value)
	if err != nil || end <= from {
		return 0, false
	}
	level := r.level
	if p.unit {
		level = p.level
	}
	return r.until(end, level, to+g[0]), p.sure
}

func (r *refs) until(end int, level refLevel, said string) int {
	from, _ := strconv.Atoi(r.picks[0].num)
	r.picks[0] = choice{from: from, to: end}
	r.unit = r.unit || level != r.level
	r.level, r.said = level, r.said+said
	return len(said)
}

// add puts a reference where it belongs: beside those of its level, below what
// was named before it, or by itself.
func (a *ask) add(r refs, sure bool, between tie) {
	a.strong = a.strong || sure
	if len(a.targets) == 0 {
		a.targets = []target{{r}}
		return
	}
	t := &a.targets[len(a.targets)-1]
	prev := &(*t)[len(*t)-1]
	switch {
	case strings.HasSuffix(prev.said, "条") && strings.ContainsAny(r.said, "项款点") && !strings.Contains(r.said, "条") && prev.level == levelItem && between == tieNone:
		r.level = levelParen // 第十四条第三项
		*t = append(*t, r)
	case prev.joins(r, between):
		prev.picks = append(prev.picks, r.picks...)
		if between == tieAnd {
			prev.said += "、"
		}
		prev.said += r.said
		if r.unit || prev.level == levelDigits {
			prev.level = r.level
		}
		prev.unit = prev.unit || r.unit
	case r.level.outer() && (!prev.level.outer() || between != tieNone), between == tieAnd && prev.unit && r.unit:
		a.targets = append(a.targets, target{r})
	default:
		*t = append(*t, r)
	}
}

// joins reports whether next stands beside r on one level: in 5、7、9条 and
// 十三、十四条 the last says what all of them count. 三、5 is one in the other.
func (r *refs) joins(next refs, between tie) bool {
	switch {
	case r.level == next.level, r.level == levelDigits && next.level == levelItem, r.level == levelItem && next.level == levelDigits:
		return true
	case between == tieNone || r.unit || !next.unit || next.level > levelItem:
		return false
	}
	ordinal := strings.HasPrefix(r.said, "第")
	return arabic(r.said) == arabic(next.said) && (ordinal || !strings.HasPrefix(next.said, "第"))
}

// arabic reports whether the number of a reference was typed in digits.
func arabic(said string) bool { return strings.ContainsAny(said, "0123456789") }

// whole reports whether the query is nothing but references.
func (a *ask) whole() bool {
	return len(a.targets) > 0 && (a.rest == "" || a.strong)
}

// longNumber is the query if it is only a number that no plan counts to, such as
// a year or a telephone number; "" if it is not.
func (a *ask) longNumber() string {
	if len(a.targets) != 1 || len(a.targets[0]) != 1 || len(a.targets[0][0].picks) != 1 {
		return ""
	}
	r := a.targets[0][0]
	if n, err := strconv.Atoi(r.picks[0].num); err == nil && n >= 1000 && !r.unit && !strings.HasPrefix(r.said, "第") {
		return strings.TrimRight(r.said, "、,./")
	}
	return ""
}
