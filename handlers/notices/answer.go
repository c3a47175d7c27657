package notices

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/reading"
	"duban/notice"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

// Acknowledge books 收到 in all its forms, for the person whom it speaks for, with
// each notice that it names.
func Acknowledge(t *chat.Request, who roster.Person) (string, error) {
	numbers := store.Must(chat.NamedNotices(t, who))
	if len(numbers) == 0 {
		return acknowledge(t, who)
	}
	var said []string
	for _, t.Bound = range numbers {
		text, err := acknowledge(t, who)
		store.Check(err)
		said = append(said, text)
	}
	return strings.Join(said, "\n"), nil
}

// acknowledge books a 收到 with one notice.
func acknowledge(t *chat.Request, who roster.Person) (string, error) {
	n, ok := t.BoundNotice(who)
	if who.ID == t.Person.ID && len(t.Read.Entries) == 0 {
		who, n, ok = t.CountsFor(n, ok)
	}
	switch {
	case !ok:
		return unbound(t, who)
	case len(t.Read.Entries) > 0:
		return acknowledgeList(t, n), nil
	}
	return acknowledgeFor(t, n, who), nil
}

// acknowledgeFor closes what the notice asks of p.
func acknowledgeFor(t *chat.Request, n notice.Notice, p roster.Person) string {
	item, asked := notice.FindItem(t.Snap, n.Number, p.ID)
	if !asked {
		return fmt.Sprintf("通知%d不需要%s回复，谢谢。", n.Number, t.Called(p))
	}
	switch {
	case toOlder(t, n, item):
		return outdated(t, n, item)
	case n.Class == notice.Report && item.Owed():
		return glanced(t, n, item)
	}
	a := notice.Answer{At: t.Said(), Message: t.Message(), Note: t.Read.Note, Applied: n.Confirm && SaysApplied(t.Read.Body)}
	if p.ID != t.Person.ID {
		a.By = t.Person.ID
	}
	closed := item.Take(n, a)
	notice.PutItem(t.Tx, item)
	if !closed {
		return answeredBefore(t, n, item, p)
	}
	others := alsoOwed(t, n, p)
	t.Changed(progress.Effect{Items: []progress.ItemRef{{Notice: n.Number, Person: p.ID}}}, "ack", notice.ID(n.Number))
	line := bookedLine(t, n, item, p)
	ShowPress(t, n, line)
	return line + others
}

// ShowPress lets the text whose button was pressed say what came of it: in a group how
// many have answered, and in private what was booked, above what can still be answered.
func ShowPress(t *chat.Request, n notice.Notice, line string) {
	row, ok := t.Pressed()
	if !ok {
		return
	}
	o := bot.Outgoing{Account: t.Msg.Account, Chat: t.Msg.Chat, Replaces: t.Msg.Press.Message, Answer: true}
	if t.Msg.Group {
		tally := notice.CircumstancesOf(t.Snap, n).Tally(notice.Items(t.Snap, n.Number))
		tally.Unsent = 0 // they see the card, also if its receipt is not recorded yet
		o.Text, o.Buttons = row.Text+"\n（"+tally.Line(n)+"）", row.Buttons
	} else {
		o.Text, o.Buttons = row.Text+"\n"+line, notice.ButtonsLeft(t.Snap, row.Outgoing, t.Person.ID)
	}
	outbox.Replace(t.Tx, o)
}

// bookedLine is the echo of an answer to a notice.
func bookedLine(t *chat.Request, n notice.Notice, item notice.Item, p roster.Person) string {
	late := ""
	if item.Late {
		late = "（迟）"
	}
	switch {
	case item.State == notice.Seen:
		return fmt.Sprintf("%s%s 收到通知%d。落实后请再回“已落实”", t.Noted(), t.Roster.Label(p), n.Number)
	case n.Confirm:
		return fmt.Sprintf("%s%s 已落实通知%d%s", t.Noted(), t.Roster.Label(p), n.Number, late)
	}
	return fmt.Sprintf("%s%s 已回复通知%d%s", t.Noted(), t.Roster.Label(p), n.Number, late)
}

// answeredBefore answers an answer that changes nothing.
func answeredBefore(t *chat.Request, n notice.Notice, item notice.Item, p roster.Person) string {
	if item.State == notice.Seen {
		return fmt.Sprintf("通知%d%s已经回过收到（%s），落实后请回“已落实”。", n.Number, t.Called(p), t.Desk.When(item.Received))
	}
	return fmt.Sprintf("通知%d%s已经回复过了（%s）。", n.Number, t.Called(p), t.Desk.When(item.Closed))
}

// toOlder tells whether what was said answers a text of the notice that has been
// changed much since.
func toOlder(t *chat.Request, n notice.Notice, item notice.Item) bool {
	version := 0 // the one that the message quotes, from 1
	if text, ours, _ := t.Quote(); ours {
		if number, v, _ := notice.Quoted(text); number == n.Number {
			version = v
		}
	}
	if n.Version == 0 || n.Outdated(t.Said(), version) {
		return n.Version > 0
	}
	return !notice.Renewed(t.Snap, n, item.Groups)
}

// outdated answers an answer to a text that has been changed much since. That it
// was given is remembered, but it is no answer to the new text.
func outdated(t *chat.Request, n notice.Notice, item notice.Item) string {
	if item.Older.IsZero() {
		item.Older = t.Said()
		notice.PutItem(t.Tx, item)
	}
	t.Aside()
	return fmt.Sprintf("通知%d后来改过（第%d版），这次回复的是修改前的，没有算作回复。请看到新的一条后再回一次。", n.Number, n.Version+1)
}

// glanced answers a 收到 to a notice that asks for progress: it was seen, and still wants
// the progress.
func glanced(t *chat.Request, n notice.Notice, item notice.Item) string {
	if _, digit := t.BareNumber(); digit && !t.Addressed() {
		return "" // it picks from something
	}
	if item.Glanced() && !t.Addressed() {
		return "" // it was told before, and may well be talk
	}
	item.Glance(t.Read.Note)
	notice.PutItem(t.Tx, item)
	t.Aside()
	return fmt.Sprintf("通知%d要的是进度，看到了不算填报。%s。", n.Number, notice.Owed{Notice: n}.Want())
}

// applied is how people say that what a notice wants is done.
var applied = regexp.MustCompile(`^(收到[，,、。！! ]*)?(我?们?学?院?(均|都|全部)?已经?|均已|都已|已全部|全部|都)?(落实|办结|办完|办妥|完成|做完|传达|通知|转达|排查)(完成|到位|到人|完毕|好)?了?[。！!~ ]*$`)

// SaysApplied tells whether a text says that what was asked for is done. 未落实 and
// 周五前落实 do not.
func SaysApplied(body string) bool {
	body = strings.TrimSpace(body)
	m := applied.FindStringSubmatch(body)
	return m != nil && (m[2] != "" || m[5] != "" || strings.HasSuffix(strings.TrimRight(body, "。！!~ "), "了"))
}

// alsoOwed says which others p still owes, if the answer could have been for
// them: whoever answers must know which one was booked.
func alsoOwed(t *chat.Request, n notice.Notice, p roster.Person) string {
	if _, named := t.NamedNotice(); named || t.Bound > 0 {
		return ""
	}
	var others []string
	for _, number := range t.RecentFor(p) {
		item, asked := notice.FindItem(t.Snap, number, p.ID)
		if asked && item.State != notice.Done && number != n.Number {
			others = append(others, fmt.Sprintf("通知%d", number))
		}
	}
	if len(others) == 0 {
		return ""
	}
	t.Aside()
	return "。" + strings.Join(others, "、") + "还没有回复，要回请引用那一条"
}

// AlsoAcknowledge closes what the newest notice that asks for 收到 asks of the
// sender, if the message begins with one and goes on with something else.
func AlsoAcknowledge(t *chat.Request) []progress.ItemRef {
	if !t.Read.Is(reading.AlsoAck) {
		return nil
	}
	n, ok := t.BoundNotice(t.Person)
	if !ok || n.Class == notice.Report {
		return nil
	}
	return Answer(t, n, t.Person)
}

// Answer closes p's item of a notice, if it is open, and names it.
func Answer(t *chat.Request, n notice.Notice, p roster.Person) []progress.ItemRef {
	return answerWith(t, n, p, "")
}

// answerWith is Answer with a note.
func answerWith(t *chat.Request, n notice.Notice, p roster.Person, note string) []progress.ItemRef {
	item, asked := notice.FindItem(t.Snap, n.Number, p.ID)
	if !asked {
		return nil
	}
	a := notice.Answer{At: t.Said(), Message: t.Message(), Note: note}
	if p.ID != t.Person.ID && len(t.Read.Entries) == 0 {
		a.By = t.Person.ID
	}
	if toOlder(t, n, item) || !item.Take(n, a) {
		return nil
	}
	notice.PutItem(t.Tx, item)
	return []progress.ItemRef{{Notice: n.Number, Person: p.ID}}
}

// unbound answers an acknowledgement that is for no open notice of the last day:
// it says what is the matter with the one that it names, or asks once which older
// one is meant.
func unbound(t *chat.Request, p roster.Person) (string, error) {
	if number, named := t.NamedNotice(); named || t.Bound > 0 {
		return unanswerable(t, max(number, t.Bound)), nil
	}
	owed := chat.OwedBy(t, p)
	if len(owed) == 0 {
		return "", nil // 好的 needs no answer
	}
	t.AskedAgain()
	which := chat.Choice{Text: "还没有记录：您回复的是哪一条通知？请回序号。"}
	for _, number := range slices.Backward(owed[max(len(owed)-9, 0):]) {
		n, _ := notice.Find(t.Snap, number)
		which.Offer("notice/"+strconv.Itoa(number), "通知%d %s", number, zh.Quote(n.Text, 24))
	}
	return "", t.AskWhich(which)
}

// unanswerable says why an answer to the notice of that number is not booked.
func unanswerable(t *chat.Request, number int) string {
	n, ok := notice.Find(t.Snap, number)
	switch {
	case !ok:
		return fmt.Sprintf("没有通知%d，没有记录。请看一下编号，或长按那条通知引用后再回复。", number)
	case !n.Class.Asks():
		return fmt.Sprintf("通知%d不需要回复，谢谢。", number)
	case n.Closed.IsZero() && !n.Out(t.Snap):
		return fmt.Sprintf("通知%d还没有发到群里，没有记录。看到以后再回一次，谢谢。", number)
	}
	return fmt.Sprintf("通知%d已经结束，不用再回复了，谢谢。", number)
}
