package handlers

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/roster"
)

// retract takes back what the sender said: on the named measures, or the last
// thing that has not been taken back.
func (t *turn) retract(string) (string, error) {
	if numbers := t.read.Measures(); len(numbers) > 0 {
		return t.retractMeasures(numbers)
	}
	effects, err := progress.Effects(t.snap, t.person.ID, t.said().Add(-ownWithin))
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(effects) {
		done, err := t.undo(e)
		if err != nil || done != "" {
			return done, err
		}
	}
	return "7天内没有您的填报或回执可以撤回。", nil
}

func (t *turn) retractMeasures(numbers []int) (string, error) {
	who, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return complaint, err
	}
	p, err := progress.Current(t.snap)
	if err != nil {
		return "", err
	}
	var nodes []*plan.Node
	for _, number := range numbers {
		nodes = append(nodes, numbered(p, number)...)
	}
	var done []string
	for _, n := range nodes {
		last, ok, err := t.own(n.ID, who.ID)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		line, err := t.takeBack(last.Key)
		if err != nil {
			return "", err
		}
		done = append(done, line)
	}
	if len(done) == 0 {
		return fmt.Sprintf("7天内没有%s在第%s条的填报，没有改动。", t.called(who), joined(numbers)), nil
	}
	t.booked = true
	return "已撤回：" + strings.Join(done, "、") + "。", t.audit("retract", "")
}

func joined(numbers []int) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, "、")
}

// recalled leads to taking back what a recalled message changed, or what the bot
// asked because of it.
func (t *turn) recalled() (capability, bool, error) {
	c := capability{name: "recall", right: Reply, echo: true, run: (*turn).recall}
	if !t.known {
		return c, false, nil
	}
	e, ok, err := progress.EffectOf(t.snap, t.m.Account, t.m.Recall)
	if err != nil || ok && e.Person == t.person.ID {
		return c, ok, err
	}
	chats, err := t.questioned()
	return c, len(chats) > 0, err
}

// questioned returns the chats in which the bot waits to hear what the recalled
// message meant.
func (t *turn) questioned() (chats []string, err error) {
	private, err := roster.PrivateChat(t.snap, t.m.Account, t.person.ID)
	if err != nil {
		return nil, err
	}
	for _, place := range []string{t.m.Chat, private} {
		wait, ok, err := roster.PendingOf(t.snap, t.m.Account, place, t.asker(), whichKind)
		if err != nil {
			return nil, err
		}
		var q query
		if ok && json.Unmarshal(wait.Data, &q) == nil && q.Message == t.m.Recall && !slices.Contains(chats, place) {
			chats = append(chats, place)
		}
	}
	return chats, nil
}

// recall takes back what a message changed that its sender has recalled, and
// drops the words of it that were kept.
func (t *turn) recall(string) (string, error) {
	chats, err := t.questioned()
	if err != nil {
		return "", err
	}
	for _, place := range chats {
		if err := roster.ClearPending(t.tx, t.m.Account, place, t.asker(), whichKind); err != nil {
			return "", err
		}
	}
	e, ok, err := progress.EffectOf(t.snap, t.m.Account, t.m.Recall)
	if err != nil || !ok {
		return "", err
	}
	done, err := t.undo(e)
	if err != nil {
		return "", err
	}
	for _, k := range e.Updates {
		u, ok, err := progress.FindUpdate(t.snap, k)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		u.Note, u.Evidence = "", nil
		if err := t.release(&u, k, ""); err != nil {
			return "", err
		}
		if err := progress.ChangeUpdate(t.tx, k, u); err != nil {
			return "", err
		}
	}
	return done, nil
}

// undo takes back everything that one message changed and says what that was,
// "" if nothing was left of it. An item that it closed is open again.
func (t *turn) undo(e progress.Effect) (string, error) {
	var done []string
	for _, k := range e.Updates {
		line, ok, err := t.mark(k)
		if err != nil {
			return "", err
		}
		if ok {
			done = append(done, line)
		}
	}
	for _, step := range []func(*turn, progress.Effect) ([]string, error){
		(*turn).detach, (*turn).dropLeaves, (*turn).reopen, (*turn).withdraw, (*turn).withdrawRequest,
	} {
		lines, err := step(t, e)
		if err != nil {
			return "", err
		}
		done = append(done, lines...)
	}
	if len(done) == 0 {
		return "", nil
	}
	t.booked = true
	return "已撤回：" + strings.Join(done, "、") + "。", t.audit("retract", e.Message)
}

// takeBack marks an update as retracted. If nothing is left of the message that
// made it, the items that this had closed are open again.
func (t *turn) takeBack(k string) (line string, err error) {
	u, _, err := progress.FindUpdate(t.snap, k)
	if err != nil {
		return "", err
	}
	line, ok, err := t.mark(k)
	if err != nil || !ok {
		return line, err
	}
	account, message, _ := strings.Cut(u.Message, "/")
	e, known, err := progress.EffectOf(t.snap, account, message)
	if err != nil || !known {
		return line, err
	}
	if live, err := t.live(e); err != nil || live {
		return line, err
	}
	lines, err := t.reopen(e)
	return strings.Join(append([]string{line}, lines...), "、"), err
}

// mark marks an update as retracted.
func (t *turn) mark(k string) (line string, ok bool, err error) {
	u, ok, err := progress.FindUpdate(t.snap, k)
	if err != nil || !ok || !u.Retracted.IsZero() {
		return "", false, err
	}
	u.Retracted = t.now()
	return fmt.Sprintf("第%s条 %s", u.Number, u.Line()), true, progress.ChangeUpdate(t.tx, k, u)
}

// live tells whether an update of a message still stands.
func (t *turn) live(e progress.Effect) (bool, error) {
	for _, k := range e.Updates {
		if u, ok, err := progress.FindUpdate(t.snap, k); err != nil || ok && u.Retracted.IsZero() {
			return ok, err
		}
	}
	return false, nil
}

// reopen opens the items again that a message closed, unless another report of
// the same person answers the notice too.
func (t *turn) reopen(e progress.Effect) (lines []string, err error) {
	for _, ref := range e.Items {
		item, ok, err := notice.FindItem(t.snap, ref.Notice, ref.Person)
		if err != nil {
			return nil, err
		}
		if !ok || !item.From(e.Account+"/"+e.Message) {
			continue
		}
		item.Reopen()
		kept, err := t.stillAnswered(&item, e)
		if err != nil {
			return nil, err
		}
		if err := notice.PutItem(t.tx, item); err != nil {
			return nil, err
		}
		if !kept {
			lines = append(lines, fmt.Sprintf("通知%d的回复", ref.Notice))
		}
	}
	return lines, nil
}

// stillAnswered answers an item that was opened again with another report of its
// person, if the notice asks for reports and there is one since it was made.
func (t *turn) stillAnswered(item *notice.Item, gone progress.Effect) (bool, error) {
	n, ok, err := notice.Find(t.snap, item.Notice)
	if err != nil || !ok || n.Class != notice.Report {
		return false, err
	}
	effects, err := progress.Effects(t.snap, item.Person, n.Created)
	if err != nil {
		return false, err
	}
	for _, e := range effects {
		if e.Account == gone.Account && e.Message == gone.Message {
			continue
		}
		live, err := t.live(e)
		if err != nil {
			return false, err
		}
		if live {
			item.Answer(e.At, n.Due, e.Account+"/"+e.Message, "")
			e.Items = append(e.Items, progress.ItemRef{Notice: item.Notice, Person: item.Person})
			return true, progress.PutEffect(t.tx, e)
		}
	}
	return false, nil
}

// detach takes off the evidence that a message brought.
func (t *turn) detach(e progress.Effect) (lines []string, err error) {
	from := "（" + e.Account + "/" + e.Message + "）"
	for _, k := range e.Evidence {
		u, ok, err := progress.FindUpdate(t.snap, k)
		if err != nil {
			return nil, err
		}
		left := slices.DeleteFunc(slices.Clone(u.Evidence), func(name string) bool { return strings.HasSuffix(name, from) })
		if !ok || len(left) == len(u.Evidence) {
			continue
		}
		u.Evidence = left
		if err := t.release(&u, k, e.Account+"/"+e.Message); err != nil {
			return nil, err
		}
		if err := progress.ChangeUpdate(t.tx, k, u); err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("第%s条的附件", u.Number))
	}
	return lines, nil
}

// dropLeaves takes back the leaves that a message began.
func (t *turn) dropLeaves(e progress.Effect) (lines []string, err error) {
	for _, k := range e.Leaves {
		_, ok, err := notice.DropLeave(t.tx, k)
		if err != nil {
			return nil, err
		}
		if ok {
			lines = append(lines, "请假")
		}
	}
	return lines, nil
}

// withdraw takes back what a message put into the inbox, if nobody has answered.
func (t *turn) withdraw(e progress.Effect) ([]string, error) {
	if e.Question == 0 {
		return nil, nil
	}
	ok, err := progress.WithdrawQuestion(t.tx, e.Question)
	if err != nil || !ok {
		return nil, err
	}
	return []string{fmt.Sprintf("问题%d", e.Question)}, nil
}

// withdrawRequest takes back what a message put before the admins, if none of them
// has decided.
func (t *turn) withdrawRequest(e progress.Effect) ([]string, error) {
	if e.Request == 0 {
		return nil, nil
	}
	ok, err := progress.WithdrawRequest(t.tx, e.Request)
	if err != nil || !ok {
		return nil, err
	}
	return []string{fmt.Sprintf("申请%d", e.Request)}, nil
}
