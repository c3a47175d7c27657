package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/bot"
	"duban/handlers/reading"
	"duban/notice"
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
	if t.person, t.known, err = t.snap.Who(t.m.Account, t.m.Sender); err != nil {
		return c, false, err
	}
	if t.m.Kind == bot.Recall {
		return t.recalled()
	}
	if c, ok := t.asCommand(); ok {
		return c, true, nil
	}
	in, err := t.input()
	if err != nil {
		return c, false, err
	}
	t.read = reading.Read(in)
	if c, ok, err := t.awaited(); ok || err != nil {
		return c, ok, err
	}
	return t.byReading()
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
	r, err := t.snap.Roster()
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

// fillQuote says what the quoted text was: a notice, or something of the bot's
// that names measures, which an answer without a number is then about.
func (t *turn) fillQuote(in *reading.Input) error {
	text, ours, ok := t.quote()
	switch {
	case !ok:
		return nil
	case !ours:
		in.Quote = reading.QuoteOther
		return nil
	}
	in.Quote = reading.QuoteNotice
	if number, ok := notice.Quoted(text); ok {
		n, found, err := t.snap.Notice(number)
		if err != nil {
			return err
		}
		if !found || n.Class != notice.Report {
			return nil
		}
		in.Quote = reading.QuoteCheckin
	}
	if in.Default = reading.QuotedMeasures(text); len(in.Default) > 0 {
		in.Quote = reading.QuoteCheckin
	}
	return nil
}

// namedNotice returns the number of the notice that a message names, by quoting
// it or in words: 通知3.
func (t *turn) namedNotice() (int, bool) {
	if text, ours, ok := t.quote(); ok && ours {
		if number, ok := notice.Quoted(text); ok {
			return number, true
		}
	}
	_, rest, ok := strings.Cut(zh.Fold(t.read.Body), "通知")
	if !ok {
		return 0, false
	}
	number, size := zh.ParseInt(strings.TrimLeft(rest, " #第"))
	return number, size > 0 && number > 0
}

// recalled takes back what a recalled message changed, if it changed anything.
func (t *turn) recalled() (capability, bool, error) {
	e, ok, err := t.snap.EffectOf(t.m.Account, t.m.Recall)
	if err != nil || !ok || !t.known || e.Person != t.person.ID {
		return capability{}, false, err
	}
	return capability{name: "recall", right: Reply, echo: true, run: (*turn).recall}, true, nil
}

// awaited leads to what the chat waits for from this person, if the message can
// be that: a number from a list, or the answer to a question of the bot's.
func (t *turn) awaited() (capability, bool, error) {
	number, isNumber := t.bareNumber()
	for _, w := range []struct {
		kind string
		fits bool
		c    capability
	}{
		{sameKind, number == 1 || t.read.Intent == reading.Confirm, capability{name: "same", right: Reply, echo: true, run: (*turn).same}},
		{whichKind, isNumber || t.onlyMeasure(), capability{name: "which", right: Reply, echo: true, run: (*turn).which}},
		{chooseKind, isNumber, capability{name: "choose", right: Look, run: (*turn).choose}},
	} {
		if !w.fits {
			continue
		}
		_, ok, err := t.pending(w.kind)
		if ok || err != nil {
			w.c.rest = strconv.Itoa(number)
			return w.c, ok, err
		}
	}
	return capability{}, false, nil
}

// bareNumber tells whether the message is a number and nothing else.
func (t *turn) bareNumber() (int, bool) {
	body := strings.TrimSpace(zh.Fold(t.read.Body))
	n, size := zh.ParseInt(body)
	return n, size > 0 && size == len(body) && n > 0
}

// onlyMeasure tells whether the message names one measure and says nothing of it.
func (t *turn) onlyMeasure() bool {
	return len(t.read.Items) == 1 && t.read.Items[0].Measure > 0 && !t.read.Items[0].Stated &&
		t.read.Items[0].Status == reading.NoStatus && len([]rune(t.read.Body)) <= 8
}

// byReading leads to the capability for what was read, if the message concerns
// the bot: it was said to it, or it answers something that is open.
func (t *turn) byReading() (c capability, ok bool, err error) {
	if t.read.Kind == reading.Query {
		c, ok = intents()[t.read.Intent]
		return c, ok && t.addressed(), nil
	}
	if c, ok = kinds()[t.read.Kind]; !ok {
		return t.asKeyword()
	}
	if t.addressed() {
		return c, true, nil
	}
	ok, err = t.answersOpen()
	return c, ok && t.known, err
}

// answersOpen tells whether a group message that is not said to the bot answers
// something that is open, so that it may be stored at all.
func (t *turn) answersOpen() (bool, error) {
	switch t.read.Kind {
	case reading.Ack:
		n, ok, err := t.boundNotice()
		if err != nil || !ok || t.read.Leave != nil {
			return false, err
		}
		if len(t.read.Entries) > 0 {
			return true, nil
		}
		_, asked, err := t.snap.Item(n.Number, t.person.ID)
		return asked, err
	case reading.Progress:
		shown, err := t.snap.ShownIn(t.m.Account, t.m.Chat)
		return len(shown) > 0 && len(t.read.Measures()) > 0, err
	case reading.Correction, reading.Retract:
		effects, err := t.snap.Effects(t.person.ID, t.now().Add(-ownWithin))
		return len(effects) > 0, err
	case reading.Question, reading.Query, reading.Chatter:
	}
	return false, nil
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
	p, err := t.snap.Plan()
	if err != nil || len(p.Nodes) == 0 {
		return c, false, err
	}
	return c, len(p.Index.Find(body).Hits) > 0, nil
}
