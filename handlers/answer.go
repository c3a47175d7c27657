package handlers

import (
	"cmp"
	"fmt"
	"strings"

	"duban/handlers/reading"
	"duban/notice"
	"duban/roster"
	"duban/store"
)

// acknowledge books 收到 in all its forms, and leave.
func (t *turn) acknowledge(string) (string, error) {
	who, complaint, err := t.subject()
	switch {
	case err != nil || complaint != "":
		return complaint, err
	case t.read.Is(reading.LeaveEnds):
		return t.back(who)
	case t.read.Leave != nil:
		return t.leave(who)
	}
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
	item, asked, err := t.snap.Item(n.Number, p.ID)
	if err != nil {
		return "", err
	}
	if !asked {
		return fmt.Sprintf("通知%d不需要%s回复，谢谢。", n.Number, t.called(p)), nil
	}
	closed := item.Answer(t.said(), n.Due, t.message(), t.read.Note)
	if err := t.tx.PutItem(item); err != nil {
		return "", err
	}
	if !closed {
		return fmt.Sprintf("通知%d%s已经回复过了（%s）。", n.Number, t.called(p), t.router.when(item.Closed)), nil
	}
	answer := fmt.Sprintf("%s%s 已回复通知%d", t.noted(), p.Name, n.Number)
	if item.Late {
		answer += "（迟）"
	}
	others, err := t.alsoOwed(n, p)
	if err != nil {
		return "", err
	}
	effect := store.Effect{Items: []store.ItemRef{{Notice: n.Number, Person: p.ID}}}
	return answer + others, t.changed(effect, "ack", notice.ID(n.Number))
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
	shown, err := t.recent()
	if err != nil {
		return "", err
	}
	var others []string
	for _, number := range shown {
		item, asked, err := t.snap.Item(number, p.ID)
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
func (t *turn) alsoAcknowledge() ([]store.ItemRef, error) {
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
func (t *turn) answer(n notice.Notice, p roster.Person) ([]store.ItemRef, error) {
	item, asked, err := t.snap.Item(n.Number, p.ID)
	if err != nil || !asked || !item.Answer(t.said(), n.Due, t.message(), "") {
		return nil, err
	}
	return []store.ItemRef{{Notice: n.Number, Person: p.ID}}, t.tx.PutItem(item)
}

// changed remembers what this message changed, so that it can be taken back, and
// writes it into the audit log.
func (t *turn) changed(e store.Effect, action, object string) error {
	before, _, err := t.snap.EffectOf(t.m.Account, t.m.ID)
	if err != nil {
		return err
	}
	e.Account, e.Message, e.Chat, e.At = t.m.Account, t.m.ID, t.m.Chat, t.said()
	e.Person = cmp.Or(t.whose, t.person.ID)
	e.Items = append(before.Items, e.Items...)
	e.Question, e.Request = max(before.Question, e.Question), max(before.Request, e.Request)
	t.booked = true
	if err := t.tx.PutEffect(e); err != nil {
		return err
	}
	return t.audit(action, object)
}
