package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// unsure makes the question what was meant; unused is the parts of the text that were
// not understood.
func unsure(why string, unused []string) Reading {
	return Reading{Kind: Ask, Why: why, Unused: unused}
}

// A guard finds what a report would leave unused or guess. What it finds is asked
// about before anything is stored.
type guard struct {
	why   string
	finds func(doubt) []string
	part  bool // it minds a part that nothing of is left where the whole is said to be done
}

// A doubt is a report that guards look at, and what it was read from.
type doubt struct {
	*hearing
	r *Reading
}

// guards are looked at in this order.
var guards = []guard{
	{"百分比超过100", func(d doubt) []string { return found(d.r.Is(OutOfRange), d.m.text) }, false},
	{"除外的那几条之外是哪些，没有写", doubt.exceptedOnly, false},
	{"编号是估计的", doubt.guessedMeasure, false},
	{"没写清是哪几条", doubt.relative, false},
	{"没写清是哪一条", doubt.countedMeasure, false},
	{"百分比有两种理解", doubt.guessedAmount, false},
	{"说完成，又有百分比", doubt.halfDone, false},
	{"有例外，没看出是什么", doubt.exceptedPart, false},
	{"只说了一部分", doubt.partDone, true},
	{"百分号前面没有数", doubt.emptyPercent, false},
	{"说了两个，没写是哪一个", doubt.eitherOf, false},
	{"没写是谁的", doubt.whose, false},
	{"说了两种情况", doubt.clashes, false},
	{"有一个百分比没写是哪一条的", doubt.looseState, true},
	{"说完成，又像没完成", doubt.deniedDone, true},
	{"只看出材料齐了", doubt.recordsDone, true},
	{"不知道是不是本人报的", doubt.forwarded, false},
	{"后面的话没看懂", doubt.oddTail, false},
	{"不知道是不是本人说的准数", doubt.hedged, false},
	{"问的还是报的，没看出来", doubt.askedValue, false},
	{"有一个数没看懂", doubt.looseNumber, false},
	{"有一个百分比没用上", doubt.unusedAmount, false},
	{"像是别的比率", doubt.oddFigure, false},
	{"有一条没看出办得怎么样", doubt.silentMeasure, false},
	{"没看出改成多少", doubt.unchangedValue, false},
	{"没写办得怎么样", doubt.figuresOnly, false},
	{"说的是几条一共", doubt.inSum, false},
}

func found(is bool, words string) []string {
	if is {
		return []string{words}
	}
	return nil
}

// sure returns r, or the question that must be answered before r is stored.
func (h *hearing) sure(r Reading) Reading {
	for _, g := range guards {
		unused := g.finds(doubt{h, &r})
		if unused == nil || g.part && h.rep.entire() {
			continue
		}
		for i, u := range unused {
			unused[i] = h.original([]string{u})
		}
		q := unsure(g.why, unused)
		q.Flags, q.Note = r.Flags, r.Note
		if len(r.Measures()) > 0 && !r.Is(OutOfRange) && (doubt{h, &r}).clashes() == nil {
			q.Choices = []Reading{r}
		}
		return q
	}
	return r
}

// numberless asks about a report on 第0条.
func (h *hearing) numberless() (Reading, bool) {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == place && t.strict })
	if at < 0 || h.asks || !h.rep.any() {
		return Reading{}, false
	}
	return unsure("没有这个编号", []string{h.tokens[at].text()}), true
}

// exceptedOnly finds 除第5条外都办结 where nothing says which the others are.
func (d doubt) exceptedOnly() []string {
	return found(d.rep.rest.any() && len(d.r.Measures()) == 0, d.m.text)
}

// guessedMeasure finds 前三条, unless the fourth is what is spoken of next.
func (d doubt) guessedMeasure() []string {
	at := slices.IndexFunc(d.tokens, func(t token) bool { return t.class == measure && t.guess })
	if at < 0 || len(d.tokens[at].list) > 1 && slices.Contains(d.rep.measures(), len(d.tokens[at].list)+1) {
		return nil
	}
	return []string{d.tokens[at].text()}
}

// relative finds 第5条后面的都没动.
func (d doubt) relative() []string {
	for _, t := range d.tokens {
		if t.class == measure && hasPrefix(t.after(), "后面", "之后的", "以后的", "往后", "以前的", "前面", "之前的", "以上", "以下") {
			return []string{t.text() + clip(t.after(), len("后面的"))}
		}
	}
	return nil
}

// clashes finds two amounts or states of one measure, where nothing says that the
// second is the right one.
func (d doubt) clashes() []string {
	clash := func(st state) bool { return st.clash || st.guess }
	return found(!d.corrects() && (clash(d.rep.loose) && len(d.rep.groups) == 0 || slices.ContainsFunc(d.rep.groups, func(g group) bool { return clash(g.state) })), d.m.text)
}

// looseState finds what is said before any measure, where measures are reported on:
// 大概70%，第12条是50%.
func (d doubt) looseState() []string {
	loose := d.rep.loose
	return found(len(d.rep.groups) > 0 && (loose.stated || loose.finished || loose.stuck) && !d.corrects() && !hasAny(d.tokens, stale), d.m.text)
}

// deniedDone finds a word of what is missing or denied where everything is said to be
// done.
func (d doubt) deniedDone() []string {
	if len(d.rep.groups) == 0 || d.corrects() || d.rep.amended || d.rep.rest.any() {
		return nil
	}
	for _, it := range d.r.Items {
		if it.Status != Done {
			return nil
		}
	}
	kept, _ := statements(d.tokens)
	for i, t := range kept {
		harmless := t.is(neg) && hasPrefix(t.after(), unproblematic...) || t.is(isnt) && hasAny(kept[i+1:], neg)
		if t.is(neg|blocked|unbegun|partial|left) && !t.is(done|filler) && !harmless && !strings.HasPrefix(clauseBefore(t.before()), "谁说") && !(i > 0 && hasAny(kept[:i], isnt)) {
			return []string{clip(t.text()+t.after(), 30)}
		}
	}
	return nil
}

// unproblematic are what is denied without anything being missing: 没什么问题.
var unproblematic = words("无妨")

// stuck reports whether an item is blocked: its reason may be told in any words.
func (r *Reading) stuck() bool {
	return slices.ContainsFunc(r.Items, func(it Item) bool { return it.Status == Blocked })
}

// oddTail finds an amount that something unknown is written to, 八成新, and numerals that
// are no number: 七七八八.
func (d doubt) oddTail() []string {
	for i, t := range d.tokens {
		next := token{}
		if i+1 < len(d.tokens) {
			next = d.tokens[i+1]
		}
		switch {
		case t.class == amount && !t.bare && next.class == other && utf8.RuneCountInString(next.text()) == 1 && !strings.Contains("儿算计填冲", next.text()) && clauseEnd(d.tokens, i) == i+2:
			return []string{t.text() + next.text()}
		case t.class == number && t.strict && t.n == 0 && utf8.RuneCountInString(t.text()) > 1:
			return []string{t.text()}
		}
	}
	return nil
}

// askedValue finds a value in a clause that asks: 好像是60?
func (d doubt) askedValue() []string {
	for clause, end := range clauses(d.tokens) {
		open := !slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Stated })
		named := end.asks && unknownRunes(d.tokens) > 1 && !slices.ContainsFunc(clause, func(t token) bool { return t.class != measure })
		if named || isAsking(clause, end.asks) && (hasClass(clause, amount) || open && containsAny(wordsOf(clause), howMuch)) { // 第25条？薛定谔的完成
			return []string{wordsOf(clause)}
		}
	}
	return nil
}

// howMuch asks what is to be booked: 您看怎么报.
var howMuch = strings.Fields("怎么报 怎么填 怎么算 怎么记 算多少 算几成 报多少 填多少")

// halfDone finds a percent below 100 beside a word that means done: 60% √.
func (d doubt) halfDone() []string {
	for _, g := range d.rep.groups {
		st := g.state
		if st.stated && (st.percent < 100 && st.finished && !st.weak && !st.part && !st.whole && !st.unfinished || st.percent == 100 && st.untouched) && !d.corrects() ||
			st.stated && st.percent < 100 && strings.ContainsAny(d.m.text, "√✓✔✅☑") && !hasClass(d.tokens, brk) {
			return []string{d.m.text}
		}
	}
	return nil
}

// exceptedPart finds 全部完成，除了台账: something is not done, and no measure is named.
func (d doubt) exceptedPart() []string {
	remark := !slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Status != NoStatus })
	finished := slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Status == Done }) || remark
	named := slices.ContainsFunc(d.tokens, func(t token) bool { left, _ := excepted(t); return t.class == measure && left })
	if !finished || named && len(d.rep.groups) > 1 || len(d.rep.except)+len(d.rep.apart) > 0 {
		return nil
	}
	for _, w := range []string{"除了", "除", "以外", "唯独"} {
		if at := strings.Index(d.m.text, w); at >= 0 && !hasSuffix(d.m.text[:at], "扫", "清", "解", "消", "删", "拆", "排", "根", "免", "开") {
			return []string{d.m.text}
		}
	}
	return nil
}

// partDone finds 台账建完了，谈话谈了20个: one thing is finished, of another so many.
func (d doubt) partDone() []string {
	if !slices.ContainsFunc(d.r.Items, func(it Item) bool { return it.Status == Done }) || len(d.r.Items) > 1 {
		return nil
	}
	finished, counted := false, false
	for clause := range clauses(d.tokens) {
		st := judge(clause)
		finished = finished || st.finished && !st.weak
		w := wordsOf(clause)
		counted = counted || finished && !st.any() && hasClass(clause, count) && (strings.HasPrefix(w, "还有") || strings.Contains(w, "了"))
	}
	return found(finished && counted && !d.has(each), d.m.text)
}

// recordsDone finds a remark of figures behind which only its papers are done:
// 走访企业4家，照片已归档.
func (d doubt) recordsDone() []string {
	if len(d.r.Items) != 1 || d.r.Items[0].Status != Done || len(d.rep.groups) != 1 {
		return nil
	}
	counted := false
	for clause := range clauses(d.tokens) {
		st := judge(clause)
		switch {
		case st.any():
			return found(counted && st.finished && st.part, d.m.text)
		case hasClass(clause, measure) && hasClass(clause, count):
			counted = true
		}
	}
	return nil
}

// figuresOnly finds 第9条满意度98%, a percent that does not say how far the measure is, and a
// correction of several measures of which one is told nothing.
func (d doubt) figuresOnly() []string {
	open := func(it Item) bool { return !it.Stated && it.Status == NoStatus }
	silent := len(d.r.Items) > 0 && !slices.ContainsFunc(d.r.Items, func(it Item) bool { return !open(it) })
	side := d.rep.loose.side || slices.ContainsFunc(d.rep.groups, func(g group) bool { return g.state.side })
	if d.r.Kind == Correction { // 不对，是第4条 says all; 更正：5条70%，7条不变 does not
		said := !silent || d.rep.rest.any() || d.rep.loose.any() || hasClass(d.tokens, amount)
		denied := slices.ContainsFunc(d.r.Items, func(it Item) bool { return slices.Contains(d.r.From, it.Measure) })
		return found(slices.ContainsFunc(d.r.Items, open) && (said || denied), d.m.text)
	}
	return found(silent && side && !d.r.Is(NoChange), d.m.text)
}

// inSum finds 第10条和第11条总共完成了八成.
func (d doubt) inSum() []string {
	several := slices.ContainsFunc(d.rep.groups, func(g group) bool { return len(g.list) > 1 && g.state.stated && g.state.percent < 100 })
	return found(several && d.says("总共", "一共", "平均", "合计") && len(d.rep.groups) == 1, d.m.text)
}

// emptyPercent finds 第3条完成%.
func (d doubt) emptyPercent() []string {
	return found(d.says("%", "百分之") && !hasClass(d.tokens, amount) && !d.rep.loose.stated, d.m.text)
}

// eitherOf finds 第3条或第5条 and 80%还是90%, and what is only said of one of several.
func (d doubt) eitherOf() []string {
	for i, t := range d.tokens {
		if t.class != measure && t.class != amount {
			continue
		}
		between := first(d.tokens[i+1:], blank)
		next := strings.TrimLeft(t.after(), " ")
		if either := hasPrefix(next, "或", "还是", "要么", "要不"); either && hasClass(d.tokens[i+1:], t.class) && !between.is(same) {
			return []string{d.m.text}
		}
	}
	if sameAs.MatchString(d.m.text) && !slices.ContainsFunc(d.rep.groups, func(g group) bool { return g.state.stated }) {
		return []string{d.m.text}
	}
	return found(d.says("抑或", "有的完", "有的没", "其中一", "有一个完成", "有一条", "某条", "某一条", "来着"), d.m.text)
}

// sameAs is a measure that is said to be as another one.
var sameAs = regexp.MustCompile(`[跟和与同](?:第?[0-9一二三四五六七八九十]+|这|那)[条项]?(?:的)?(?:一样|相同|一致|差不多)`)

// looseNumber finds a number that could be a measure or a percent and was taken for
// neither. The marks of a list are none, nor is what follows a letter.
func (d doubt) looseNumber() []string {
	for i, t := range d.tokens {
		before := last(d.tokens[:i], blank)
		switch {
		case t.class != number, t.strict && (t.n < 10 || t.n > 100), t.n > largest, slices.Contains(d.r.From, int(t.n)), d.lists(i):
			continue
		case before.is(from | isnt), before.wrong(), first(d.tokens[i+1:], blank).is(change) && hasClass(d.tokens[i+1:], amount), d.r.Kind == Correction && hasAny(d.tokens[i:], fix): // what was said wrongly
			continue
		case t.n > 100 && before.class != measure, d.corrects() && !d.has(void) && d.statesAfter(i): // 教室203; 把3看成8了，改成80%
			continue
		case strings.HasPrefix(t.after(), "+") && !t.strict: // 500+
			continue
		case before.text() == "/", strings.HasPrefix(t.after(), "/"): // 33/50人
			continue
		}
		if before := t.before(); before != "" && wordByte(before[len(before)-1]) {
			continue
		}
		return []string{t.text()}
	}
	return nil
}

// statesAfter reports whether all items have an amount, and one stands after the token at i.
func (d doubt) statesAfter(i int) bool {
	return hasClass(d.tokens[i:], amount) && !slices.ContainsFunc(d.r.Items, func(it Item) bool { return !it.Stated })
}

func hasAny(ts []token, r role) bool {
	return slices.ContainsFunc(ts, func(t token) bool { return t.is(r) })
}

// lists reports whether the number at i only counts what stands behind it: 1、已开会.
func (d doubt) lists(i int) bool {
	t := d.tokens[i]
	before := last(d.tokens[:i], blank)
	opens := before.text() == "" || before.class == brk || before.text() == ":" || before.text() == "(" || before.text() == "（"
	return opens && hasPrefix(t.after(), ".", "、", ")", "）")
}

// silentMeasure finds a measure beside those that are reported on, of which nothing was
// understood.
func (d doubt) silentMeasure() []string {
	if len(d.rep.groups) == 0 {
		return nil
	}
	named := slices.Concat(d.r.Measures(), d.r.From, d.rep.except, d.rep.denied)
	if at := slices.IndexFunc(d.tokens, func(t token) bool {
		return t.class == place && strings.HasPrefix(t.text(), "第") && !contains(named, []int{int(t.n)}) && (hasPrefix(t.after(), "、", "，", "和") || strings.Contains(t.text(), "、"))
	}); at >= 0 {
		return []string{d.tokens[at].text()} // 第4、第6、第8这仨
	}
	for clause, end := range clauses(d.tokens) {
		for _, t := range clause {
			if t.class == measure && !contains(named, t.list) && !isAsking(clause, end.asks) {
				return []string{wordsOf(clause)}
			}
		}
	}
	return nil
}

// leftOut lists the parts of the text that a report does not use and that change
// nothing of it: its sender is told that they were not recorded.
func (d doubt) leftOut() (parts []string) {
	named := d.r.Measures()
	for clause, end := range clauses(d.tokens) {
		w := wordsOf(clause)
		at := slices.IndexFunc(clause, func(t token) bool {
			return t.class == measure && !slices.ContainsFunc(t.list, func(n int) bool {
				return slices.Contains(named, n) || slices.Contains(d.r.From, n) || slices.Contains(d.rep.except, n)
			})
		})
		if at >= 0 || len(named) > 0 && (isAsking(clause, end.asks) || rolesOf(clause)&leave != 0 && !d.has(onBehalf|third)) {
			parts = append(parts, d.original([]string{w}))
		}
	}
	if d.rep.rest.any() && len(remaining(d.hearing)) == 0 {
		parts = append(parts, d.original([]string{d.rep.others}))
	}
	return slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
}

// remaining lists the measures that were asked for and are not named.
func remaining(h *hearing) []int {
	named := slices.Concat(h.rep.measures(), h.rep.except, h.rep.denied)
	return slices.DeleteFunc(slices.Clone(h.defaults), func(n int) bool { return slices.Contains(named, n) })
}
