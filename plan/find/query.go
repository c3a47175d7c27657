package find

import (
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/plan/mark"
	"duban/zh"
)

// Words that ask, or only tie others together: they say nothing about where the
// answer stands.
var idle = regexp.MustCompile(`请问|麻烦|帮我|帮忙|我想|想知道|想问|告诉我|查一下|查查|查询|发一下|发我|看一下|看看|说一下|讲一下|介绍一下|一下|讲的是?|说的是?|写的是?|讲了|说了|写了|怎么样|怎么做的?|怎么搞|怎么办|怎么弄|怎么管|怎么处理|怎么安排|怎么规定的?|怎么说的?|怎么写的?|怎么讲的?|怎么要求的?|怎么来的?|怎么|怎样|如何|咋样了?|咋办|咋整|咋|为什么|为啥|什么时候|啥时候|什么时间|什么地方|什么样|什么|干什么|干嘛|干啥|是啥|啥|几个人|几个|几分钟|几个?小时|几回|几遍|几趟|多长时间|多久|多长|多少个?|的?时候|几点|几号|几天|几次|哪几个?|哪几条|哪一条|哪一?[个些里天]|哪|谁来|谁|有没有|有无|能不能|可不可以|可以|要不要|需不需要|需要|是不是|是否|会不会|应不应该|应该|该不该|行不行|的话|关于|有关|方面|那块儿?|这块儿?|那部分|这部分|那个|这个|这些|那些|内容|具体|里面|里的|其中|我们|咱们|咱|你们|他们|今年|到底|究竟|还有|都有|是指|[的了吗呢吧啊呀嘛把被让]`)

// light are the characters that tie words together; a pair with one of them
// that the plan does not have says nothing about the query.
const light = "是给得地着过在从对跟和与及或去来要有会能请也都就还又才很太最不没别多少几个一这那我你他她它们上下里中到时候点做搞弄办想"

// filler may stand round a reference without changing it.
var filler = regexp.MustCompile(`请问|麻烦|帮我|帮忙|我想|我要|想知道|想问|想看|想了解|了解|告诉我|找一?下|找|查一?下|查查|查询|查|发一?下|发给我|发我|发来|发|看一?下|看看|看|说一?下|讲一下|介绍一下|介绍|一下|讲的是?啥?|说的是?啥?|写的是?啥?|讲了|说了|写了|怎么样|怎么说的?|怎么写的?|怎么讲的?|怎么规定的?|是什么内容|什么内容|是什么|是啥|是哪个|具体|内容|原文|全文|什么|啥|吗|呢|吧|啊|呀|嘛|的|了|里面?|中|请|要|给我|给|我|工作要点|计划|方案|措施内容|这|那|有|说|讲|写|把|是|呗|哈|哦|进展|进度|情况|都|全都|全部|分别|各自|区别|好`)

// The same words at the head of a text.
var (
	idleHead   = regexp.MustCompile(`^(?:` + idle.String() + `)`)
	fillerHead = regexp.MustCompile(`^(?:` + filler.String() + `)`)
)

// runeClass tells Han (1), Latin letters (2) and digits (3) from the rest (0).
func runeClass(r rune) int {
	switch {
	case unicode.Is(unicode.Han, r):
		return 1
	case r < 0x250 && unicode.IsLetter(r):
		return 2
	case r >= '0' && r <= '9':
		return 3
	}
	return 0
}

// A term is one character or two in a row, packed.
type term uint64

func pair(a, b rune) term { return term(a)<<32 | term(b) }

func (t term) single() bool { return t>>32 == 0 }

// terms yields the characters and the pairs of characters of a stretch.
func terms(s string) iter.Seq[term] {
	return func(yield func(term) bool) {
		var prev rune
		for _, r := range s {
			r = unicode.ToLower(r)
			if runeClass(r) == 0 {
				prev = 0
				continue
			}
			if !yield(term(r)) || prev != 0 && !yield(pair(prev, r)) {
				return
			}
			prev = r
		}
	}
}

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
	circled      = regexp.MustCompile(`第[①-⑳❶-❿⑴-⒇]`)
	dashes       = regexp.MustCompile(`[-–—−―]+|~+`)
)

// refText writes a query the way in which references are read: 第叁條, 第 3 条,
// 第③条, [3] and 3——5条 as 第三条, 第3条, 第3条, 3 and 3-5条.
func refText(q string) string {
	q = traditional.Replace(q)
	q = formalNumber.ReplaceAllStringFunc(q, formal.Replace)
	q = inBrackets.ReplaceAllString(q, "$1")
	q = dashes.ReplaceAllString(q, "-")
	return circled.ReplaceAllStringFunc(closed(q), func(s string) string {
		r, _ := utf8.DecodeLastRuneInString(s)
		return "第" + strconv.Itoa(mark.Circled(r))
	})
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
