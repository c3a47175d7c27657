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
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.is(void) })
	if at < 0 || h.asks || h.roles&(leave|ask|who) != 0 || strings.Contains(h.m.text, "我的数据") || strings.Contains(h.m.text, "通知作废") {
		return Reading{}, false
	}
	t := h.tokens[at]
	verb := h.m.text[t.from:t.to]
	target := h.roles&(latest|record) != 0 || h.rep.named()
	switch {
	case hasPrefix(verb, "取消", "删", "清", "去掉", "抹掉", "忽略", "无效", "作罢") && !target && !h.short(at):
		return Reading{}, false
	case verb == "取消" && h.rep.named() && h.roles&(latest|record) == 0 && !h.beforeMeasure(at):
		return Reading{}, false // 第5条的活动取消了
	case !target && len(h.defaults) == 0 && !h.short(at):
		return Reading{}, false
	case h.saidElsewhere(at):
		return Reading{}, false // 刚才的作废，第5条是60%: a correction
	}
	r := Reading{Kind: Retract, Why: "要求撤回：" + verb, Behalf: h.m.behalf(h.tokens)}
	measures := h.rep.silent
	for _, g := range h.rep.groups {
		measures = append(measures, g.list...)
	}
	if len(measures) == 0 {
		measures = h.defaults
	}
	r.Items = bare(measures)
	if len(measures) == 0 {
		r.Flags |= LastOne
	}
	return r, true
}

// short reports whether little else is said than the word at i.
func (h *hearing) short(i int) bool {
	n := 0
	for k, t := range h.tokens {
		if k != i && (t.class == other || t.class == word && t.roles&(filler|latest|record|void|thanks|fix|self|urge|neg|soon) == 0) {
			n += utf8.RuneCountInString(h.m.text[t.from:t.to])
		}
	}
	return n <= 1
}

func (h *hearing) beforeMeasure(i int) bool {
	for _, t := range h.tokens[i+1:] {
		if t.class == measure {
			return true
		}
	}
	return false
}

// saidElsewhere reports whether a clause other than that of the word at i says
// something of a measure.
func (h *hearing) saidElsewhere(i int) bool {
	from, to := i, i
	for from > 0 && h.tokens[from-1].class != brk {
		from--
	}
	for to < len(h.tokens) && h.tokens[to].class != brk {
		to++
	}
	before, after := collect(h.m.text, h.tokens[:from]), collect(h.m.text, h.tokens[to:])
	stated := func(r report) bool { return len(r.groups) > 0 || r.loose.stated }
	return stated(before) || stated(after)
}

// extension reads a wish for more time, which a person decides.
func (h *hearing) extension() (Reading, bool) {
	if h.roles&extend == 0 || h.ack.strong && !h.asks {
		return Reading{}, false
	}
	if !h.asks && !containsAny(h.m.text, []string{"申请", "想", "希望", "请求", "恳请", "能", "请", "麻烦", "需要", "求", "要"}) {
		return Reading{}, false
	}
	if len(h.rep.groups) > 0 && !h.asks && !strings.Contains(h.m.text, "申请") {
		return Reading{}, false
	}
	return h.question(Extension, "要求延期"), true
}

// asked reads questions: those that data answer, then those for a person.
func (h *hearing) asked() (Reading, bool) {
	reports := h.rep.any() && (h.rep.named() && len(h.rep.groups) > 0 || len(h.defaults) > 0)
	if h.m.text == "" {
		return Reading{Kind: Query, Intent: Help, Why: "只叫了小助手"}, h.m.called || !h.m.in.Group
	}
	if reports && !(h.asks && len(h.rep.groups) == 0 && len(h.defaults) == 0) {
		return Reading{}, false
	}
	if h.corrects() || !h.asks && (h.ack.strong || h.roles&leave != 0) {
		return Reading{}, false
	}
	rep := h.rep
	if h.asks {
		rep = collect(h.m.text, h.tokens)
	}
	rep.silent = append(rep.silent, measuresOf(rep.groups)...)
	rep.groups = nil
	if q, ok := h.query(&rep); ok {
		return q, true
	}
	if !h.asks || !h.isQuestion() {
		return Reading{}, false
	}
	return h.question(0, "要人来答"), true
}

func measuresOf(groups []group) []int {
	var list []int
	for _, g := range groups {
		list = append(list, g.list...)
	}
	return list
}

// query makes the reading of what the bot's data answer.
func (h *hearing) query(rep *report) (Reading, bool) {
	m := h.m
	measures := rep.silent
	if n, ok := bareNumber(m.text); ok && m.quote == NoQuote {
		r := Reading{Kind: Query, Intent: Choose, Number: n, Items: bare([]int{n}), Why: "只有一个数：措施的编号或选项"}
		return r, n > 0
	}
	if l, ok := listAt(m.text, numbered); ok && l.size == len(m.text) && len(l.list) > 1 && m.quote == NoQuote {
		return Reading{Kind: Query, Intent: Lookup, Items: bare(l.list), Why: "只有措施的编号"}, true
	}
	if n, found := lookedUp(h.tokens, m.text); found && !rep.named() {
		return Reading{Kind: Query, Intent: Lookup, Items: bare(n), Why: "查措施"}, true
	}
	q, ok := m.queryOf(h.tokens, rep, h.asks)
	if ok && len(measures) == 0 && (q.intent == Lookup || q.intent == Standing) && q.section == 0 && q.search == "" {
		measures = h.defaults
	}
	if !ok && len(h.defaults) > 0 && len(measures) == 0 && h.asks {
		named := *rep
		named.silent = h.defaults
		q, ok = m.queryOf(h.tokens, &named, h.asks)
		ok = ok && (q.intent == Lookup || q.intent == Standing || q.intent == Mine) && h.roles&needed == 0
		measures = h.defaults
	}
	if !ok {
		return Reading{}, false
	}
	if strings.Contains(m.text, "这条") && len(h.defaults) > 0 && len(measures) == 0 {
		measures = h.defaults
	}
	return Reading{
		Kind: Query, Intent: q.intent, Want: q.want, Field: q.field, Search: q.search, Section: q.section,
		Items: bare(measures), Why: "小助手的数据能答",
	}, true
}

// bareNumber reads a message that is one Arabic number.
func bareNumber(s string) (int, bool) {
	l, ok := listAt(strings.TrimRight(s, "。.? "), plain)
	if !ok || len(l.list) != 1 || l.size != len(strings.TrimRight(s, "。.? ")) || s[0] > '9' {
		return 0, false
	}
	return l.list[0], true
}

// lookedUp reads 查3, 6是什么: a bare number with a word of looking up.
func lookedUp(tokens []token, s string) ([]int, bool) {
	if rolesOf(tokens)&want == 0 || utf8.RuneCountInString(s) > 12 {
		return nil, false
	}
	for _, t := range tokens {
		if t.class == number && !t.strict && t.n > 0 && t.n <= largest {
			return []int{int(t.n)}, true
		}
	}
	return nil, false
}

// isQuestion keeps small talk from a person's inbox: 吃了吗, 在吗.
func (h *hearing) isQuestion() bool {
	if h.roles&greet != 0 && utf8.RuneCountInString(h.m.text) <= 4 {
		return false
	}
	return !containsAny(h.m.text, []string{"吃了吗", "吃饭了吗", "睡了吗", "在吗", "在不在", "天气"})
}

// question makes the reading of what a person must answer.
func (h *hearing) question(f Flag, why string) Reading {
	rep := collect(h.m.text, h.tokens)
	measures := append(rep.silent, measuresOf(rep.groups)...)
	if len(measures) == 0 {
		measures = h.defaults
	}
	r := Reading{Kind: Question, Items: bare(measures), Flags: f, Why: why, Search: topicOf(h.m.text, h.tokens), Note: h.original(h.rest)}
	if h.ack.strong {
		r.Flags |= AlsoAck
	}
	return r
}

// reported reads progress and corrections of it.
func (h *hearing) reported() (Reading, bool) {
	named := len(h.rep.groups) > 0
	fixes := h.corrects()
	switch {
	case h.m.quote == QuoteNotice && !h.rep.strict:
		return Reading{}, false // an answer to a notice is about the notice
	case !named && !h.rep.loose.any() && !(fixes && (h.rep.named() || len(h.rep.denied) > 0)):
		return h.described()
	case !named && !fixes && len(h.rep.silent) == 0 && !h.plainly():
		return Reading{}, false
	}
	r := Reading{Kind: Progress, Why: "报了措施的状态", Behalf: h.m.behalf(h.tokens)}
	r.Items = h.rep.items(h.itemDefaults())
	if fixes {
		r.Kind, r.Why, r.From = Correction, "改正先前报的", h.rep.denied
		if !named && len(h.rep.silent) > 0 {
			r.Items = h.rep.items(h.rep.silent)
		}
	}
	h.flag(&r)
	return r, true
}

// itemDefaults are the measures that a state without measure is about.
func (h *hearing) itemDefaults() []int {
	if len(h.rep.silent) > 0 {
		return h.rep.silent
	}
	return h.defaults
}

// flag sets the flags and the note of a report.
func (h *hearing) flag(r *Reading) {
	states := []state{h.rep.loose}
	for _, g := range h.rep.groups {
		states = append(states, g.state)
	}
	for i, st := range states {
		if i == 0 && len(states) > 1 {
			continue
		}
		for f, on := range map[Flag]bool{Approx: st.approx, Remaining: st.left, Typo: st.typo, NoChange: st.same, OutOfRange: st.over} {
			if on {
				r.Flags |= f
			}
		}
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
	if r.Flags&Unclear != 0 {
		r.Topic = h.topic()
	}
}

// reason is the clauses that neither name a measure nor give a percent.
func (h *hearing) reason() string {
	var kept []string
	const most = 8
	for _, c := range h.rest[:min(most, len(h.rest))] {
		tokens := scan(c, scanOptions{bare: true})
		plain := true
		for _, t := range tokens {
			plain = plain && t.class != measure && t.class != amount
		}
		st := judge(c, tokens)
		if plain && (!st.any() || st.stuck || st.unfinished) && utf8.RuneCountInString(c) > 2 {
			kept = append(kept, c)
		}
	}
	return h.original(kept)
}

// original joins clauses as they were typed.
func (h *hearing) original(clauses []string) string {
	if len(h.m.body) == len(h.m.text) {
		for i, c := range clauses {
			if at := strings.Index(h.m.text, c); at >= 0 {
				clauses[i] = h.m.body[at : at+len(c)]
			}
		}
	}
	return strings.Join(clauses, "，")
}

// topic is what a report without number is about: 心理健康那块做完了.
func (h *hearing) topic() string {
	for _, t := range h.tokens {
		if t.class == other {
			return h.m.text[t.from:t.to]
		}
	}
	return ""
}

// corrects reports whether the sender changes what was reported before.
func (h *hearing) corrects() bool {
	if len(h.rep.denied) > 0 {
		return true
	}
	for i, t := range h.tokens {
		w := h.m.text[t.from:t.to]
		switch {
		case t.is(fix) && !(hasPrefix(w, "修改", "更改", "调整", "修正", "修订", "改正", "重") && !h.leads(i)):
			return h.rep.any() || h.rep.named() || len(h.defaults) > 0
		case t.is(change) && hasPrefix(w, "改", "调整", "修改", "更新成", "换成", "更改", "更正", "修正") && h.valueAfter(i):
			return true
		case t.is(change) && hasPrefix(w, "应该", "应为", "应是") && h.valueAfter(i) && (h.rep.any() || h.rep.named()):
			return true
		case t.is(isnt) && h.valueAfter(i) && h.rep.any():
			return true
		}
	}
	return false
}

// leads reports whether only courtesy stands before the token at i.
func (h *hearing) leads(i int) bool {
	for _, t := range h.tokens[:i] {
		if t.class != space && !t.is(thanks|urge|filler|self|onBehalf|greet) {
			return false
		}
	}
	return true
}

// valueAfter reports whether an amount or state follows the token at i closely.
func (h *hearing) valueAfter(i int) bool {
	for _, t := range h.tokens[i+1:] {
		switch {
		case t.class == amount, t.class == measure, t.roles&(done|blocked|doing|starting) != 0:
			return true
		case t.class == space, t.class == mark, t.is(filler | past | to | change | around | neg | degree | ongoing | vague):
		default:
			return false
		}
	}
	return false
}

// plainly reports whether a state without any measure is about the sender's
// work and nothing else: 已完成, 八成了, 心理健康那块做完了; not 终于完成阅卷了.
func (h *hearing) plainly() bool {
	clause := h.statedClause()
	roles := rolesOf(clause)
	switch {
	case roles&(unrelated|laugh) != 0:
		return false
	case len(h.defaults) > 0:
		return true
	case h.roles&(third|you|hearsay|leave|laugh|unrelated) != 0:
		return false
	case h.ack.strong && !h.rep.loose.stated && !h.rep.loose.stuck:
		return false // 收到，已落实 answers the notice
	}
	loose := 0
	for _, t := range clause {
		switch {
		case t.class == other:
			loose += utf8.RuneCountInString(h.m.text[t.from:t.to])
		case t.class == place, t.class == count, t.class == clock, t.class == number, t.is(people):
			return false
		}
	}
	return loose <= 1 || loose <= 8 && containsAny(h.m.text, []string{"那块", "这块", "工作", "任务", "台账", "检查", "总结", "材料", "那条", "这条", "那项", "这项", "方案", "走访", "谈话", "排查"}) && h.rep.loose.finished
}

// statedClause returns the first clause that says how far something is.
func (h *hearing) statedClause() []token {
	for from := 0; from < len(h.tokens); {
		to := from
		for to < len(h.tokens) && h.tokens[to].class != brk {
			to++
		}
		if judge(h.m.text, h.tokens[from:to]).any() {
			return h.tokens[from:to]
		}
		from = to + 1
	}
	return h.tokens
}

// described reads what is said of a measure without any word of state: 第5条通过率90%,
// 开了3次班会.
func (h *hearing) described() (Reading, bool) {
	measures := h.rep.silent
	if len(measures) == 0 {
		measures = h.defaults
	}
	if len(measures) == 0 || h.asks || !h.m.addressed() {
		return Reading{}, false
	}
	tells := h.rep.loose.side || len(h.rep.silent) > 0 && aspect(h.m.text, h.tokens)
	for _, t := range h.tokens {
		tells = tells || t.class == count || t.class == place || t.is(past|act|neg|rate|waiting|left|starting|later|planned)
	}
	if !tells || h.ack.any() && len(h.rep.silent) == 0 {
		return Reading{}, false
	}
	r := Reading{Kind: Progress, Items: bare(measures), Why: "说了措施的情况", Note: h.original(h.rest)}
	for i := range r.Items {
		r.Items[i].Status = Doing
	}
	return r, true
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
		if name := h.m.behalf(h.tokens); name != "" && h.roles&said != 0 {
			return Reading{Kind: Ack, Behalf: name, Why: "代人收到"}, true
		}
		return Reading{}, false
	}
	r := Reading{Kind: Ack, Note: h.original(h.rest), Why: "表示收到", Behalf: h.m.behalf(h.tokens)}
	if a.name != "" && len(h.rest) == 0 {
		r.Note = h.original([]string{a.name})
	}
	if a.typo {
		r.Flags |= Typo
	}
	if l, _ := h.m.leaveOf(h.tokens); l != nil {
		r.Leave = l
	}
	switch h.m.text {
	case "1":
		r.Intent, r.Number = Confirm, 1
	case "确认", "是", "是的", "对", "对的", "好", "好的", "嗯", "行", "可以":
		r.Intent = Confirm
	}
	return r, true
}

// onlySigns reports whether tokens are emoji and punctuation alone.
func onlySigns(tokens []token) bool {
	for _, t := range tokens {
		if t.class != mark && t.class != space && t.class != brk {
			return false
		}
	}
	return true
}

// requested reads a request that is no question by its words: 模板发我一份.
func (h *hearing) requested() (Reading, bool) {
	if (h.roles&needed != 0 || gives(h.m.text, h.tokens)) && h.roles&want != 0 && h.roles&past == 0 {
		return h.question(0, "要人来给"), true
	}
	return Reading{}, false
}

// trouble reads complaints that something does not work.
func (h *hearing) trouble() (Reading, bool) {
	if h.roles&trouble == 0 || h.roles&who != 0 || containsAny(h.m.text, []string{"多少人", "几个人"}) {
		return Reading{}, false
	}
	return h.question(0, "遇到问题"), true
}

// workish reads an answer in people's own words: what they did or will do with
// a notice that they quote, or with the last one.
func (h *hearing) workish() (Reading, bool) {
	if h.roles&(laugh|greet|you|third|hearsay|unrelated) != 0 && h.m.quote != QuoteNotice || h.roles&(laugh|you|third|hearsay) != 0 || h.asks {
		return Reading{}, false
	}
	did := h.roles&act != 0 && h.roles&(past|soon|self|later|planned|ongoing|day) != 0 || h.roles&soon != 0
	if h.m.quote == QuoteNotice {
		did = did || h.roles&(act|done|past|soon|ongoing|doing|later|planned|day|thanks|neg) != 0
	}
	if h.m.quote == QuoteCheckin {
		did = did || h.roles&(soon|later|planned|day) != 0 && h.roles&reply != 0
	}
	if !did {
		return Reading{}, false
	}
	return Reading{Kind: Ack, Note: h.m.body, Why: "说了怎么落实"}, true
}
