package handlers

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/plans"
	updates "duban/handlers/progress"
	"duban/handlers/reading"
	"duban/handlers/reports"
	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// route says which command a message leads to; ok is false if the message
// does not concern the bot. It only looks.
func (r *Router) route(t *chat.Request) (c chat.Command, ok bool) {
	t.Identify()
	if t.Msg.Kind == bot.Recall && t.Astray() {
		return chat.RecalledAsStray(t)
	}
	if t.Msg.Kind == bot.Recall {
		return updates.Recalled(t)
	}
	if unheard(t) {
		return c, false
	}
	if c, ok := r.ordered(t); ok {
		return c, ok
	}
	in := input(t)
	t.Read = chat.Masked(reading.Read(in))
	if named, rest, first := chat.WithoutNotice(t.Read.Body); rest != "" {
		in.Text = rest
		if read := chat.Masked(reading.Read(in)); first || read.Kind == reading.Ack {
			t.Named, t.Read = named, read
		}
	} else if named, rest := chat.OwedByNumber(t, t.Read.Body); rest != "" {
		in.Text = rest
		if read := chat.Masked(reading.Read(in)); read.Kind == reading.Ack {
			t.Named, t.Read = named, read
		}
	}
	if meant(t) {
		return r.route(t)
	}
	offLeave(t)
	if c, ok := firstOf(t, r.danger, r.awaited, notices.AsAttached, notices.AsWriting, notices.AsText, r.misspelt, r.applies); ok {
		return c, true
	}
	if c, ok := r.misplaced(t); ok {
		return c, t.Msg.Mention
	}
	return firstOf(t, plans.AsFollowUp, updates.AsPostponing, notices.AsOwn, reports.AsView, plans.AsSides, r.ofItself, r.byReading, r.talk)
}

// unheard tells of a text in a group, without reading it, that it cannot concern the
// bot: it is not said to it, quotes and names no notice, nothing is asked in this chat
// that it could answer, and its sender has nothing to take back there. Most of what
// people say is like that.
func unheard(t *chat.Request) bool {
	m := t.Msg
	if !m.Group || m.Mention || m.Kind != bot.Text || m.Quote != nil || strings.Contains(m.Text, "「") ||
		strings.ContainsRune(m.Text, '通') && strings.ContainsRune(m.Text, '知') {
		return false
	}
	return !t.Awaited() && !notice.AnyIn(t.Snap, m.Account, m.Chat) && (!t.Known || !spoke(t, t.Said().Add(-chat.BindWithin)))
}

// firstOf returns what the first of several tries that leads somewhere leads to.
func firstOf(t *chat.Request, tries ...func(*chat.Request) (chat.Command, bool)) (c chat.Command, ok bool) {
	for _, try := range tries {
		if c, ok = try(t); ok {
			return c, ok
		}
	}
	return c, false
}

// ordered finds the command whose words a private text begins with.
func (r *Router) ordered(t *chat.Request) (c chat.Command, ok bool) {
	if t.Msg.Group || t.Msg.Kind != bot.Text || t.Msg.Quote != nil {
		return c, false
	}
	text := strings.TrimSpace(t.Msg.Text)
	rest := text
	if c, ok = updates.AsAssigning(text); !ok || listItem(text) {
		c, rest, ok = r.commandIn(text)
	}
	if ok && c.Everyday {
		ok = r.means(t, c)
	}
	if ok {
		t.Ordered, t.Rest = true, rest
	}
	return c, ok
}

// means tells whether everyday words are meant as a command: the sender may give
// it, and has nothing else to answer.
func (r *Router) means(t *chat.Request, c chat.Command) bool {
	if !t.May(c.Right) {
		return false
	}
	if t.Draft = t.Kept(); t.Draft != nil {
		return true
	}
	_, which := t.Pending(chat.WhichKind)
	_, same := t.Pending(chat.SameKind)
	return !which && !same
}

// listItem tells whether a text is a line of a list that was pasted, 1. 第3条…, and
// not somebody's own words. 二、3 is a measure.
func listItem(text string) bool {
	_, size := zh.ParseInt(text)
	rest := strings.TrimLeft(text[size:], ".．、)） ")
	return size > 0 && rest != text[size:] && strings.HasPrefix(rest, "第")
}

// commandIn finds the command that a text is, and what follows its words. A stop at
// its end changes nothing.
func (r *Router) commandIn(text string) (c chat.Command, rest string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return c, "", false
	}
	for _, w := range r.words[text[0]] {
		rest, ok := strings.CutPrefix(text, w.word)
		if !ok {
			continue
		}
		if strings.Trim(rest, "。.!！~ ") == "" {
			rest = ""
		}
		if w.command.Takes(rest) {
			return *w.command, strings.TrimLeft(rest, " 　:：\n"), true
		}
	}
	return c, "", false
}

// awaited finds the command that takes the answer to a question of the bot's in
// this chat: a number from a list, or a word.
func (r *Router) awaited(t *chat.Request) (c chat.Command, ok bool) {
	if t.Msg.Kind != bot.Text {
		return c, false
	}
	if !t.Awaited() {
		return c, false
	}
	for _, c := range r.asking {
		wait, waits := t.Pending(c.Asked)
		if waits && c.Fits(t, wait) {
			t.Answers = true
			return c, true
		}
	}
	return c, false
}

// applies leads to the answer that a message is which says that what a notice
// wants is done, if there is a notice that asks the sender for that.
func (r *Router) applies(t *chat.Request) (c chat.Command, ok bool) {
	if !t.Known || t.Msg.Kind != bot.Text || len(t.Read.Measures()) > 0 || !notices.SaysApplied(t.Read.Body) {
		return c, false
	}
	n, ok := t.BoundNotice(t.Person)
	if !ok || !n.Confirm {
		return c, false
	}
	_, named := t.NamedNotice()
	if _, asked := notice.FindItem(t.Snap, n.Number, t.Person.ID); !asked && !named {
		return c, false
	}
	t.Read = reading.Reading{Kind: reading.Ack, Body: t.Read.Body}
	return r.kinds[reading.Ack], true
}

// misplaced finds the command that is said in a group. Most are not done there,
// which their sender is told if they said it to the bot. Said to nobody, 关闭通知 3
// is no answer to that notice either.
func (r *Router) misplaced(t *chat.Request) (chat.Command, bool) {
	if !t.Msg.Group || t.Msg.Kind != bot.Text || !t.Msg.Mention && t.Read.Kind != reading.Ack {
		return chat.Command{}, false
	}
	if _, _, quoted := t.Quote(); quoted {
		return chat.Command{}, false
	}
	c, rest, ok := r.commandIn(t.Read.Body)
	if ok = ok && (!c.Everyday || rest != "" && t.May(c.Right)); ok {
		t.Ordered, t.Rest = true, rest
	}
	return c, ok
}

// input is what the reader is told of the message.
func input(t *chat.Request) reading.Input {
	in := reading.Input{
		Group: t.Msg.Group, Mention: t.Msg.Group && t.Msg.Mention, Text: t.Msg.Text, Bots: t.Desk.Options.Names,
	}
	switch t.Msg.Kind {
	case bot.Picture:
		in.Text = "[图片]" + t.Msg.Text
	case bot.File:
		in.Text = "[文件]" + t.Msg.Text
	case bot.Text, bot.Recall, bot.System, bot.Joined, bot.Left:
	}
	fillQuote(t, &in)
	in.Text = t.Roster.Unlabel(in.Text)
	in.Text = zh.Mask(in.Text) // before it is taken apart: no part of a number looks like one
	in.People = t.Desk.Names.Near(t.Roster, t.Person)
	return in
}

// fillQuote says what the quoted text was: a notice, something of the bot's that
// names measures, which an answer without a number is then about, or any other
// text of the bot's, which the answer is just said to.
func fillQuote(t *chat.Request, in *reading.Input) {
	text, ours, ok := t.Quote()
	switch {
	case !ok:
		return
	case !ours:
		in.Quote = reading.QuoteOther
		return
	}
	if number, _, ok := notice.Quoted(text); ok {
		in.Quote = reading.QuoteNotice
		n, found := notice.Find(t.Snap, number)
		if !found || n.Class != notice.Report {
			return
		}
		text = n.Text // without the example of how to answer, which names a measure too
	}
	in.Default = append(reading.QuotedMeasures(text), echoed(text)...)
	switch {
	case len(in.Default) > 0:
		in.Quote = reading.QuoteCheckin
	case in.Quote == reading.NoQuote:
		in.Mention = in.Group
		q, _ := zh.SplitQuote(in.Text)
		in.Text = q.Reply
	}
}

// echoed lists the measures of a text of the bot's that says what was stored:
// 已记：3→80%；5、7→办结.
func echoed(text string) (numbers []int) {
	_, list, ok := strings.Cut(text, "记")
	if !ok || !strings.HasPrefix(text, "已") {
		return nil
	}
	_, list, ok = strings.Cut(list, "：")
	for part := range strings.SplitSeq(list, "；") {
		names, _, arrow := strings.Cut(part, "→")
		if !ok || !arrow {
			return numbers
		}
		for name := range strings.SplitSeq(names, "、") {
			if n, size := zh.ParseInt(name); size > 0 && size == len(name) {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers
}

// called is a text that calls something off which is no report.
var called = regexp.MustCompile(`^取消(?:提醒|定时|通知|发送|群发)[吧了]*[。！!]*$`)

// byReading leads to the capability for what was read, if the message concerns
// the bot: it was said to it, or it answers something that is open.
func (r *Router) byReading(t *chat.Request) (c chat.Command, ok bool) {
	if _, alone := t.Read.Greets(); alone {
		return c, false
	}
	if t.Read.Kind == reading.Query {
		c, ok = r.intents[t.Read.Intent]
		return c, ok && t.Addressed()
	}
	if t.Read.Intent == reading.Cancel || t.Read.Kind == reading.Retract && (called.MatchString(t.Read.Body) || chat.GivesUp(t, roster.Pending{})) {
		return r.intents[reading.Cancel], t.Addressed()
	}
	if c, ok = r.asShort(t); ok {
		return c, true
	}
	if c, ok = r.kinds[t.Read.Kind]; !ok {
		if t.Msg.Kind == bot.Picture || t.Msg.Kind == bot.File {
			c, ok := updates.AsEvidence(t)
			return c, ok || !t.Msg.Group // alone with the bot, it is said to it
		}
		return r.asKeyword(t)
	}
	if t.Addressed() {
		if t.Read.Kind == reading.Question && t.May(chat.Decide) {
			c.Run = ownQuestion
		}
		return r.withQuery(t, r.withLeave(t, c)), true
	}
	if !t.Known {
		return chat.AnswersAsStray(t)
	}
	return c, answersOpen(t)
}

// asShort leads a short text that would only be asked about to what the plan says of it.
func (r *Router) asShort(t *chat.Request) (c chat.Command, ok bool) {
	if t.Read.Kind != reading.Ask || len(t.Read.Choices) > 0 || t.Read.Reports() || len([]rune(t.Read.Body)) > keyword {
		return c, false
	}
	return r.asKeyword(t)
}

// answersOpen tells whether a group message that is not said to the bot answers
// something that is open, so that it may be stored at all.
func answersOpen(t *chat.Request) bool {
	switch t.Read.Kind {
	case reading.Ack:
		who, err := t.Subject()
		if err != nil {
			return false
		}
		if several, err := chat.NamedNotices(t, who); err != nil || len(several) > 0 {
			return true
		}
		n, ok := t.BoundNotice(who)
		if !ok || len(t.Read.Entries) > 0 {
			return ok
		}
		_, asked := notice.FindItem(t.Snap, n.Number, who.ID)
		return asked
	case reading.Progress:
		return len(t.Read.Measures()) > 0 && isAsked(t)
	case reading.Ask:
		return isAsked(t)
	case reading.Correction, reading.Retract:
		return isAsked(t) || spoke(t, t.Said().Add(-chat.BindWithin))
	case reading.Question, reading.Query, reading.Chatter:
	}
	return false
}

// isAsked tells whether a notice stands open in this group that the sender is
// asked to answer. A 接龙 may be passed on by somebody who is not.
func isAsked(t *chat.Request) bool {
	for s := range notice.ShownIn(t.Snap, t.Msg.Account, t.Msg.Chat, time.Time{}, t.Said()) {
		if len(t.Read.Entries) > 0 {
			return true
		}
		if _, asked := notice.FindItem(t.Snap, s.Notice, t.Person.ID); asked {
			return asked
		}
	}
	return false
}

// spoke tells whether the sender said something in this chat since a time that
// was stored.
func spoke(t *chat.Request, since time.Time) bool {
	return slices.ContainsFunc(progress.Effects(t.Snap, t.Person.ID, since), func(e progress.Effect) bool {
		return e.Account == t.Msg.Account && e.Chat == t.Msg.Chat
	})
}

// keyword is the most characters of a text that is looked up in the plan
// although nothing in it says that it is a question: 冒充客服.
const keyword = 12

// asKeyword leads to the plan if the message is said to the bot and either the
// plan speaks of what it says, or it is so short and so little of a greeting
// that it must be a search.
func (r *Router) asKeyword(t *chat.Request) (chat.Command, bool) {
	c := r.intents[reading.Lookup]
	body := t.Read.Body
	if !t.Addressed() || t.Msg.Kind != bot.Text || body == "" || t.Read.Sociable() || chat.GivesUp(t, roster.Pending{}) || chat.WantsPerson(t, roster.Pending{}) {
		return c, false
	}
	if len([]rune(body)) <= keyword {
		return c, true
	}
	return c, len(t.Plan.Nodes) > 0 && len(t.Index().Find(body).Hits) > 0
}
