package progress

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
)

// retract takes back what the sender said: on the named measures, or the last
// thing that has not been taken back.
func retract(t *chat.Request, _ string) (string, error) {
	if numbers := t.Read.Measures(); len(numbers) > 0 {
		return retractMeasures(t, numbers)
	}
	effects, err := progress.Effects(t.Snap, t.Person.ID, t.Said().Add(-chat.OwnWithin))
	if err != nil {
		return "", err
	}
	for _, e := range slices.Backward(effects) {
		done, err := undo(t, e)
		if err != nil || done != "" {
			return done, err
		}
	}
	return "7天内没有您的填报或回执可以撤回。", nil
}

func retractMeasures(t *chat.Request, numbers []int) (string, error) {
	who, err := t.Subject()
	if err != nil {
		return "", err
	}
	var nodes []*plan.Node
	for _, number := range numbers {
		nodes = append(nodes, plans.Numbered(t.Plan, number)...)
	}
	var done []string
	for _, n := range nodes {
		last, ok, err := own(t, n.ID, who.ID)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		line, err := takeBack(t, last.Key)
		if err != nil {
			return "", err
		}
		done = append(done, line)
	}
	if len(done) == 0 {
		return fmt.Sprintf("7天内没有%s在第%s条的填报，没有改动。", t.Called(who), joined(numbers)), nil
	}
	t.Booked = true
	return "已撤回：" + strings.Join(done, "、") + "。", t.Audit("retract", "")
}

func joined(numbers []int) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, "、")
}

// Recalled leads to taking back what a recalled message changed, or what the bot
// asked because of it.
func Recalled(t *chat.Request) (chat.Command, bool, error) {
	c := chat.Command{Name: "recall", Right: chat.Reply, Echo: true, Run: recall}
	if !t.Known {
		return c, false, nil
	}
	e, ok, err := progress.EffectOf(t.Snap, t.Msg.Account, t.Msg.Recall)
	if err != nil || ok && e.Person == t.Person.ID {
		return c, ok, err
	}
	chats, err := questioned(t)
	return c, len(chats) > 0, err
}

// questioned returns the chats in which the bot waits to hear what the recalled
// message meant.
func questioned(t *chat.Request) (chats []string, err error) {
	private, err := roster.PrivateChat(t.Snap, t.Msg.Account, t.Person.ID)
	if err != nil {
		return nil, err
	}
	for _, place := range []string{t.Msg.Chat, private} {
		wait, ok, err := roster.PendingOf(t.Snap, t.Msg.Account, place, t.Asker(), chat.WhichKind)
		if err != nil {
			return nil, err
		}
		var q chat.Which
		if ok && json.Unmarshal(wait.Data, &q) == nil && q.Message == t.Msg.Recall && !slices.Contains(chats, place) {
			chats = append(chats, place)
		}
	}
	return chats, nil
}

// recall takes back what a message changed that its sender has recalled, and
// drops the words of it that were kept.
func recall(t *chat.Request, _ string) (string, error) {
	chats, err := questioned(t)
	if err != nil {
		return "", err
	}
	for _, place := range chats {
		if err := roster.ClearPending(t.Tx, t.Msg.Account, place, t.Asker(), chat.WhichKind); err != nil {
			return "", err
		}
	}
	e, ok, err := progress.EffectOf(t.Snap, t.Msg.Account, t.Msg.Recall)
	if err != nil || !ok {
		return "", err
	}
	done, err := undo(t, e)
	if err != nil {
		return "", err
	}
	for _, k := range e.Updates {
		u, ok, err := progress.FindUpdate(t.Snap, k)
		if err != nil {
			return "", err
		}
		if !ok {
			continue
		}
		u.Note, u.Evidence = "", nil
		if err := release(t, &u, k, ""); err != nil {
			return "", err
		}
		if err := progress.ChangeUpdate(t.Tx, k, u); err != nil {
			return "", err
		}
	}
	return done, nil
}

// undo takes back everything that one message changed and says what that was,
// "" if nothing was left of it. An item that it closed is open again.
func undo(t *chat.Request, e progress.Effect) (string, error) {
	var done []string
	for _, k := range e.Updates {
		line, ok, err := mark(t, k)
		if err != nil {
			return "", err
		}
		if ok {
			done = append(done, line)
		}
	}
	for _, step := range []func(*chat.Request, progress.Effect) ([]string, error){
		detach, dropLeaves, reopen, withdraw,
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
	t.Booked = true
	return "已撤回：" + strings.Join(done, "、") + "。", t.Audit("retract", e.Message)
}

// takeBack marks an update as retracted. If nothing is left of the message that
// made it, the items that this had closed are open again.
func takeBack(t *chat.Request, k string) (line string, err error) {
	u, _, err := progress.FindUpdate(t.Snap, k)
	if err != nil {
		return "", err
	}
	line, ok, err := mark(t, k)
	if err != nil || !ok {
		return line, err
	}
	account, message, _ := strings.Cut(u.Message, "/")
	e, known, err := progress.EffectOf(t.Snap, account, message)
	if err != nil || !known {
		return line, err
	}
	if live, err := live(t, e); err != nil || live {
		return line, err
	}
	lines, err := reopen(t, e)
	return strings.Join(append([]string{line}, lines...), "、"), err
}

// mark marks an update as retracted.
func mark(t *chat.Request, k string) (line string, ok bool, err error) {
	u, ok, err := progress.FindUpdate(t.Snap, k)
	if err != nil || !ok || !u.Retracted.IsZero() {
		return "", false, err
	}
	u.Retracted = t.Now()
	return fmt.Sprintf("第%s条 %s", u.Number, u.Line()), true, progress.ChangeUpdate(t.Tx, k, u)
}

// live tells whether an update of a message still stands.
func live(t *chat.Request, e progress.Effect) (bool, error) {
	for _, k := range e.Updates {
		if u, ok, err := progress.FindUpdate(t.Snap, k); err != nil || ok && u.Retracted.IsZero() {
			return ok, err
		}
	}
	return false, nil
}

// reopen opens the items again that a message closed, unless another report of
// the same person answers the notice too.
func reopen(t *chat.Request, e progress.Effect) (lines []string, err error) {
	for _, ref := range e.Items {
		item, ok, err := notice.FindItem(t.Snap, ref.Notice, ref.Person)
		if err != nil {
			return nil, err
		}
		if !ok || !item.From(e.Account+"/"+e.Message) {
			continue
		}
		item.Reopen()
		kept, err := stillAnswered(t, &item, e)
		if err != nil {
			return nil, err
		}
		if err := notice.PutItem(t.Tx, item); err != nil {
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
func stillAnswered(t *chat.Request, item *notice.Item, gone progress.Effect) (bool, error) {
	n, ok, err := notice.Find(t.Snap, item.Notice)
	if err != nil || !ok || n.Class != notice.Report {
		return false, err
	}
	effects, err := progress.Effects(t.Snap, item.Person, n.Created)
	if err != nil {
		return false, err
	}
	for _, e := range effects {
		if e.Account == gone.Account && e.Message == gone.Message {
			continue
		}
		live, err := live(t, e)
		if err != nil {
			return false, err
		}
		if live {
			item.Take(n, notice.Answer{At: e.At, Message: e.Account + "/" + e.Message, Applied: true})
			e.Items = append(e.Items, progress.ItemRef{Notice: item.Notice, Person: item.Person})
			return true, progress.PutEffect(t.Tx, e)
		}
	}
	return false, nil
}

// detach takes off the evidence that a message brought.
func detach(t *chat.Request, e progress.Effect) (lines []string, err error) {
	from := "（" + e.Account + "/" + e.Message + "）"
	for _, k := range e.Evidence {
		u, ok, err := progress.FindUpdate(t.Snap, k)
		if err != nil {
			return nil, err
		}
		left := slices.DeleteFunc(slices.Clone(u.Evidence), func(name string) bool { return strings.HasSuffix(name, from) })
		if !ok || len(left) == len(u.Evidence) {
			continue
		}
		u.Evidence = left
		if err := release(t, &u, k, e.Account+"/"+e.Message); err != nil {
			return nil, err
		}
		if err := progress.ChangeUpdate(t.Tx, k, u); err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("第%s条的附件", u.Number))
	}
	return lines, nil
}

// dropLeaves takes back the leaves that a message began.
func dropLeaves(t *chat.Request, e progress.Effect) (lines []string, err error) {
	for _, k := range e.Leaves {
		_, ok, err := notice.DropLeave(t.Tx, k)
		if err != nil {
			return nil, err
		}
		if ok {
			lines = append(lines, "请假")
		}
	}
	return lines, nil
}

// withdraw takes back what a message put into the inbox or before the admins, if
// nobody has answered or decided.
func withdraw(t *chat.Request, e progress.Effect) (lines []string, err error) {
	for _, asked := range []struct {
		number int
		what   string
		take   func(*store.Tx, int) (bool, error)
	}{
		{e.Question, "问题", progress.WithdrawQuestion},
		{e.Request, "申请", progress.WithdrawRequest},
	} {
		if asked.number == 0 {
			continue
		}
		ok, err := asked.take(t.Tx, asked.number)
		if err != nil {
			return nil, err
		}
		if ok {
			lines = append(lines, fmt.Sprint(asked.what, asked.number))
		}
	}
	return lines, nil
}
