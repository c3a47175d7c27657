package notices

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

const editUsage = "请这样写：改通知 3 小改：改好的正文（只告诉大家改了哪里），或 改通知 3 大改：改好的正文（请大家重新回复），或 改通知 3 截止12月6日。"

// A change of a notice is what was previewed of it.
type change struct {
	Number int             `json:"number"`
	To     notice.Revision `json:"to"`
	From   notice.Revision `json:"from"` // how it stood when the change was previewed
}

// changeNotice previews a change of a notice's text, of its due time, or of both:
// 大改 截止12月6日：正文.
func changeNotice(t *chat.Request, n notice.Notice, after string) (string, error) {
	c := change{Number: n.Number, To: revision(t, n, strings.TrimSpace(notice.Clean(after))), From: notice.Revision{Text: n.Text, Due: n.Due}}
	switch {
	case len(c.To.Text) > MaxNotice:
		return "", tooLong(c.To.Text)
	case n.Is(c.To):
		return "和原来一样，不用改。", nil
	}
	anew := c.To.Large || c.To.Text != n.Text && n.Waits(t.Snap) // people read a text that nobody else has seen
	how := propose(t, draft{Change: &c}, anew && wide(n, countAudience(t, n)))
	return "预览（还没有改）\n" + showChange(t, n, c) + how, nil
}

// showChange shows what a changed notice would be.
func showChange(t *chat.Request, n notice.Notice, c change) string {
	old, waits := n.Due, n.Waits(t.Snap)
	c.To.Large = c.To.Large && !n.Created.After(t.Now()) // as in [notice.Amend]
	n.Change(c.To, t.Person.ID, t.Now())
	word, what, said := "小改", "只发一行更正，回复过的不用再回", n.Correction()
	switch {
	case c.To.Large && n.Class.Asks():
		word, what, said = "大改", "重新发出，原来的回复不再算数，大家要重新回复", n.Post()
	case c.To.Large:
		word, what, said = "大改", "重新发出", n.Post()
	case waits && n.Left(t.Snap):
		what, said = what+"；还没有发到的群直接发改好的", said+"\n————\n"+n.Post()
	case waits:
		what, said = "还没有发出，直接发改好的", n.Post()
	}
	return fmt.Sprintf("%s\n————\n%s%s：%s，发到%s，共%d条消息%s。",
		said, doubts(t, c.To.Text), word, what, strings.Join(n.Groups, "、"), len(n.Groups), holds(t, old, n))
}

// revision reads what a notice is changed to.
func revision(t *chat.Request, n notice.Notice, text string) notice.Revision {
	r := notice.Revision{Text: n.Text, Due: n.Due}
	word := firstWord(text)
	if r.Large = word == "大改"; r.Large || word == "小改" {
		text = strings.TrimLeft(text[len(word):], chat.HeadBreaks)
	}
	due, size := dueAt(t, text)
	if size > 0 {
		r.Due, text = due, strings.TrimLeft(text[size:], chat.HeadBreaks+"。")
	}
	body, ends := afterColon(text)
	body = strings.TrimSpace(body)
	switch {
	case word != "小改" && word != "大改" && (size == 0 || text != ""), !ends && text != "", body == "" && size == 0:
		chat.Decline("%s", editUsage)
	case body != "":
		r.Text = body
	}
	return r
}

// holds says in a preview when a changed notice is due, if it is at all.
func holds(t *chat.Request, old time.Time, n notice.Notice) string {
	switch {
	case n.Due.IsZero():
		return ""
	case !old.Equal(n.Due) && n.OldDue() != "":
		return "，截止改为" + n.DueDay() + "；正文里还写着" + n.OldDue() + "，要一起改请写“改通知 " + strconv.Itoa(n.Number) + " 小改 截止…：改好的正文”"
	case !old.Equal(n.Due):
		return "，截止改为" + n.DueDay()
	case n.Due.Before(t.Now()):
		return "，截止" + n.DueDay() + "已经过去，要改请写“截止”和新的日期"
	}
	return "，截止仍是" + n.DueDay()
}

// extendNotice previews a later due time: 延长通知 3 到12月6日.
func extendNotice(t *chat.Request, n notice.Notice, after string) (string, error) {
	for _, w := range []string{"截止", "到", "至"} {
		after = strings.TrimLeft(strings.TrimPrefix(after, w), chat.HeadBreaks)
	}
	return changeNotice(t, n, "截止"+after)
}

// editNotice does a change that was confirmed, in the name of a person.
func editNotice(t *chat.Request, c change, by roster.Person) string {
	n, ok := notice.Find(t.Snap, c.Number)
	switch {
	case !ok || !n.Closed.IsZero():
		return fmt.Sprintf("通知%d已经结束，没有改。", c.Number)
	case !n.Is(c.From):
		return fmt.Sprintf("预览以后，通知%d%s，没有改。请重新预览一次。", c.Number, changedBy(t, n))
	}
	told := notice.Amend(t.Tx, "edit/"+t.Msg.Account+"/"+t.Msg.ID, c.Number, c.To, by.ID)
	action, text := "notice.edit", fmt.Sprintf("通知%d已更正，发到%d个群。", c.Number, told)
	switch {
	case c.To.Large:
		action, text = "notice.renew", fmt.Sprintf("通知%d已重新发出，请大家重新回复。", c.Number)
	case told == 0:
		text = fmt.Sprintf("通知%d还没有发出，已照改好的准备。", c.Number)
	case c.To.Text == c.From.Text:
		changed, _ := notice.Find(t.Snap, c.Number)
		text = fmt.Sprintf("通知%d的截止已改为%s，告诉了%d个群。", c.Number, changed.DueDay(), told)
	}
	t.Audit(action, notice.ID(c.Number))
	return text
}

// changedBy says by whom a notice was changed last.
func changedBy(t *chat.Request, n notice.Notice) string {
	if len(n.Edits) == 0 {
		return "又被改过"
	}
	last := n.Edits[len(n.Edits)-1]
	who, ok := t.Roster.Person(last.By)
	switch {
	case !ok:
		return "又被改过"
	case who.ID == t.Person.ID:
		return "您又改过"
	}
	return "又被" + t.Roster.Label(who) + "改过（" + t.Desk.When(last.At) + "）"
}

// withdrawNotice previews that a notice is taken back, of which the groups that have
// seen it are told. One that nobody can have seen is taken back at once.
func withdrawNotice(t *chat.Request, n notice.Notice, _ string) (string, error) {
	if !n.Left(t.Snap) {
		return withdraw(t, n.Number), nil
	}
	how := propose(t, draft{Withdraw: n.Number}, wide(n, countAudience(t, n)))
	return "预览（还没有撤回）\n" + showWithdrawal(t, n) + how, nil
}

// showWithdrawal shows what the groups would be told of a notice that is taken back.
func showWithdrawal(t *chat.Request, n notice.Notice) string {
	answered := ""
	if _, c := tally(t, n); n.Class.Asks() {
		answered = fmt.Sprintf("，已有%d人回复，未回的不再等", c.Received())
	}
	return fmt.Sprintf("%s\n————\n撤回“%s”：发到%s，共%d条消息%s。",
		n.Withdrawal(), zh.Quote(n.Text, 24), strings.Join(n.Groups, "、"), len(n.Groups), answered)
}

// withdraw takes a notice back.
func withdraw(t *chat.Request, number int) string {
	n, ok := notice.Find(t.Snap, number)
	if !ok || !n.Closed.IsZero() {
		return fmt.Sprintf("通知%d已经%s，没有再撤。", number, endWord(n.End))
	}
	w := notice.Withdraw(t.Tx, "withdraw/"+t.Msg.Account+"/"+t.Msg.ID, number)
	text := fmt.Sprintf("通知%d已撤回，没有发出过。", number)
	if w.Sent > 0 {
		text = fmt.Sprintf("通知%d已撤回，并告诉了看到过它的群。", number)
	}
	t.Audit("notice.withdraw", n.ID())
	return text
}

// TakeDown takes back what the sender wants done to a notice in a moment: that it is
// sent, changed or taken back. Done is false if there is nothing.
func TakeDown(t *chat.Request) (text string, done bool) {
	wait, ok := t.Pending(delayKind)
	if !ok || len(wait.Options) != 1 {
		return "", false
	}
	t.Settled(delayKind)
	number := store.Must(strconv.Atoi(wait.Options[0]))
	if wait.Text == sends {
		return withdraw(t, number), true
	}
	if !notice.TakeBack(t.Tx, number, t.Person.ID) {
		return fmt.Sprintf("通知%d没有等着%s，什么也没有做。", number, wait.Text), true
	}
	return fmt.Sprintf("已取消，通知%d没有%s。", number, wait.Text), true
}

// onOpen is the Run of a command on a notice that is still open, whose number its
// text begins with. Usage is how to write it.
func onOpen(usage string, do func(t *chat.Request, n notice.Notice, after string) (string, error)) func(*chat.Request, string) (string, error) {
	return func(t *chat.Request, rest string) (string, error) {
		rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimLeft(rest, " 　"), "通知"), " #第　")
		number, size := zh.ParseInt(rest)
		if size == 0 {
			return usage, nil
		}
		n, ok := notice.Find(t.Snap, number)
		switch {
		case !ok:
			return fmt.Sprintf("没有通知%d。%s", number, usage), nil
		case !n.Closed.IsZero():
			return fmt.Sprintf("通知%d已经%s。", number, endWord(n.End)), nil
		}
		return do(t, n, strings.TrimLeft(strings.TrimPrefix(rest[size:], "号"), " 　"))
	}
}

func endWord(e notice.End) string {
	switch e {
	case notice.Withdrawn:
		return "撤回了"
	case notice.Expired:
		return "到期关闭了"
	case notice.Closed:
	}
	return "关闭了"
}

// closeNotice ends a notice.
func closeNotice(t *chat.Request, n notice.Notice, _ string) (string, error) {
	notice.Finish(t.Tx, n.Number, notice.Closed)
	t.Audit("notice.close", n.ID())
	return fmt.Sprintf("通知%d已关闭，不再等回复。", n.Number), nil
}

// notices lists the notices that are open, newest first.
func notices(t *chat.Request, _ string) (string, error) {
	var blocks []string
	for _, n := range slices.Backward(notice.Newest(t.Snap, newest)) {
		if len(blocks) == 30 || !n.Closed.IsZero() || !n.Class.Asks() && t.Now().Sub(n.Created) > 7*24*time.Hour {
			continue
		}
		line := fmt.Sprintf("通知%d（%s，%s）%s", n.Number, n.Class, t.Desk.When(n.Created), zh.Brief(n.Text, 24))
		if n.Class.Asks() {
			_, tally := tally(t, n)
			line += "\n　" + tally.Line(n)
		}
		if !n.Due.IsZero() {
			line += "，截止" + t.Desk.When(n.Due)
		}
		blocks = append(blocks, line)
	}
	return t.List("进行中的通知（看名单：谁回复了 编号）：", blocks, "没有进行中的通知。"), nil
}
