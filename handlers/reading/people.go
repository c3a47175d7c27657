package reading

import (
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

// identities lists the sizes of all names that s may begin with, longest
// first: 计算机学院2022级辅导员赵敏 begins with 计算机学院, with 计算机学院2022级, and so on.
func identities(s string, known []string) []int {
	s = clip(s, 90)
	var sizes []int
	for frontier, depth := []int{0}, 0; len(frontier) > 0 && depth < 5; depth++ {
		var next []int
		for _, at := range frontier {
			at += len(s[at:]) - len(strings.TrimLeft(s[at:], " -·:/()—_"))
			for _, size := range identityPieces(s[at:], known) {
				if !slices.Contains(sizes, at+size) {
					sizes = append(sizes, at+size)
					next = append(next, at+size)
				}
			}
		}
		frontier = next
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	return sizes
}

// identityPieces lists the sizes of the single pieces that s may begin with.
func identityPieces(s string, known []string) []int {
	var sizes []int
	for _, name := range known {
		if name != "" && strings.HasPrefix(s, name) {
			sizes = append(sizes, len(name))
		}
	}
	for _, list := range [][]string{titles, orgShort} {
		for _, w := range list {
			if strings.HasPrefix(s, w) {
				sizes = append(sizes, len(w))
			}
		}
	}
	return append(append(sizes, orgSizes(s)...), nameSizes(s)...)
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
		for _, end := range orgEnds {
			if i > 0 && strings.HasPrefix(s[i:], end) {
				sizes = append(sizes, i+len(end))
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
func personAt(s string, known []string, after ...string) (string, bool) {
	sizes := nameSizes(s)
	for _, name := range known {
		if name != "" && strings.HasPrefix(s, name) {
			sizes = slices.Insert(sizes, 0, len(name))
		}
	}
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
	for i, t := range tokens {
		if t.class != measure || i == 0 {
			continue
		}
		start := clauseStart(m.text, int(t.from))
		if name, ok := personAt(m.text[start:], m.in.People, "的"); ok && start+len(name)+len("的") == int(t.from) {
			return m.original(m.text[start:], name)
		}
	}
	return ""
}

// original returns name as it was typed, where rest is the end of m.text that
// begins with it.
func (m *message) original(rest, name string) string {
	at := len(m.text) - len(rest)
	return m.body[at : at+len(name)]
}

// clauseStart returns where the clause that holds at begins.
func clauseStart(s string, at int) int {
	const longest = 60 // bytes; a name is shorter
	for i := at; i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if at-i > longest || r == ' ' || r == '.' || strings.ContainsRune(stops, r) {
			return i
		}
		i -= size
	}
	return 0
}
