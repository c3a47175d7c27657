package plan

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// An ask is what a query names by number or by name, before any word is scored.
type ask struct {
	chain  []refs // from the outermost inwards: 第二部分 第3条
	field  string // a key of fieldAsks, or the name of a field
	rest   string // what is neither reference nor filler
	strong bool   // a reference that cannot be anything else, such as 第3条
}

// refs name nodes of one level; several in 3、5、7条 and 3-6条.
type refs struct {
	level refLevel
	nums  []string // as Node.Number; empty and last 0: all
	last  int      // 1 for 最后一条, 2 for 倒数第二条
	said  string   // as typed, for saying that it is not there
}

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

const num = `([0-9]{1,3}|[一二三四五六七八九十百零〇两廿]{1,4})`

var refPatterns = []struct {
	level refLevel
	re    *regexp.Regexp
	sure  bool
}{
	{levelPart, regexp.MustCompile(`^第` + num + `(?:大?部分|大[点项条块]|编|篇|块)`), true},
	{levelPart, regexp.MustCompile(`^` + num + `(?:大?部分|大[点项块])`), false},
	{levelPart, regexp.MustCompile(`^部分` + num), false},
	{levelCh, regexp.MustCompile(`^第?` + num + `章`), true},
	{levelItem, regexp.MustCompile(`^第` + num + `(?:条措施|项措施|项任务|个措施|小?[条项点款个号])`), true},
	{levelItem, regexp.MustCompile(`^(?:措施|任务|重点任务|条目?|序号|编号|no\.?|#|№)第?` + num + `[条项点号]?`), false},
	{levelItem, regexp.MustCompile(`^` + num + `(?:号措施|号任务|小?[条项点])`), false},
	{levelItem, regexp.MustCompile(`^第` + num), false},
	{levelParen, regexp.MustCompile(`^\(` + num + `\)`), false},
	{levelPart, regexp.MustCompile(`^§` + num), true},
	{levelDigits, regexp.MustCompile(`^([0-9]{1,3}(?:[.．][0-9]{1,2})*)[.、,/]?`), false},
	{levelBare, regexp.MustCompile(`^([一二三四五六七八九十百]{1,4})[.、,/]?`), false},
}

var (
	lastRef  = regexp.MustCompile(`^(?:最后|末尾|最末)(?:那|的)?[一1]?(部分|章|[条项个点款])`)
	countRef = regexp.MustCompile(`^倒数第?` + num + `(部分|章|[条项个点款])`)
	rangeTo  = regexp.MustCompile(`^(?:到|至|~|-|–|—)`)
	joint    = regexp.MustCompile(`^(?:和|与|及|跟|以及|还有|、|,|\.|/|;|&|\+)`)
)

// readAsk reads the references of a query.
func (x *Index) readAsk(q string) ask {
	var a ask
	q = strings.ToLower(q)
	if a.field, q = x.cutField(q); a.field == "" {
		q = strings.TrimRight(q, "?。!.")
	}
	for s := q; s != ""; {
		if s[0] == ' ' {
			s = s[1:]
			continue
		}
		if n := a.take(s); n > 0 {
			s = s[n:]
			continue
		}
		if loc := filler.FindStringIndex(s); loc != nil && loc[0] == 0 {
			s = s[loc[1]:]
			continue
		}
		if loc := joint.FindString(s); loc != "" {
			s = s[len(loc):]
			continue
		}
		r := []rune(s)[0]
		a.rest += string(r)
		s = s[len(string(r)):]
		if !a.strong {
			a.rest += s
			break
		}
	}
	return a
}

// take reads one reference at the head of s and returns its bytes.
func (a *ask) take(s string) int {
	if g := lastRef.FindStringSubmatch(s); g != nil {
		a.add(refs{level: unitLevel(g[1]), last: 1, said: g[0]}, true)
		return len(g[0])
	}
	if g := countRef.FindStringSubmatch(s); g != nil {
		n, _ := zh.ParseInt(g[1])
		a.add(refs{level: unitLevel(g[2]), last: n, said: g[0]}, true)
		return len(g[0])
	}
	for _, p := range refPatterns {
		g := p.re.FindStringSubmatch(s)
		if g == nil {
			continue
		}
		n := len(g[0])
		if n < len(s) && s[n] >= '0' && s[n] <= '9' && s[n-1] >= '0' && s[n-1] <= '9' {
			continue // 96110 is no number of a measure
		}
		r := refs{level: p.level, nums: []string{number(g[1])}, said: g[0]}
		n += r.through(s[n:])
		a.add(r, p.sure)
		return n
	}
	c, size := utf8.DecodeRuneInString(s)
	if n := circled(c); n > 0 {
		a.add(refs{level: levelCircle, nums: []string{itoa(n)}, said: string(c)}, false)
		return size
	}
	return 0
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

// number is a numeral in Arabic digits; a decimal stays.
func number(s string) string {
	if strings.ContainsAny(s, ".．") {
		return strings.ReplaceAll(s, "．", ".")
	}
	n, _ := zh.ParseInt(s)
	return itoa(n)
}

// longestRange is how many numbers a range may name.
const longestRange = 60

// through reads the other end of a range: 到第6条.
func (r *refs) through(s string) int {
	to := rangeTo.FindString(s)
	if to == "" || strings.Contains(r.nums[0], ".") {
		return 0
	}
	rest := s[len(to):]
	for _, p := range refPatterns {
		g := p.re.FindStringSubmatch(rest)
		if g == nil || p.level == levelParen {
			continue
		}
		from, _ := strconv.Atoi(r.nums[0])
		end, err := strconv.Atoi(number(g[1]))
		if err != nil || end <= from || end-from > longestRange {
			return 0
		}
		for n := from + 1; n <= end; n++ {
			r.nums = append(r.nums, itoa(n))
		}
		if p.level == levelItem || p.level == levelPart || p.level == levelCh {
			r.level = p.level
		}
		r.said += to + g[0]
		return len(to) + len(g[0])
	}
	return 0
}

// add puts a reference into the chain: numbers of one level join, 5、7、9条 all
// being of the level that the last of them says.
func (a *ask) add(r refs, sure bool) {
	a.strong = a.strong || sure
	n := len(a.chain)
	if n == 0 {
		a.chain = []refs{r}
		return
	}
	prev := &a.chain[n-1]
	if strings.HasSuffix(prev.said, "条") && strings.IndexAny(r.said, "项款") > 0 && prev.level == levelItem {
		r.level = levelParen // 第十四条第三项
		a.chain = append(a.chain, r)
		return
	}
	same := prev.level == r.level || prev.level == levelDigits && r.level == levelItem || prev.level == levelItem && r.level == levelDigits ||
		prev.level == levelBare && r.level == levelItem && strings.ContainsAny(prev.said, "、,") && a.listed()
	if same && prev.last == 0 && r.last == 0 {
		prev.nums = append(prev.nums, r.nums...)
		prev.said += r.said
		prev.level = max(prev.level, r.level)
		return
	}
	a.chain = append(a.chain, r)
}

// listed reports whether the bare numerals so far are a list, as in 三、五条:
// a single one before an item is its part, as in 三、5.
func (a *ask) listed() bool { return len(a.chain[len(a.chain)-1].nums) > 1 }

// whole reports whether the query is nothing but references.
func (a *ask) whole() bool {
	return len(a.chain) > 0 && (a.rest == "" || a.strong)
}
