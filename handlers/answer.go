package handlers

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"duban/handlers/reading"
	"duban/notice"
	"duban/progress"
	"duban/roster"
)

// acknowledge books 收到 in all its forms, for the person whom it speaks for.
func (t *turn) acknowledge(who roster.Person) (string, error) {
	n, ok, err := t.boundNotice(who)
	if err == nil && who.ID == t.person.ID && len(t.read.Entries) == 0 {
		who, n, ok, err = t.orPrincipal(n, ok)
	}
	switch {
	case err != nil:
		return "", err
	case !ok:
		return t.unbound(who)
	case len(t.read.Entries) > 0:
		return t.acknowledgeList(n)
	}
	return t.acknowledgeFor(n, who)
}

// acknowledgeFor closes what the notice asks of p.
func (t *turn) acknowledgeFor(n notice.Notice, p roster.Person) (string, error) {
	item, asked, err := notice.FindItem(t.snap, n.Number, p.ID)
	if err != nil {
		return "", err
	}
	if !asked {
		return fmt.Sprintf("通知%d不需要%s回复，谢谢。", n.Number, t.called(p)), nil
	}
	if older, err := t.toOlder(n, item); err != nil || older {
		return t.outdated(n, item, err)
	}
	a := notice.Answer{At: t.said(), Message: t.message(), Note: t.read.Note, Applied: n.Confirm && saysApplied(t.read.Body)}
	if p.ID != t.person.ID {
		a.By = t.person.ID
	}
	closed := item.Take(n, a)
	if err := notice.PutItem(t.tx, item); err != nil {
		return "", err
	}
	if !closed {
		return t.answeredBefore(n, item, p), nil
	}
	others, err := t.alsoOwed(n, p)
	if err != nil {
		return "", err
	}
	effect := progress.Effect{Items: []progress.ItemRef{{Notice: n.Number, Person: p.ID}}}
	return t.bookedLine(n, item, p) + others, t.changed(effect, "ack", notice.ID(n.Number))
}

// bookedLine is the echo of an answer to a notice.
func (t *turn) bookedLine(n notice.Notice, item notice.Item, p roster.Person) string {
	late := ""
	if item.Late {
		late = "（迟）"
	}
	switch {
	case item.State == notice.Seen:
		return fmt.Sprintf("%s%s 收到通知%d。落实后请再回“已落实”", t.noted(), p.Name, n.Number)
	case n.Confirm:
		return fmt.Sprintf("%s%s 已落实通知%d%s", t.noted(), p.Name, n.Number, late)
	}
	return fmt.Sprintf("%s%s 已回复通知%d%s", t.noted(), p.Name, n.Number, late)
}

// answeredBefore answers an answer that changes nothing.
func (t *turn) answeredBefore(n notice.Notice, item notice.Item, p roster.Person) string {
	if item.State == notice.Seen {
		return fmt.Sprintf("通知%d%s已经回过收到（%s），落实后请回“已落实”。", n.Number, t.called(p), t.router.when(item.Received))
	}
	return fmt.Sprintf("通知%d%s已经回复过了（%s）。", n.Number, t.called(p), t.router.when(item.Closed))
}

// quotedVersion is the version of the notice that the message quotes, from 1; 0 if
// it quotes none.
func (t *turn) quotedVersion() int {
	text, ours, ok := t.quote()
	if !ok || !ours {
		return 0
	}
	_, version, ok := notice.QuotedVersion(text)
	if !ok {
		return 0
	}
	return version
}

// toOlder tells whether what was said answers a text of the notice that has been
// changed much since.
func (t *turn) toOlder(n notice.Notice, item notice.Item) (bool, error) {
	if n.Version == 0 || n.Outdated(t.said(), t.quotedVersion()) {
		return n.Version > 0, nil
	}
	out, err := notice.Renewed(t.snap, n, item.Groups)
	return !out, err
}

// outdated answers an answer to a text that has been changed much since. That it
// was given is remembered, but it is no answer to the new text.
func (t *turn) outdated(n notice.Notice, item notice.Item, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if item.Older.IsZero() {
		item.Older = t.said()
		if err := notice.PutItem(t.tx, item); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("通知%d后来改过（第%d版），这次回复的是修改前的，没有算作回复。请看到新的一条后再回一次。", n.Number, n.Version+1), t.aside()
}

// applied is how people say that what a notice wants is done.
var applied = regexp.MustCompile(`^(收到[，,、。！! ]*)?(我?们?学?院?(均|都|全部)?已经?|均已|都已|已全部|全部|都)?(落实|办结|办完|办妥|完成|做完|传达|通知|转达|排查)(完成|到位|到人|完毕|好)?了?[。！!~ ]*$`)

// saysApplied tells whether a text says that what was asked for is done. 未落实 and
// 周五前落实 do not.
func saysApplied(body string) bool {
	body = strings.TrimSpace(body)
	m := applied.FindStringSubmatch(body)
	return m != nil && (m[2] != "" || m[5] != "" || strings.HasSuffix(strings.TrimRight(body, "。！!~ "), "了"))
}

// called is how the sender is spoken to of p.
func (t *turn) called(p roster.Person) string {
	if p.ID == t.person.ID {
		return "您"
	}
	return p.Name
}

// alsoOwed says which others p still owes, if the answer could have been for
// them: whoever answers must know which one was booked.
func (t *turn) alsoOwed(n notice.Notice, p roster.Person) (string, error) {
	if _, named := t.namedNotice(); named || t.bound > 0 {
		return "", nil
	}
	shown, err := t.recentFor(p)
	if err != nil {
		return "", err
	}
	var others []string
	for _, number := range shown {
		item, asked, err := notice.FindItem(t.snap, number, p.ID)
		if err != nil {
			return "", err
		}
		if asked && item.State != notice.Done && number != n.Number {
			others = append(others, fmt.Sprintf("通知%d", number))
		}
	}
	if len(others) == 0 {
		return "", nil
	}
	return "。" + strings.Join(others, "、") + "还没有回复，要回请引用那一条", t.aside()
}

// alsoAcknowledge closes what the newest notice that asks for 收到 asks of the
// sender, if the message begins with one and goes on with something else.
func (t *turn) alsoAcknowledge() ([]progress.ItemRef, error) {
	if !t.read.Is(reading.AlsoAck) {
		return nil, nil
	}
	n, ok, err := t.boundNotice(t.person)
	if err != nil || !ok || n.Class == notice.Report {
		return nil, err
	}
	return t.answer(n, t.person)
}

// answer closes p's item of a notice, if it is open, and names it.
func (t *turn) answer(n notice.Notice, p roster.Person) ([]progress.ItemRef, error) {
	item, asked, err := notice.FindItem(t.snap, n.Number, p.ID)
	if err != nil || !asked {
		return nil, err
	}
	if older, err := t.toOlder(n, item); err != nil || older || !item.Take(n, notice.Answer{At: t.said(), Message: t.message()}) {
		return nil, err
	}
	return []progress.ItemRef{{Notice: n.Number, Person: p.ID}}, notice.PutItem(t.tx, item)
}

// changed remembers what this message changed, so that it can be taken back, and
// writes it into the audit log.
func (t *turn) changed(e progress.Effect, action, object string) error {
	before, _, err := progress.EffectOf(t.snap, t.m.Account, t.m.ID)
	if err != nil {
		return err
	}
	e.Account, e.Message, e.Chat, e.At = t.m.Account, t.m.ID, t.m.Chat, t.said()
	e.Person = cmp.Or(t.whose, t.person.ID)
	e.Items = append(before.Items, e.Items...)
	e.Question, e.Request = max(before.Question, e.Question), max(before.Request, e.Request)
	t.booked = true
	if err := progress.PutEffect(t.tx, e); err != nil {
		return err
	}
	return t.audit(action, object)
}
