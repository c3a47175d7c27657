package reading

import (
	"fmt"
	"regexp"
	"strings"

	"duban/zh"
)

// This file reads that a report was made under the wrong number: 不是第22条，是第23条;
// 看串行了，这个是第23条的; 把23写成22了. Nothing new is said of how far anything is.

// A Move is a pair of numbers without a sign, one wrong and one right: 不是30，是29. Only
// what the sender reported last tells whether they are measures or percents. Wrong is 0 if
// it was not said: 写岔了，是17.
type Move struct{ Wrong, Right int }

// wrongNumber is why a reading is a move.
const wrongNumber = "报错了编号"

// The pieces of the forms. A number may carry 第 and 条, and is then a measure.
const (
	numberA    = `(?P<a>第?(?:[0-9]{1,3}|` + numerals + `)[条项]?)`
	numberB    = `(?P<b>第?(?:[0-9]{1,3}|` + numerals + `)[条项]?)`
	bareNumber = `第?(?:[0-9]{1,3}|` + numerals + `)[条项]?`
	numberC    = `(?P<c>第?(?:[0-9]{1,3}|` + numerals + `)[条项]?)` // the right one, said again

	lead = `^(?:[，,。!~ ]|哎呀?|唉|啊|哦|噢|呃|额|嗯|不好意思|抱歉|对不起|老师|您好|你好|等一?下|等等|不对|错了|更正一?下?|纠正一?下?|说明一下|我|俺|给|帮|请|麻烦|烦请|您|把|将|那|刚才|刚刚|刚|上面|前面|方才|之前|那一?[条个]|这一?[条个]|上一?条|[发报填写说]的|内容|进度|数字?|编号|是|的)*`
	tail = `(?:[的了吧哈啊呀哦呢嗷~。.!， ,]|才对|才是|上|上面|里|里面|去|那一?条|那里|那边|下面|名下|不好意思|抱歉|对不起|谢谢|麻烦了?|辛苦了?|改一?下|帮忙?|请|您|老师|看[错串]行?|[写填报弄搞打][错串]|了)*$`

	slip   = `(?:[看写填报弄搞打发说记点输选贴抄录]+[错串岔混反]|[错串])(?:了|成)?(?:[一]?[行条列格号]|编号|序号|地方|位置)?了?`
	right  = `(?:[，,。!; ]|而|应该?|其实|实际上?|该|要|得|才|就?改?[写报填算记挂归]?[成到在给]?|是|为|的)*`
	place2 = `(?:应该?|其实|实际上?|该|要|得|都|是|请|帮我|给我|麻烦)*(?:是|为|[记挪移转归放挂改换算报填调]+[到在去给入进])`
)

// moves are the forms, the first that fits counts.
var moves = []*regexp.Regexp{
	regexp.MustCompile(lead + `(?:并)?(?:不是|并非|不该是|不应该?是)` + numberA + `的?` + right + numberB + tail),
	regexp.MustCompile(lead + `(?:应该?|其实)?是?` + numberB + `的?[，,]? ?(?:并)?(?:不是|而不是|并非)` + numberA + tail),
	regexp.MustCompile(lead + numberB + `(?:[写填报看弄搞打发说记输抄错])+成了?` + numberA + `(?:了?[，,] ?(?:应该?为?|应该是|是|改成|其实是)` + numberC + `)?` + tail),
	regexp.MustCompile(lead + numberA + `(?:那一?条|那个|的)?(?:其实|应该|实际上?)+(?:是|报|写|填|算|记)?[成到在为]?` + numberB + tail),
	regexp.MustCompile(lead + numberA + `(?:那一?条|那个|的)?(?:是|我)?` + slip + right + numberB + tail),
	regexp.MustCompile(lead + `错?(?:[写填报看弄搞打发说记输抄])+成了?` + numberA + `了?[，,。! ]` + right + numberB + tail),
	regexp.MustCompile(`^.{0,30}(?:编号|序号)(?:[写填报弄搞]?错了?|不对)?[，, ]*(?:应该?|其实|要|得|帮我|是|为|改|换|写|成|到)+(?P<i>` + bareNumber + `)` + tail),
	regexp.MustCompile(lead + numberA + `(?:那一?条|那个|的)?(?:改|换|挪|移|转|归|调)[到成为]` + numberB + tail),
	regexp.MustCompile(lead + slip + `[，,。! ]*(?:这一?[个条]|那一?[个条]|刚才[那的]一?[个条]?|它|上一?条)?` + right + numberB + tail),
	regexp.MustCompile(`^(?:哎呀?|哦|噢|不好意思|抱歉|老师|那|请|麻烦|帮我|把|将|[，, ])*(?:刚才|刚刚|刚|上面|前面)?(?:我)?(?:[发报填写说]的)?(?:这|那|上|它|刚才|刚报|刚发|刚填)的?(?:一?[条个项]|进度)?(?:的?进度|内容|数字?)?[，, ]?` + place2 + numberB + tail),
	regexp.MustCompile(`^(?:不好意思|抱歉|老师|请|麻烦|帮我|给我|[，, ])*(?:[挪移转归挂调]+[到在去给入进])` + numberB + tail),
}

// moved reads a text that only says under which number its sender should have reported.
func (h *hearing) moved() (Reading, bool) {
	const most = 120 // bytes: who says more says something else as well
	text := strings.TrimSpace(h.m.text)
	if len(text) > most || h.asks && !strings.Contains(text, "不好意思") || h.m.quote == QuoteNotice || h.m.media != NoMedia && h.m.media != Spoken {
		return Reading{}, false
	}
	for _, form := range moves {
		m := form.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		part := func(name string) string {
			if i := form.SubexpIndex(name); i >= 0 {
				return m[i]
			}
			return ""
		}
		again, _ := measureIn(part("c"))
		to := part("b")
		if i := part("i"); i != "" { // it is called a number of a measure
			n, _ := measureIn(i)
			to = fmt.Sprintf("第%d条", n)
		}
		if r, ok := moveOf(part("a"), to); ok && (again == 0 || again == r.right()) {
			return r, true
		}
	}
	return Reading{}, false
}

// right is the number that a move says is right.
func (r *Reading) right() int {
	if r.Move != nil {
		return r.Move.Right
	}
	return r.Items[0].Measure
}

// moveOf makes the reading. If neither number is marked as a measure it says so; if only
// the wrong one is, the right one may be a percent and nothing is made of it.
func moveOf(wrong, to string) (Reading, bool) {
	a, marked := measureIn(wrong)
	b, sure := measureIn(to)
	r := Reading{Kind: Correction, Items: bare([]int{b}), Why: wrongNumber}
	switch {
	case b == 0 || wrong != "" && a == 0 || a == b:
		return r, false
	case sure && wrong != "":
		r.From = []int{a}
	case sure:
	case marked || b > 100 || wrong == "" && b%5 == 0:
		return r, false
	default:
		r.Move, r.Items, r.Flags = &Move{a, b}, []Item{{Percent: b, Stated: true, Status: state{stated: true, percent: b}.status()}}, Unclear
	}
	return r, true
}

// measureIn is the number that s is, and whether it is marked as a measure; 0 is none.
func measureIn(s string) (n int, marked bool) {
	inner := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(s, "第"), "条"), "项")
	n, size := zh.ParseInt(inner)
	if size != len(inner) || n > largest {
		return 0, false
	}
	return n, inner != s
}
