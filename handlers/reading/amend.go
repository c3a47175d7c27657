package reading

import (
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
