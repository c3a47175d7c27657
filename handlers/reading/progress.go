package reading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// reported reads progress and corrections of it.
func (h *hearing) reported() (Reading, bool) {
	named := len(h.rep.groups) > 0
	fixes := h.corrects()
	switch {
	case len(h.m.in.Default) > 0 && !named && !h.rep.loose.stated && h.promises(), h.m.quote == QuoteNotice && !h.rep.strict:
		return Reading{}, false // an answer to a notice is about the notice
	case !named && !h.rep.loose.any() && !h.rep.rest.any() && !(fixes && (h.rep.named() || len(h.rep.denied) > 0)):
		return h.described()
	case !named && !fixes && len(h.rep.silent) == 0 && !h.rep.rest.any() && !h.plainly():
		return Reading{}, false
	}
	r := Reading{Kind: Progress, Why: "报了措施的状态", Behalf: h.m.behalf(h.tokens)}
	if named || h.rep.loose.any() || fixes {
		r.Items = h.rep.items(h.m.about(h.rep.silent))
	}
	if named {
		r.Items = append(r.Items, alsoDefault(h, r.Items)...)
	}
	if h.has(void) { // what is taken back while something else is reported
		voided := h.voided()
		h.rep.denied = append(h.rep.denied, voided...)
		r.Items = slices.DeleteFunc(r.Items, func(it Item) bool { return it.Status == NoStatus && slices.Contains(voided, it.Measure) })
	}
	if h.rep.rest.any() {
		for _, n := range remaining(h) {
			r.Items = append(r.Items, itemOf(n, h.rep.rest))
		}
	}
	if named && !fixes {
		r.Items = append(r.Items, bare(remarked(h.tokens, &h.rep))...)
	}
	if fixes && !(h.rep.amended && !h.says(beforeNow...)) {
		r.Kind, r.Why, r.From = Correction, "改正先前报的", h.rep.denied
	}
	inOrder(r.Items, h.tokens)
	h.flag(&r)
	r.Unused = doubt{h, &r}.leftOut()
	return h.sure(r), true
}

// alsoDefault is what is said of the measures that were asked for before another one is named:
// 都做完了。另外第12条65%.
func alsoDefault(h *hearing, named []Item) (items []Item) {
	st := h.rep.loose
	if !st.stated && !st.finished && !st.stuck || slices.ContainsFunc(named, func(it Item) bool { return slices.Contains(h.defaults, it.Measure) }) {
		return nil
	}
	for _, n := range h.defaults {
		items = append(items, itemOf(n, st))
	}
	if len(items) > 0 {
		h.rep.loose = state{}
	}
	return items
}

// inOrder sorts items as their measures are named first.
func inOrder(items []Item, tokens []token) {
	at := make(map[int]int, len(items))
	for _, t := range tokens {
		for _, n := range t.list {
			if _, seen := at[n]; !seen {
				at[n] = len(at) + 1
			}
		}
	}
	slices.SortStableFunc(items, func(a, b Item) int { return at[a.Measure] - at[b.Measure] })
}

// beforeNow tell of a report that was made in an earlier message.
var beforeNow = strings.Fields("刚才 昨天 之前 上次 上午 早上 原来 前面 刚报 刚刚 上回 先前 前天")

// promises reports whether the text says that the answer comes later: 晚点填哈.
func (h *hearing) promises() bool {
	return h.says("等我", "稍等", "等一下", "等会") && !h.rep.loose.any() || h.has(later|soon|planned|day) && h.says("填", "报", "给", "补", "回复", "更新", "数据", "答复") && !h.rep.loose.any()
}

// tellsOf reports whether a number of things stands with what was done with them: 开了3次
// 班会. 第3条85分 is no such.
func (h *hearing) tellsOf() bool {
	return !hasClass(h.tokens, count) || aspect(h.tokens) || h.has(act|past|starting|done|doing) || unknownRunes(h.tokens) > 1
}

// voided lists the measures that are named in a clause that takes something back.
func (h *hearing) voided() (list []int) {
	for clause := range clauses(h.tokens) {
		for _, t := range clause {
			if t.class == measure && rolesOf(clause)&void != 0 {
				list = append(list, t.list...)
			}
		}
	}
	return list
}

// flag sets the flags and the note of a report.
func (h *hearing) flag(r *Reading) {
	if len(h.rep.groups) == 0 {
		r.Flags = h.rep.loose.flags
	}
	for _, g := range h.rep.groups {
		r.Flags |= g.state.flags
	}
	reason := h.reason()
	for i := range r.Items {
		if r.Items[i].Measure == 0 {
			r.Flags |= Unclear
		}
		if r.Items[i].Status == Blocked || r.Items[i].Status == Doing {
			r.Items[i].Reason = reason
		}
	}
	if h.ack.strong {
		r.Flags |= AlsoAck
	}
	r.Note = reason
	// What a report without number is about: 心理健康那块做完了.
	if at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == other }); at >= 0 && r.Is(Unclear) {
		r.Topic = h.tokens[at].text()
	}
}

// reason is the clauses that neither name a measure nor give a percent.
func (h *hearing) reason() string {
	var kept []string
	const most = 8
	for _, c := range h.rest[:min(most, len(h.rest))] {
		tokens := scan(c, scanOptions{bare: true})
		plain := !hasClass(tokens, measure) && !hasClass(tokens, amount)
		st := judge(tokens)
		if plain && (!st.any() || st.stuck || st.unfinished) && utf8.RuneCountInString(c) > 2 {
			kept = append(kept, c)
		}
	}
	return h.original(kept)
}

// original joins clauses as they were typed.
func (h *hearing) original(clauses []string) string {
	for i, c := range clauses {
		if at := strings.Index(h.m.text, c); at >= 0 {
			clauses[i] = zh.Typed(h.m.body, h.m.said, at, at+len(c))
		}
	}
	return strings.Join(clauses, "，")
}

// corrects reports whether the sender changes what was reported before.
func (h *hearing) corrects() bool {
	if len(h.rep.denied) > 0 || h.has(void) && (h.rep.any() || h.rep.named()) && !h.says("取消") {
		return true
	}
	for i, t := range h.tokens {
		w := t.text()
		switch {
		case t.is(fix) && !(hasPrefix(w, "修改", "更改", "调整", "修正", "修订", "改正", "重") && !leads(h.tokens, i)):
			return h.rep.any() || h.rep.named() || len(h.defaults) > 0
		case t.is(change) && hasPrefix(w, "改", "调整", "修改", "更新成", "换成", "更改", "更正", "修正") && h.valueAfter(i):
			return true
		case t.is(change) && hasPrefix(w, "应该", "应为", "应是") && h.valueAfter(i) && (h.rep.any() || h.rep.named()):
			return true
		case t.is(isnt) && h.valueAfter(i) && h.rep.any() && !first(h.tokens[i+1:], blank).is(neg):
			return true
		}
	}
	return false
}

// leads reports whether only courtesy stands before the token at i.
func leads(tokens []token, i int) bool {
	return !slices.ContainsFunc(tokens[:i], func(t token) bool { return t.class != space && !t.is(thanks|urge|filler|self|onBehalf|greet) })
}

// valueAfter reports whether an amount or state follows the token at i closely.
func (h *hearing) valueAfter(i int) bool {
	const value, light = done | blocked | doing | starting, filler | past | to | change | around | neg | degree | ongoing | vague
	t := first(h.tokens[i+1:], func(t token) bool { return t.class == space || t.class == mark || t.is(light) && !t.is(value) })
	return t.class == amount || t.class == measure || t.class == number && h.tokens[i].is(isnt) || t.is(value)
}

// plainly reports whether a state without any measure is about the sender's
// work and nothing else: 已完成, 八成了, 心理健康那块做完了; not 终于完成阅卷了.
func (h *hearing) plainly() bool {
	clause := h.statedClause()
	roles := rolesOf(clause)
	switch {
	case roles&unrelated != 0, roles&laugh != 0 && !(len(h.defaults) > 0 && h.rep.loose.stated):
		return false
	case len(h.defaults) > 0:
		return true
	case h.has(third | you | hearsay | leave | laugh | unrelated):
		return false
	case h.ack.strong && !h.rep.loose.stated && !h.rep.loose.stuck:
		return false // 收到，已落实 answers the notice
	}
	if slices.ContainsFunc(clause, func(t token) bool {
		return t.class == place || t.class == count || t.class == clock || t.class == number || t.is(people)
	}) {
		return false
	}
	loose := unknownRunes(clause)
	return loose <= 1 || loose <= 8 && h.says("那块", "这块", "工作", "任务", "台账", "检查", "总结", "材料", "那条", "这条", "那项", "这项", "方案", "走访", "谈话", "排查") && h.rep.loose.finished
}

// statedClause returns the first clause that says how far something is.
func (h *hearing) statedClause() []token {
	for clause := range clauses(h.tokens) {
		if judge(clause).any() {
			return clause
		}
	}
	return h.tokens
}

// tellsOfIt is why a remark is a report.
const tellsOfIt = "说了措施的情况"

// described reads what is said of a measure without any word of state: 第5条通过率90%,
// 开了3次班会.
func (h *hearing) described() (Reading, bool) {
	measures := h.m.about(h.rep.silent)
	if len(measures) == 0 || h.asks || h.has(supposed) || !h.m.addressed() || len(h.rep.silent) == 0 && h.has(unrelated|laugh) {
		return Reading{}, false
	}
	named := len(h.rep.silent) > 0
	counts := h.rep.loose.side || hasClass(h.tokens, count) || hasClass(h.tokens, place)
	tells := counts || named && aspect(h.tokens) || h.has(past|act|neg|rate|waiting|left|starting|later|planned)
	works := counts || h.has(act|rate) || h.has(past|waiting|starting|later) && unknownRunes(h.tokens) <= 1 && !h.has(approval)
	seen := !counts && !h.has(act|rate) && remarks(h)
	switch {
	case !tells || h.ack.any() && !named, !named && h.promises():
		return Reading{}, false
	case !works || seen || h.has(void|said|trouble) || !h.tellsOf() || h.has(neg) && !h.has(past|act|starting):
		return unsure("提到了措施，没看出办得怎么样", []string{h.m.body}), true
	}
	r := Reading{Kind: Progress, Items: bare(measures), Why: tellsOfIt, Note: h.original(h.rest)}
	underWay := goesOn(h)
	if !underWay && !tellsFacts(h) {
		r = unsure("说了情况，没写办得怎么样", []string{h.m.body})
		r.Choices = []Reading{{Kind: Progress, Items: bare(measures), Note: h.original(h.rest)}}
		return r, true
	}
	for i := range r.Items {
		r.Items[i].Status = map[bool]Status{true: Doing}[underWay]
	}
	return h.sure(r), true
}

// tellsFacts reports whether what is said of a measure is a remark: several figures, or what
// was done. A figure alone may be how far it is, misheard.
func tellsFacts(h *hearing) bool {
	figures, things := 0, false
	for _, t := range h.tokens {
		if t.class == count || t.class == place || t.class == clock || t.class == amount {
			figures++
			things = t.class == count && !strings.HasSuffix(t.text(), "人") && !strings.HasPrefix(t.after(), "人")
		}
	}
	if !h.rep.named() {
		return figures > 1 && h.rep.loose.side
	}
	return figures > 1 || h.says("已") || figures == 1 && (h.has(act|starting|past) || things && h.says("了"))
}

// goesOn reports whether what is said of a measure shows that it is under way.
func goesOn(h *hearing) bool {
	return partOfAll(h.tokens) || h.has(rise) && !h.has(rate) || h.has(vague) && h.has(starting)
}

// remarks reports whether somebody says that they have seen something, or will say more
// later: 第26条看到了，回头说.
func remarks(h *hearing) bool {
	return h.promises() && !h.has(starting|past) || h.says("看到", "看见", "看过", "看了", "知道了", "晓得了", "了解", "明白", "收到", "记下")
}

// remarked lists the measures of which only figures are told, beside those of rep that
// are reported on: 第19条办结。第33条招新42人.
func remarked(tokens []token, rep *report) (list []int) {
	var reported []int
	for _, g := range rep.groups {
		reported = append(reported, g.list...)
	}
	for clause, end := range clauses(tokens) {
		if !hasClass(clause, count) && !hasAny(clause, rate) || isAsking(clause, end.asks) || judge(clause).any() {
			continue
		}
		for _, t := range clause {
			if t.class == measure && contains(rep.silent, t.list) && !slices.ContainsFunc(t.list, func(n int) bool { return slices.Contains(reported, n) || slices.Contains(list, n) }) {
				list = append(list, t.list...)
			}
		}
	}
	return list
}

// partOfAll reports whether a text counts what is done out of how many there are, so
// that the measure is under way: 走访了12个班，一共16个班. Counts alone are a remark.
func partOfAll(tokens []token) bool {
	var seen []token
	for _, t := range tokens {
		if t.class != count {
			continue
		}
		if slices.ContainsFunc(seen, func(s token) bool { return s.n != t.n && unitOf(s) == unitOf(t) }) {
			return containsAny(t.s, []string{"已", "共", "总"}) && !strings.Contains(t.s, "其中")
		}
		seen = append(seen, t)
	}
	return false
}

// unitOf is what t counts.
func unitOf(t token) string {
	return strings.TrimLeftFunc(t.text(), func(r rune) bool { return r >= '0' && r <= '9' || r == ' ' || zh.IsNumeral(r) })
}
