package handlers

import (
	"slices"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/notice"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

const (
	// bindWithin is how long after a notice was posted an answer that does not
	// name it is taken for it.
	bindWithin = 24 * time.Hour

	// ownWithin is how long people can correct and take back what they said.
	ownWithin = 7 * 24 * time.Hour
)

// route says which capability a message leads to; ok is false if the message
// does not concern the bot. It only looks.
func (r *Router) route(t *turn) (c capability, ok bool, err error) {
	if err = t.identify(); err != nil {
		return c, false, err
	}
	if t.m.Kind == bot.Recall && t.astray() {
		return t.recalledAsStray()
	}
	if t.m.Kind == bot.Recall {
		return t.recalled()
	}
	if c, ok, err := t.ordered(); ok || err != nil {
		return c, ok, err
	}
	in, err := t.input()
	if err != nil {
		return c, false, err
	}
	t.read = masked(reading.Read(in))
	if number, rest, ok := withoutNotice(t.read.Body); ok {
		in.Text, t.named = rest, number
		t.read = masked(reading.Read(in))
	}
	if c, ok, err := t.awaited(); ok || err != nil {
		return c, ok, err
	}
	if c, ok, err := t.applies(); ok || err != nil {
		return c, ok, err
	}
	if c, ok := t.misplaced(); ok {
		return c, true, nil
	}
	if c, ok, err := t.asPostponing(); ok || err != nil {
		return c, ok, err
	}
	if c, ok, err := t.asView(); ok || err != nil {
		return c, ok, err
	}
	return t.byReading()
}

// ordered finds the command that a message is.
func (t *turn) ordered() (capability, bool, error) {
	c, ok := t.asCommand()
	if !ok || !c.everyday {
		return c, ok, nil
	}
	// The words of this one are everyday words: they are a command only of
	// those who may give it, and only if they have nothing else to answer.
	if !May(t.person, t.known, c.right) {
		return c, false, nil
	}
	_, drafted, err := t.kept()
	if err != nil || drafted {
		return c, drafted, err
	}
	asked, err := t.asked()
	return c, !asked, err
}

// applies leads to the answer that a message is which says that what a notice
// wants is done, if there is a notice that asks the sender for that.
func (t *turn) applies() (c capability, ok bool, err error) {
	if !t.known || t.m.Kind != bot.Text || len(t.read.Measures()) > 0 || !saysApplied(t.read.Body) {
		return c, false, nil
	}
	n, ok, err := t.boundNotice(t.person)
	if err != nil || !ok || !n.Confirm {
		return c, false, err
	}
	_, named := t.namedNotice()
	if _, asked, err := notice.FindItem(t.snap, n.Number, t.person.ID); err != nil || !asked && !named {
		return c, false, err
	}
	t.read = reading.Reading{Kind: reading.Ack, Body: t.read.Body}
	return kinds()[reading.Ack], true, nil
}

// misplaced finds the command that is said to the bot in a group: it is not
// done there, and its sender is told so.
func (t *turn) misplaced() (capability, bool) {
	if !t.m.Group || !t.m.Mention || t.m.Kind != bot.Text || t.read.Kind == reading.Ack {
		return capability{}, false
	}
	if _, _, quoted := t.quote(); quoted {
		return capability{}, false
	}
	c, ok := commandIn(t.read.Body)
	return c, ok && !c.everyday
}

// input is what the reader is told of the message.
func (t *turn) input() (reading.Input, error) {
	in := reading.Input{
		Group: t.m.Group, Mention: t.m.Group && t.m.Mention, Text: t.m.Text, Bots: t.router.o.Names,
	}
	switch t.m.Kind {
	case bot.Picture:
		in.Text = "[图片]" + t.m.Text
	case bot.File:
		in.Text = "[文件]" + t.m.Text
	case bot.Text, bot.Recall, bot.System:
	}
	if err := t.fillQuote(&in); err != nil {
		return in, err
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return in, err
	}
	in.People = t.router.names.near(r, t.person)
	return in, nil
}

// quote returns what the message answers by quoting it, and whether that was
// said by the bot. Networks without quotes of their own put it into the text.
func (t *turn) quote() (text string, ours, ok bool) {
	if q := t.m.Quote; q != nil {
		return q.Text, q.Self || slices.Contains(t.router.o.Names, q.Name), true
	}
	name, text, _, ok := reading.SplitQuote(t.m.Text)
	return text, ok && slices.Contains(t.router.o.Names, strings.TrimSpace(name)), ok
}

// quotesBot tells whether the message answers a text of the bot's.
func (t *turn) quotesBot() bool {
	_, ours, ok := t.quote()
	return ok && ours
}

// fillQuote says what the quoted text was: a notice, something of the bot's that
// names measures, which an answer without a number is then about, or any other
// text of the bot's, which the answer is just said to.
func (t *turn) fillQuote(in *reading.Input) error {
	text, ours, ok := t.quote()
	switch {
	case !ok:
		return nil
	case !ours:
		in.Quote = reading.QuoteOther
		return nil
	}
	if number, ok := notice.Quoted(text); ok {
		in.Quote = reading.QuoteNotice
		n, found, err := notice.Find(t.snap, number)
		if err != nil || !found || n.Class != notice.Report {
			return err
		}
		text = n.Text // without the example of how to answer, which names a measure too
	}
	in.Default = append(reading.QuotedMeasures(text), echoed(text)...)
	switch {
	case len(in.Default) > 0:
		in.Quote = reading.QuoteCheckin
	case in.Quote == reading.NoQuote:
		in.Mention = in.Group
		_, _, in.Text, _ = reading.SplitQuote(in.Text)
	}
	return nil
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

// byReading leads to the capability for what was read, if the message concerns
// the bot: it was said to it, or it answers something that is open.
func (t *turn) byReading() (c capability, ok bool, err error) {
	if t.read.Kind == reading.Query {
		c, ok = intents()[t.read.Intent]
		return c, ok && t.addressed(), nil
	}
	if c, ok = kinds()[t.read.Kind]; !ok {
		if t.m.Kind == bot.Picture || t.m.Kind == bot.File {
			return t.asEvidence()
		}
		return t.asKeyword()
	}
	if t.addressed() {
		return c, true, nil
	}
	if !t.known {
		return t.answersAsStray()
	}
	ok, err = t.answersOpen()
	return c, ok, err
}

// answersOpen tells whether a group message that is not said to the bot answers
// something that is open, so that it may be stored at all.
func (t *turn) answersOpen() (bool, error) {
	switch t.read.Kind {
	case reading.Ack:
		who, complaint, err := t.subject()
		if err != nil || complaint != "" {
			return false, err
		}
		n, ok, err := t.boundNotice(who)
		if err != nil || !ok || len(t.read.Entries) > 0 {
			return ok, err
		}
		_, asked, err := notice.FindItem(t.snap, n.Number, who.ID)
		return asked, err
	case reading.Progress:
		if len(t.read.Measures()) == 0 {
			return false, nil
		}
		return t.isAsked()
	case reading.Correction, reading.Retract:
		if asked, err := t.isAsked(); err != nil || asked {
			return asked, err
		}
		return t.spoke(t.said().Add(-bindWithin))
	case reading.Question, reading.Query, reading.Chatter:
	}
	return false, nil
}

// isAsked tells whether a notice stands open in this group that the sender is
// asked to answer. A 接龙 may be passed on by somebody who is not.
func (t *turn) isAsked() (bool, error) {
	for s, err := range notice.ShownIn(t.snap, t.m.Account, t.m.Chat, time.Time{}, t.said()) {
		if err != nil || len(t.read.Entries) > 0 {
			return err == nil, err
		}
		if _, asked, err := notice.FindItem(t.snap, s.Notice, t.person.ID); err != nil || asked {
			return asked, err
		}
	}
	return false, nil
}

// spoke tells whether the sender said something in this chat since a time that
// was stored.
func (t *turn) spoke(since time.Time) (bool, error) {
	effects, err := progress.Effects(t.snap, t.person.ID, since)
	for _, e := range effects {
		if e.Account == t.m.Account && e.Chat == t.m.Chat {
			return true, err
		}
	}
	return false, err
}

// keyword is the most characters of a text that is looked up in the plan
// although nothing in it says that it is a question: 冒充客服.
const keyword = 12

// asKeyword leads to the plan if the message is said to the bot and either the
// plan speaks of what it says, or it is so short and so little of a greeting
// that it must be a search.
func (t *turn) asKeyword() (capability, bool, error) {
	c := intents()[reading.Lookup]
	body := t.read.Body
	if !t.addressed() || t.m.Kind != bot.Text || body == "" || t.read.Sociable() {
		return c, false, nil
	}
	if len([]rune(body)) <= keyword {
		return c, true, nil
	}
	p, err := progress.Current(t.snap)
	if err != nil || len(p.Nodes) == 0 {
		return c, false, err
	}
	return c, len(p.Index.Find(body).Hits) > 0, nil
}
