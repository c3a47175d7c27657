package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/zh"
)

// The words of the names of people and of parts of the university.
var (
	surnames = compile("姓")
	orgEnds  = words("单位结尾")
	orgShort = words("单位简称")
	titles   = words("称呼")
)

// Names are names of people that are known. The zero value has none. What reads them
// must not take longer the more there are.
type Names struct {
	all   map[string]struct{}
	sizes []int // that occur, in bytes, in rising order
}

// NamesOf makes Names of a list.
func NamesOf(list []string) Names {
	n := Names{all: make(map[string]struct{}, len(list))}
	for _, name := range list {
		if name == "" {
			continue
		}
		n.all[name] = struct{}{}
		if at, found := slices.BinarySearch(n.sizes, len(name)); !found {
			n.sizes = slices.Insert(n.sizes, at, len(name))
		}
	}
	return n
}

// heads lists the sizes of those names that s begins with.
func (n Names) heads(s string) (sizes []int) {
	for _, size := range n.sizes {
		if size > len(s) {
			break
		}
		if _, known := n.all[s[:size]]; known {
			sizes = append(sizes, size)
		}
	}
	return sizes
}

// identities lists the sizes of all names that s may begin with, longest
// first: 计算机学院2022级辅导员赵敏 begins with 计算机学院, with 计算机学院2022级, and so on.
func identities(s string, known Names) []int {
	s = clip(s, 90)
	sizes := []int{0}
	for i := 0; i < len(sizes); i++ {
		at := len(s) - len(strings.TrimLeft(s[sizes[i]:], " -·:/()—_、和与"))
		for _, size := range identityPieces(s[at:], known) {
			if !slices.Contains(sizes, at+size) {
				sizes = append(sizes, at+size)
			}
		}
	}
	sizes = sizes[1:]
	slices.Sort(sizes)
	slices.Reverse(sizes)
	return sizes
}

// identityPieces lists the sizes of the single pieces that s may begin with.
func identityPieces(s string, known Names) []int {
	var many []int // 五位老师
	if n, size := zh.ParseInt(s); n > 1 && hasPrefix(s[size:], "位", "名") {
		many = []int{size + len("位")}
	}
	return slices.Concat(known.heads(s), heads(s, titles), heads(s, orgShort), orgSizes(s), nameSizes(s), many)
}

// heads lists the sizes of those of words that s begins with.
func heads(s string, words []string) []int {
	var sizes []int
	for _, w := range words {
		if w != "" && strings.HasPrefix(s, w) {
			sizes = append(sizes, len(w))
		}
	}
	return sizes
}

// orgSizes lists the sizes of 外国语学院, 2022级 and the like at the start of s.
func orgSizes(s string) []int {
	const longest = 12 // characters
	var sizes []int
	seen := 0
	for i, r := range s {
		if seen++; seen > longest || !unicode.Is(unicode.Han, r) && !unicode.IsDigit(r) || strings.ContainsRune("我你他她的了请在是把被都也就谁这那有没", r) {
			break
		}
		for _, size := range heads(s[i:], orgEnds) {
			if i > 0 {
				sizes = append(sizes, i+size)
			}
		}
	}
	return sizes
}

// nameSizes lists the sizes of personal names at the start of s: a surname with
// one or two more characters.
func nameSizes(s string) []int {
	surname, ok := surnames.at(s)
	head := len(surname.word)
	if !ok {
		return nil
	}
	var sizes []int
	at := head
	for range 2 {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !unicode.Is(unicode.Han, r) || strings.ContainsRune("的了我你他她是在请把被都也就第老", r) || zh.IsNumeral(r) && (at > head || strings.HasPrefix(s, "周")) {
			break
		}
		at += size
		sizes = append(sizes, at)
	}
	if hasPrefix(s[head:], "老师", "书记", "主任", "导", "院长", "处长") {
		sizes = append(sizes, head+len("老师"))
	}
	return sizes
}

// personAt returns the person's name that s begins with, if what follows it is
// in after or is the end. Known names win over guesses.
func personAt(s string, known Names, after ...string) (string, bool) {
	sizes := append(known.heads(s), nameSizes(s)...)
	// A short guess first: 李四报一下 is 李四 who reports.
	for _, size := range sizes {
		rest := s[size:]
		for _, title := range []string{"", "老师", "书记", "主任"} {
			tail, ok := strings.CutPrefix(rest, title)
			if ok && (tail == "" || hasPrefix(tail, after...)) {
				return s[:size+len(title)], true
			}
		}
	}
	return "", false
}

// behalf finds the person whose report this is, if not the sender's: 帮李四报一下,
// 代李四收到, 李四的第5条.
func (m *message) behalf(tokens []token) string {
	for i, t := range tokens {
		if !t.is(onBehalf) {
			continue
		}
		rest := strings.TrimLeft(t.after(), " ")
		if name, ok := personAt(rest, m.in.People, "报", "填", "回", "说", "更新", "交", "登记", "收到", "的", "一下", ":", "，", " ", "已", "第", "确认", "汇报", "请假"); ok {
			return m.original(rest, name)
		}
		if i+1 < len(tokens) && tokens[i+1].is(third) {
			name, _ := personAt(m.text, m.in.People, "今", "明", "这", "请", "病", "出", "在", "不", " ", "，", "休", "说", "让", "托")
			return m.original(m.text, name)
		}
	}
	for _, t := range tokens {
		if t.class != measure {
			continue
		}
		owner := clauseBefore(t.before())
		if name, ok := personAt(owner, m.in.People, "的"); ok && owner == name+"的" {
			return m.original(m.text[int(t.from)-len(owner):], name)
		}
	}
	return ""
}

// original returns name as it was typed, where rest is the end of m.text that
// begins with it.
func (m *message) original(rest, name string) string {
	at := len(m.text) - len(rest)
	return zh.Typed(m.body, m.said, at, at+len(name))
}

// clauseBefore returns the end of s that stands in one clause, of at most 60 bytes:
// a name is shorter.
func clauseBefore(s string) string {
	const ends = stops + " ."
	s = strings.ToValidUTF8(s[max(0, len(s)-60):], "")
	return strings.TrimLeft(s[max(0, strings.LastIndexAny(s, ends)):], ends)
}

// What others said or did, and what is not certain, is found in a report by what follows.

// hedged finds words that make a report hearsay, a joke or a guess.
func (d doubt) hedged() []string {
	for _, w := range hedges {
		before, after, ok := strings.Cut(d.m.text, w)
		if ok && !d.replaced(int32(len(d.m.text)-len(after))) && !(strings.HasPrefix(w, "算") && hasSuffix(before, "不", "没", "不能", "没有")) {
			return []string{w}
		}
	}
	if depends.MatchString(d.m.text) {
		return []string{d.m.text}
	}
	for i, t := range d.tokens {
		told := t.class == measure && !d.replaced(t.to) && strings.HasSuffix(clauseBefore(t.before()), "说") && !d.has(self|onBehalf|fix) && !d.says("让", "托", "叫")
		if told {
			return []string{clauseBefore(t.before()) + t.text()}
		}
		if before := last(d.tokens[:i], blank); t.is(done) && !before.is(change) && hasPrefix(before.text(), "可能", "应该", "估计", "大概", "或许") && !hasPrefix(before.text(), "估计能", "应该能") {
			return []string{before.text() + t.text()}
		}
	}
	return found(d.has(third) && !d.has(onBehalf|self) && d.rep.strict && d.m.behalf(d.tokens) == "" && d.saysOther(), d.m.text)
}

// replaced reports whether something else is said in place of what stands up to at: 刚才是瞎估的，
// 改成一半.
func (d doubt) replaced(at int32) bool {
	i := slices.IndexFunc(d.tokens, func(t token) bool { return t.from >= at && t.class == brk })
	if i < 0 {
		return false
	}
	for clause := range clauses(d.tokens[i+1:]) {
		changes := slices.ContainsFunc(clause, func(t token) bool {
			return t.is(change) && utf8.RuneCountInString(t.text()) > 1 || hasPrefix(t.text(), "退回")
		})
		if changes && judge(clause).any() {
			return true
		}
	}
	return false
}

// depends is what will be so once something else has happened: 回了就100%.
var depends = regexp.MustCompile(`[回批到来好过通][了]就(?:是|能|可以|算)?(?:100|百分之百|完成|办结|齐)`)

// hedges are what makes a report doubtful.
var hedges = words("存疑")

// saysOther reports whether 他们 stands before the first state, so that it is theirs.
func (d doubt) saysOther() bool {
	return slices.ContainsFunc(d.tokens, func(t token) bool { return t.is(third) && hasPrefix(t.text(), "他们", "她们", "人家", "别人") })
}

// forwarded finds a report that was passed on, or that is about what others say.
func (d doubt) forwarded() []string {
	if passedOn.MatchString(d.m.text) && !d.has(self|onBehalf) {
		return []string{d.m.text}
	}
	odd := false
	for clause := range clauses(d.tokens) {
		if hasClass(clause, measure) || judge(clause).any() {
			odd = odd || slices.ContainsFunc(clause, func(t token) bool { return t.tellsOfOthers() && !d.replaced(t.to) })
		}
		if at := slices.IndexFunc(clause, func(t token) bool { return t.is(supposed) }); at >= 0 && !hasClass(d.tokens, amount) {
			odd = odd || slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Status != NoStatus }) // 如果派人，今晚就能开始
		}
	}
	return found(odd && !d.has(onBehalf) && !d.says("让我") && !d.corrects() && !d.rep.amended && !d.r.stuck(), d.m.text)
}

// tellsOfOthers reports whether t makes a clause what somebody else says or does, or what
// may be.
func (t token) tellsOfOthers() bool {
	return t.is(supposed) || t.is(hearsay) && containsAny(t.text(), hearsays) && !hasSuffix(t.before(), "我", "我们") ||
		t.is(you) && !hasSuffix(t.before(), "给", "向", "跟", "请", "按", "听", "陪") && !hasPrefix(t.after(), "记", "先", "帮", "再", "那边记", "给记", "看着", "的问题", "要求")
}

var hearsays = strings.Fields("说 据 好像 似乎 如果 要是 假如 倘若 觉得 认为 一旦 除非")

// passedOn is the head of a message that somebody else wrote.
var passedOn = regexp.MustCompile(`^(?:(?:fwd?|转发?|转自[^:]{1,12}) *[:]|[【\[(]转发?[】\])]|转发[^，。]{1,12}[:])`)

// whose finds 他的第3条完成了, where nobody is named.
func (d doubt) whose() []string {
	at := slices.IndexFunc(d.tokens, func(t token) bool { return t.is(third) })
	return found(at >= 0 && nameSizes(d.m.text) == nil && d.r.Behalf == "" && (hasPrefix(d.tokens[at].text(), "他的", "她的") || hasPrefix(d.tokens[at].after(), "的", "那", "第", "报")) && !hasAny(d.tokens[:at], self|people) && unknownRunes(d.tokens[:at]) < 2, d.m.text)
}
