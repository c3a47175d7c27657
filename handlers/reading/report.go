package reading

import (
	"slices"
	"strings"
)

// A group is measures of which the same is said.
type group struct {
	list   []int
	strict bool
	guess  bool // list is the likeliest of several: 前三条
	rest   bool // list is not known: all but those that are named
	count  int  // how many the rest is said to be; 0 if nobody says
	plain  bool // no matter of its own is named behind the measures
	anew   bool // what is said takes the place of what was said of the same before
	state  state
}

// A report is what a text says of measures.
type report struct {
	groups  []group // those that something is said of come first
	silent  []int   // measures that are only named
	strict  bool    // one of the measures is written in full: 第3条
	loose   state   // what is said without naming a measure
	denied  []int   // measures that were meant wrongly: 不是第5条
	except  []int   // measures that a statement on others leaves out: 除第5条外
	apart   []int   // measures that it leaves out and that something is said of: 除第12条卡在经费
	rest    state   // what is said of the others: 其余办结
	others  string  // the words that rest was read from
	counts  int     // how many measures a statement on all of them is about: 两项都
	amended bool    // something was taken back and said anew: 60%，不对，70%
	section int
}

// named reports whether a measure is named at all.
func (r *report) named() bool { return len(r.groups)+len(r.silent) > 0 }

// any reports whether anything is said, of a measure or without one.
func (r *report) any() bool { return len(r.groups) > 0 || r.loose.any() }

// entire reports whether all that is reported on is said to be finished as a whole.
func (r *report) entire() bool {
	return len(r.groups) > 0 && !slices.ContainsFunc(r.groups, func(g group) bool { return !g.state.entire || g.state.status() != Done })
}

// measures returns all measures that are named.
func (r *report) measures() []int {
	list := slices.Clone(r.silent)
	for _, g := range r.groups {
		list = append(list, g.list...)
	}
	return list
}

// A collector goes through a text clause by clause and binds states to measures.
type collector struct {
	groups []group // the first has no measures: it takes what is said without one
	cur    int
	open   bool // the last clause was measures alone: a list may go on
	leaves bool // the clause leaves out its measures: the next is on the others
	anew   bool // what comes next takes the place of what was said: 呃其实还没开始
	report report

	renames bool  // the measure that comes next was meant instead of the last one
	pair    []int // the two measures that 前者 and 后者 are
}

// collect binds what tokens say to the measures that they name.
func collect(tokens []token) report {
	c := collector{groups: []group{{}}}
	for clause, end := range clauses(tokens) {
		if c.leaves && !hasClass(clause, measure) {
			c.others()
		}
		c.leaves = false
		c.clause(clause)
		c.open = c.open && !end.line
	}
	return c.result()
}

// clause takes one clause. Words before its first measure belong to that
// measure, words after a measure to it.
func (c *collector) clause(ts []token) {
	ts = c.counted(ts)
	old := isStale(ts)
	from, named := 0, false
	if amends(ts) > 0 {
		c.amend(hasClass(ts, measure))
	}
	for i, t := range ts {
		if t.class == section {
			c.report.section = int(t.n)
		}
		if t.class == measure {
			c.measure(ts[from:i], t, named, old)
			from, named = i+1, true
		}
	}
	c.open = named && from == len(ts) && !c.groups[c.cur].state.any()
	if !old {
		c.say(ts[from:])
	}
}

// counted takes the number of the measures that are about to be named off ts:
// 两项都完成了：第10条、第15条.
func (c *collector) counted(ts []token) []token {
	if len(ts) < 2 || ts[0].class != count || !hasSuffix(ts[0].text(), "条", "项") || !hasPrefix(ts[1].text(), "都", "均", "全") {
		return ts
	}
	c.report.counts = int(ts[0].n)
	if at := slices.IndexFunc(ts, func(t token) bool { return t.class == measure }); at > 0 {
		c.say(ts[1:at])
		return ts[at:]
	}
	return ts[1:]
}

// measure opens a group for t, or lengthens the list that t continues.
func (c *collector) measure(before []token, t token, named, old bool) {
	g := &c.groups[c.cur]
	switch left, alone := excepted(t); {
	case left && contains(g.list, t.list) && alone: // 第3-7条，除第5条外
		c.report.except = append(c.report.except, t.list...)
		g.list = slices.DeleteFunc(g.list, func(n int) bool { return slices.Contains(t.list, n) })
		return
	case left && alone:
		c.report.except = append(c.report.except, t.list...)
		c.others()
		return
	case left: // 除了第11条还在等批复，都完成了
		c.leaves = !g.state.any()
		c.report.apart = append(c.report.apart, t.list...)
	case contains(g.list, t.list) && len(g.list) > len(t.list) && !g.state.any() && onlyThese.MatchString(wordsOf(before)):
		c.groups = append(c.groups, group{list: slices.Clone(t.list), strict: t.strict, state: state{flags: t.flags}})
		c.cur = len(c.groups) - 1
		return
	}
	if last(before, blank).is(isnt) {
		c.report.denied = append(c.report.denied, t.list...)
		return
	}
	if named && renamed(before) && !g.state.any() {
		c.report.denied = append(c.report.denied, g.list...)
		g.list = slices.Clone(t.list)
		return
	}
	if (named || c.open && !contains(g.list, t.list)) && joins(before) {
		g.list = union(g.list, t.list)
		c.pair = slices.Clone(g.list)
		return
	}
	c.rename()
	if len(t.list) == 2 {
		c.pair = t.list
	}
	var st state
	switch said := judge(before); {
	case named && said.any() && !g.state.any():
		c.say(before)
	case !old:
		st = said
	}
	st.flags |= t.flags
	list := slices.Clone(t.list)
	if g.rest && contains(list, c.report.except) { // 除第7条外，第5到8条都办结
		list = slices.DeleteFunc(list, func(n int) bool { return slices.Contains(c.report.except, n) })
	}
	c.groups = append(c.groups, group{list: list, strict: t.strict, guess: t.guess, state: st, anew: c.anew})
	c.cur = len(c.groups) - 1
	c.report.strict = c.report.strict || t.strict
}

// union is list with those of more that it does not have.
func union(list, more []int) []int {
	for _, n := range more {
		if !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// contains reports whether all of some are in list, and there are any.
func contains(list, some []int) bool {
	return len(list) > 0 && !slices.ContainsFunc(some, func(n int) bool { return !slices.Contains(list, n) })
}

// renamed reports whether ts says that the measure before it was meant to be the
// one after it: 5应该是6.
func renamed(ts []token) bool {
	t := first(ts, func(t token) bool { return t.class == space || t.is(filler) && !t.is(change) })
	return t.is(change) && hasPrefix(t.text(), "应", "改成", "改为", "换成")
}

// joins reports whether ts is only what joins the members of a list.
func joins(ts []token) bool {
	if len(ts) == 1 && ts[0].text() == "同" {
		return true
	}
	return !slices.ContainsFunc(ts, func(t token) bool { return t.class != space && !t.joins() })
}

// joins reports whether t stands between members of a list.
func (t token) joins() bool {
	return t.class == joint || t.class == word && hasPrefix(t.text(), "和", "与", "跟", "及", "以及", "还有")
}

// say adds what ts says to the measures in hand.
func (c *collector) say(ts []token) {
	g := &c.groups[c.cur]
	if len(g.list) > 0 && wordsOf(ts) == "ok" {
		g.state = g.state.merge(state{finished: true})
		return
	}
	g.plain = g.plain || len(g.list) > 0 && !g.state.any() && !ofThings(ts)
	if paired(ts) && len(g.list) > 1 {
		c.shareOut(ts)
		return
	}
	for i, t := range ts {
		switch {
		case t.remainder() && c.cur > 0 && (g.plain || g.rest || strings.HasPrefix(t.text(), "其余")), t.leftover() > 0 && c.whole(len(c.groups)) != nil:
			c.say(ts[:i])
			c.others()
			c.groups[c.cur].count = t.leftover()
			c.report.others = wordsOf(ts[i:])
			c.say(ts[i+1:])
			return
		case t.amends() && i > 0 && judge(ts[:i]).any() && judge(ts[i+1:]).any(): // 50%（更正：60%）
			c.say(ts[:i])
			c.amend(false)
			c.say(ts[i+1:])
			return
		case c.oneOfPair(t):
			c.say(ts[i+1:])
			return
		case t.is(each) && len(g.list) > 1 && c.share(ts[i+1:]), t.is(same) && c.sameAgain(ts):
			return
		}
	}
	if st := judge(ts); c.anew && st.any() {
		g.state, c.anew = st, false
	} else {
		g.state = g.state.merge(st)
	}
}

// shareOut gives each measure in hand its own of what ts says; without as many, it is
// not clear which is meant.
func (c *collector) shareOut(ts []token) {
	if !c.share(ts) {
		c.groups[c.cur].state.flags |= Unclear
	}
}

// sameAgain gives the measures in hand the state of those before, if ts says no other.
func (c *collector) sameAgain(ts []token) bool {
	if c.cur <= 1 || judge(ts).any() {
		return false
	}
	c.groups[c.cur].state = c.groups[c.cur-1].state
	return true
}

// oneOfPair opens a group for one of the two measures that were named last, if t points
// at it: 前者, 后者.
func (c *collector) oneOfPair(t token) bool {
	at := slices.Index([]string{"前者", "后者"}, t.text())
	if at < 0 || len(c.pair) != 2 || c.cur == 0 {
		return false
	}
	c.groups = append(c.groups, group{list: c.pair[at : at+1], strict: c.groups[c.cur].strict})
	c.cur = len(c.groups) - 1
	return true
}

// ofThings reports whether ts names something of its own, so that 其他 is the rest of it.
func ofThings(ts []token) bool {
	return slices.ContainsFunc(ts, func(t token) bool {
		return t.class == count || t.class == place || t.class == other && len(t.text()) > len("条")
	})
}

// paired reports whether ts is several amounts in a row: 80%、60%.
func paired(ts []token) bool {
	amounts := 0
	for i, t := range ts {
		switch {
		case t.class == amount && !t.bare:
			amounts++
		case t.joins() && amounts > 0 && i+1 < len(ts):
		case t.class == space || t.class == mark && amounts == 0:
		default:
			return false
		}
	}
	return amounts > 1
}

// share gives each measure in hand its own of the states that ts lists:
// 分别是80%和60%. It reports whether their numbers agree.
func (c *collector) share(ts []token) bool {
	var states []state
	from := 0
	for i := 0; i <= len(ts); i++ {
		if i == len(ts) || ts[i].joins() || ts[i].is(each) {
			if st := judge(ts[from:i]); st.any() {
				states = append(states, st)
			}
			from = i + 1
		}
	}
	g := c.groups[c.cur]
	if len(states) != len(g.list) {
		return false
	}
	c.groups = c.groups[:c.cur]
	for i, n := range g.list {
		c.groups = append(c.groups, group{list: []int{n}, strict: g.strict, state: states[i]})
	}
	c.cur = len(c.groups) - 1
	return true
}

// result drops the groups of which nothing is said, if others were.
func (c *collector) result() report {
	r := c.report
	r.loose = c.groups[0].state
	c.pointed(&r)
	said := slices.ContainsFunc(c.groups[1:], func(g group) bool { return g.state.any() })
	c.fillRest()
	c.regroup()
	for _, g := range c.groups[1:] {
		switch {
		case len(g.list) == 0 && !g.rest:
		case g.rest:
			r.rest = r.rest.merge(g.state)
		case g.state.any() || g.state.side:
			r.add(g)
		case !said && r.loose.any() && r.counts == len(g.list): // 两项都完成了：第10、15条
			g.state, r.loose = r.loose, state{}
			r.add(g)
		default:
			r.silent = append(r.silent, g.list...)
		}
	}
	return r
}

// regroup takes out of a list what is said apart of some of it later: 第16-19条都完成了，
// 只有19条还差点.
func (c *collector) regroup() {
	for i, g := range c.groups[1:] {
		for k := range c.groups[1 : i+1] {
			whole := &c.groups[k+1]
			if g.state.any() && whole.state.any() && len(g.list) < len(whole.list) && contains(whole.list, g.list) {
				whole.list = slices.DeleteFunc(slices.Clone(whole.list), func(n int) bool { return slices.Contains(g.list, n) })
			}
		}
	}
}

// add adds g, or what g says later of measures that are there already.
func (r *report) add(g group) {
	for i := range r.groups {
		if slices.Equal(r.groups[i].list, g.list) {
			if g.anew {
				r.groups[i].state = g.state
			} else {
				clash := r.groups[i].state.status() == Done && g.state.unfinished // 第7条完成，第7条没完成
				r.groups[i].state = r.groups[i].state.merge(g.state)
				r.groups[i].state.clash = r.groups[i].state.clash || clash
			}
			return
		}
	}
	r.groups = append(r.groups, g)
}

// wordsOf returns the text of ts.
func wordsOf(ts []token) string {
	if len(ts) == 0 {
		return ""
	}
	return strings.TrimSpace(ts[0].s[ts[0].from:ts[len(ts)-1].to])
}
