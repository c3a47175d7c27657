package reading

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The functions of this file each try to read a sentence as one kind, in the
// order in which [message.sentence] lists them.

// retraction reads 撤回第5条, 上一条作废, 刚才那条不算.
func (h *hearing) retraction() (Reading, bool) {
	if slices.Contains(words("独句 cancel"), strings.TrimRight(h.m.text, "。.!~ ")) {
		return Reading{Kind: Chatter, Intent: Cancel, Why: "取消等着确认的"}, true
	}
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.is(void) })
	if at < 0 || h.asks || h.has(leave|ask|who) || h.says("我的数据") || h.says("通知作废") {
		return Reading{}, false
	}
	t := h.tokens[at]
	verb := t.text()
	target := h.has(latest|record) || h.rep.named()
	switch {
	case verb == "取消" && h.rep.named() && !h.has(latest|record) && !hasClass(h.tokens[at+1:], measure):
		return Reading{}, false // 第5条的活动取消了
	case !target && !h.short(at) && (len(h.defaults) == 0 || hasPrefix(verb, "取消", "删", "清", "去掉", "抹掉", "忽略", "无效", "作罢")):
		return Reading{}, false // 活动取消了，等通知
	case h.saidElsewhere(at), h.movesTo(at):
		return Reading{}, false // 刚才的作废，第5条是60%: a correction
	}
	r := Reading{Kind: Retract, Why: "要求撤回：" + verb, Behalf: h.m.behalf(h.tokens)}
	r.Items = bare(h.m.about(h.rep.measures()))
	if len(r.Items) == 0 {
		r.Flags |= LastOne
	}
	counted := slices.ContainsFunc(h.tokens[at:], func(t token) bool { return t.class == count && hasSuffix(t.text(), "条", "项") })
	if counted || h.says("又要", "不撤") { // 我刚报的几条，只撤28条
		return unsure("没看出撤回的是哪几条", []string{h.m.body}), true
	}
	return r, true
}

// short reports whether little else is said than the word at i.
func (h *hearing) short(i int) bool {
	n := 0
	for k, t := range h.tokens {
		if k != i && (t.class == other || t.class == word && t.roles&(filler|latest|record|void|thanks|fix|self|urge|neg|soon) == 0) {
			n += utf8.RuneCountInString(t.text())
		}
	}
	return n <= 1
}

// saidElsewhere reports whether a clause other than that of the word at i says
// something of a measure.
func (h *hearing) saidElsewhere(i int) bool {
	from := i
	for from > 0 && h.tokens[from-1].class != brk {
		from--
	}
	to := clauseEnd(h.tokens, i)
	before, after := collect(h.tokens[:from]), collect(h.tokens[to:])
	stated := func(r report) bool { return len(r.groups) > 0 || r.loose.stated || r.loose.stuck && h.has(change) }
	if clause := h.tokens[from:to]; !hasClass(clause, measure) && !hasClass(clause, amount) && !hasAny(clause, latest|record|stale|fix) {
		return stated(after) // 第16条改成80%，算了还是撤回吧
	}
	return stated(before) || stated(after)
}

// movesTo reports whether behind the clause of the word at i another measure takes
// the place of the one that is taken back: 13撤回，改报14.
func (h *hearing) movesTo(i int) bool {
	return h.tokens[i].text() != "取消" && slices.ContainsFunc(h.tokens[clauseEnd(h.tokens, i):], func(t token) bool { return t.is(change) }) &&
		hasClass(h.tokens[clauseEnd(h.tokens, i):], measure)
}

// extension reads a wish for more time, which a person decides.
func (h *hearing) extension() (Reading, bool) {
	wants := h.asks || h.says("申请", "想", "希望", "请求", "恳请", "能", "请", "麻烦", "需要", "求", "要")
	if !h.has(extend) || !wants || !h.asks && (h.ack.strong || len(h.rep.groups) > 0 && !h.says("申请")) {
		return Reading{}, false
	}
	return h.question(Extension, "要求延期"), true
}

// asked reads questions: those that data answer, then those for a person.
func (h *hearing) asked() (Reading, bool) {
	switch {
	case h.m.text == "":
		return Reading{Kind: Query, Intent: Help, Why: "只叫了小助手"}, h.m.called || !h.m.in.Group
	case len(h.rep.groups) > 0, h.rep.loose.any() && len(h.defaults) > 0, h.corrects() && !(h.rep.amended && h.has(want|field)), !h.asks && (h.ack.strong || h.has(leave)):
		return Reading{}, false
	}
	rep := h.rep
	if h.asks {
		rep = collect(h.tokens)
	}
	rep.silent, rep.groups = rep.measures(), nil
	if q, ok := h.query(&rep); ok {
		return q, true
	}
	if !h.asks || !h.isQuestion() {
		return Reading{}, false
	}
	return h.question(0, "要人来答"), true
}

// query makes the reading of what the bot's data answer.
func (h *hearing) query(rep *report) (Reading, bool) {
	m := h.m
	s := strings.TrimRight(m.text, "。.? ")
	l, numbers := listAt(s)
	numbers = numbers && l.size == len(s) && m.quote == NoQuote
	switch n := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == number && !t.strict && t.n > 0 && t.n <= largest }); {
	case numbers && len(l.list) == 1 && arabic(s):
		return Reading{Kind: Query, Intent: Choose, Number: l.list[0], Items: bare(l.list), Why: "只有一个数：措施的编号或选项"}, true
	case numbers && len(l.list) > 1:
		return Reading{Kind: Query, Intent: Lookup, Items: bare(l.list), Why: "只有措施的编号"}, true
	case n >= 0 && h.has(want) && utf8.RuneCountInString(m.text) <= 12 && !rep.named(): // 查3, 6是什么
		return Reading{Kind: Query, Intent: Lookup, Items: bare([]int{int(h.tokens[n].n)}), Why: "查措施"}, true
	}
	named := rep.named()
	q, ok := h.queryOf(rep)
	of := (q.Intent == Lookup || q.Intent == Standing) && q.Section == 0 && q.Search == "" || strings.Contains(m.text, "这条")
	if ok && of {
		rep.silent = h.m.about(rep.silent)
	}
	if !ok && !named && h.asks && !h.has(needed) {
		rep.silent = h.defaults
		q, ok = h.queryOf(rep)
		ok = ok && q.Intent != Missing
	}
	q.Items = bare(rep.silent)
	return q, ok
}

// isQuestion keeps small talk from a person's inbox: 吃了吗, 在吗.
func (h *hearing) isQuestion() bool {
	greets := h.has(greet) && utf8.RuneCountInString(h.m.text) <= 4
	return !greets && !h.says("吃了吗", "吃饭了吗", "睡了吗", "在吗", "在不在", "天气")
}

// question makes the reading of what a person must answer.
func (h *hearing) question(f Flag, why string) Reading {
	rep := collect(h.tokens)
	r := Reading{Kind: Question, Items: bare(h.m.about(rep.measures())), Flags: f, Why: why, Search: topicOf(h.tokens), Note: h.original(h.rest)}
	if h.ack.strong {
		r.Flags |= AlsoAck
	}
	return r
}

// away reads an absence.
func (h *hearing) away() (Reading, bool) {
	l, back := h.m.leaveOf(h.tokens)
	switch {
	case back:
		return Reading{Kind: Ack, Flags: LeaveEnds, Note: h.m.body, Why: "销假"}, true
	case l == nil || h.asks:
		return Reading{}, false
	}
	return Reading{Kind: Ack, Leave: l, Note: h.m.body, Why: "本人请假", Behalf: h.m.behalf(h.tokens)}, true
}

// acknowledged reads 收到 in all its forms.
func (h *hearing) acknowledged() (Reading, bool) {
	a := h.ack
	if a.weak && !a.strong && h.m.called && h.m.in.Group && onlySigns(h.tokens) {
		return Reading{}, false // a thumb for the bot itself
	}
	if !a.strong && !(a.weak && len(h.rest) == 0) || h.asks && !a.strong {
		if name := h.m.behalf(h.tokens); name != "" && h.has(said) {
			return Reading{Kind: Ack, Behalf: name, Why: "代人收到"}, true
		}
		return Reading{}, false
	}
	if a.strong && !a.head && h.has(laugh) && h.m.quote == NoQuote && !h.m.in.Group {
		return silent("客气话"), true // 哈哈好的谢谢
	}
	r := Reading{Kind: Ack, Note: h.original(h.rest), Why: "表示收到", Flags: a.flags, Behalf: h.m.behalf(h.tokens)}
	if a.name != "" && len(h.rest) == 0 {
		r.Note = h.original([]string{a.name})
	}
	r.Leave, _ = h.m.leaveOf(h.tokens)
	if h.m.text == "1" {
		r.Intent, r.Number = Confirm, 1
	} else if slices.Contains(words("独句 confirm"), h.m.text) {
		r.Intent = Confirm
	}
	return r, true
}

// onlySigns reports whether tokens are emoji and punctuation alone.
func onlySigns(tokens []token) bool {
	return !slices.ContainsFunc(tokens, func(t token) bool { return t.class != mark && t.class != space && t.class != brk })
}

// requested reads a request that is no question by its words: 模板发我一份.
func (h *hearing) requested() (Reading, bool) {
	if (h.has(needed) || gives(h.tokens)) && h.has(want) && !h.has(past) {
		return h.question(0, "要人来给"), true
	}
	return Reading{}, false
}

// unfixed asks which report is meant and what is right, where a text only says that
// something was reported wrongly.
func (h *hearing) unfixed() (Reading, bool) {
	short := utf8.RuneCountInString(h.m.text) <= 16
	if !h.has(fix) || h.asks || h.rep.any() || h.rep.named() || len(h.defaults) > 0 || len(h.rep.denied) > 0 || !short || h.ack.any() || !(h.has(latest|record|past|self) || h.says("报", "填", "写")) {
		return Reading{}, false
	}
	return unsure("没写是哪一条、该是多少", []string{h.m.body}), true
}

// foreign reads that a measure is somebody else's: 这条不是我负责的.
func (h *hearing) foreign() (Reading, bool) {
	if len(h.m.about(h.rep.measures())) == 0 || !containsAny(h.m.text, notMine) || len(h.rep.groups) > 0 {
		return Reading{}, false
	}
	return h.question(0, "说措施不归自己"), true
}

var notMine = words("不归")

// trouble reads complaints that something does not work.
func (h *hearing) trouble() (Reading, bool) {
	stuck := h.rep.loose.stuck && len(h.defaults) > 0 || slices.ContainsFunc(h.rep.groups, func(g group) bool { return g.state.stuck })
	kept, _ := statements(h.tokens)
	beside := len(h.rep.groups) > 0 && !hasAny(kept, trouble) // 第30条完成80%，另外二维码过期了怎么办
	if !h.has(trouble) || beside || h.has(who) || h.says("多少人", "几个人") || stuck || h.ack.head && !h.asks && foundAfterAll(h.m.text) {
		return Reading{}, false
	}
	return h.question(0, "遇到问题"), true
}

// foundAfterAll reports whether what was missed was found: 没收到，哦收到了.
func foundAfterAll(text string) bool {
	return strings.Count(text[strings.LastIndex(text, "没收到")+1:], "收到") > 1
}

// workish reads an answer in people's own words: what they did or will do with
// a notice that they quote, or with the last one.
func (h *hearing) workish() (Reading, bool) {
	if h.has(laugh|greet|you|third|hearsay|unrelated) && h.m.quote != QuoteNotice || h.has(laugh|you|third|hearsay) || h.asks {
		return Reading{}, false
	}
	did := h.has(act) && h.has(past|soon|self|later|planned|ongoing|day) || h.has(soon)
	if h.m.quote == QuoteNotice {
		did = did || h.has(act|done|soon|ongoing|doing|thanks) || h.has(starting) && h.has(later|planned|past|day)
	}
	if h.m.quote == QuoteCheckin {
		did = did || h.promises()
	}
	switch {
	case !did:
		return Reading{}, false
	case h.m.quote == NoQuote && len(lineStarts.FindAllString(h.m.text, 2)) > 1:
		return unsure("列了几项，没写是哪几条", []string{h.m.body}), true
	}
	return Reading{Kind: Ack, Note: h.m.body, Why: saysHow}, true
}

// saysHow is why what somebody does is a receipt.
const saysHow = "说了怎么落实"
