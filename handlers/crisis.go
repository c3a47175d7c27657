package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/outbox"
	"duban/report"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

var (
	// topical is what stands behind a word of the list that only names a matter of
	// the plan: 自杀干预培训, 失联预警, 跳楼价.
	topical = regexp.MustCompile(`^(?:的?(?:心理|危机|风险|事件|隐患|学生|行为|倾向)*(?:干预|预防|防范|防控|预警|教育|培训|讲座|宣传|排查|筛查|案例|知识|预案|热线|工作|专题|研判|台账|处置)|价)`)

	// guarded is what stands before such a word: 防自杀讲座.
	guarded = regexp.MustCompile(`(?:防|预防|防范|防止|反|杜绝|避免|警惕|识别)$`)

	// absent says that there was no such thing: 未发现学生失联.
	absent = regexp.MustCompile(`(?:没有?|未|无|未发现|未出现|未见|不存在|零)(?:任何|有)?(?:学生|同学|人|人员)?(?:出现|发生|有|想|要)?$`)

	// someone is what a sentence has that speaks of a person and not of a matter.
	someone = regexp.MustCompile(`有[个一名位人]|一[个名位]|[个名位](?:学生|同学)|他|她|[扬说]言|说要|说想`)

	// unreached is 失联 in other words: 有个学生联系不上了, 一个女生昨晚没回宿舍. 学生家长联系不上
	// is none.
	unreached = regexp.MustCompile(`(?:学生|同学|男生|女生|孩子|室友)[^家长。；;!！?？]{0,12}(?:联系不(?:上|到)|联络不上|找不(?:到|着)人|不见了|(?:没|未)(?:有)?回(?:宿舍|寝)|夜不归宿|[一整彻]夜(?:未归|没回)|整晚没回)`)

	// named is a sentence that speaks of a measure.
	named = regexp.MustCompile(`第 *[0-9一二三四五六七八九十]+ *[条项]`)

	sentences = regexp.MustCompile(`[，。；！？,.;!?\n]`)

	// helps are what a measure says that tells where help is, the best first.
	helps = []*regexp.Regexp{
		regexp.MustCompile(`(?:求助|援助|心理)[^。；]{0,16}(?:电话|热线)|(?:电话|热线)[^。；]{0,16}(?:求助|援助)`),
		regexp.MustCompile(`心理援助|危机干预|心理危机|突发事件|应急处置`),
	}
)

// danger leads to help, before everything else.
func (r *Router) danger(t *chat.Request) (chat.Command, bool) {
	return chat.Command{Name: "crisis", Right: chat.Look, AnyAge: true, Run: r.crisis}, r.inDanger(t)
}

// inDanger tells whether somebody's life may be in danger by what is said to the bot.
// A report that names a measure speaks of the measure, unless a sentence of it speaks
// of a person.
func (r *Router) inDanger(t *chat.Request) bool {
	if !t.Addressed() || t.Msg.Kind != bot.Text {
		return false
	}
	if slices.Contains(r.Options.CrisisWords, "失联") && len(t.Read.Measures()) == 0 {
		if at := unreached.FindStringIndex(t.Read.Body); at != nil && !absent.MatchString(t.Read.Body[:at[0]]) {
			return true
		}
	}
	report := (t.Read.Kind == reading.Progress || t.Read.Kind == reading.Correction) && len(t.Read.Measures()) > 0
	return slices.ContainsFunc(sentences.Split(t.Read.Body, -1), func(s string) bool {
		if report && (named.MatchString(s) || !someone.MatchString(s)) {
			return false
		}
		return slices.ContainsFunc(r.Options.CrisisWords, func(word string) bool { return word != "" && speaksOf(s, word) })
	})
}

// speaksOf tells whether a sentence says that what a word names happens.
func speaksOf(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		before, after := s[:from+i], s[from+i+len(word):]
		if !topical.MatchString(after) && !guarded.MatchString(before) && !absent.MatchString(before) {
			return true
		}
		from += i + len(word)
	}
}

// crisis says before everything else where help is, and tells the office at once.
// What else the message says is booked as always.
func (r *Router) crisis(t *chat.Request, _ string) (string, error) {
	where := "在私聊里"
	if t.Msg.Group {
		where = fmt.Sprintf("在群“%s”里", zh.Quote(roster.GroupIn(t.Snap, t.Msg.Account, t.Msg.Chat), 20))
	}
	if t.Source == store.Page {
		where = "在网页上"
	}
	who := zh.Quote(t.Msg.Name, 20) + "（没有绑定）"
	if t.Known {
		who = t.Roster.Label(t.Person)
	}
	told := roster.Raise(t.Tx, roster.Alarm{
		Text:   fmt.Sprintf("紧急，请马上联系：%s%s对我说“%s”（%s）。我已先答复了求助方式。", who, where, zh.Quote(t.Read.Body, 60), t.Desk.When(t.Said())),
		Reason: "crisis/" + t.Message(), Office: true,
	})
	t.Audit("crisis", "")
	said := "请先保证人身安全，马上打电话联系学院和学工处。"
	if len(told) > 0 {
		said += "我已同时私聊告诉学工处老师。"
	}
	answer := chat.Lines(r.whereHelpIs(t), said)
	t.Read.Note = "" // who sees the measure or the notice must not read it there
	for i := range t.Read.Items {
		t.Read.Items[i].Reason = ""
	}
	if c, ok := r.kinds[t.Read.Kind]; ok && t.Read.Kind != reading.Question && t.May(c.Right) {
		t.Command = c
		answer = chat.Lines(answer, t.Perform())
	}
	if t.Source == store.Page {
		return answer, nil
	}
	// It is said even if the bot has said so much here that it would be quiet.
	outbox.Enqueue(t.Tx, bot.Outgoing{Key: t.Reason(), Account: t.Msg.Account, Chat: t.Msg.Chat, Text: answer, Answer: true})
	return "", nil
}

// whereHelpIs is the help line of the office, or else what the plan says of one.
func (r *Router) whereHelpIs(t *chat.Request) string {
	if r.Options.CrisisHelp != "" {
		return r.Options.CrisisHelp
	}
	for _, says := range helps {
		for _, n := range report.Measures(t.Plan) {
			if text := strings.Join(n.Verbatim(t.Plan), ""); says.MatchString(text) {
				return "要点第" + plans.Ordinal(n) + "条：" + zh.Clip(text, 160)
			}
		}
	}
	return ""
}
