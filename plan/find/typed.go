package find

import (
	"regexp"
	"strconv"
	"strings"

	"duban/plan/mark"
	"duban/zh"
)

// hanNumerals are the characters that a Chinese number is typed with.
const hanNumerals = `一二三四五六七八九十百千零〇两廿卅`

// formal are the numerals of cheques, and what they stand for.
var formal = strings.NewReplacer("壹", "一", "贰", "二", "貳", "二", "弍", "二", "叁", "三", "參", "三", "参", "三", "肆", "四", "伍", "五",
	"陆", "六", "陸", "六", "柒", "七", "捌", "八", "玖", "九", "拾", "十", "佰", "百", "仟", "千")

// traditional are the units of references in traditional characters.
var traditional = strings.NewReplacer("條", "条", "項", "项", "號", "号", "點", "点", "個", "个", "後", "后", "兩", "两", "編", "编", "塊", "块")

var (
	formalNumber = regexp.MustCompile(`(?:第|措施|任务|^)[壹贰貳弍叁參参肆伍陆陸柒捌玖拾佰仟]+(?:条|项|点|章|部分|$)`)
	inBrackets   = regexp.MustCompile(`[\[【「<《]\s*([0-9]{1,6}|[` + hanNumerals + `]{1,7})\s*[\]】」>》]`)
	dashes       = regexp.MustCompile(`[-–—−―]+|~+`)
)

// refText writes a query the way in which references are read: 第叁條, 第 3 条,
// 第③条, [3] and 3——5条 as 第三条, 第3条, 第3条, 3 and 3-5条.
func refText(q string) string {
	q = traditional.Replace(q)
	q = formalNumber.ReplaceAllStringFunc(q, formal.Replace)
	q = inBrackets.ReplaceAllString(q, "$1")
	q = dashes.ReplaceAllString(q, "-")
	return uncircled(closed(q))
}

// closed drops the spaces that do not keep two numbers or two words apart.
func closed(q string) string {
	r := []rune(q)
	var b strings.Builder
	for i, c := range r {
		if c == ' ' && (i == 0 || i+1 == len(r) || !apart(r[i-1], r[i+1])) {
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// apart reports whether a space between a and b says something.
func apart(a, b rune) bool {
	if zh.IsNumeral(a) && zh.IsNumeral(b) {
		return true
	}
	return a < 0x80 && b < 0x80 && runeClass(a) > 0 && runeClass(b) > 0
}

// uncircled writes 第③条 as 第3条.
func uncircled(q string) string {
	if !strings.Contains(q, "第") {
		return q
	}
	var b strings.Builder
	var prev rune
	for _, c := range q {
		if n := mark.Circled(c); n > 0 && prev == '第' {
			b.WriteString(strconv.Itoa(n))
		} else {
			b.WriteRune(c)
		}
		prev = c
	}
	return b.String()
}
