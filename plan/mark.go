package plan

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/zh"
)

// A mark is what a line begins with if it begins a node: 一、, （三）, 第四条.
type mark struct {
	style  string // marks of one style form a series: "一", "(一)", "条", "1", "w:附件"
	rank   float64
	number int    // 0 if it has none
	num    string // the number in Arabic digits, 1.3.1 for a decimal
	size   int    // runes of the line that the label takes
	path   string // the label without its punctuation
	weak   bool   // only a series makes it a mark
	alone  bool   // the rest of the line is a heading, never body
	kind   Kind   // empty: depends on where it stands
}

// Ranks: a mark of higher rank nests in one of lower rank, unless the document
// as a whole shows otherwise.
const (
	rankAttachment = 0
	rankHash       = 0.1 // and 0.01 for each #
	rankDivision   = 1
	rankNamed      = 1.5
	rankSection    = 2
	rankChapter    = 2.5
	rankUnnumbered = 2.8
	rankJie        = 3
	rankChinese    = 4
	rankArticle    = 4.5
	rankParen      = 5
	rankWord       = 5.4
	rankStage      = 5.5
	rankTask       = 5.6
	rankArabic     = 6
	rankDecimal    = 6.1
	rankHalfParen  = 6.7
	rankParenNum   = 7
	rankCircled    = 8
	rankLetter     = 9
	rankCell       = 9.5
	rankBullet     = 10
)

// ordinals are the units that stand behind 第N, and what they begin.
func ordinal(unit string) (rank float64, kind Kind, alone bool) {
	switch unit {
	case "部分", "编", "篇":
		return rankDivision, Part, true
	case "章":
		return rankChapter, Chapter, true
	case "节":
		return rankJie, Section, true
	case "条":
		return rankArticle, Article, false
	case "阶段", "步", "季度", "学期":
		return rankStage, Stage, false
	case "周":
		return rankStage, Day, false
	case "类", "方面":
		return rankStage, "", false
	}
	return 0, "", false
}

var (
	ordinalMark = regexp.MustCompile(`^第 ?([0-9]+|[一二三四五六七八九十百千零〇两 ]+?) ?(部分|编|篇|章|节|条|阶段|步|季度|学期|周|类|方面)([ :、,.(]|$|.)`)
	sectionMark = regexp.MustCompile(`^§ ?([0-9]+|[一二三四五六七八九十百]+)([.、. ]|$)`)
	chineseMark = regexp.MustCompile(`^([一二三四五六七八九十百千零〇][一二三四五六七八九十百千零〇 ]{0,6}?) ?([、.．:]|$)`)
	parenMark   = regexp.MustCompile(`^\( ?([一二三四五六七八九十百零〇][一二三四五六七八九十百零〇 ]*?|[0-9]{1,3}) ?\)[、.．:]?`)
	arabicMark  = regexp.MustCompile(`^([0-9]{1,4}) ?([、.．)]|:)`)
	decimalMark = regexp.MustCompile(`^([0-9]{1,2}(?:[.．][0-9]{1,2}){1,4})([.．、 ]|\p{Han}|\*\*|“|《|$)`)
	bareMark    = regexp.MustCompile(`^([0-9]{1,2})( |\p{Han}|“|《)`)
	taskMark    = regexp.MustCompile(`^【([^】0-9一二三四五六七八九十]{1,8}) ?([0-9]{1,3}|[一二三四五六七八九十]+)】[:、]?`)
	namedMark   = regexp.MustCompile(`^【([^】]{1,20})】[:]?`)
	wordMark    = regexp.MustCompile(`^(附件|附表|附录|方式|任务|措施|专题|行动|工程|举措|步骤|项目|目标|主题|板块|模块|重点任务|重点工作)([0-9]{1,2}|[一二三四五六七八九十]{1,3})([:、.． ]|$)`)
	letterMark  = regexp.MustCompile(`^([A-Ha-h])[、.．)]`)
	hashMark    = regexp.MustCompile(`^(#{1,6}) +`)
	bulletMark  = regexp.MustCompile(`^([★☆●○■□◆◇▲△•·◎※➤➢✔√▪◦►]|[-*+] )`)
)

// readMark reads the mark at the head of a folded line. It looks at this line
// alone; whether the mark is one, the series decides.
func readMark(s string) (mark, bool) {
	if h := hashMark.FindString(s); h != "" {
		return readHash(h, s[len(h):])
	}
	if rest, ok := strings.CutPrefix(s, "**"); ok {
		m, ok := readPlain(rest)
		m.size += 2
		return m, ok && m.rank < rankBullet
	}
	return readPlain(s)
}

func readHash(h, rest string) (mark, bool) {
	level := len(strings.TrimSpace(h))
	m, ok := readPlain(rest)
	switch {
	case ok && !m.weak && m.rank < rankBullet:
		m.size += len(h)
		return m, true
	case ok && m.style == "1":
	default:
		m = mark{path: strings.TrimSpace(rest)}
	}
	m.style = "#" + strconv.Itoa(level)
	m.rank = rankHash + float64(level)/100
	m.size += len(h)
	m.weak, m.alone = false, true
	return m, true
}

func readPlain(s string) (mark, bool) {
	for _, read := range []func(string) (mark, bool){
		readOrdinal, readSectionSign, readChinese, readParen, readDecimal, readArabic,
		readCircled, readTask, readWord, readLetter, readBullet,
	} {
		if m, ok := read(s); ok {
			return m, true
		}
	}
	return mark{}, false
}

func readOrdinal(s string) (mark, bool) {
	g := ordinalMark.FindStringSubmatch(s)
	if g == nil {
		return mark{}, false
	}
	rank, kind, alone := ordinal(g[2])
	m := numbered(g[2], rank, g[1])
	m.kind, m.alone = kind, alone
	m.path = strings.ReplaceAll("第"+g[1]+g[2], " ", "")
	label := s[:len(s)-len(strings.TrimPrefix(s, strings.TrimSuffix(g[0], g[3])))]
	m.size = runes(label)
	switch g[3] {
	case ":", "、", ".":
		m.size++
	case " ", "(", "", ",":
		m.weak = g[3] == ","
	default: // runs on, as in 第一章总则: a heading or the middle of a sentence
		m.weak = rank > rankArticle || runes(s) > 25
	}
	return m, m.number > 0
}

func readSectionSign(s string) (mark, bool) {
	g := sectionMark.FindStringSubmatch(s)
	if g == nil {
		return mark{}, false
	}
	m := numbered("§", rankSection, g[1])
	m.path, m.kind, m.alone = "§"+g[1], Part, true
	m.size = runes(strings.TrimRight(g[0], " "))
	return m, true
}

func readChinese(s string) (mark, bool) {
	g := chineseMark.FindStringSubmatch(s)
	if g == nil || g[2] == "" {
		return mark{}, false
	}
	m := numbered("一", rankChinese, g[1])
	m.size = runes(g[0])
	m.weak = g[2] == ":"
	return m, m.number > 0
}

func readParen(s string) (mark, bool) {
	g := parenMark.FindStringSubmatch(s)
	if g == nil {
		return mark{}, false
	}
	style, rank := "(一)", float64(rankParen)
	if g[1][0] <= '9' {
		style, rank = "(1)", rankParenNum
	}
	m := numbered(style, rank, g[1])
	m.size = runes(g[0])
	return m, m.number > 0
}

func readArabic(s string) (mark, bool) {
	g := arabicMark.FindStringSubmatch(s)
	if g == nil {
		return readBare(s)
	}
	rest := s[len(g[0]):]
	if rest != "" && rest[0] >= '0' && rest[0] <= '9' && g[2] != "、" {
		return mark{}, false // 2009.1.15
	}
	style, rank := "1", float64(rankArabic)
	if g[2] == ")" {
		style, rank = "1)", rankHalfParen
	}
	m := numbered(style, rank, g[1])
	m.weak = g[2] == ":" || len(g[1]) > 3 // 2026. may be a year
	m.size = runes(g[0])
	return m, m.number > 0
}

// readBare reads a number that has lost its punctuation: 1自觉遵守交通规则.
func readBare(s string) (mark, bool) {
	g := bareMark.FindStringSubmatch(s)
	if g == nil || strings.ContainsAny(g[2], "年月日号时点分个名次项所人岁元万亿级届多余以条周节") {
		return mark{}, false
	}
	m := numbered("1", rankArabic, g[1])
	m.size, m.weak = len(g[1]), true
	return m, true
}

func readDecimal(s string) (mark, bool) {
	g := decimalMark.FindStringSubmatch(s)
	if g == nil || strings.ContainsAny(g[2], "万亿元月日个年倍") {
		return mark{}, false
	}
	num := strings.ReplaceAll(g[1], "．", ".")
	depth := strings.Count(num, ".")
	last, _ := strconv.Atoi(num[strings.LastIndexByte(num, '.')+1:])
	m := mark{style: "1" + strings.Repeat(".1", depth), rank: rankDecimal + float64(depth)/10, number: last, num: num, path: num, weak: true}
	m.size = runes(g[1])
	if g[2] == "." || g[2] == "．" || g[2] == "、" {
		m.size++
	}
	return m, true
}

func readCircled(s string) (mark, bool) {
	r, _ := utf8.DecodeRuneInString(s)
	n := circled(r)
	return mark{style: "①", rank: rankCircled, number: n, num: strconv.Itoa(n), size: 1, path: string(r)}, n > 0
}

func circled(r rune) int {
	switch {
	case r >= '①' && r <= '⑳':
		return int(r-'①') + 1
	case r >= '❶' && r <= '❿':
		return int(r-'❶') + 1
	case r >= '⑴' && r <= '⒇':
		return int(r-'⑴') + 1
	}
	return 0
}

func readTask(s string) (mark, bool) {
	if g := taskMark.FindStringSubmatch(s); g != nil {
		m := numbered("【"+g[1]+"】", rankTask, g[2])
		m.size, m.path = runes(g[0]), strings.ReplaceAll(g[1]+g[2], " ", "")
		return m, m.number > 0
	}
	g := namedMark.FindStringSubmatch(s)
	if g == nil {
		return mark{}, false
	}
	m := mark{style: "【】", rank: rankNamed, size: runes(g[0]), path: g[1]}
	m.alone = len(g[0]) == len(s)
	m.weak = !m.alone
	return m, true
}

func readWord(s string) (mark, bool) {
	g := wordMark.FindStringSubmatch(s)
	if g == nil {
		return mark{}, false
	}
	m := numbered("w:"+g[1], rankWord, g[2])
	m.path, m.weak, m.kind = g[1]+g[2], true, Stage
	m.size = runes(strings.TrimRight(g[0], " "))
	if strings.HasPrefix(g[1], "附") {
		m.style, m.rank, m.kind = "w:附件", rankAttachment, Attachment
	}
	return m, m.number > 0
}

func readLetter(s string) (mark, bool) {
	g := letterMark.FindStringSubmatch(s)
	if g == nil {
		return mark{}, false
	}
	n := int(unicode.ToLower(rune(g[1][0]))-'a') + 1
	return mark{style: "a", rank: rankLetter, number: n, num: strconv.Itoa(n), size: runes(g[0]), path: g[1], weak: true}, true
}

func readBullet(s string) (mark, bool) {
	g := bulletMark.FindString(s)
	if g == "" {
		return readSymbol(s)
	}
	b := strings.TrimSpace(g)
	return mark{style: "•" + b, rank: rankBullet, size: 1, path: b, weak: true}, true
}

var symbolMark = regexp.MustCompile(`^\p{So}[\x{FE0F}\x{200D}\p{So}]* *(\p{Han}[^:。;,]{1,15}):?`)

// readSymbol reads a heading with a picture for a number: 🔥 用火安全：.
func readSymbol(s string) (mark, bool) {
	g := symbolMark.FindStringSubmatch(s)
	if g == nil || !strings.HasSuffix(g[0], ":") && g[0] != s {
		return mark{}, false
	}
	return mark{style: "symbol", rank: rankUnnumbered, size: runes(g[0]), path: g[1], weak: true}, true
}

// numbered makes a mark whose path is its number as printed.
func numbered(style string, rank float64, num string) mark {
	num = strings.ReplaceAll(num, " ", "")
	n, _ := zh.ParseInt(num)
	return mark{style: style, rank: rank, number: n, num: strconv.Itoa(n), path: num}
}

func runes(s string) int { return len([]rune(s)) }

// spaced reports whether white space stands between the label and what follows.
func (m mark) spaced(raw []rune) bool {
	at := min(m.size, len(raw))
	return at < len(raw) && unicode.IsSpace(raw[at]) || at > 0 && unicode.IsSpace(raw[at-1])
}

// label cuts the mark off a raw line.
func (m mark) label(raw []rune) (label, rest string) {
	size := min(m.size, len(raw))
	return strings.TrimSpace(string(raw[:size])), strings.TrimSpace(string(raw[size:]))
}

// pathOf is the label without its punctuation: brackets stay, as printed.
func (m mark) pathOf(raw []rune) string {
	if m.style != "(一)" && m.style != "(1)" && m.style != "1)" {
		return m.path
	}
	label, _ := m.label(raw)
	return strings.Map(func(r rune) rune {
		if r == ' ' || slices.Contains([]rune("、.．:：\u3000"), r) {
			return -1
		}
		return r
	}, label)
}
