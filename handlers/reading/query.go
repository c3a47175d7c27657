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

// A query is what an addressed message asks of the bot.
type query struct {
	intent  Intent
	want    Status
	field   string
	search  string
	section int
}

// queryOf reads tokens as a question that the bot's data answer. Ok is false if
// it is none; what asks nevertheless is a question for a person.
func (m *message) queryOf(tokens []token, rep *report, asks bool) (q query, ok bool) {
	const longest = 150 // bytes; nobody asks the bot in a speech
	s := strings.TrimRight(m.text, " ?!。.，,~")
	if len(s) > longest {
		return q, false
	}
	if s == "" {
		return query{intent: Help}, true
	}
	if intent, ok := wholes[s]; ok {
		return query{intent: intent}, true
	}
	if m.quote == NoQuote && whereabouts.MatchString(s) || m.quote != QuoteNotice && beside.MatchString(s) {
		return query{intent: Lookup, search: s}, true
	}
	roles := rolesOf(tokens)
	if q.intent = phraseIn(s, roles, rep); q.intent != NoIntent {
		return q, true
	}
	if q.want = stuckQuery(m.text, tokens, rep); q.want != NoStatus {
		q.intent = Stuck
		return q, true
	}
	if roles&who != 0 && roles&neg != 0 && roles&reply != 0 {
		q.intent = Missing
		return q, true
	}
	if at := slices.IndexFunc(tokens, func(t token) bool { return t.is(field) }); at >= 0 {
		q.field = tokens[at].text()
	}
	q.section = rep.section
	if n := sectionOf(s); n > 0 {
		q.section = n
	}
	if rep.named() {
		return m.measureQuery(q, tokens, roles, asks)
	}
	return m.planQuery(q, tokens, roles, asks)
}

// sectionOf returns the section that s begins with, as in 二 and 二的目标任务; 0 if
// there is none.
func sectionOf(s string) int {
	n, size := zh.ParseInt(s)
	if size > 0 && s[0] > '9' && (size == len(s) || hasPrefix(s[size:], "的")) {
		return n
	}
	return 0
}

// phraseIn finds a phrase that tells the intent.
func phraseIn(s string, roles role, rep *report) Intent {
	for _, intent := range intents {
		if outOfPlace(intent, s, roles, rep) {
			continue
		}
		for _, w := range words("意图 " + string(intent)) {
			if strings.Contains(s, w) && (w != "还有谁" || roles&(neg|reply) != 0) {
				return intent
			}
		}
	}
	return NoIntent
}

// outOfPlace reports whether words for intent mean something else here: with a
// measure, 进度 asks for that measure alone; 明天汇总 tells what people will do;
// and 我… is a question only with a word that asks.
func outOfPlace(intent Intent, s string, roles role, rep *report) bool {
	switch intent {
	case Summary, Contents, More, Missing:
		tells := roles&(ask|askEnd|want|who) == 0 && roles&(past|later|act|planned|soon|day|ongoing) != 0
		return tells || intent != Missing && rep.named()
	case Help:
		return rep.named() && roles&(want|field) != 0
	case Mine:
		return roles&(ask|askEnd|who|neg|want|left|reply) == 0 && !strings.Contains(s, "我的")
	default:
		return false
	}
}

// stuckQuery reads 哪几条卡住了, 受阻的有哪些, 哪些还没完成.
func stuckQuery(s string, tokens []token, rep *report) Status {
	if rep.named() || !containsAny(s, []string{"哪些", "哪几条", "哪条", "哪几项", "几条", "有没有"}) || containsAny(s, []string{"学院", "人没", "老师", "辅导员"}) {
		return NoStatus
	}
	st := judge(tokens)
	if st.side || st.same {
		return NoStatus
	}
	return st.status()
}

// measureQuery reads a message that names measures and says nothing of them.
func (m *message) measureQuery(q query, tokens []token, roles role, asks bool) (query, bool) {
	s := m.text
	switch {
	case roles&extend != 0, roles&needed != 0 && roles&(want|field) == 0 && asks:
		return q, false
	case roles&(who|ask) != 0 && roles&neg != 0 && containsAny(s, []string{"谁", "哪些学院", "哪些人", "哪个学院"}):
		q.intent = Missing
	case q.field != "":
		q.intent = Lookup
	case asks && containsAny(s, []string{"什么时候", "啥时候", "何时", "几号", "哪天", "多久"}) && roles&needed == 0:
		q.intent, q.field = Lookup, "完成时限"
	case roles&degree != 0 && unknownRunes(tokens) <= 3, asks && containsAny(s, []string{"多少", "百分之几", "几成", "哪一步", "到哪", "怎么样", "咋样", "如何", "情况", "多大", "几了"}):
		q.intent = Standing
	case asks && (roles&(done|doing|blocked|starting) != 0) && roles&needed == 0 && !containsAny(s, []string{"算", "怎么", "能不能", "可以", "可否", "要不要", "需要"}):
		q.intent = Standing
	case roles&want != 0, !asks && roles&(neg|trouble|thanks|laugh) == 0 && !aspect(tokens):
		q.intent = Lookup
	default:
		return q, containsAny(s, []string{"是什么", "什么内容"})
	}
	return q, true
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
func (m *message) planQuery(q query, tokens []token, roles role, asks bool) (query, bool) {
	s := m.text
	if roles&(needed|extend|trouble) != 0 && q.field == "" && q.section == 0 {
		return q, false
	}
	if q.section > 0 && roles&(done|blocked) == 0 {
		q.intent = Lookup
		return q, true
	}
	if m.quote == QuoteNotice {
		return q, false // the notice is meant, not the plan
	}
	if roles&(you|third) != 0 {
		return q, false
	}
	if q.field == "" && roles&want == 0 && (asks || !headline(s, tokens, roles)) {
		return q, false
	}
	if q.field == "" && gives(tokens) && !containsAny(s, matters) {
		return q, false // 值班表发我一份
	}
	q.search = topicOf(tokens)
	if q.search == "" && q.field == "" {
		return q, false
	}
	// 怎么做 and 什么时候截止 ask the plan only about a matter of the plan.
	if hasPrefix(q.field, "怎么", "如何", "截止", "什么时候", "啥时候", "几号", "何时", "哪天") && !containsAny(s, matters) {
		return q, false
	}
	q.intent = Lookup
	return q, true
}

// gives reports whether something is to be handed over: 发我一份.
func gives(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(t token) bool { return t.is(want) && hasPrefix(t.text(), "发", "给") })
}

// matters are what a plan of such an office is about.
var matters = words("计划事项")

// headline reports whether s is a bare noun of the plan's matters: 心理危机干预.
func headline(s string, tokens []token, roles role) bool {
	const sentence = self | day | later | past | laugh | greet | thanks | unrelated | done | neg | blocked | unchanged | ongoing | leave | soon | left | said | fix | void
	s = strings.TrimRight(s, " .。!~")
	n := utf8.RuneCountInString(s)
	if n < 4 || n > 12 || roles&sentence != 0 || hasSuffix(s, "了", "啊", "吧", "呢", "哦", "的", "呀") {
		return false
	}
	plain := !slices.ContainsFunc(tokens, func(t token) bool { return t.class != other && t.class != word && t.class != space })
	return plain && containsAny(s, matters)
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
