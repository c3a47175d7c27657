package reading

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A token is a piece of the text and what it is.
type token struct {
	s        string // the whole text
	roles    role   // of a word
	list     []int  // of a measure
	from, to int32  // bytes in s
	n        int32  // amount: percent; section, number, count, clock, place: the number
	class    class
	strict   bool // measure: written with 第 or 措施, not as a bare number
	bare     bool // amount: a number without any sign
	guess    bool // amount, measure: the likeliest of what may be meant
	flags    Flag // Approx, Typo
	line     bool // brk: a line break
	asks     bool // brk: a question mark
}

func (t token) text() string   { return t.s[t.from:t.to] }
func (t token) before() string { return t.s[:t.from] }
func (t token) after() string  { return t.s[t.to:] }

// clauses yields the clauses of tokens, each with the break that ends it; the
// zero token ends the last.
func clauses(tokens []token) iter.Seq2[[]token, token] {
	return func(yield func([]token, token) bool) {
		for len(tokens) > 0 {
			end := clauseEnd(tokens, 0)
			clause, stop := tokens[:end], token{}
			if end < len(tokens) {
				stop, end = tokens[end], end+1
			}
			if !yield(clause, stop) {
				return
			}
			tokens = tokens[end:]
		}
	}
}

// clauseEnd returns where the clause ends that holds the token at i.
func clauseEnd(tokens []token, i int) int {
	for i < len(tokens) && tokens[i].class != brk {
		i++
	}
	return i
}

func hasClass(tokens []token, c class) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.class == c })
}

// is reports whether t is a word with any of the roles.
func (t token) is(r role) bool { return t.roles&r != 0 }

// scanOptions say how freely numbers may be read.
type scanOptions struct {
	bare  bool  // 3已办结: a number that begins a clause may be a measure
	value bool  // 80: a number alone is an amount, because one was asked for
	these []int // the measures that were asked for: 这条, 前两条
}

type scanner struct {
	scanOptions
	s      string
	at     int
	tokens []token
	plain  int // up to here, numbers are known to be no list of measures
	row    int // how many plain numbers to come are amounts, one for each measure of a list
	lines  int // one more than there are numbered lines; 0 is not known
}

// scan cuts s, which is clean and in lower case, into tokens. The tokens cover
// s without gaps.
func scan(s string, o scanOptions) []token {
	p := scanner{scanOptions: o, s: s, tokens: make([]token, 0, 4+len(s)/4)}
	for p.at < len(s) {
		before := p.at
		p.next()
		if p.at == before { // cannot happen; a text must never hang the bot
			p.emit(token{class: other}, 1)
		}
	}
	return p.tokens
}

// emit appends t with the next size bytes. Neighbouring unknown runs are one.
func (p *scanner) emit(t token, size int) {
	t.s, t.from, t.to = p.s, int32(p.at), int32(p.at+size)
	p.at += size
	if n := len(p.tokens); t.class == other && n > 0 && p.tokens[n-1].class == other {
		p.tokens[n-1].to = t.to
		return
	}
	p.tokens = append(p.tokens, t)
}

func (p *scanner) rest() string { return p.s[p.at:] }

func (p *scanner) next() {
	r, size := utf8.DecodeRuneInString(p.rest())
	switch {
	case r == '\n':
		p.emit(token{class: brk, line: true}, size)
	case r == '?':
		p.emit(token{class: brk, asks: true}, size)
	case stop(r), r == '.' && !p.dot():
		p.emit(token{class: brk}, size)
	case r == ' ' || r == '\t':
		p.emit(token{class: space}, size)
	case r == '、' || r == '/' || r == '&':
		p.emit(token{class: joint}, size)
	case p.sticker(), p.earlier(r), p.title(r), p.ordinal(r), p.initial(r), p.bracketed(r), p.named(r), p.half(), p.known(), p.number(r):
	case r|0x20 >= 'a' && r|0x20 <= 'z':
		p.emit(token{class: other}, size)
	case r < 0x80 || r >= 0x2000 && r < 0x3007 || r >= 0x1F000 || r == 0x300C || r == 0x300D:
		p.emit(token{class: mark}, size)
	default:
		p.emit(token{class: other}, size)
	}
}

// stop reports whether r ends a clause wherever it stands.
func stop(r rune) bool {
	switch r {
	case '，', '。', '！', '；', '!', ';', '…', ',':
		return true
	}
	return false
}

// dot reports whether the '.' at p.at stands between letters or digits.
func (p *scanner) dot() bool {
	return p.at+1 < len(p.s) && wordByte(p.s[p.at+1])
}

// title takes a name in quotes or book marks, whose words say nothing of a measure:
// 第1条“开学第一课”已完成.
func (p *scanner) title(r rune) bool {
	const longest = 90 // bytes
	closing := map[rune]string{'“': "”", '《': "》"}[r]
	if closing == "" {
		return false
	}
	inside := clip(p.rest(), longest)
	end := strings.Index(inside, closing)
	if end < 0 || strings.ContainsAny(inside[:end], "0123456789%\n") || stands(inside[len(string(r)):end]) {
		return false
	}
	p.emit(token{class: word, roles: inert}, end+len(closing))
	return true
}

// saidEarlier is an earlier message, by when it was said and how: 刚才我发的那条, 方才所报.
var saidEarlier = regexp.MustCompile(`^(?:刚刚|刚才|方才|刚|前面|前头|上面|早上|上午|下午|昨天|昨日|昨晚|前天|之前|先前|上次|上回)(?:我|本人|俺)?所?(?:发|报|填|说|写|记|回|交|讲|录)(?:过|送|上)?(?:的|那)(?:那|这)?(?:[两几一三]?(?:条|个|句话|句|串|些)|内容|话|数)?`)

// earlier takes words that point at an earlier message.
func (p *scanner) earlier(r rune) bool {
	if !strings.ContainsRune("刚方前上早下昨之先", r) {
		return false
	}
	m := saidEarlier.FindString(p.rest())
	if m == "" {
		return false
	}
	t := token{class: word, roles: latest}
	if hasPrefix(m, "昨", "前天", "之前", "先前", "上次", "上回") {
		t.roles |= stale
	}
	p.emit(t, len(m))
	return true
}

// stands reports whether s is a word for where a measure stands, which is said even in
// quotes: 应为“已完成”.
func stands(s string) bool {
	const longest = len("尚未启动")
	return len(s) <= longest && judge(scan(s, scanOptions{})).any()
}

// sticker takes what is drawn.
func (p *scanner) sticker() bool {
	size := stickerAt(p.rest())
	if size > 0 {
		p.emit(token{class: mark}, size)
	}
	return size > 0
}

// stickerAt is the length of the emoji in brackets that s begins with, [抱拳], or of a private
// number of which most digits were taken out, 110*************33; 0 if there is none.
func stickerAt(s string) int {
	if at := strings.IndexByte(s, '*'); at >= 0 && at <= digits(s) {
		return len(maskedNumber.FindString(s))
	}
	if !strings.HasPrefix(s, "[") {
		return 0
	}
	return strings.IndexByte(s[:min(len(s), 24)], ']') + 1
}

var maskedNumber = regexp.MustCompile(`^[0-9]*\*{4,}[0-9x]*`)

// known takes a word of the lists.
func (p *scanner) known() bool {
	e, ok := wordAt(p.rest())
	if !ok || splitsWord(e, p.s[:p.at], p.rest()) {
		return false
	}
	p.emit(token{class: word, roles: e.roles, flags: e.flags}, len(e.word))
	return true
}

// splitsWord reports whether e is only a piece of a longer word here: 会 in
// 班会, 折 in 骨折, 率 is wanted there.
func splitsWord(e entry, before, rest string) bool {
	if c := e.word[0]; c >= 'a' && c <= 'z' {
		return before != "" && letter(before[len(before)-1]) || len(rest) > len(e.word) && letter(rest[len(e.word)])
	}
	if strings.HasSuffix(e.word, "完") && hasPrefix(rest[len(e.word):], "成", "善", "整", "全") {
		return true // 普查完成 is not 查完
	}
	if e.roles&want != 0 && strings.HasPrefix(e.word, "查") && hasSuffix(before, "普", "检", "排", "抽", "巡", "调", "督", "审", "核", "自", "复", "清", "筛", "侦") {
		return true
	}
	if after := rest[len(e.word):]; e.roles&ask != 0 && strings.HasSuffix(e.word, "没") {
		r, _ := utf8.DecodeRuneInString(after)
		return after != "" && !stop(r) && !hasPrefix(after, "?", " ", "有", "啊", "呢", "呀", "哦", "\n", "~") // 去了没看手机
	}
	switch e.word {
	case "几条", "几项", "几个":
		return hasSuffix(before, "的", "这", "那", "好", "就", "其他", "其余", "剩下", "都") && !hasSuffix(before, "我的") // 我负责的几条
	case "结了", "结啦": // 总结了, 团结了
		return !hasSuffix(before, "条", "项", "号", " ", "，", ",", "都", "全", "均", "已", "经", "部")
	case "没呢":
		return before == "" // an answer
	case "中":
		return before == "" || !endsHere(rest[len("中"):])
	case "完":
		return before == "" && rest != "完" || strings.HasSuffix(before, "没") && hasPrefix(rest[len("完"):], "没", "成") || strings.HasSuffix(before, "不")
	case "查", "说说":
		return before != "" && !hasSuffix(before, "我", "想", "帮", "请", " ", "，", ",", "\n")
	case "前", "内":
		return before == ""
	}
	return false
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

func hasSuffix(s string, ends ...string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(s, end) })
}

func hasPrefix(s string, heads ...string) bool {
	return slices.ContainsFunc(heads, func(head string) bool { return strings.HasPrefix(s, head) })
}

func containsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}

// first returns the first of tokens that skip does not pass over; the zero token
// if there is none.
func first(tokens []token, skip func(token) bool) token {
	for _, t := range tokens {
		if !skip(t) {
			return t
		}
	}
	return token{}
}

// last returns the last of tokens that skip does not pass over; the zero token if
// there is none.
func last(tokens []token, skip func(token) bool) token {
	for _, t := range slices.Backward(tokens) {
		if !skip(t) {
			return t
		}
	}
	return token{}
}

func blank(t token) bool { return t.class == space }

// joiners are words between which and a state a bare number names a measure.
var joiners = strings.Fields("和 的 跟 与 及 以及 还有 连同 包括")

// openers are words of little weight that a bare number may follow.
var openers = words("起句")

// opensClause reports whether a bare number here begins something, so that it
// may name a measure.
func (p *scanner) opensClause() bool {
	t := last(p.tokens, blank)
	switch w := t.text(); {
	case hasSuffix(p.s[:p.at], exceptions...):
		return true
	case w == "", t.class == brk, t.class == joint, t.class == measure, t.class == amount:
		return true
	case t.class == mark && hasSuffix(p.s[:p.at], "***"): // the end of a number that is masked
		return false
	case t.class == mark:
		return w != "+" && w != "-" && w != "."
	case t.class == word:
		return t.is(latest|self|want|done|fix|thanks|said|isnt|onBehalf|each|change|greet) || slices.Contains(joiners, w) || arabic(p.rest()) && slices.Contains(formerly, w) ||
			t.is(filler) && hasSuffix(w, openers...)
	}
	return false
}
