package reading

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A remedy says what becomes of a reading that the second opinion takes for another kind.
type remedy struct {
	read, thought []Kind
	lead          int  // by which what is thought leads over what was read
	overheard     bool // of group talk that is not said to the bot
	then          Kind // what the reading becomes
}

var (
	booking  = []Kind{Progress, Correction, Retract}
	remedies = []remedy{
		{read: []Kind{Ack}, thought: []Kind{Chatter}, lead: 60, then: Ask},
		{read: []Kind{Ack}, thought: booking, lead: 300, then: Ask},
		{read: []Kind{Chatter}, thought: []Kind{Ack}, then: Ask},
		{read: []Kind{Chatter}, thought: []Kind{Progress, Correction, Retract, Ask}, lead: 40, then: Ask},
		{read: []Kind{Chatter, Question}, thought: []Kind{Query}, lead: 150, then: Query},
		{read: []Kind{Chatter, Query}, thought: []Kind{Question}, lead: 100, then: Question},
		{read: []Kind{Question}, thought: []Kind{Chatter}, lead: 100, then: Chatter},
		{read: []Kind{Question}, thought: []Kind{Progress, Correction, Retract, Ask}, lead: 300, then: Ask},
		{read: []Kind{Progress}, thought: []Kind{Correction}, lead: 250, then: Correction},
		{read: []Kind{Correction}, thought: []Kind{Progress}, lead: 400, then: Progress},
		{read: []Kind{Correction}, thought: []Kind{Chatter, Query, Question, Retract}, lead: 250, then: Ask},
		{read: []Kind{Progress, Retract}, thought: []Kind{Question, Query, Progress}, lead: 400, then: Ask},
		{read: []Kind{Query}, thought: []Kind{Ack, Progress, Correction, Retract, Ask}, lead: 150, then: Ask},
		{overheard: true, read: []Kind{Chatter}, thought: []Kind{Ack}, lead: 400, then: Ask},
		{overheard: true, read: []Kind{Chatter}, thought: []Kind{Progress, Ask}, lead: 120, then: Ask},
		{overheard: true, read: []Kind{Chatter}, thought: []Kind{Correction, Retract}, then: Ask},
	}
)

// reconsider returns r, or what becomes of it by the second opinion and where it may
// have missed something.
func (m *message) reconsider(r Reading, tokens []token) Reading {
	r.tokens = tokens
	read := r.shown()
	thought, lead := read, 0
	var o opinion
	if read != Ask {
		o = m.opinion(m.freely(tokens))
		thought, lead = o.kind(read)
		if !m.debatable(&r, tokens, lead) {
			thought = read
		}
	}
	then := read
	for _, rem := range remedies {
		if thought != read && rem.overheard == !m.addressed() && lead >= rem.lead && slices.Contains(rem.read, read) && slices.Contains(rem.thought, thought) {
			then = rem.then
			break
		}
	}
	switch {
	case thought == Ack && read == Chatter && m.receives(lead, tokens):
		return Reading{Kind: Ack, Why: "听起来是收到", Note: m.body}
	case then == Ask && read != Ask && !m.addressed():
		return m.overheardBy(thought, lead, r)
	case thought == read && o.doubtsState(&r):
		return m.unsureOf(r, "没看准办得怎么样")
	case then == Ask && read != Ask, m.missed(&r, tokens), o.doubtsReceipt(&r):
		return m.unsureOf(r, "没看懂要记什么")
	}
	return m.rethought(r, then, tokens)
}

// unsureOf is the question whether r was meant, if it is a report.
func (m *message) unsureOf(r Reading, why string) Reading {
	ask := unsure(why, []string{m.body})
	if r.Kind == Progress && len(r.Measures()) > 0 {
		ask.Choices = []Reading{r}
	}
	return ask
}

// doubtsState reports whether o takes r, a report, for one of another state, where no
// figure tells.
func (o *opinion) doubtsState(r *Reading) bool {
	const lead = 100
	plain := func(v view) bool { return v.kind == Progress && v.state != figure && v.state != mixed }
	read := viewOf(r.Row(), r.tokens)
	if !plain(read) || len(r.Measures()) == 0 || r.Is(NoChange) || r.Why == tellsOfIt || partOfAll(r.tokens) {
		return false
	}
	_, most := o.best(plain)
	_, weight := o.best(func(v view) bool { return v == read })
	return most-weight >= lead
}

// doubtsReceipt reports whether o hardly takes r for a receipt, which only tells what
// somebody does, without a word of when.
func (o *opinion) doubtsReceipt(r *Reading) bool {
	const lead = 600
	if r.Why != saysHow || rolesOf(r.tokens)&(soon|later|past|done|ongoing) != 0 {
		return false
	}
	_, ack := o.best(func(v view) bool { return v.kind == Ack })
	_, rest := o.best(func(v view) bool { return v.kind != Ack })
	return ack-rest < lead
}

// rethought is r as one of the kind that the second opinion takes it for, of those that
// store nothing, or that store the same.
func (m *message) rethought(r Reading, then Kind, tokens []token) Reading {
	if then == Query && r.Kind != Query {
		if q, ok := m.gist(tokens); ok {
			return q
		}
		then = Question
	}
	const asking = ask | askEnd | who | want | needed | trouble | field | extend
	switch {
	case then == Question && r.Kind == Chatter && rolesOf(tokens)&asking == 0 && !strings.Contains(m.text, "?"): // 交接 孙静怡 刘畅
		return m.unsureOf(r, "没看懂要记什么")
	case then == r.Kind, then == Ask, r.Kind == Chatter && rolesOf(tokens)&third != 0 && m.quote == NoQuote: // of somebody else
	case then == Question && utf8.RuneCountInString(m.text) > len("我的"):
		return Reading{Kind: Question, Items: bare(r.Measures()), Search: topicOf(tokens), Why: "听起来要人来答", Note: m.body}
	case then == Chatter && !r.Reports() && m.quote == NoQuote:
		return silent("听起来是闲谈")
	case slices.Contains(booking, then) && !r.Is(Unclear) && len(r.From) == 0:
		r.Kind = then
	}
	return r
}

// freely is tokens, or those of m as if it were said to the bot, in which a bare number
// may be a measure.
func (m *message) freely(tokens []token) []token {
	if m.addressed() || !containsAny(m.text, []string{"条", "项", "#", "号"}) {
		return tokens
	}
	return scan(m.text, scanOptions{bare: true})
}

// overheardBy returns what becomes of group talk r that is thought to be of another kind: a
// question, if it names a measure or says 收到, or what it would be if it were said to the
// bot, where both agree on that. The second opinion alone stores nothing.
func (m *message) overheardBy(thought Kind, lead int, r Reading) Reading {
	const agreed = 350
	to := *m
	to.called = true
	tokens := to.scan()
	alt := to.sentence(tokens)
	alt.tokens = tokens
	names := hasClass(tokens, measure) && (alt.Kind == Ask || slices.Contains(booking, alt.Kind))
	roles := rolesOf(tokens)
	says := roles&said != 0 || roles&act != 0 && strings.Contains(m.text, "已") || containsAny(m.text, received)
	if thought == Ack && (!says || strings.Contains(m.text, "收到的")) || thought != Ack && !names {
		return r
	}
	ask := unsure("没看懂要记什么", []string{m.body})
	if slices.Contains(booking, alt.Kind) && len(alt.Measures()) > 0 {
		if lead >= agreed && alt.Kind == thought {
			return alt
		}
		ask.Choices = []Reading{alt}
	}
	return ask
}

// receives reports whether m, which is thought with a lead to say 收到, does so in a way that
// may be stored: it answers a notice, or is said to the bot and holds the word, or is
// beyond doubt.
func (m *message) receives(lead int, tokens []token) bool {
	roles := rolesOf(tokens)
	says := roles&said != 0 || roles&act != 0 && strings.Contains(m.text, "已") || containsAny(m.text, received)
	switch {
	case roles&(ask|askEnd|who) != 0, strings.Contains(m.text, "?"):
		return false
	case m.quote == QuoteNotice:
		return lead >= 550
	case m.addressed():
		return lead >= 500 && strings.Contains(m.text, "收到")
	default:
		return lead >= 1000 && says && !hasClass(tokens, measure) && !containsAny(m.text, demands)
	}
}

// demands are in what asks others for a receipt.
var demands = strings.Fields("请回 请大家 请各 请接龙 收到的 回个 回一下 务必")

// received are in words of having received something.
var received = strings.Fields("收到 收收 阅 悉 知晓")

// commandLike has the form of a command on something that has a number: 答 1 不用交.
var commandLike = regexp.MustCompile(`^[^ 0-9第]{1,8} [0-9]{1,3}(?: |$)`)

// foreign reports whether the second opinion has nothing to say of r: it is said to others,
// drawn, or a telephone number, or its form tells what it is.
func (m *message) foreign(r *Reading, tokens []token) bool {
	const short = 8
	size := utf8.RuneCountInString(m.text)
	switch {
	case len(m.others) > 0 && !m.called && m.in.Group, m.quote == QuoteOther && !m.addressed(), onlySigns(tokens), r.Why == wrongNumber:
		return true
	case r.Kind == Query && size <= short && (slices.Contains([]Intent{Forget, MyData, Help, Contents, More}, r.Intent) || beside.MatchString(m.text)): // 删除我的数据, 下一条
		return true
	case r.Kind == Question:
		return r.Is(Extension) || containsAny(m.text, notMine)
	case r.Kind != Query && (r.Intent != NoIntent || r.Leave != nil || r.Is(LeaveEnds)):
		return true
	case rolesOf(tokens)&^(inert|filler) == 0 && unknownRunes(tokens) == 0 && m.quote == NoQuote && !hasClass(tokens, measure) && !hasClass(tokens, amount) && !hasClass(tokens, joint):
		return true // a telephone number
	}
	return size <= short && (r.Search != "" || strings.HasSuffix(strings.TrimRight(m.text, "?。!~ "), "呢")) // 那进展呢
}

// debatable reports whether the second opinion may bear on r if it leads by so much: of what
// is commonly said to others it must be certain.
func (m *message) debatable(r *Reading, tokens []token, lead int) bool {
	const certain = 250
	named := hasClass(tokens, measure)
	roles := rolesOf(tokens)
	switch {
	case m.foreign(r, tokens):
		return false
	case r.Kind == Question:
		return true
	case m.quote == NoQuote && !named && (commandLike.MatchString(m.body) || containsAny(m.text, []string{"通知", "提醒"}) && !containsAny(m.text, received) && (roles&void != 0 || utf8.RuneCountInString(m.text) <= 12)): // perhaps a command
		return false
	case r.Kind == Query && !tellsAny(tokens) && roles&(ask|askEnd) == 0: // 第4条和第5条
		return false
	case lead >= certain:
		return true
	case r.Kind == Chatter && m.quote == NoQuote && roles&third != 0 && !named && !hasClass(tokens, amount): // of somebody else
		return false
	case !m.addressed() && roles&announce != 0 && !named && !strings.HasPrefix(m.text, "收到"):
		return false
	}
	return r.Search == "" && (r.Kind != Query || r.Intent == Lookup || r.Intent == Stuck || r.Intent == Standing)
}

// missed reports whether r, which stores nothing, leaves out what was said to the bot.
func (m *message) missed(r *Reading, tokens []token) bool {
	roles := rolesOf(tokens)
	figures := hasClass(tokens, amount) && strings.ContainsAny(m.text, "%趴成") || hasClass(tokens, measure)
	full := slices.ContainsFunc(tokens, func(t token) bool { return t.class == measure && t.strict })
	switch {
	case r.Kind != Chatter, r.Intent != NoIntent, !m.addressed(), !m.debatable(r, tokens, 0):
		return r.Kind == Chatter && m.quote == QuoteCheckin && onlySigns(tokens)
	case roles&^(inert|filler) == 0 && m.quote == NoQuote && !full && unknownRunes(tokens) == 0 && !strings.ContainsAny(m.text, "%趴成"):
		return false // a telephone number, 3——5条, 同意1
	}
	quiet := roles&(laugh|thanks|greet|unrelated|leave|announce|rate) == 0
	return quiet && (figures || m.quote == QuoteCheckin)
}

// tellsAny reports whether tokens hold a word or figure that tells of anything, so that
// they are no bare noun.
func tellsAny(tokens []token) bool {
	const tells = done | partial | doing | ongoing | starting | neg | blocked | unbegun | unchanged | left | past | void | fix | said | leave | soon | planned | later | rate
	return rolesOf(tokens)&tells != 0 || hasClass(tokens, amount) || hasClass(tokens, number) || hasClass(tokens, count)
}
