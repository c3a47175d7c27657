package progress

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"duban/handlers/chat"
	"duban/handlers/plans"
	"duban/notice"
	"duban/plan"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// retract takes back what the sender said: on the named measures, or the last
// thing that has not been taken back.
func retract(t *chat.Request, _ string) (string, error) {
	if numbers := t.Read.Measures(); len(numbers) > 0 {
		return retractMeasures(t, numbers)
	}
	for _, e := range slices.Backward(progress.Effects(t.Snap, t.Person.ID, t.Said().Add(-chat.OwnWithin))) {
		if done := undo(t, e); done != "" {
			return done, nil
		}
	}
	return "7天内没有您的填报或回执可以撤回。", nil
}

func retractMeasures(t *chat.Request, numbers []int) (string, error) {
	who := store.Must(t.Subject())
	var nodes []*plan.Node
	for _, number := range numbers {
		nodes = append(nodes, plans.Numbered(t.Plan, number)...)
	}
	var done []string
	for _, n := range nodes {
		last, ok := own(t, n.ID, who.ID)
		if !ok {
			continue
		}
		done = append(done, takeBack(t, last.Key))
	}
	if len(done) == 0 {
		return fmt.Sprintf("7天内没有%s在第%s条的填报，没有改动。", t.Called(who), zh.List(numbers, strconv.Itoa)), nil
	}
	t.Booked = true
	t.Audit("retract", "")
	return "已撤回：" + strings.Join(done, "、") + "。", nil
}

// Recalled leads to taking back what a recalled message changed, or what the bot
// asked because of it.
func Recalled(t *chat.Request) (chat.Command, bool) {
	c := chat.Command{Name: "recall", Right: chat.Reply, Echo: true, Run: recall}
	e, ok := progress.EffectOf(t.Snap, t.Msg.Account, t.Msg.Recall)
	if ok && t.Msg.Sender == "" && e.Chat == t.Msg.Chat { // the network does not say by whom
		t.Person, t.Known = t.Roster.Person(e.Person)
	}
	switch {
	case !t.Known:
		return c, false
	case ok && e.Person == t.Person.ID:
		return c, true
	}
	return c, len(questioned(t)) > 0
}

// questioned returns the chats in which the bot waits to hear what the recalled
// message meant.
func questioned(t *chat.Request) (chats []string) {
	private := roster.PrivateChat(t.Snap, t.Msg.Account, t.Person.ID)
	for _, place := range []string{t.Msg.Chat, private} {
		wait, ok := roster.PendingOf(t.Snap, t.Msg.Account, place, t.Asker(), chat.WhichKind)
		var q chat.Which
		if ok && json.Unmarshal(wait.Data, &q) == nil && q.Message == t.Msg.Recall && !slices.Contains(chats, place) {
			chats = append(chats, place)
		}
	}
	return chats
}

// recall takes back what a message changed that its sender has recalled, and
// drops the words of it that were kept.
func recall(t *chat.Request, _ string) (string, error) {
	for _, place := range questioned(t) {
		roster.ClearPending(t.Tx, t.Msg.Account, place, t.Asker(), chat.WhichKind)
	}
	e, ok := progress.EffectOf(t.Snap, t.Msg.Account, t.Msg.Recall)
	if !ok {
		return "", nil
	}
	done := undo(t, e)
	for _, k := range e.Updates {
		u, ok := progress.FindUpdate(t.Snap, k)
		if !ok {
			continue
		}
		u.Note, u.Evidence = "", nil
		release(t, &u, k, "")
		progress.ChangeUpdate(t.Tx, k, u)
	}
	return done, nil
}

// undo takes back everything that one message changed and says what that was,
// "" if nothing was left of it. An item that it closed is open again.
func undo(t *chat.Request, e progress.Effect) string {
	var done []string
	for _, k := range e.Updates {
		if line, ok := mark(t, k); ok {
			done = append(done, line)
		}
	}
	for _, step := range []func(*chat.Request, progress.Effect) []string{
		detach, dropLeaves, reopen, withdraw,
	} {
		done = append(done, step(t, e)...)
	}
	if len(done) == 0 {
		return ""
	}
	t.Booked = true
	t.Audit("retract", e.Message)
	return "已撤回：" + strings.Join(done, "、") + "。"
}

// takeBack marks an update as retracted. If nothing is left of the message that
// made it, the items that this had closed are open again.
func takeBack(t *chat.Request, k string) (line string) {
	u, _ := progress.FindUpdate(t.Snap, k)
	line, ok := mark(t, k)
	if !ok {
		return line
	}
	account, message, _ := strings.Cut(u.Message, "/")
	e, known := progress.EffectOf(t.Snap, account, message)
	if !known {
		return line
	}
	if live(t, e) {
		return line
	}
	return strings.Join(append([]string{line}, reopen(t, e)...), "、")
}

// mark marks an update as retracted.
func mark(t *chat.Request, k string) (line string, ok bool) {
	u, ok := progress.FindUpdate(t.Snap, k)
	if !ok || !u.Retracted.IsZero() {
		return "", false
	}
	u.Retracted = t.Now()
	progress.ChangeUpdate(t.Tx, k, u)
	return fmt.Sprintf("第%s条 %s", u.Number, u.Line()), true
}

// live tells whether an update of a message still stands.
func live(t *chat.Request, e progress.Effect) bool {
	return slices.ContainsFunc(e.Updates, func(k string) bool {
		u, ok := progress.FindUpdate(t.Snap, k)
		return ok && u.Retracted.IsZero()
	})
}

// reopen opens the items again that a message closed, unless another report of
// the same person answers the notice too.
func reopen(t *chat.Request, e progress.Effect) (lines []string) {
	for _, ref := range e.Items {
		item, ok := notice.FindItem(t.Snap, ref.Notice, ref.Person)
		if !ok || !item.From(e.Account+"/"+e.Message) {
			continue
		}
		item.Reopen()
		kept := stillAnswered(t, &item, e)
		notice.PutItem(t.Tx, item)
		if !kept {
			lines = append(lines, fmt.Sprintf("通知%d的回复", ref.Notice))
		}
	}
	return lines
}

// stillAnswered answers an item that was opened again with another report of its
// person, if the notice asks for reports and there is one since it was made.
func stillAnswered(t *chat.Request, item *notice.Item, gone progress.Effect) bool {
	n, ok := notice.Find(t.Snap, item.Notice)
	if !ok || n.Class != notice.Report {
		return false
	}
	for _, e := range progress.Effects(t.Snap, item.Person, n.Created) {
		if e.Account == gone.Account && e.Message == gone.Message {
			continue
		}
		if live(t, e) {
			item.Take(n, notice.Answer{At: e.At, Message: e.Account + "/" + e.Message, Applied: true})
			e.Items = append(e.Items, progress.ItemRef{Notice: item.Notice, Person: item.Person})
			progress.PutEffect(t.Tx, e)
			return true
		}
	}
	return false
}

// detach takes off the evidence that a message brought.
func detach(t *chat.Request, e progress.Effect) (lines []string) {
	from := "（" + e.Account + "/" + e.Message + "）"
	for _, k := range e.Evidence {
		u, ok := progress.FindUpdate(t.Snap, k)
		left := slices.DeleteFunc(slices.Clone(u.Evidence), func(name string) bool { return strings.HasSuffix(name, from) })
		if !ok || len(left) == len(u.Evidence) {
			continue
		}
		u.Evidence = left
		release(t, &u, k, e.Account+"/"+e.Message)
		progress.ChangeUpdate(t.Tx, k, u)
		lines = append(lines, fmt.Sprintf("第%s条的附件", u.Number))
	}
	return lines
}

// dropLeaves takes back the leaves that a message began.
func dropLeaves(t *chat.Request, e progress.Effect) (lines []string) {
	for _, k := range e.Leaves {
		if _, ok := notice.DropLeave(t.Tx, k); ok {
			lines = append(lines, "请假")
		}
	}
	return lines
}

// withdraw takes back what a message put into the inbox or before the admins, if
// nobody has answered or decided.
func withdraw(t *chat.Request, e progress.Effect) (lines []string) {
	for _, asked := range []struct {
		number int
		what   string
		take   func(*store.Tx, int) bool
	}{
		{e.Question, "问题", progress.WithdrawQuestion},
		{e.Request, "申请", progress.WithdrawRequest},
	} {
		if asked.number == 0 {
			continue
		}
		if asked.take(t.Tx, asked.number) {
			if asked.number == e.Question {
				chat.Untell(t, asked.number)
			}
			lines = append(lines, fmt.Sprint(asked.what, asked.number))
		}
	}
	return lines
}
