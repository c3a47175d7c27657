package reading

import (
	"slices"
	"strings"
)

// unsure makes the question what was meant. Each choice is a reading that stores
// something; unused is the parts of the text that none of them uses.
func unsure(why string, unused []string, choices ...Reading) Reading {
	return Reading{Kind: Ask, Why: why, Unused: unused, Choices: choices}
}

// A guard finds what a report would leave unused or guess. What it finds is asked
// about before anything is stored.
type guard struct {
	why   string
	finds func(*hearing, *Reading) []string
}

// guards are looked at in this order.
var guards = []guard{
	{"百分比超过100", func(h *hearing, r *Reading) []string { return found(r.Is(OutOfRange), h.m.text) }},
	{"除外的那几条之外是哪些，没有写", (*hearing).exceptedOnly},
	{"编号是估计的", (*hearing).guessedMeasure},
	{"没写清是哪几条", (*hearing).relative},
	{"百分比有两种理解", (*hearing).guessedAmount},
	{"说完成，又有百分比", (*hearing).halfDone},
	{"有例外，没看出是什么", (*hearing).exceptedPart},
	{"推迟到以后，没看出现在怎么样", (*hearing).postponed},
	{"只说了一部分", (*hearing).partDone},
	{"百分号前面没有数", (*hearing).emptyPercent},
	{"说了两个，没写是哪一个", (*hearing).eitherOf},
	{"没写是谁的", (*hearing).whose},
	{"说了两种情况", func(h *hearing, _ *Reading) []string { return found(h.clashes(), h.m.text) }},
	{"不知道是不是本人说的准数", (*hearing).hedged},
	{"问的还是报的，没看出来", (*hearing).askedValue},
	{"有一个数没看懂", (*hearing).looseNumber},
	{"有一条没看出办得怎么样", (*hearing).silentMeasure},
	{"没看出改成多少", (*hearing).unchangedValue},
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
		unused := g.finds(h, &r)
		if unused == nil {
			continue
		}
		for i, u := range unused {
			unused[i] = h.original([]string{u})
		}
		q := unsure(g.why, unused)
		q.Flags, q.Note = r.Flags, r.Note
		if len(r.Measures()) > 0 && !r.Is(OutOfRange) {
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
func (h *hearing) exceptedOnly(r *Reading) []string {
	return found(h.rep.rest.any() && len(r.Measures()) == 0, h.m.text)
}

// guessedMeasure finds 前三条, unless the fourth is what is spoken of next.
func (h *hearing) guessedMeasure(*Reading) []string {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == measure && t.guess })
	if at < 0 || len(h.tokens[at].list) > 1 && slices.Contains(h.rep.measures(), len(h.tokens[at].list)+1) {
		return nil
	}
	return []string{h.tokens[at].text()}
}

// relative finds 第5条后面的都没动.
func (h *hearing) relative(*Reading) []string {
	for _, t := range h.tokens {
		if t.class == measure && hasPrefix(t.after(), "后面", "之后的", "以后的", "往后", "以前的", "前面", "之前的", "以上", "以下") {
			return []string{t.text() + clip(t.after(), len("后面的"))}
		}
	}
	return nil
}

// guessedAmount finds 0.8.
func (h *hearing) guessedAmount(*Reading) []string {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == amount && t.guess })
	if at < 0 {
		return nil
	}
	return []string{h.tokens[at].text()}
}

// clashes reports whether two amounts are said of one measure, and nothing that the
// second is the right one.
func (h *hearing) clashes() bool {
	clash := func(st state) bool { return st.clash || st.guess }
	return !h.corrects() && (clash(h.rep.loose) && len(h.rep.groups) == 0 || slices.ContainsFunc(h.rep.groups, func(g group) bool { return clash(g.state) }))
}

// hedged finds words that make a report hearsay, a joke or a guess.
func (h *hearing) hedged(*Reading) []string {
	for _, w := range hedges {
		if strings.Contains(h.m.text, w) {
			return []string{w}
		}
	}
	for i, t := range h.tokens {
		told := t.class == measure && strings.HasSuffix(clauseBefore(t.before()), "说") && !h.has(self|onBehalf|fix) && !h.says("让", "托", "叫")
		if told {
			return []string{clauseBefore(t.before()) + t.text()}
		}
		if before := last(h.tokens[:i], blank); t.is(done) && hasPrefix(before.text(), "可能", "应该", "估计", "大概", "或许") && !hasPrefix(before.text(), "估计能", "应该能") {
			return []string{before.text() + t.text()}
		}
	}
	return found(h.has(third) && !h.has(onBehalf|self) && h.rep.strict && h.m.behalf(h.tokens) == "" && h.saysOther(), h.m.text)
}

// hedges are what makes a report doubtful.
var hedges = words("存疑")

// saysOther reports whether 他们 stands before the first state, so that it is theirs.
func (h *hearing) saysOther() bool {
	return slices.ContainsFunc(h.tokens, func(t token) bool { return t.is(third) && hasPrefix(t.text(), "他们", "她们", "人家", "别人") })
}

// askedValue finds a value in a clause that asks: 好像是60?
func (h *hearing) askedValue(*Reading) []string {
	for clause, end := range clauses(h.tokens) {
		if end.asks && hasClass(clause, amount) {
			return []string{wordsOf(clause)}
		}
	}
	return nil
}

// halfDone finds a percent below 100 beside a word that means done: 60% √.
func (h *hearing) halfDone(*Reading) []string {
	for _, g := range h.rep.groups {
		st := g.state
		if st.stated && (st.percent < 100 && st.finished && !st.weak && !st.whole || st.percent == 100 && st.untouched) && !h.corrects() ||
			st.stated && st.percent < 100 && strings.ContainsAny(h.m.text, "√✓✔✅☑") && !hasClass(h.tokens, brk) {
			return []string{h.m.text}
		}
	}
	return nil
}

// exceptedPart finds 全部完成，除了台账: something is not done, and no measure is named.
func (h *hearing) exceptedPart(r *Reading) []string {
	finished := slices.ContainsFunc(r.Items, func(it Item) bool { return it.Status == Done })
	if !finished || len(h.rep.except) > 0 {
		return nil
	}
	for _, w := range []string{"除了", "除", "以外", "唯独"} {
		if at := strings.Index(h.m.text, w); at >= 0 && !hasSuffix(h.m.text[:at], "扫", "清", "解", "消", "删", "拆", "排", "根", "免", "开") {
			return []string{h.m.text}
		}
	}
	return nil
}

// postponed finds 第3条推迟到下学期.
func (h *hearing) postponed(r *Reading) []string {
	return found(h.says("推迟", "延后", "顺延", "延期", "推后") && len(r.Items) == 1 && !r.Items[0].Stated && r.Items[0].Status == Doing, h.m.text)
}

// partDone finds 台账建完了，谈话谈了20个: one thing is finished, of another so many.
func (h *hearing) partDone(r *Reading) []string {
	if !slices.ContainsFunc(r.Items, func(it Item) bool { return it.Status == Done }) || len(r.Items) > 1 {
		return nil
	}
	finished, counted := false, false
	for clause := range clauses(h.tokens) {
		st := judge(clause)
		finished = finished || st.finished && !st.weak
		w := wordsOf(clause)
		counted = counted || !st.any() && hasClass(clause, count) && (strings.HasPrefix(w, "还有") || strings.Contains(w, "了"))
	}
	return found(finished && counted && !h.has(each), h.m.text)
}

// emptyPercent finds 第3条完成%.
func (h *hearing) emptyPercent(*Reading) []string {
	return found(h.says("%", "百分之") && !hasClass(h.tokens, amount) && !h.rep.loose.stated, h.m.text)
}

// eitherOf finds 第3条或第5条 and 80%还是90%, and what is only said of one of several.
func (h *hearing) eitherOf(*Reading) []string {
	for i, t := range h.tokens {
		if t.class != measure && t.class != amount {
			continue
		}
		between := first(h.tokens[i+1:], blank)
		next := strings.TrimLeft(t.after(), " ")
		if either := hasPrefix(next, "或", "还是", "要么", "要不"); either && (hasClass(h.tokens[i+1:], measure) || hasClass(h.tokens[i+1:], amount)) && !between.is(same) {
			return []string{h.m.text}
		}
	}
	return found(h.says("其中一", "有一个完成", "有一条", "某条", "某一条", "来着"), h.m.text)
}

// whose finds 他的第3条完成了, where nobody is named.
func (h *hearing) whose(r *Reading) []string {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.is(third) })
	return found(at >= 0 && nameSizes(h.m.text) == nil && r.Behalf == "" && (hasPrefix(h.tokens[at].text(), "他的", "她的") || hasPrefix(h.tokens[at].after(), "的", "那", "第", "报")) && !hasAny(h.tokens[:at], self|people) && unknownRunes(h.tokens[:at]) < 2, h.m.text)
}

// looseNumber finds a number that could be a measure or a percent and was taken for
// neither. The marks of a list are none, nor is what follows a letter.
func (h *hearing) looseNumber(r *Reading) []string {
	for i, t := range h.tokens {
		before := last(h.tokens[:i], blank)
		switch {
		case t.class != number, t.strict && (t.n < 10 || t.n > 100), t.n > largest, slices.Contains(r.From, int(t.n)), h.lists(i):
			continue
		case before.is(from | isnt), before.wrong(), r.Kind == Correction && hasAny(h.tokens[i:], fix): // what was said wrongly
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

func hasAny(ts []token, r role) bool {
	return slices.ContainsFunc(ts, func(t token) bool { return t.is(r) })
}

// lists reports whether the number at i only counts what stands behind it: 1、已开会.
func (h *hearing) lists(i int) bool {
	t := h.tokens[i]
	before := last(h.tokens[:i], blank)
	opens := before.text() == "" || before.class == brk || before.text() == ":" || before.text() == "(" || before.text() == "（"
	return opens && hasPrefix(t.after(), ".", "、", ")", "）")
}

// silentMeasure finds a measure beside those that are reported on, of which nothing was
// understood.
func (h *hearing) silentMeasure(r *Reading) []string {
	if len(h.rep.groups) == 0 {
		return nil
	}
	named := slices.Concat(r.Measures(), r.From, h.rep.except)
	for clause, end := range clauses(h.tokens) {
		for _, t := range clause {
			if t.class == measure && !contains(named, t.list) && !isAsking(clause, end.asks) {
				return []string{wordsOf(clause)}
			}
		}
	}
	return nil
}

// unchangedValue finds a correction whose value is not among the words that are known.
func (h *hearing) unchangedValue(r *Reading) []string {
	moved := len(r.From) > 0 || len(h.rep.groups) > 0
	several := len(r.Items) > 1 && len(r.From) == 0 && len(h.rep.groups) == 0
	return found(r.Kind == Correction && (several || !moved && !h.rep.loose.any() && (unknownRunes(h.tokens) > 2 || hasClass(h.tokens, number))), h.m.text)
}

// leftOut lists the parts of the text that a report does not use and that change
// nothing of it: its sender is told that they were not recorded.
func (h *hearing) leftOut(r *Reading) (parts []string) {
	named := r.Measures()
	for clause, end := range clauses(h.tokens) {
		w := wordsOf(clause)
		at := slices.IndexFunc(clause, func(t token) bool {
			return t.class == measure && !slices.ContainsFunc(t.list, func(n int) bool { return slices.Contains(named, n) || slices.Contains(r.From, n) })
		})
		if at >= 0 || len(named) > 0 && isAsking(clause, end.asks) {
			parts = append(parts, h.original([]string{w}))
		}
	}
	if h.rep.rest.any() && len(h.remaining()) == 0 {
		parts = append(parts, h.original([]string{h.rep.others}))
	}
	return slices.DeleteFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" })
}

// remaining lists the measures that were asked for and are not named.
func (h *hearing) remaining() []int {
	named := slices.Concat(h.rep.measures(), h.rep.except, h.rep.denied)
	return slices.DeleteFunc(slices.Clone(h.defaults), func(n int) bool { return slices.Contains(named, n) })
}
