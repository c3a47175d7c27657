package notices

import (
	"fmt"
	"strings"
	"time"

	"duban/handlers/chat"
	"duban/notice"
	"duban/zh"
)

const editUsage = "请这样写：改通知 3 小改：改好的正文（只告诉大家改了哪里），或 改通知 3 大改：改好的正文（请大家重新回复）。"

// A change of a notice is what was previewed of it.
type change struct {
	Number int    `json:"number"`
	Text   string `json:"text"`
	Before string `json:"before"` // what it was when the change was previewed
	Large  bool   `json:"large"`
}

// changeNotice previews a change of a notice's text.
func changeNotice(t *chat.Request, n notice.Notice, after string) (string, error) {
	word, text := cutHead(notice.Clean(after))
	word = strings.TrimSpace(word)
	if word != "小改" && word != "大改" {
		return editUsage, nil
	}
	e := change{Number: n.Number, Text: strings.TrimSpace(text), Before: n.Text, Large: word == "大改"}
	switch {
	case e.Text == "":
		return "没有写改好的正文。" + editUsage, nil
	case len(e.Text) > MaxNotice:
		return "", tooLong(e.Text)
	case e.Text == n.Text:
		return "和原来的正文一样，不用改。", nil
	}
	size := countAudience(t, n)
	how := t.Propose(e, "修改", e.Large && wide(n, size))
	n.Change(e.Text, t.Person.ID, t.Now(), e.Large)
	what, said := "只发一行更正，回复过的不用再回", n.Correction()
	if e.Large {
		what, said = "重新发出，原来的回复不再算数，大家要重新回复", n.Post()
		if !n.Class.Asks() {
			what = "重新发出"
		}
	}
	return fmt.Sprintf("预览（还没有改）\n%s\n————\n%s%s：%s，发到%s，共%d条消息。%s",
		said, doubts(t, e.Text), word, what, strings.Join(n.Groups, "、"), len(n.Groups), how), nil
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
	told := notice.Amend(t.Tx, "edit/"+t.Msg.Account+"/"+t.Msg.ID, e.Number, e.Text, t.Person.ID, e.Large)
	action, text := "notice.edit", fmt.Sprintf("通知%d已更正，发到%d个群。", e.Number, told)
	switch {
	case e.Large:
		action, text = "notice.renew", fmt.Sprintf("通知%d已重新发出，请大家重新回复。", e.Number)
	case told == 0:
		text = fmt.Sprintf("通知%d还没有发出，已按新的正文准备。", e.Number)
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
	return chat.Must(onOpen("", withdrawNotice)(t, wait.Options[0])), true
}

// onOpen is the Run of a command on a notice that is still open, whose number its
// text begins with. Usage is how to write it.
func onOpen(usage string, do func(t *chat.Request, n notice.Notice, after string) (string, error)) func(*chat.Request, string) (string, error) {
	return func(t *chat.Request, rest string) (string, error) {
		rest = strings.TrimLeft(rest, " #第　")
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
	notice.Close(t.Tx, n.Number)
	t.Audit("notice.close", n.ID())
	return fmt.Sprintf("通知%d已关闭，不再等回复。", n.Number), nil
}

// notices lists the notices that are open, newest first.
func notices(t *chat.Request, _ string) (string, error) {
	const newest = 200
	last := notice.Last(t.Snap)
	var blocks []string
	for number := last; number > max(last-newest, 0) && len(blocks) < 30; number-- {
		n, ok := notice.Find(t.Snap, number)
		if !ok || !n.Closed.IsZero() || !n.Class.Asks() && t.Now().Sub(n.Created) > 7*24*time.Hour {
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
	return t.List("进行中的通知：", blocks, "没有进行中的通知。"), nil
}
