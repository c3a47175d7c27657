package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Read says what a message means. It never fails: what it does not understand
// is Chatter, or in a private chat at most a Question.
func Read(in Input) Reading {
	m := split(in)
	r := m.read()
	r.Body = m.body
	if m.media == Spoken {
		r.Flags |= Voice
	}
	return r
}

// read takes the forms that are no sentences first.
func (m *message) read() Reading {
	if m.quote == NoQuote || m.quote == QuoteOther {
		if r, ok := m.system(); ok {
			return r
		}
	}
	if m.media == Sticker || m.media == Shared {
		return silent("只有表情或分享")
	}
	if m.media == Spoken && m.addressed() && unheard.MatchString(m.text) {
		return unsure("语音没有转成文字", []string{m.body})
	}
	if m.media == Image || m.media == Video || m.media == File {
		return m.evidence()
	}
	if strings.ContainsAny(m.text, "\n.、)") {
		if roll, ok := m.roll(); ok {
			return m.readRoll(roll)
		}
	}
	tokens := m.scan()
	r := m.reconsider(m.sentence(tokens), tokens)
	r.tokens = tokens
	if r.Kind == Progress || r.Kind == Correction || r.Kind == Ask {
		r.Section = soleSection(tokens)
		for i := range r.Choices {
			r.Choices[i].Section = r.Section
		}
	}
	return r
}

// soleSection is the part of the plan that a text names; 0 if it names none, or several.
func soleSection(tokens []token) (n int) {
	for _, t := range tokens {
		switch {
		case t.class != section:
		case n != 0 && int(t.n) != n:
			return 0
		default:
			n = int(t.n)
		}
	}
	return n
}

// scan cuts the reply into tokens. Numbers are read freely in what is said to the bot.
func (m *message) scan() []token {
	free := m.addressed() && m.quote != QuoteNotice
	return scan(m.text, scanOptions{bare: free, value: m.quote == QuoteCheckin, these: m.in.Default})
}

// unheard is what stands behind the mark of a voice message without a transcript: how
// long it is.
var unheard = regexp.MustCompile(`^[0-9]*["'”″秒s]*$`)

func silent(why string) Reading { return Reading{Kind: Chatter, Why: why} }

// What the network itself writes into a chat: of a message that was taken back,
// and of who came, went or knocked.
var (
	recalled = regexp.MustCompile(`^(?:(?:你|".+" ?|“.+” ?|[^ ,，。]{2,12} ?)撤回了一条消息|.{1,40}recalled a message\.?)$`)
	told     = regexp.MustCompile(`["“你].*(?:加入了群聊|移出了群聊|修改群名为|拍了拍)`)
)

// system reads the words of the network itself.
func (m *message) system() (Reading, bool) {
	switch {
	case !strings.ContainsAny(m.text, `"“你`) && !strings.Contains(m.text, "recalled") && !strings.Contains(m.text, "撤回了一条"): // nearly all
	case recalled.MatchString(m.text):
		return Reading{Kind: Retract, Flags: Recalled | LastOne, Why: "系统提示撤回"}, true
	case told.MatchString(m.text):
		return silent("系统提示"), true
	}
	return Reading{}, false
}

// evidence reads a picture or file: what it shows belongs to the measure that
// its name or caption names, else to the last report.
func (m *message) evidence() Reading {
	tokens := scan(m.text, scanOptions{})
	rep := collect(tokens)
	measures := rep.measures()
	r := Reading{Kind: Progress, Note: m.body, Why: "图片或文件作为佐证", tokens: tokens}
	switch {
	case !m.addressed() && (len(measures) == 0 || m.quote == QuoteOther || rolesOf(tokens)&(announce|urge) != 0 || strings.Contains(m.text, "通知")):
		return silent("群里的图片或文件，没有指明措施")
	case m.quote == QuoteNotice && len(measures) == 0:
		r.Kind, r.Flags = Ack, Evidence
		return r
	case rep.any() && m.media != File:
		r.Items = rep.items(m.in.Default)
	default:
		r.Items = bare(m.about(measures))
		if len(r.Items) == 0 {
			r.Flags = Evidence
		}
	}
	return r
}

// about returns the measures that are named, or those that an answer without
// number is about.
func (m *message) about(named []int) []int {
	if len(named) > 0 {
		return named
	}
	return m.in.Default
}

// A hearing is what one sentence has been found to hold so far.
type hearing struct {
	m        *message
	tokens   []token
	roles    role
	asks     bool // something in it is a question
	rep      report
	ack      acking
	clauses  []string
	rest     []string // what stands beside the acknowledgement
	others   bool     // somebody else is addressed
	defaults []int
}

// has reports whether a word with any of the roles stands in the text.
func (h *hearing) has(r role) bool { return h.roles&r != 0 }

// says reports whether any of parts stands in the text.
func (h *hearing) says(parts ...string) bool { return containsAny(h.m.text, parts) }

// sentence reads a message made of words.
func (m *message) sentence(tokens []token) Reading {
	h := hearing{m: m, tokens: tokens, roles: rolesOf(tokens), others: len(m.others) > 0, defaults: m.in.Default}
	alsoAsked(tokens, h.defaults)
	var statement []token
	statement, h.asks = statements(tokens)
	h.rep = collect(statement)
	h.clauses = clausesOf(m.text)
	h.ack, h.rest = m.ackOf(h.clauses)
	if h.announced() {
		return silent("是发给大家的通知")
	}
	if !m.addressed() {
		return h.overheard()
	}
	if h.others && !m.called && m.in.Group && !h.ack.head {
		return silent("是说给别人的")
	}
	for _, reader := range []func() (Reading, bool){
		h.numberless, h.moved, h.retraction, h.extension, h.trouble, h.asked, h.foreign, h.unfixed, h.reported, h.away, h.acknowledged, h.requested, h.workish,
	} {
		if r, ok := reader(); ok {
			return r
		}
	}
	return silent("与工作无关，或听不出是什么")
}

// alsoAsked adds the measures that were asked for to one that comes beside them: 连同24条
// 一起撤回, 都搞完了，包括第3条.
func alsoAsked(tokens []token, asked []int) {
	at := slices.IndexFunc(tokens, func(t token) bool { return t.class == measure })
	if at < 0 || len(asked) == 0 || contains(tokens[at].list, asked) {
		return
	}
	before := clauseBefore(tokens[at].before())
	if hasSuffix(before, "连同", "包括") || before == "跟" || before == "和" || before == "与" {
		tokens[at].list = slices.Concat(asked, tokens[at].list)
	}
}

// statements drops the words of clauses that ask, but keeps the measures that
// they name: 学生不知道怎么弄 belongs to what is said after it.
func statements(tokens []token) (kept []token, asks bool) {
	kept = make([]token, 0, len(tokens))
	for clause, end := range clauses(tokens) {
		if !isAsking(clause, end.asks) {
			kept = append(kept, clause...)
		} else {
			asks = true
			for _, t := range clause {
				if t.class == section || t.class == measure && (!hasClass(kept, measure) || unknownRunes(clause) == 0) {
					kept = append(kept, t)
				}
			}
		}
		if end.class == brk {
			kept = append(kept, end)
		}
	}
	return kept, asks
}

// asking is how a clause without a word of asking can end and yet be a question.
var asking = regexp.MustCompile(`(?:要|能|可以|是|会|有).*嘛$|.不$|(?:^|[^什怎这那要])么$|.[^还都也并直]没$`)

// isAsking reports whether a clause is a question.
func isAsking(clause []token, marked bool) bool {
	roles, w := rolesOf(clause), wordsOf(clause)
	if !marked && len(clause) > 0 && amends(clause) == len(clause) && !hasAny(clause, ask|askEnd) {
		return false // 哦不
	}
	return marked || roles&(ask|askEnd|who) != 0 || hasClass(clause, amount) && hasSuffix(w, "没有", "没") && !strings.Contains(w, "还") || alternative(w) || hasSuffix(w, "嘛", "不", "么", "没") && asking.MatchString(w) ||
		roles&(done|reply) != 0 && hasSuffix(w, "没有", "没呢") && !hasSuffix(w, "还没有", "都没有")
}

// alternative reports whether w asks for one of two things: 今天交还是明天交. In
// 进度还是60% the word means still.
func alternative(w string) bool {
	before, after, ok := strings.Cut(w, "还是")
	if !ok || hasPrefix(after, "先", "撤", "算了") || utf8.RuneCountInString(before) < 2 || utf8.RuneCountInString(after) < 2 {
		return false
	}
	if _, ok := percentAt(after); ok || hasPrefix(after, "老", "那", "和", "跟", "原", "这", "上次", "一") {
		return false
	}
	e, known := wordAt(after)
	const still = done | doing | neg | unchanged | blocked | ongoing | around | degree | past | vague | planned | same | isnt | starting
	return !known || e.roles&still == 0
}

// announced reports whether the text is a notice to many: 各位老师：…收到请回复.
func (h *hearing) announced() bool {
	addressed := h.m.addressed()
	switch {
	case slices.Contains(h.m.others, "所有人"), slices.Contains(h.m.others, "all"), h.says("收到请回复", "请回复收到", "特此通知"),
		!addressed && !h.ack.strong && h.says("【", "通知:", "转发:", "转:"):
		return true
	case !h.has(announce), h.says("请假"), h.ack.name != "" && len(h.rest) == 0, addressed && h.asks && !h.says("请回复"):
		return false
	case h.has(announce) && h.rep.strict && !h.says("请", "务必", "须", "参考", "参阅") && slices.ContainsFunc(h.rep.groups, func(g group) bool { return g.state.stated || g.state.finished }):
		h.roles &^= announce // 第11条80%，各位参考; 第13条评审圆满结束，感谢各位
		return false
	default:
		return !addressed || len(h.rep.groups) == 0 && h.says("请回复", "各位", "请于", "务必", "请大家", "收到请")
	}
}

// overheard reads group talk that is not addressed to the bot: only what is
// plainly an answer to it counts.
func (h *hearing) overheard() Reading {
	const aside = announce | urge | hearsay | you | third | goal
	switch {
	case h.m.leads, h.others && h.m.quote == QuoteOther:
		return silent("是说给别人的")
	case h.explicit() && h.rep.strict && h.has(void) && !h.asks && !h.has(aside&^hearsay) && h.inOwnWords():
		if r, ok := h.retraction(); ok {
			return r
		}
	case h.explicit() && !h.asks && !h.has(aside) && !h.supposes() && h.inOwnWords(), h.reportsFirst():
		if r, ok := h.overheardReport(); ok {
			return r
		}
	case h.m.quote == QuoteOther:
		return silent("在回别人的话")
	case h.ack.strong && !h.asks && (!h.has(urge) && (h.ack.head || !h.has(hearsay)) || h.leadsWithAck()) && !h.meets():
		r, _ := h.acknowledged()
		return r
	case h.asks && !h.others && h.has(ask|askEnd) && containsAny(h.m.text, groupAsks[0]) && containsAny(h.m.text, groupAsks[1]) && !h.has(you|third|laugh|unrelated|urge|hearsay):
		return h.question(0, "在群里问通知的事")
	case h.has(onBehalf) && h.has(said) && !h.asks && h.m.behalf(h.tokens) != "":
		if r, ok := h.acknowledged(); ok {
			return r
		}
	case h.has(leave) && h.has(self) && !h.asks:
		if r, ok := h.away(); ok && r.Leave != nil && (r.Leave.Delegate != "" || !r.Leave.From.IsZero() || !r.Leave.To.IsZero() || r.Leave.Days > 0 || !r.Leave.Back.IsZero()) {
			return r
		}
	}
	return silent("没有叫小助手，也不是对通知的答复")
}

// reportsFirst reports whether the first clause reports in full on a measure, whatever is
// asked behind it: 第11条卡在法务了，谁认识法务的老师.
func (h *hearing) reportsFirst() bool {
	clause := h.tokens[:clauseEnd(h.tokens, 0)]
	if len(clause) == len(h.tokens) || h.has(announce) || isAsking(clause, false) || rolesOf(clause)&(announce|urge|hearsay|you|third|goal|supposed) != 0 {
		return false
	}
	rep := collect(clause)
	return rep.strict && len(rep.groups) > 0 && clause[0].class == measure && slices.Equal(rep.measures(), h.rep.measures()) && !h.supposes()
}

// overheardReport reads what is reported or taken back of a measure.
func (h *hearing) overheardReport() (Reading, bool) {
	if r, ok := h.retraction(); ok {
		return r, true
	}
	r, ok := h.reported()
	return r, ok && (len(r.Items) > 0 || r.Kind == Ask)
}

// groupAsks are words of which a question on a notice holds one of each list.
var groupAsks = [][]string{
	strings.Fields("请问 请教 想问 问一下 问下 这个通知 本通知 通知里"),
	strings.Fields("报 填 交 传达 通知 统计 学院 班级 名单 表 接龙 回执 截止 材料"),
}

// inOwnWords reports whether nothing unknown stands before the first measure but
// a name or a matter of the plan: 检查组说第3条 is about what others said.
func (h *hearing) inOwnWords() bool {
	at := slices.IndexFunc(h.tokens, func(t token) bool { return t.class == measure })
	if at < 0 {
		return true
	}
	clause := clauseBefore(h.tokens[at].before())
	before := strings.TrimRight(clause, " :的")
	if slices.Contains(identities(before, h.m.in.People), len(before)) || containsAny(before, matters) && !strings.Contains(before, "说") {
		return true
	}
	return !slices.ContainsFunc(h.tokens[:at], func(t token) bool { return t.class == other && int(h.tokens[at].from-t.from) <= len(clause) })
}

// supposes reports whether a clause ends in 吧 and no amount is given: a guess or
// a proposal, not a report.
func (h *hearing) supposes() bool {
	guess := func(c string) bool { return strings.HasSuffix(strings.TrimRight(c, " .~"), "吧") }
	return slices.ContainsFunc(h.clauses, guess) && !slices.ContainsFunc(h.rep.groups, func(g group) bool { return g.state.stated })
}

// meets reports whether the text agrees with a person on something that is none of
// the bot's: 好的，那我们12点食堂见.
func (h *hearing) meets() bool {
	return !h.ack.head && len(h.rest) > 0 && (h.others || h.has(you|third|unrelated|laugh) || containsAny(strings.Join(h.rest, "，"), meetings))
}

// leadsWithAck reports whether the first clause is the acknowledgement, so that
// what follows is only how it is done.
func (h *hearing) leadsWithAck() bool {
	return len(h.clauses) > 0 && ackClause(h.clauses[0], h.m.in.People).strong
}

// explicit reports whether a measure is named in full (第3条) or begins the
// message (3条完成), and something is said of it.
func (h *hearing) explicit() bool {
	if h.rep.strict {
		return len(h.rep.groups) > 0 || h.has(void)
	}
	opening := first(h.tokens, func(t token) bool { return t.class == space || t.class == mark || t.is(self|filler|greet|said) })
	return len(h.rep.groups) > 0 && opening.class == measure
}
