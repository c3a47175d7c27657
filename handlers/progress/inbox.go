package progress

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/handlers/notices"
	"duban/handlers/plans"
	"duban/handlers/reading"
	"duban/outbox"
	"duban/progress"
	"duban/store"
	"duban/zh"
)

// question keeps what only a person can answer for the office. What the plan says
// on it is said at once, and then the sender decides whether that was enough.
func question(t *chat.Request, _ string) (string, error) {
	closed := notices.AlsoAcknowledge(t)
	if len(closed) > 0 {
		t.Changed(progress.Effect{Items: closed}, "ack", "")
	}
	_, _, quoted := t.Quote()
	if quoted || len(t.Read.Measures()) > 0 || t.Read.Is(reading.Extension) {
		return forward(t, ""), nil
	}
	found := t.Index().Find(t.Read.Body)
	switch {
	case len(found.Hits) > 0:
		return chat.OrPerson(t, store.Must(plans.LookUp(t, ""))), nil
	case len(found.Nearest) > 0:
		return forward(t, plans.NotFound(t, found)), nil
	}
	return forward(t, ""), nil
}

// pass hands a question over that the plan did not answer.
func pass(t *chat.Request, _ string) (string, error) {
	t.Read.Body = t.Take(chat.PassKind).Text
	return forward(t, ""), nil
}

// forward hands a question over to the office and says so, below what else is to
// be said.
func forward(t *chat.Request, above string) string {
	number := t.Ask("question", t.Read.Body)
	return chat.Lines(above, fmt.Sprintf("已转给学工处老师（问题%d），答复后会在这里告诉您。", number))
}

// inbox lists what waits for the office.
func inbox(t *chat.Request, _ string) (string, error) {
	waiting := progress.Questions.Open(t.Snap)
	if len(waiting) == 0 {
		return "没有待答复的问题。", nil
	}
	head := fmt.Sprintf("待答复%d个，请回“答 编号 内容”；没看懂的可直接写进度，例如：答 %d 第3条完成80%%。", len(waiting), waiting[0].Number)
	var lines []string
	for _, q := range waiting {
		p, _ := t.Roster.Person(q.Person)
		kind := ""
		if q.Kind == chat.Uncertain {
			kind = "［没看懂］"
		}
		lines = append(lines, fmt.Sprintf("问题%d %s（%s）：%s%s", q.Number, t.Roster.Label(p), t.Desk.When(q.Asked), kind, zh.Quote(q.Text, 120)))
	}
	return chat.Fit(head, lines, "……还有%d个，答复后再看。"), nil
}

// reply answers a question of the inbox: 答 3 要的，下周一前交。
func reply(t *chat.Request, rest string) (string, error) {
	rest = strings.TrimSpace(rest)
	number, size := zh.ParseInt(rest)
	text := strings.TrimLeft(rest[size:], " :：,，、")
	q, ok := progress.Questions.Find(t.Snap, number)
	switch {
	case size == 0 || !ok:
		return "没有这个问题。请写“答 编号 内容”，编号见“收件箱”。", nil
	case text == "":
		return fmt.Sprintf("请写上答复，例如：答 %d 要的，下周一前交。", number), nil
	case !q.Answered.IsZero():
		return fmt.Sprintf("问题%d已经答复过了。", number), nil
	}
	said := store.Must(decide(t, q, text))
	progress.Answered(t.Tx, number, t.Person.ID, zh.Mask(text))
	asker, _ := t.Roster.Person(q.Person)
	if q.Group {
		said = "@" + asker.Name + " " + said
	}
	outbox.Enqueue(t.Tx, bot.Outgoing{Key: fmt.Sprintf("inbox/%d", number), Account: q.Account, Chat: q.Chat, Text: said})
	t.Audit("inbox.answer", fmt.Sprint(number))
	return fmt.Sprintf("已答复问题%d，并告诉了%s。", number, t.Roster.Label(asker)), nil
}

// decide says what the asker is told. What was not understood can be decided by
// reporting in the asker's name: 答 3 第3条完成80%.
func decide(t *chat.Request, q progress.Question, text string) (said string, err error) {
	t.Read = chat.Masked(reading.Read(reading.Input{Text: text, Bots: t.Desk.Options.Names}))
	asker, known := t.Roster.Person(q.Person)
	if q.Kind != chat.Uncertain || !known || t.Read.Kind != reading.Progress || len(t.Read.Measures()) == 0 {
		return fmt.Sprintf("%s老师答复：%s\n（您问的是：%s）", t.Person.Name, text, zh.Quote(q.Text, 60)), nil
	}
	for _, number := range t.Read.Measures() {
		switch n := len(plans.Numbered(t.Plan, number)); n {
		case 1:
		case 0:
			return "", chat.Complain("要点里没有第%d条（%s），没有记录。请看一下编号再答。", number, plans.Extent(t.Plan))
		default:
			return "", chat.Complain("没有记录：第%d条在要点里有%d处，不能直接记。请用文字答复，让对方选。", number, n)
		}
	}
	t.Read.Behalf, t.Whose = "", asker.ID
	reports, _ := resolveItems(t)
	for i := range reports {
		reports[i].person = asker
	}
	return fmt.Sprintf("%s老师看了您说的“%s”，%s", t.Person.Name, zh.Quote(q.Text, 60), book(t, reports, nil)), nil
}
