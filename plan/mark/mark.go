// Package mark reads the numbering marks at the heads of lines, such as 一、, （二）,
// 3. and ①, and tells other lines that offices write alike: fields, titles and
// lists of attachments.
//
// It looks at one line alone. Lines are folded by [zh.Fold] before.
package mark

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/zh"
)

// A Mark is what a line begins with if it begins a node: 一、, （三）, 第四条.
type Mark struct {
	Style  string // marks of one style form a series: "一", "(一)", "条", "1", "w:附件"
	Rank   float64
	Number int    // 0 if it has none
	Num    string // the number in Arabic digits, 1.3.1 for a decimal
	Size   int    // runes of the line that the label takes
	Path   string // the label without its punctuation
	Weak   bool   // only a series makes it a mark
	Glued  bool   // a digit follows the point: 3.3月底 may be 3. or 3.3
	Alone  bool   // the rest of the line is a heading, never body
}

// Ranks: a mark of higher rank nests in one of lower rank, unless the document
// as a whole shows otherwise.
const (
	RankAttachment = 0
	RankHash       = 0.1 // and 0.01 for each #
	RankDivision   = 1
	rankNamed      = 1.5
	rankSection    = 2
	rankChapter    = 2.5
	RankUnnumbered = 2.8
	rankJie        = 3
	RankChinese    = 4
	RankArticle    = 4.5
	RankParen      = 5
	RankWord       = 5.4
	RankStage      = 5.5
	RankTask       = 5.6
	rankArabic     = 6
	rankDecimal    = 6.1
	rankHalfParen  = 6.7
	rankParenNum   = 7
	rankCircled    = 8
	rankLetter     = 9
	RankCell       = 9.5
	RankBullet     = 10
)

// ordinalRank ranks the units that stand behind 第N. Those above 条 are always
// headings.
var ordinalRank = map[string]float64{
	"部分": RankDivision, "编": RankDivision, "篇": RankDivision, "章": rankChapter, "节": rankJie, "条": RankArticle,
	"阶段": RankStage, "步": RankStage, "季度": RankStage, "学期": RankStage, "周": RankStage, "类": RankStage, "方面": RankStage,
}

// bulletBefore is a sign that only decorates the numeral behind it: ■ 一、.
var bulletBefore = regexp.MustCompile(`^([★☆●○■□◆◇▲△•·◎※➤➢✔√▪◦►▶►✦❖] ?)+`)

var hashMark = regexp.MustCompile(`^(#{1,6}) +`)

// Read reads the mark at the head of a folded line. It looks at this line
// alone; whether the mark is one, the series decides.
func Read(s string) (Mark, bool) {
	if all := Readings(s); len(all) > 0 && !all[0].Glued {
		return all[0], true
	}
	return Mark{}, false
}

// Readings are all the marks that a folded line may begin with, the likeliest
// first: 2.24小时 begins with 2.24 or with 2.
func Readings(s string) []Mark {
	if m, ok := readDecorated(s); ok {
		return []Mark{m}
	}
	return plain(s)
}

// plain are the marks that nothing decorates, the likeliest first.
func plain(s string) (all []Mark) {
	for _, f := range forms {
		g := f.re.FindStringSubmatch(s)
		if g == nil {
			continue
		}
		m, ok := f.read(s, g)
		if ok && !slices.ContainsFunc(all, func(o Mark) bool { return o.Style == m.Style }) {
			m.Size = cmp.Or(m.Size, utf8.RuneCountInString(strings.TrimRight(g[0], " ")))
			all = append(all, m)
		}
	}
	return all
}

// readPlain reads the likeliest mark that nothing decorates.
func readPlain(s string) (Mark, bool) {
	for _, m := range plain(s) {
		if !m.Glued {
			return m, true
		}
	}
	return Mark{}, false
}

// readDecorated reads a mark behind the signs of Markdown or behind a bullet.
func readDecorated(s string) (Mark, bool) {
	if h := hashMark.FindString(s); h != "" {
		return readHash(h, s[len(h):])
	}
	if rest, ok := strings.CutPrefix(s, "**"); ok {
		m, ok := readPlain(rest)
		m.Size += 2
		return m, ok && m.Rank < RankBullet
	}
	if b := bulletBefore.FindString(s); b != "" {
		m, ok := readPlain(s[len(b):])
		m.Size += utf8.RuneCountInString(b)
		return m, ok && !m.Weak && m.Number > 0
	}
	return Mark{}, false
}

func readHash(h, rest string) (Mark, bool) {
	level := len(strings.TrimSpace(h))
	m, ok := readPlain(rest)
	switch {
	case ok && !m.Weak && m.Rank < RankBullet:
		m.Size += len(h)
		return m, true
	case ok && m.Style == "1":
	default:
		m = Mark{Path: strings.TrimSpace(rest)}
	}
	m.Style = "#" + strconv.Itoa(level)
	m.Rank = RankHash + float64(level)/100
	m.Size += len(h)
	m.Weak, m.Alone = false, true
	return m, true
}

// stems count rules in some offices.
const stems = "甲乙丙丁戊己庚辛壬癸"

// dayMark is a date, or several, at the head of a line, with a colon or space
// behind it.
var dayMark = regexp.MustCompile(`^(?:(?:[0-9]{4}年)?[0-9]{1,2}(?:月[0-9]{1,2}日|[./][0-9]{1,2})(?: ?\([^)]{1,6}\)| ?(?:星期|周)[一二三四五六日天])?(?:上午|下午|晚|晚上|中午)?(?: ?(?:[-—–~至到、]|—{2}) ?(?:(?:[0-9]{1,2}月)?[0-9]{1,2}日|[0-9]{1,2}[./][0-9]{1,2})(?: ?\([^)]{1,6}\)| ?(?:星期|周)[一二三四五六日天])?)?)(?: ?: ?| +)`)

// dateAhead is a date that stands behind the point of a number: 1.8月30日 is no decimal.
var dateAhead = regexp.MustCompile(`^(?:[0-9]{4}年|[0-9]{1,2}月)`)

// forms are the marks that a line may begin with, in the order in which they
// are tried. What is read may still be no mark.
var forms = []struct {
	re   *regexp.Regexp
	read func(s string, g []string) (Mark, bool)
}{
	{regexp.MustCompile(`^第 ?([0-9]+|[一二三四五六七八九十百千零〇两 ]+?) ?(部分|编|篇|章|节|条|阶段|步|季度|学期|周|类|方面)([ :、,.(]|$|.)`), readOrdinal},
	{regexp.MustCompile(`^§ ?([0-9]+|[一二三四五六七八九十百]+)([.、. ]|$)`), func(_ string, g []string) (Mark, bool) {
		m := numbered("§", rankSection, g[1])
		m.Path, m.Alone = "§"+g[1], true
		return m, true
	}},
	{regexp.MustCompile(`^([一二三四五六七八九十百千零〇][一二三四五六七八九十百千零〇 ]{0,6}?) ?([、.．:,])`), func(_ string, g []string) (Mark, bool) {
		m := numbered("一", RankChinese, g[1])
		m.Weak = g[2] == ":" || g[2] == ","
		return m, m.Number > 0
	}},
	{regexp.MustCompile(`^\( ?([一二三四五六七八九十百零〇][一二三四五六七八九十百零〇 ]*?|[0-9]{1,3}) ?\)[、.．:]?`), func(_ string, g []string) (Mark, bool) {
		m := numbered("(一)", RankParen, g[1])
		if g[1][0] <= '9' {
			m.Style, m.Rank = "(1)", rankParenNum
		}
		return m, m.Number > 0
	}},
	{regexp.MustCompile(`^([0-9]{1,2}(?:[.．][0-9]{1,2}){1,4})([.．、 ]|\p{Han}|\*\*|“|《|$)`), func(_ string, g []string) (Mark, bool) {
		if strings.ContainsAny(g[2], "万亿元月日个年倍") {
			return Mark{}, false
		}
		num := strings.ReplaceAll(g[1], "．", ".")
		depth := strings.Count(num, ".")
		last, _ := strconv.Atoi(num[strings.LastIndexByte(num, '.')+1:])
		m := Mark{Style: "1" + strings.Repeat(".1", depth), Rank: rankDecimal + float64(depth)/10, Number: last, Num: num, Path: num, Weak: true}
		m.Size = utf8.RuneCountInString(g[1])
		if g[2] == "." || g[2] == "．" || g[2] == "、" {
			m.Size++
		}
		return m, true
	}},
	{regexp.MustCompile(`^([0-9]{1,4}) ?([、.．)]|:|,)`), func(s string, g []string) (Mark, bool) {
		rest := s[len(g[0]):]
		m := numbered("1", rankArabic, g[1])
		if rest != "" && rest[0] >= '0' && rest[0] <= '9' && g[2] != "、" {
			m.Weak, m.Glued = true, !dateAhead.MatchString(rest)
			return m, m.Number > 0 && len(g[1]) <= 2 && (g[2] == "." || g[2] == "．")
		}
		if g[2] == ")" {
			m.Style, m.Rank = "1)", rankHalfParen
		}
		m.Weak = g[2] == ":" || g[2] == "," || len(g[1]) > 3 // 2026. may be a year
		return m, m.Number > 0
	}},
	// 第一、 in a letter, 甲、 in rules.
	{regexp.MustCompile(`^第 ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?[、,:.]`), func(_ string, g []string) (Mark, bool) {
		m := numbered("第一", RankChinese+0.1, g[1])
		m.Path = "第" + g[1]
		return m, m.Number > 0
	}},
	{regexp.MustCompile(`^([甲乙丙丁戊己庚辛壬癸])[、.．]`), func(_ string, g []string) (Mark, bool) {
		n := utf8.RuneCountInString(stems[:strings.Index(stems, g[1])]) + 1
		return Mark{Style: "甲", Rank: RankChinese - 0.1, Number: n, Num: strconv.Itoa(n), Path: g[1]}, true
	}},
	{dayMark, func(s string, g []string) (Mark, bool) {
		return Mark{Style: "day", Rank: RankStage, Path: strings.TrimRight(g[0], ": "), Weak: true}, len(g[0]) < len(s) && strings.ContainsAny(g[0], "月:周星(")
	}},
	// A number that has lost its punctuation: 1自觉遵守交通规则.
	{regexp.MustCompile(`^([0-9]{1,2})( |\p{Han}|“|《)`), func(_ string, g []string) (Mark, bool) {
		if strings.ContainsAny(g[2], "年月日号时点分个名次项所人岁元万亿级届多余以条周节") {
			return Mark{}, false
		}
		m := numbered("1", rankArabic, g[1])
		m.Size, m.Weak = len(g[1]), true
		return m, true
	}},
	{regexp.MustCompile(`^[①-⑳❶-❿⑴-⒇]`), func(_ string, g []string) (Mark, bool) {
		r, _ := utf8.DecodeRuneInString(g[0])
		n := Circled(r)
		return Mark{Style: "①", Rank: rankCircled, Number: n, Num: strconv.Itoa(n), Path: g[0]}, n > 0
	}},
	{regexp.MustCompile(`^【([^】0-9一二三四五六七八九十]{1,8}) ?([0-9]{1,3}|[一二三四五六七八九十]+)】[:、]?`), func(_ string, g []string) (Mark, bool) {
		m := numbered("【"+g[1]+"】", RankTask, g[2])
		m.Path = strings.ReplaceAll(g[1]+g[2], " ", "")
		return m, m.Number > 0
	}},
	{regexp.MustCompile(`^【([^】]{1,20})】[:]?`), func(s string, g []string) (Mark, bool) {
		alone := len(g[0]) == len(s)
		return Mark{Style: "【】", Rank: rankNamed, Path: g[1], Alone: alone, Weak: !alone}, true
	}},
	{regexp.MustCompile(`^(附件|附表|附录|附|方式|任务|措施|专题|行动|工程|举措|步骤|项目|目标|主题|板块|模块|重点任务|重点工作)([0-9]{1,2}|[一二三四五六七八九十]{1,3})([:、.． ]|$)`), func(_ string, g []string) (Mark, bool) {
		m := numbered("w:"+g[1], RankWord, g[2])
		m.Path, m.Weak = g[1]+g[2], true
		if strings.HasPrefix(g[1], "附") {
			m.Style, m.Rank = "w:附件", RankAttachment
		}
		return m, m.Number > 0
	}},
	{regexp.MustCompile(`^(附|附件|附表) ?:`), func(s string, g []string) (Mark, bool) {
		return Mark{Style: "w:附件", Rank: RankAttachment, Path: g[1], Weak: true}, len(s) > len(g[0])
	}},
	{regexp.MustCompile(`^([A-Ha-h])[、.．)]`), func(_ string, g []string) (Mark, bool) {
		n := int(unicode.ToLower(rune(g[1][0]))-'a') + 1
		return Mark{Style: "a", Rank: rankLetter, Number: n, Num: strconv.Itoa(n), Path: g[1], Weak: true}, true
	}},
	{regexp.MustCompile(`^([★☆●○■□◆◇▲△•·◎※➤➢✔√▪◦►]|[-*+] )`), func(_ string, g []string) (Mark, bool) {
		b := strings.TrimSpace(g[0])
		return Mark{Style: "•" + b, Rank: RankBullet, Path: b, Weak: true}, true
	}},
	// A heading with a picture for a number: 🔥 用火安全：.
	{regexp.MustCompile(`^\p{So}[\x{FE0F}\x{200D}\p{So}]* *(\p{Han}[^:。;,]{1,15}):?`), func(s string, g []string) (Mark, bool) {
		if !strings.HasSuffix(g[0], ":") && g[0] != s {
			return Mark{}, false
		}
		return Mark{Style: "symbol", Rank: RankUnnumbered, Path: g[1], Weak: true}, true
	}},
}

func readOrdinal(s string, g []string) (Mark, bool) {
	m := numbered(g[2], ordinalRank[g[2]], g[1])
	m.Alone = m.Rank < RankArticle
	m.Path = strings.ReplaceAll("第"+g[1]+g[2], " ", "")
	m.Size = utf8.RuneCountInString(strings.TrimSuffix(g[0], g[3]))
	switch g[3] {
	case ":", "、", ".":
		m.Size++
	case " ", "(", "", ",":
		m.Weak = g[3] == ","
	default: // runs on, as in 第一章总则: a heading or the middle of a sentence
		m.Weak = m.Rank > RankArticle || utf8.RuneCountInString(s) > 25
	}
	return m, m.Number > 0
}

// Circled returns the number that ③ and its like stand for, 0 for any other
// character.
func Circled(r rune) int {
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

// numbered makes a mark whose path is its number as printed.
func numbered(style string, rank float64, num string) Mark {
	num = strings.ReplaceAll(num, " ", "")
	n, _ := zh.ParseInt(num)
	return Mark{Style: style, Rank: rank, Number: n, Num: strconv.Itoa(n), Path: num}
}

// Spaced reports whether white space stands between the label and what follows.
func (m Mark) Spaced(raw []rune) bool {
	at := min(m.Size, len(raw))
	return at < len(raw) && unicode.IsSpace(raw[at]) || at > 0 && unicode.IsSpace(raw[at-1])
}

// Label cuts the mark off a raw line.
func (m Mark) Label(raw []rune) (label, rest string) {
	size := min(m.Size, len(raw))
	return strings.TrimSpace(string(raw[:size])), strings.TrimSpace(string(raw[size:]))
}

// PathOf returns the label without its punctuation: brackets stay, as printed.
func (m Mark) PathOf(raw []rune) string {
	if m.Style == "day" {
		label, _ := m.Label(raw)
		return strings.TrimRight(label, ":： ")
	}
	if m.Style != "(一)" && m.Style != "(1)" && m.Style != "1)" {
		return m.Path
	}
	label, _ := m.Label(raw)
	return strings.Map(func(r rune) rune {
		if r == ' ' || slices.Contains([]rune("、.．:：\u3000"), r) {
			return -1
		}
		return r
	}, label)
}
