package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// This file tells which words bear on which, inside one stretch.

// amount takes a percent and decides whether it is one of completion.
func (j *judgement) amount(i int, t token) {
	if j.isnt {
		j.isnt = false
		return
	}
	if j.bound(i) {
		j.st.unfinished, j.st.under = true, true
		return
	}
	switch {
	case j.goal, j.oldValue(i), j.before(i).wrong(), j.dropped(i):
		return
	case j.denied >= 0 && j.negated(i) && !j.shareOfRest(i): // 没到80%
		j.st.unfinished, j.st.under = true, true
		return
	case (j.had(unrelated) || j.rated || j.difference(i)) && !j.shareOfRest(i):
		j.st.side = true
		j.st.under = j.st.under || j.before(i).is(rise) && !j.rated && !j.had(unrelated) // it rose by so much
		return
	case j.ofPeople(i):
		j.st.side, j.counted = true, true // 60%的班级完成了
		return
	case j.ahead(0):
		j.st.under, j.st.clash = true, j.st.clash || j.perfect(t) // 放假前做到95%了
		return
	}
	n := int(t.n)
	if n == 100 && j.had(vague) { // 快一百了
		j.st.under, j.st.unfinished = true, true
		return
	}
	if j.left >= 0 && j.plainBetween(j.left, i) || j.deniedAfter(i) || j.shareOfRest(i) {
		n, j.left = 100-n, -1
		j.st.flags |= Remaining
	}
	j.st.flags = j.st.flags&^OutOfRange | t.flags
	if n > 100 {
		j.st.flags |= OutOfRange
	}
	j.whole = j.whole || hasSuffix(strings.TrimRight(t.before(), " "), settles...)
	j.st.clash = j.st.stated && j.st.percent != n && !j.whole && !j.moved
	j.st.own, j.st.old = j.own(i), j.older
	j.st.stated, j.st.percent, j.st.whole = n >= 0, n, j.whole || j.had(degree) && !j.st.own
	j.counted = false
}

// oldValue reports whether the amount at i is the first of 从60%到75%.
func (j *judgement) oldValue(i int) bool {
	var moved bool
	for _, t := range j.ts[i+1:] {
		moved = moved || t.is(to|change|rise) || t.class == mark && hasPrefix(t.text(), "→", "-", "~", ">")
		if t.class == amount {
			return moved
		}
	}
	return false
}

// dropped reports whether the amount at i is said to count no more: 前面发的70%,
// 原报六成作废.
func (j *judgement) dropped(i int) bool {
	if j.before(i).is(latest) {
		return true
	}
	if next := j.next(i); next.is(fix) && !next.is(change) && next.text() != "为准" {
		return true
	}
	for _, t := range j.ts[i+1:] {
		switch {
		case t.class == amount, t.is(to | change | isnt):
			return false
		case t.is(void):
			return true
		}
	}
	return false
}

// bound reports whether the amount at i only says what is not reached: 还不到六成,
// 连一半都不到. How much it is then, nobody has said.
func (j *judgement) bound(i int) bool {
	rest := strings.TrimLeft(strings.TrimLeft(j.ts[i].after(), " "), "还都也")
	return hasPrefix(rest, "不到", "没到", "没有到", "不足") || missing.MatchString(rest) || hasPrefix(j.before(i).text(), "不到", "还不到", "不足", "不满") && j.left < 0
}

// missing says that an amount is not reached, and not that something else is not there:
// 80%没有问题.
var missing = regexp.MustCompile(`^没有(?:[呢吧啊的呀，,。;!?~ ]|$)`)

// own reports whether the amount at i is of something that is named before it and is neither
// the measure nor how far it is: 完成70%，出勤95%.
func (j *judgement) own(i int) (own bool) {
	for _, t := range j.ts[:i] {
		switch w := t.text(); {
		case t.is(degree) && hasSuffix(w, "率") && !hasPrefix(w, "完成", "办结", "推进", "总"):
			own = true
		case t.is(to | degree | change | left | isnt), slices.Contains(wholeWords, w):
			return false
		case t.class == other && utf8.RuneCountInString(w) > 1, t.is(people | rate | decider | inert | act | unrelated):
			own = true
		}
	}
	return own
}

// difference reports whether the amount at i says by how much something rose.
func (j *judgement) difference(i int) bool {
	return j.before(i).is(rise) || compared.MatchString(wordsOf(j.ts[:i]))
}

// compared is what the difference to something else stands behind: 比去年多.
var compared = regexp.MustCompile(`比[^，。]{1,18}[多高少低增升降][了加长]?$`)

// ofPeople reports whether the amount at i is a share of people or things: 80%的学生.
func (j *judgement) ofPeople(i int) bool {
	if j.before(i).is(done | to | starting) {
		return false
	}
	rest := strings.TrimLeft(j.ts[i].after(), " ")
	rest = strings.TrimPrefix(rest, "的")
	if e, ok := wordAt(rest); ok && e.roles&(people|unrelated) != 0 {
		return true
	}
	return strings.HasPrefix(rest, "人")
}

// deniedAfter reports whether the amount at i is said to be not done: 20%没完成. 80% 无 has
// nothing to remark.
func (j *judgement) deniedAfter(i int) bool {
	next := first(j.ts[i+1:], func(t token) bool {
		return t.class == space || t.is(filler) && !t.is(neg) && !strings.HasSuffix(t.text(), "了")
	})
	return next.is(neg) && !nothingElse.MatchString(j.ts[i].after())
}

// nothingElse says behind an amount that there is nothing to remark.
var nothingElse = regexp.MustCompile(`^[ |]*(?:无|没有?(?:问题|困难|异常|意见|其[他它]|别的|什么|啥))`)

// waits reports whether 等 at i is waiting for somebody, not the 等 that ends a list.
func (j *judgement) waits(i int) bool {
	before := j.before(i)
	if j.ts[i].text() == "等" && (before.class == count || before.class == other && before.text() != "") {
		return j.next(i).is(approval|decider) && !hasClass(j.ts[:i], joint)
	}
	who := first(j.ts[i+1:], func(t token) bool { return !t.is(later | decider) })
	return who.is(decider) && !who.is(later)
}

// farFrom reports whether the word at i is what the work has not reached: 离完成还早.
func (j *judgement) farFrom(i int) bool {
	before := clauseBefore(j.ts[i].before())
	return hasSuffix(strings.TrimSuffix(before, "全部"), "离", "距", "距离", "离着")
}

// praises say how well something was done.
var praises = strings.Fields("得很好 得好 得不错 得非常好 得很顺利 得顺利 得很圆满 得圆满 得挺好 得还行 得还可以 得比较好 得很到位")

// lastStep reports whether what is waited for at i only closes the work: 等学校复核.
func (j *judgement) lastStep(i int) bool { return containsAny(wordsOf(j.ts[i:]), lastSteps) }

var lastSteps = words("收尾手续")

// negated reports whether the negation in force reaches the word at i.
func (j *judgement) negated(i int) bool {
	if j.denied < 0 {
		return false
	}
	return !slices.ContainsFunc(j.ts[j.denied+1:i], func(t token) bool {
		return t.class != space && t.class != other && (t.class != word || t.is(partial|unchanged|decider|people))
	})
}

// plainBetween reports whether only words without weight stand between 剩 at a and
// the amount at b, or a few that say of what it is: 就剩最后5%.
func (j *judgement) plainBetween(a, b int) bool {
	return unknownRunes(j.ts[a+1:b]) <= 6 && !slices.ContainsFunc(j.ts[a+1:b], func(t token) bool {
		return t.class != space && t.class != other && !t.is(filler|around|left|past|inert)
	})
}

// alone reports whether nothing but words without weight stands beside the word at i, so
// that the measure itself is meant: …，任务完成.
func (j *judgement) alone(i int) bool {
	return !slices.ContainsFunc(j.ts, func(t token) bool {
		return t.class != space && t.class != mark && !t.is(filler|past|done) && t.text() != "请予"
	}) && strings.HasPrefix(wordsOf(j.ts), strings.TrimSpace(clauseBefore(j.ts[i].before())+j.ts[i].text()))
}

// countBehind reports whether what is finished at i has a number: 已举办讲座4场.
func (j *judgement) countBehind(i int) bool {
	t := first(j.ts[i+1:], func(t token) bool { return t.class != count && t.class != mark && t.class != joint })
	return t.class == count
}

// shareOfRest reports whether the amount at i is of what is not done: 没做的还有四分之一,
// 未完成部分占三成.
func (j *judgement) shareOfRest(i int) bool {
	if j.denied < 0 && !hasAny(j.ts[:i], ongoing) {
		return false
	}
	return restOf.MatchString(wordsOf(j.ts[:i]))
}

var restOf = regexp.MustCompile(`(?:没|未|没有|尚未|还没)(?:完成|做|弄|办|搞|查|谈|走访|开|交|到位)[完好]?(?:的|部分|的部分)(?:还|约|大约|大概)?(?:有|占|是|剩)?$`)

// verbNext reports whether the next token is a verb or amount: 能弄完, 会到80%.
func (j *judgement) verbNext(i int) bool {
	t := j.next(i)
	return t.is(done|starting|to|doing) || t.class == amount
}

func (j *judgement) next(i int) token {
	return first(j.ts[i+1:], func(t token) bool { return t.class == space || t.text() == "了" || t.text() == "的" })
}

func (j *judgement) before(i int) token {
	return last(j.ts[:i], func(t token) bool { return t.class == space || t.text() == "了" })
}

// somethingAfter reports whether 剩 at i is said of something: words that are
// no measure.
func (j *judgement) somethingAfter(i int) bool {
	return slices.ContainsFunc(j.ts[i+1:], func(t token) bool {
		return t.class == other || t.class == count || t.class == word && (t.roles != filler || utf8.RuneCountInString(t.text()) > 1)
	})
}

// unusedAmount finds a percent that no item has where several measures share another:
// 第1条和第2条一个是30%，一个是40%.
func (d doubt) unusedAmount() []string {
	share := slices.ContainsFunc(d.rep.groups, func(g group) bool { return len(g.list) > 1 && g.state.stated })
	used := func(n int) bool {
		return slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Stated && (it.Percent == n || it.Percent == 100-n) })
	}
	at := slices.IndexFunc(d.tokens, func(t token) bool { return t.class == amount && !used(int(t.n)) })
	if !share || at < 0 || d.has(stale|fix|goal|people|rate) {
		return nil
	}
	return []string{d.tokens[at].text()}
}

// oddFigure finds 到课93.5%, a percent of something that is named, and finer than people
// say of how far they are.
func (d doubt) oddFigure() []string {
	for clause := range clauses(d.tokens) {
		j := judgement{ts: clause}
		for i, t := range clause {
			fine := t.n%5 != 0 && !strings.Contains(t.text(), "分之") || strings.Contains(t.text(), ".")
			used := slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Percent == int(t.n) })
			if t.class == amount && fine && used && j.own(i) && rolesOf(clause[:i])&done == 0 {
				return []string{wordsOf(clause)}
			}
		}
	}
	return nil
}

// countedMeasure finds what a correction says of 26条 where that was taken for a count, and
// no measure is named: 郭院长说26条80%报高了.
func (d doubt) countedMeasure() []string {
	if d.r.Kind != Correction || len(d.r.Measures()) > 0 {
		return nil
	}
	for i, t := range d.tokens {
		if t.class == count && hasSuffix(t.text(), "条") && first(d.tokens[i+1:], blank).class == amount {
			return []string{t.text()}
		}
	}
	return nil
}
