package reading

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A state is what a stretch of words says of a measure. The zero state is that
// they say nothing.
type state struct {
	stated  bool // percent counts
	percent int  // above 100 if it was said wrongly

	finished   bool // 已完成
	weak       bool // what is finished has a number or an object of its own: 2号楼已查完
	part       bool // what is finished is named before it: 场地和人员到位
	unfinished bool // 没完成, 还在, 还差: takes back what was said to be finished
	under      bool // under way, in whatever words
	idle       bool // 没动, 下周开始
	untouched  bool // 没动
	stuck      bool // 卡住, 等签字
	stopped    bool // 卡住, 停了: it is stuck whatever percent is done
	checks     bool // 等学校复核: a last step is waited for, and nothing more
	side       bool // an amount that is not of completion
	whole      bool // the amount is said to be of all: 总体80%
	entire     bool // the measure itself is said to be finished: 本条现已办结
	clash      bool // two amounts, or states, and nothing tells which counts
	guess      bool // read from words that may mean something else
	own        bool // the amount is of something beside the measure: 出勤95%
	old        bool // it was so before: 上周是71%, 之前卡住
	set        bool // said to be what is to be written: 改回推进中
	flags      Flag // how it was said: Approx, Remaining, Typo, NoChange, OutOfRange
}

// any reports whether st says anything at all of the measure.
func (st state) any() bool {
	return st.stated || st.finished || st.unfinished || st.under || st.idle || st.stuck || st.checks || st.flags&NoChange != 0
}

// status is the one word for st.
func (st state) status() Status {
	switch {
	case st.stopped, st.stuck && !(st.stated && st.percent > 0 && st.percent < 100), st.checks && !st.stated && !st.under:
		return Blocked
	case st.stated && st.percent > 100:
		return Doing
	case st.stated && st.percent == 100:
		return Done
	case st.stated && st.percent <= 0:
		return NotStarted
	case st.stated, st.unfinished, st.checks, st.finished && st.weak && st.under:
		return Doing
	case st.finished:
		return Done
	case st.under:
		return Doing
	case st.idle:
		return NotStarted
	}
	return NoStatus
}

// merge adds what is said later to what was said before.
func (st state) merge(next state) state {
	switch {
	case st.stands(next):
		st.side = true
		return st
	case st.old && next.any() && !next.old: // 上周60%，现在80%; 之前卡住，现在通了
		next.flags |= st.flags &^ (Approx | Remaining | OutOfRange)
		return next
	}
	out := st.turned(next)
	out.own, out.old, out.set = next.own && (st.own || !st.stated), st.old && (next.old || !next.any()) || next.old && !st.any(), st.set || next.set
	out.unfinished = out.unfinished || next.unfinished
	out.under = out.under || next.under && !st.idle
	out.entire = next.entireAfter(st)
	out.stuck = out.stuck || next.stuck
	out.stopped = out.stopped || next.stopped
	out.checks = out.checks || next.checks
	out.side = out.side || next.side
	out.guess = (out.guess || next.guess) && !next.unfinished
	out.clash = out.clash && !next.whole || next.clash
	out.flags |= next.flags
	return out
}

// stands reports whether next changes nothing of st: 完成70%，出勤95%; 改回推进中，验收没过.
func (st state) stands(next state) bool {
	beside := next.own && !st.own && !next.whole || next.old && !st.old
	return st.stated && next.stated && beside || st.set && !next.stated && !next.finished
}

// turned is st by what next says of how far the measure is.
func (st state) turned(next state) state {
	out := st
	switch {
	case next.stated:
		out.clash = st.stated && st.percent != next.percent && !next.whole
		out.stated, out.percent, out.whole = true, next.percent, next.whole
		out.flags &^= Remaining | OutOfRange
	case next.finished && next.part && st.stated && st.percent < 100: // 完成一半，目前场地和人员到位
	case next.finished && !next.weak && (!st.stuck || next.entire):
		out = st.finish(next)
	case next.finished:
		out.finished, out.weak = true, out.weak || next.weak
	case next.under && (next.whole || st.part && st.finished): // 已建立台账，该项工作持续推进
		out.finished = false
	case next.untouched && st.finished: // 已开会，尚未启动
		out.clash = true
	case next.idle && !st.any(): // 正在推进，预算没做: a part is not begun, the whole is
		out.idle = true
	}
	return out
}

// entireAfter reports whether st, said after before, leaves the measure finished as a whole.
func (st state) entireAfter(before state) bool { return st.entire || before.entire && !st.any() }

// finish is st when next has said that it is finished.
func (st state) finish(next state) state {
	out := st
	out.stuck, out.stopped = false, false
	out.finished, out.weak, out.unfinished, out.under, out.idle = true, false, false, false, false
	out.part = next.part
	out.stated = st.flags&OutOfRange != 0 // what was said wrongly stays wrong
	out.clash = st.stated && st.percent > 0 && st.percent < 100 && !next.whole
	return out
}

// drafts are what can be finished while the measure is not: 已交初稿.
var drafts = words("半成品")

// wrong reports whether the number behind t is what was written wrongly: 写成了85%.
func (t token) wrong() bool { return t.class == word && slices.Contains(wrongly, t.text()) }

var wrongly = words("旧值")

// overall reports whether ts speaks of a measure as a whole, beside its parts.
func overall(ts []token) bool {
	return slices.ContainsFunc(ts, func(t token) bool { return t.class == word && hasSuffix(t.text(), "项工作", "总体", "整体") })
}

// formerly are words before what was so and is so no longer.
var formerly = strings.Fields("刚 刚才 刚刚 上周 上个月 昨天 前天 上次 上回 之前 以前 原来 原先 原本 本来 去年 曾经 此前 起初 昨天是 上次是 之前是 原来是")

// latestWords come before a state that counts instead of an earlier one.
var latestWords = strings.Fields("今天 今早 现在 目前 刚 后来 最终 如今 这周 本周 全部 都 均 最后")

// settles are words before the amount that counts of several that were said.
var settles = strings.Fields("算 按 记 就写 取个中间 取中间 就报 就填")

// stops1 are in words for what stands still; others tell of what is lacking.
var stops1 = strings.Fields("卡 停 阻 滞 搁 僵 堵 瓶颈 无法 不下去 不动 没法")

// entireWords speak of the measure itself, whatever stood in its way.
var entireWords = strings.Fields("本条 此条 该条 这条 全条 整条 现已 本项 此项 该项 已全部")

// wholeWords come before the amount that counts, whatever was said of parts.
var wholeWords = words("总括")

// A judgement goes through the tokens of one stretch and remembers what bears
// on the words to come.
type judgement struct {
	ts []token
	st state

	heard   role // what the words so far were
	denied  int  // where the last negation stands, -1 if none is in force
	left    int  // where 剩 or 差 stands, -1 if nowhere
	isnt    bool // the next amount is denied: 不是80%
	planned bool
	counted bool
	rated   bool
	goal    bool
	again   bool // 再: 开学再弄
	short   bool // 就差: what follows is missing
	whole   bool // 总体, 目前: the amount to come is the one that counts
	moved   bool // 到, 改成: it counts instead of those before it here
	set     bool // 改成: what comes is what is to be written
	older   bool // 上周, 之前: what comes was so
}

// judge says what the words of ts, a stretch without break, say of a measure.
func judge(ts []token) state {
	j := judgement{ts: ts, denied: -1, left: -1}
	for i, t := range ts {
		switch {
		case t.class == amount:
			j.amount(i, t)
		case t.class == count, t.class == place:
			j.counted = true
		case t.class == clock && !j.had(past) && j.before(i).text() != "提前":
			j.heard |= day
		case t.class == other && utf8.RuneCountInString(t.text()) > 2:
			j.denied = -1
		case t.class == word:
			j.older = !t.is(to|change) && (j.older || slices.Contains(formerly, t.text()))
			j.st.flags |= t.flags
			j.word(i, t)
			j.heard |= t.roles
		}
	}
	if j.denied >= 0 && !j.st.any() && !j.somethingAfter(j.denied) {
		j.st.unfinished, j.st.under = true, true // 9完成了，10还没
	}
	if j.left >= 0 && j.somethingAfter(j.left) {
		j.st.unfinished = true
	}
	j.st.set = j.set && j.st.any()
	j.st.old = j.st.old && (j.st.stated || j.st.stuck)
	j.st.whole = j.st.whole || j.st.under && overall(ts)
	if !j.st.any() && !j.st.side && slices.ContainsFunc(ts, func(t token) bool { return t.is(to) && strings.HasPrefix(t.text(), "推进") }) {
		j.st.under = true // 推进到最后一步了
	}
	return j.st
}

// had reports whether a word with any of the roles stands before.
func (j *judgement) had(r role) bool { return j.heard&r != 0 }

// word takes one word. The order matters where a word has several roles.
func (j *judgement) word(i int, t token) {
	switch {
	case t.is(unchanged):
		j.st.flags |= NoChange
	case t.is(blocked):
		stuck := !j.negated(i) || hasAny(j.ts[j.denied+1:i], done)
		j.st.old = j.older
		j.st.stuck = j.st.stuck || stuck
		j.st.stopped = j.st.stopped || stuck && (containsAny(t.text(), stops1) || strings.Contains(wordsOf(j.ts[:i]), "问题"))
	case t.is(approval) && (j.negated(i) || j.short):
		j.st.stuck = true
	case t.is(waiting) && j.waits(i) && !strings.HasPrefix(j.ts[0].text(), "原因"):
		only := hasPrefix(t.text(), "就", "只") || j.short
		j.st.checks = j.st.checks || only || j.lastStep(i)
		j.st.under = j.st.under || only
		j.st.stuck = j.st.stuck || !only && !j.lastStep(i)
	case t.is(waiting):
	case t.is(unbegun):
		j.st.idle = !j.st.under && !j.st.finished
	case t.is(neg) && j.isnt: // 不是没做
		j.isnt = false
	case t.is(neg):
		j.denied = i
	case t.is(isnt):
		j.isnt = true
	case t.is(done) && t.is(reply) && first(j.ts[i+1:], blank).text() == ":": // 报送：措施7推进中
	case t.is(done):
		j.finish(i, t)
	case t.is(ongoing | partial):
		j.st.under, j.st.unfinished = true, true
		if t.is(left) || hasSuffix(t.text(), "差", "缺", "欠") {
			j.left, j.short = i, !strings.HasPrefix(t.text(), "还")
		}
	case t.is(doing):
		j.progress(i)
	case t.is(starting):
		j.start(i)
	default:
		j.adverb(i, t)
	}
}

// adverb takes the words that only bear on others.
func (j *judgement) adverb(i int, t token) {
	switch {
	case t.is(left):
		j.left = i
	case t.is(planned):
		j.planned = j.planned || utf8.RuneCountInString(t.text()) > 1 || j.verbNext(i)
	case t.is(deadline):
		j.planned = j.planned || j.had(day|later)
	case t.is(degree | rate):
		j.rated = !t.is(degree)
	case t.is(goal):
		j.goal = true
	case t.is(around):
		j.st.flags |= Approx
	case t.is(to | change):
		j.goal = j.goal && t.text() == "是" && j.before(i).is(goal) // 目标是90%
		j.isnt, j.moved = false, !j.goal
		if hasPrefix(t.text(), "改") {
			j.st = state{flags: j.st.flags} // 把“办结”改回“推进中”
			j.set = true
		}
	case slices.Contains(wholeWords, t.text()):
		j.whole = true
	case t.text() == "再":
		j.again = true
	}
}

// finish takes a word like 完成.
func (j *judgement) finish(i int, t token) {
	next := j.next(i)
	switch {
	case j.negated(i), j.short:
		j.st.unfinished, j.st.under = true, true
		j.isnt = j.isnt || next.class == amount // 没有完成80%
	case hasPrefix(next.text(), "再", "之后", "以后"), j.goal && strings.Contains(wordsOf(j.ts[:i]), "原"): // 原定11月办结
		return // 等完成了再报
	case j.farFrom(i), strings.HasPrefix(t.after(), "得") && !hasPrefix(t.after(), praises...): // 离完成还早, 完成得马马虎虎
		j.st.under, j.st.unfinished = true, true
	case hasPrefix(strings.TrimPrefix(t.after(), "了"), drafts...):
		j.st.under, j.st.guess = true, !strings.HasPrefix(strings.TrimPrefix(t.after(), "了"), "初稿")
	case next.class == amount && !j.rated, next.is(to|around) && hasClass(j.ts[i+1:], amount):
		j.rated = false // 完成80%: the amount will say it
	case next.is(partial), j.had(vague):
		j.st.under, j.st.unfinished = true, true
	case j.isnt:
	case j.ahead(soon) && !strings.HasPrefix(t.text(), "已"), j.had(day) && !j.had(past) && !j.perfect(t):
		j.st.under = true
	default:
		j.st.finished = true
		weak := j.counted || next.class == count || next.class == place || next.class == other && j.countBehind(i)
		j.st.part = slices.ContainsFunc(j.ts[:i], func(t token) bool {
			return t.class == other && utf8.RuneCountInString(t.text()) > 1 || t.is(decider|people|act|inert|needed) && !t.is(self|filler)
		})
		j.st.weak = weak
		j.st.entire = containsAny(wordsOf(j.ts[:i+1]), entireWords) || j.alone(i)
		j.st.whole = j.st.whole || containsAny(wordsOf(j.ts[:i+1]), latestWords)
		j.st.under = j.st.under || weak
	}
}

// ahead reports whether what is said is still to come: planned, or later, or with
// one of the roles of more.
func (j *judgement) ahead(more role) bool {
	return (j.planned || j.had(later|more)) && !j.had(past)
}

// perfect reports whether 了 follows t or ends it.
func (j *judgement) perfect(t token) bool {
	return strings.HasPrefix(t.text(), "已") || strings.HasSuffix(t.text(), "了") || hasPrefix(t.after(), "了", "啦", "咯", "喽", "乐", "咧")
}

// progress takes a word like 推进.
func (j *judgement) progress(i int) {
	if j.negated(i) || j.again && (j.planned || j.had(later)) {
		j.st.idle = true
		return
	}
	j.st.under = true
}

// start takes a word like 开始: not begun if denied or still to come.
func (j *judgement) start(i int) {
	switch {
	case j.negated(i):
		if next := first(j.ts[i+1:], blank); next.class == other && next.to > 0 && len(j.ts[i].text()) == len("弄") {
			j.st.guess = true // 还没搞明白, 没做台账
		}
		j.st.untouched = true
		if !j.st.under && !j.st.finished {
			j.st.idle = true
		}
	case j.ahead(0), j.had(soon) && !j.had(past) && len(j.ts[i].text()) > len("弄"), j.again && j.had(day) && !j.had(past):
		j.st.idle = !j.st.under
	case j.had(past), j.perfect(j.ts[i]):
		j.st.under = true
	}
}
