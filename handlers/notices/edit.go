package notices

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/store"
	"duban/zh"
)

const editUsage = "请这样写：改通知 3 小改：改好的正文（只告诉大家改了哪里），或 改通知 3 大改：改好的正文（请大家重新回复），或 改通知 3 截止12月6日。"

// A change of a notice is what was previewed of it.
type change struct {
	Number int             `json:"number"`
	To     notice.Revision `json:"to"`
	Before string          `json:"before"` // its text when the change was previewed
}

// changeNotice previews a change of a notice's text, of its due time, or of both:
// 大改 截止12月6日：正文.
func changeNotice(t *chat.Request, n notice.Notice, after string) (string, error) {
	e := change{Number: n.Number, To: revision(t, n, strings.TrimSpace(notice.Clean(after))), Before: n.Text}
	switch {
	case len(e.To.Text) > MaxNotice:
		return "", tooLong(e.To.Text)
	case e.To.Text == n.Text && e.To.Due.Equal(n.Due):
		return "和原来一样，不用改。", nil
	}
	size := countAudience(t, n)
	how := t.Propose(e, "修改", e.To.Large && wide(n, size))
	old := n.Due
	n.Change(e.To, t.Person.ID, t.Now())
	word, what, said := "小改", "只发一行更正，回复过的不用再回", n.Correction()
	switch {
	case e.To.Large && n.Class.Asks():
		word, what, said = "大改", "重新发出，原来的回复不再算数，大家要重新回复", n.Post()
	case e.To.Large:
		word, what, said = "大改", "重新发出", n.Post()
	}
	return fmt.Sprintf("预览（还没有改）\n%s\n————\n%s%s：%s，发到%s，共%d条消息%s。%s",
		said, doubts(t, e.To.Text), word, what, strings.Join(n.Groups, "、"), len(n.Groups), holds(t, old, n), how), nil
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

// editNotice does a change that was confirmed.
func editNotice(t *chat.Request, e change) (string, error) {
	n, ok := notice.Find(t.Snap, e.Number)
	switch {
	case !ok || !n.Closed.IsZero():
		return fmt.Sprintf("通知%d已经结束，没有改。", e.Number), nil
	case n.Text != e.Before:
		return fmt.Sprintf("预览以后，通知%d又被改过，没有改。请重新预览一次。", e.Number), nil
	}
	told := notice.Amend(t.Tx, "edit/"+t.Msg.Account+"/"+t.Msg.ID, e.Number, e.To, t.Person.ID)
	action, text := "notice.edit", fmt.Sprintf("通知%d已更正，发到%d个群。", e.Number, told)
	switch {
	case e.To.Large:
		action, text = "notice.renew", fmt.Sprintf("通知%d已重新发出，请大家重新回复。", e.Number)
	case told == 0:
		text = fmt.Sprintf("通知%d还没有发出，已照改好的准备。", e.Number)
	case e.To.Text == e.Before:
		changed, _ := notice.Find(t.Snap, e.Number)
		text = fmt.Sprintf("通知%d的截止已改为%s，告诉了%d个群。", e.Number, changed.DueDay(), told)
	}
	t.Audit(action, notice.ID(e.Number))
	return text, nil
}

// withdrawNotice takes a notice back and tells the groups that have seen it.
func withdrawNotice(t *chat.Request, n notice.Notice, _ string) (string, error) {
	w := notice.Withdraw(t.Tx, "withdraw/"+t.Msg.Account+"/"+t.Msg.ID, n.Number)
	text := fmt.Sprintf("通知%d已撤回，没有发出过。", n.Number)
	if w.Sent > 0 {
		text = fmt.Sprintf("通知%d已撤回，并告诉了看到过它的群。", n.Number)
	}
	t.Audit("notice.withdraw", n.ID())
	return text, nil
}

// TakeDown takes down a notice of the sender's that leaves in a moment. Done is
// false if there is none.
func TakeDown(t *chat.Request) (text string, done bool) {
	wait, ok := t.Pending(delayKind)
	if !ok || len(wait.Options) != 1 {
		return "", false
	}
	t.Settled(delayKind)
	return store.Must(onOpen("", withdrawNotice)(t, wait.Options[0])), true
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
