package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/zh"
)

// intents are in the order in which their phrases are looked for.
var intents = []Intent{Forget, MyData, Help, Jobs, Mine, Missing, Summary, Contents, More}

// wholes are messages that mean one thing only if nothing else is said.
var wholes = byWord("独句 ", Help, More, Summary, Contents, Mine, Jobs)

// whereabouts are messages that only name a place of the plan which is no list of
// measures: 最后两条, 前3条, 第③条, [3], 1.2.
var whereabouts = regexp.MustCompile(`^(?:查|看|发|查一下|看一下|发一下)?(?:(?:最后面?|末尾?|尾|倒数|前面?|后面?|头)第?[0-9一二三四五六七八九十两]*(?:条|项|点|部分|章)|` +
	`第?[0-9]+(?:\.[0-9]+)+[条项]?|[\[【(][0-9一二三四五六七八九十]+[\]】)]|第?[①-⑳][条项]?|第 *[0-9]{4,6} *[条项])(?:是什么|是啥|的?内容|讲的?什么|说的?什么|呢)?$`)

// beside is a message that asks for the measure before or after another one.
var beside = regexp.MustCompile(`^(?:那|看|查|发)?[上下][一1]?[条项](?:呢|是什么|是啥|内容|讲什么|说什么)?$`)

// queryOf reads what an addressed message asks of the bot, where rep has the
// measures that it names. Ok is false if the bot's data do not answer it; what
// asks nevertheless is a question for a person.
func (h *hearing) queryOf(rep *report) (q Reading, ok bool) {
	const longest = 150 // bytes; nobody asks the bot in a speech
	q = Reading{Kind: Query, Why: "小助手的数据能答"}
	s := strings.TrimRight(h.m.text, " ?!。.，,~")
	if len(s) > longest {
		return q, false
	}
	q.Intent = wholes[s]
	if h.m.text == "" {
		q.Intent = Help
	}
	if h.m.quote == NoQuote && whereabouts.MatchString(s) || h.m.quote != QuoteNotice && beside.MatchString(s) {
		q.Intent, q.Search = Lookup, s
	}
	if q.Intent == NoIntent {
		q.Intent = h.phrase(s, rep)
	}
	if q.Intent == NoIntent {
		if q.Want = h.stuckQuery(rep); q.Want != NoStatus {
			q.Intent = Stuck
		} else {
			q.Intent = h.composed(rep, utf8.RuneCountInString(s))
		}
	}
	if q.Intent != NoIntent {
		return q, true
	}
	if at := slices.IndexFunc(h.tokens, func(t token) bool { return t.is(field) }); at >= 0 {
		q.Field = h.tokens[at].text()
	}
	q.Section = rep.section
	// 二 and 二的目标任务 begin with a section.
	if n, size := zh.ParseInt(s); size > 0 && !arabic(s) && (size == len(s) || hasPrefix(s[size:], "的")) {
		q.Section = n
	}
	if rep.named() {
		return h.measureQuery(q)
	}
	return h.planQuery(q)
}

// composed tells the intent from words that stand apart, in a text of so many characters.
func (h *hearing) composed(rep *report, size int) Intent {
	switch {
	case h.has(who) && h.has(neg) && h.has(reply):
		return Missing
	case h.m.quote == NoQuote && h.has(self) && h.has(askEnd) && h.has(done|reply) && h.says("了吗", "齐", "完", "全") &&
		!h.has(needed|extend) && !rep.named() && size <= 14: // 我们学院交齐了吗
		return Mine
	case (h.asks || size <= len("ddl")) && h.says(dueWords...) && !rep.named() && len(h.defaults) == 0 && !h.has(extend|needed|want) && !h.says("能", "可以"):
		return Notices
	case h.says("下次", "下一次", "下一回", "下回") && h.says("报", "填", "提醒", "催") && h.says("什么时候", "啥时候", "几号", "哪天", "几点", "何时", "多久"):
		return Jobs
	default:
		return NoIntent
	}
}

// dueWords ask until when something is to be done. Without a measure, a notice wants it.
var dueWords = strings.Fields("截止 最晚 最迟 ddl 到期 期限")

// phrase finds a phrase in s that tells the intent.
func (h *hearing) phrase(s string, rep *report) Intent {
	for _, intent := range intents {
		if h.outOfPlace(intent, rep) {
			continue
		}
		for _, w := range words("意图 " + string(intent)) {
			if strings.Contains(s, w) && (w != "还有谁" || h.has(neg|reply)) {
				return intent
			}
		}
	}
	return NoIntent
}

// outOfPlace reports whether words for intent mean something else here: with a
// measure, 进度 asks for that measure alone; 明天汇总 tells what people will do;
// and 我… is a question only with a word that asks.
func (h *hearing) outOfPlace(intent Intent, rep *report) bool {
	switch intent {
	case Summary, Contents, More, Missing:
		tells := !h.has(ask|askEnd|want|who) && h.has(past|later|act|planned|soon|day|ongoing)
		return tells || intent != Missing && rep.named()
	case Help:
		return rep.named() && h.has(want|field)
	case Mine:
		return !h.has(ask|askEnd|who|want) && (h.rep.loose.any() || !h.has(neg|left|reply) && !h.says("我的", "本人"))
	default:
		return false
	}
}

// stuckQuery reads 哪几条卡住了, 受阻的有哪些, 哪些还没完成.
func (h *hearing) stuckQuery(rep *report) Status {
	if rep.named() || !h.asks && !h.says("哪", "有没有") || !h.says("哪些", "哪几条", "哪条", "哪几项", "几条", "有没有") || h.says("学院", "人没", "老师", "辅导员") {
		return NoStatus
	}
	st := judge(h.tokens)
	if st.side || st.flags&NoChange != 0 {
		return NoStatus
	}
	return st.status()
}

// measureQuery reads a message that names measures and says nothing of them.
func (h *hearing) measureQuery(q Reading) (Reading, bool) {
	person := h.has(needed) // 要不要盖章
	switch {
	case h.has(extend), person && !h.has(want|field) && h.asks, h.asks && h.says("还能", "能再", "能不能", "能否", "可不可以", "可否", "可以"):
		return q, false
	case q.Field != "":
		q.Intent = Lookup
	case h.asks && h.says("讲的", "说的", "写的", "讲什么", "什么事", "哪个单位", "哪个部门", "谁配合", "哪家"):
		q.Intent = Lookup
	case h.asks && !person && h.says("什么时候", "啥时候", "何时", "几号", "哪天", "多久"):
		q.Intent, q.Field = Lookup, "完成时限"
	case h.asks && !person && (h.has(who) || h.says("归哪", "归谁", "归什么")) && !h.has(reply): // 核对之后由谁复核
		q.Intent = Lookup
	case h.has(degree) && unknownRunes(h.tokens) <= 3,
		h.asks && h.says("多少", "百分之几", "几成", "哪一步", "到哪", "怎么样", "咋样", "如何", "情况", "多大", "几了"),
		h.asks && !person && h.has(done|doing|blocked|starting) && !h.says("算", "怎么", "能不能", "可以", "可否", "要不要", "需要"):
		q.Intent = Standing
	case h.has(want) && (h.asks || !hasClass(h.tokens, count)), !h.asks && !h.has(neg|trouble|thanks|laugh|void) && !aspect(h.tokens) && !hasClass(h.tokens, count) && !hasClass(h.tokens, number):
		q.Intent = Lookup
	default:
		return q, h.says("是什么", "什么内容")
	}
	return q, true
}

// A gist is what a text that asks the bot's data speaks of, and what it wants then.
type gist struct {
	intent Intent
	roles  role // all of which must stand in it
}

// gists are looked at in this order where no phrase is known.
var gists = []gist{
	{Missing, neg | reply}, {Absent, leave}, {Notices, 0}, {Help, 0}, {Stuck, 0}, {Standing, 0}, {Mine, self}, {Summary, 0}, {Lookup, 0},
}

// gist finds what a text asks that is a query for sure.
func (m *message) gist(tokens []token) (q Reading, ok bool) {
	roles := rolesOf(tokens)
	rep := collect(tokens)
	q = Reading{Kind: Query, Why: "听起来小助手的数据能答", Items: bare(m.about(rep.measures()))}
	for _, g := range gists {
		q.Intent = g.intent
		switch {
		case roles&g.roles != g.roles, roles&(void|change) != 0:
		case g.intent == Stuck:
			if q.Want = judge(tokens).status(); q.Want != NoStatus && containsAny(m.text, []string{"哪", "几条", "有没有"}) {
				return q, true
			}
			q.Want = NoStatus
		case g.intent == Standing && len(q.Items) > 0, g.intent == Notices && m.quote == QuoteNotice, containsAny(m.text, words("大意 "+string(g.intent))):
			if g.intent == Lookup {
				q.Search = topicOf(tokens)
			}
			return q, true
		}
	}
	return q, false
}

// unknownRunes counts the characters that no list knows.
func unknownRunes(tokens []token) int {
	n := 0
	for _, t := range tokens {
		if t.class == other {
			n += utf8.RuneCountInString(t.text())
		}
	}
	return n
}

// aspect reports whether the words after the measures tell that something goes
// on or happened, so that they are no heading.
func aspect(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool {
		return (t.class == other || t.class == word) && strings.ContainsAny(t.text(), "了着过在已刚还没不正给")
	})
}

// planQuery reads a message that asks the plan by part, field or topic.
func (h *hearing) planQuery(q Reading) (Reading, bool) {
	free := q.Field == ""
	switch {
	case h.has(needed|extend|trouble) && free && q.Section == 0:
		return q, false
	case q.Section > 0 && !h.has(done|blocked):
		q.Intent = Lookup
		return q, true
	case h.m.quote == QuoteNotice, // the notice is meant, not the plan
		h.has(you | third | soon), h.says("等我"),
		free && !h.has(want) && (h.asks || !h.headline()),
		free && gives(h.tokens) && !h.says(matters...), // 值班表发我一份
		// 怎么做 and 什么时候截止 ask the plan only about a matter of the plan.
		hasPrefix(q.Field, "怎么", "如何", "截止", "什么时候", "啥时候", "几号", "何时", "哪天") && !h.says(matters...):
		return q, false
	}
	q.Intent, q.Search = Lookup, topicOf(h.tokens)
	return q, q.Search != "" || q.Field != ""
}

// gives reports whether something is to be handed over: 发我一份.
func gives(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.is(want) && hasPrefix(t.text(), "发", "给") })
}

// matters are what a plan of such an office is about.
var matters = words("计划事项")

// headline reports whether the text is a bare noun of the plan's matters:
// 心理危机干预.
func (h *hearing) headline() bool {
	const sentence = self | day | later | past | laugh | greet | thanks | unrelated | done | neg | blocked | unchanged | ongoing | leave | soon | left | said | fix | void
	s := strings.TrimRight(h.m.text, " .。!~")
	n := utf8.RuneCountInString(s)
	return n >= 4 && n <= 12 && !h.has(sentence) && !hasSuffix(s, "了", "啊", "吧", "呢", "哦", "的", "呀") && h.says(matters...) &&
		!slices.ContainsFunc(h.tokens, func(t token) bool { return t.class != other && t.class != word && t.class != space })
}

// topicOf is what is left of s without the words of asking.
func topicOf(tokens []token) string {
	const asking = want | field | ask | askEnd | filler | thanks | self | needed | greet | who
	var b strings.Builder
	for _, t := range tokens {
		if t.class == brk || t.class == mark || t.class == space || t.class == word && t.roles&asking != 0 && t.roles&(act|done|people|decider) == 0 {
			continue
		}
		b.WriteString(t.text())
	}
	return strings.TrimSuffix(b.String(), "那条")
}

func rolesOf(tokens []token) role {
	var r role
	for _, t := range tokens {
		r |= t.roles
	}
	return r
}
