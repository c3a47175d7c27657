package reading

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/zh"
)

// This file tells what a text takes back that it, or an earlier one, has said, and what it
// leaves out.

// amend makes what comes next take the place of what was said. If a measure is named
// anew, the one of which nothing was said yet was meant wrongly: 第7条，打错了是第8条.
func (c *collector) amend(named bool) {
	g := &c.groups[c.cur]
	if named && len(g.list) > 0 && !g.state.any() {
		g.list, c.report.amended = nil, true
	}
	c.renames = !named && len(g.list) > 0 && !g.state.any()
	said := slices.ContainsFunc(c.groups, func(g group) bool { return g.state.any() })
	c.anew, c.report.amended = c.anew || said, c.report.amended || said
}

// rename drops the measure that was named before 哦不: the next one was meant.
func (c *collector) rename() {
	if c.renames {
		c.groups[c.cur].list, c.renames, c.report.amended = nil, false, true
	}
}

// pointed gives what was said before any measure to the only one that is named, if that has
// no amount of its own: 目前四分之三，指第12条. What is finished of a thing before the measure's
// own amount is no part of it.
func (c *collector) pointed(r *report) {
	if len(c.groups) != 2 || len(c.groups[1].list) != 1 {
		return
	}
	switch g := &c.groups[1]; {
	case r.loose.stated && !g.state.stated && !g.state.finished && g.state.any():
		g.state, r.loose = r.loose.merge(g.state), state{}
	case r.loose.finished && !r.loose.stated && (r.loose.part || r.loose.weak) && g.state.stated:
		r.loose = state{}
	}
}

// amends returns how many tokens at the head of ts take back what the text said just
// before: 哦不对, 其实.
func amends(ts []token) (n int) {
	for i, t := range ts {
		switch {
		case t.amends():
			n = i + 1
		case t.class == space, t.class == mark, t.is(filler | said), n > 0:
		default:
			return n
		}
	}
	return n
}

// amends reports whether t takes back what was said just before.
func (t token) amends() bool {
	return t.class == word && (slices.Contains(amending, t.text()) || t.is(change) && strings.HasPrefix(t.text(), "其实"))
}

var amending = words("改口")

// isStale reports whether the clause tells what was reported before, 昨天说完成是
// 误报, or what might be, 如果完成了.
func isStale(ts []token) bool {
	var old, moved bool
	for _, t := range ts {
		if t.is(supposed) {
			return true
		}
		old = old || t.is(stale)
		moved = moved || t.is(to)
	}
	return old && !moved
}

// unchangedValue finds a correction whose value is not among the words that are known.
func (d doubt) unchangedValue() []string {
	moved := len(d.r.From) > 0 || len(d.rep.groups) > 0
	silent := !moved && !d.rep.loose.any() && d.rep.named() && !d.has(change|to|isnt|void)
	several := len(d.r.Items) > 1 && len(d.r.From) == 0 && len(d.rep.groups) == 0
	return found(d.r.Kind == Correction && (several || silent || !moved && !d.rep.loose.any() && (unknownRunes(d.tokens) > 2 || hasClass(d.tokens, number))), d.m.text)
}

// guessedAmount finds 0.8.
func (d doubt) guessedAmount() []string {
	at := slices.IndexFunc(d.tokens, func(t token) bool { return t.class == amount && t.guess })
	if at < 0 {
		return nil
	}
	return []string{d.tokens[at].text()}
}

// excepted reports whether t is what a statement is not about, 除第3条外, and whether
// that is all that is said of it.
func excepted(t token) (left, alone bool) {
	before := strings.TrimRight(t.before(), " (")
	after := strings.TrimLeft(t.after(), " (")
	left = hasSuffix(before, exceptions...) && !hasSuffix(before, "删除", "清除", "解除", "消除", "排除")
	return left || hasPrefix(after, "除外", "不算", "不含", "不在内"), hasPrefix(after, "外", "以外", "之外", "除外", ")", ",", "，", "都", "均", "全", "其他", "其余", "剩下")
}

// onlyThese stands between a list and the members of it that are not as the rest:
// 第1-4条里只有第2条.
var onlyThese = regexp.MustCompile(`^(?:里面?|中|当中|之中|其中)?[，, ]*(?:(?:就|只|仅|唯独|单单|还)+(?:差|剩下?|有|欠|缺)?)?$`)

// exceptions are words before what a statement is not about.
var exceptions = words("除")

// others opens a group for the measures that are not named.
func (c *collector) others() {
	c.groups = append(c.groups, group{rest: true})
	c.cur = len(c.groups) - 1
}

// whole returns the list of which nothing is said and some of whose members were named
// behind it, before the group at i; nil if there is none. Its other members are the rest:
// 第1-4条里只有第2条没弄完，别的都办结.
func (c *collector) whole(i int) *group {
	for k := range c.groups[:i] {
		g, parts := &c.groups[k], c.groups[k+1:i]
		within := func(p group) bool { return contains(g.list, p.list) }
		named := func(p group) bool { return len(p.list) > 0 }
		if len(g.list) > 1 && !g.state.any() && (slices.ContainsFunc(parts, within) || len(c.report.except) > 0 && !slices.ContainsFunc(parts, named)) {
			return g
		}
	}
	return nil
}

// fillRest gives the rest of a list to the groups that speak of it.
func (c *collector) fillRest() {
	for i := range c.groups {
		g := &c.groups[i]
		if !g.rest || len(g.list) > 0 || !g.state.any() {
			continue
		}
		whole := c.whole(i)
		if whole == nil {
			continue
		}
		named := slices.Clone(c.report.except)
		for k := range c.groups {
			if p := &c.groups[k]; p != whole {
				named = append(named, p.list...)
			}
		}
		g.list, g.rest = slices.DeleteFunc(whole.list, func(n int) bool { return slices.Contains(named, n) }), false
		whole.list = nil
		g.state.clash = g.state.clash || g.count > 0 && g.count != len(g.list)
	}
}

// remainder reports whether t speaks of what was not named: 其余, and 剩下的 before
// what all of it is.
func (t token) remainder() bool {
	return t.class == word && (slices.Contains(restWords, t.text()) ||
		t.is(left) && hasPrefix(t.text(), "剩", "余") && hasPrefix(strings.TrimPrefix(t.after(), "的"), "都", "均", "全", "几条", "各条", "几项"))
}

var restWords = words("其余")

// leftover returns how many t says that the rest of a list is, 0 if it does not: 剩下的三条.
func (t token) leftover() int {
	before := clauseBefore(t.s[:t.to])
	m := leftovers.FindStringSubmatch(t.after())
	if t.class != word && t.class != other || m == nil || !hasSuffix(before, "剩", "剩下", "剩下的", "余下", "余下的", "其余", "其余的", "其他", "其他的", "其它", "其它的", "另", "另外", "另外的", "剩余", "剩余的") {
		return 0
	}
	n, _ := zh.ParseInt(m[1])
	return n
}

// isLeftover reports whether the number n here only counts the rest of a list.
func (p *scanner) isLeftover(n int) bool {
	t := last(p.tokens, func(t token) bool { return t.class == space || t.text() == "的" })
	return hasClass(p.tokens, measure) && t.leftover() == n
}

var leftovers = regexp.MustCompile(`^的?([2-9]|1[0-9]|[两二三四五六七八九]|十[一二三四五六七八九]?)[条项个]`)

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
