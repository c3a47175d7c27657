package handlers

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/outbox"
	"duban/progress"
	"duban/roster"
	"duban/zh"
)

// ask puts what the sender said into the inbox, where the office answers it.
func (t *turn) ask(kind, text string) (int, error) {
	number, err := progress.Ask(t.tx, progress.Question{
		Kind: kind, Account: t.m.Account, Chat: t.chat(), Group: t.m.Group && t.chat() == t.m.Chat, Person: t.person.ID, Text: text,
	})
	if err != nil {
		return 0, err
	}
	return number, t.changed(progress.Effect{Question: number}, "inbox.ask", fmt.Sprint(number))
}

// question keeps what only a person can answer for the office. What the plan says
// on it is said at once, and then the sender decides whether that was enough.
func (t *turn) question(string) (string, error) {
	closed, err := t.alsoAcknowledge()
	if err != nil {
		return "", err
	}
	if len(closed) > 0 {
		if err := t.changed(progress.Effect{Items: closed}, "ack", ""); err != nil {
			return "", err
		}
	}
	_, _, quoted := t.quote()
	if quoted || len(t.read.Measures()) > 0 || t.read.Is(reading.Extension) {
		return t.forward("")
	}
	p, err := progress.Current(t.snap)
	if err != nil {
		return "", err
	}
	found := p.Index.Find(t.read.Body)
	switch {
	case len(found.Hits) > 0:
		answer, err := t.lookUp("")
		if err != nil {
			return "", err
		}
		return answer + "\n没答到您的问题？回“转人工”，请老师来答。", t.await(roster.Pending{
			Kind: passKind, Until: t.now().Add(askLife), Text: t.read.Body,
		})
	case len(found.Nearest) > 0:
		nearest, err := t.notFound(p, found)
		if err != nil {
			return "", err
		}
		return t.forward(nearest)
	}
	return t.forward("")
}

// pass hands a question over that the plan did not answer.
func (t *turn) pass(string) (string, error) {
	wait, _, err := t.pending(passKind)
	if err != nil {
		return "", err
	}
	if err := t.settled(passKind); err != nil {
		return "", err
	}
	t.read.Body = wait.Text
	return t.forward("")
}

// forward hands a question over to the office and says so, below what else is to
// be said.
func (t *turn) forward(above string) (string, error) {
	number, err := t.ask("question", t.read.Body)
	return lines(above, fmt.Sprintf("已转给学工处老师（问题%d），答复后会在这里告诉您。", number)), err
}

// inbox lists what waits for the office.
func (t *turn) inbox(string) (string, error) {
	waiting, err := progress.Unanswered(t.snap)
	if err != nil {
		return "", err
	}
	if len(waiting) == 0 {
		return "没有待答复的问题。", nil
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "待答复%d个，请回“答 编号 内容”；没看懂的可直接写进度，例如：答 %d 第3条完成80%%。", len(waiting), waiting[0].Number)
	for i, q := range waiting {
		p, _ := r.Person(q.Person)
		kind := ""
		if q.Kind == uncertain {
			kind = "［没看懂］"
		}
		line := fmt.Sprintf("\n问题%d %s（%s）：%s%s", q.Number, r.Label(p), t.router.when(q.Asked), kind, oneLine(q.Text, 120))
		if b.Len()+len(line) > maxAnswer-60 {
			fmt.Fprintf(&b, "\n……还有%d个，答复后再看。", len(waiting)-i)
			break
		}
		b.WriteString(line)
	}
	return b.String(), nil
}

// reply answers a question of the inbox: 答 3 要的，下周一前交。
func (t *turn) reply(rest string) (string, error) {
	rest = strings.TrimSpace(rest)
	number, size := zh.ParseInt(rest)
	text := strings.TrimLeft(rest[size:], " :：,，、")
	q, ok, err := progress.FindQuestion(t.snap, number)
	if err != nil {
		return "", err
	}
	switch {
	case size == 0 || !ok:
		return "没有这个问题。请写“答 编号 内容”，编号见“收件箱”。", nil
	case text == "":
		return fmt.Sprintf("请写上答复，例如：答 %d 要的，下周一前交。", number), nil
	case !q.Answered.IsZero():
		return fmt.Sprintf("问题%d已经答复过了。", number), nil
	}
	said, complaint, err := t.decide(q, text)
	if err != nil || complaint != "" {
		return complaint, err
	}
	if err := progress.Answered(t.tx, number, t.person.ID, zh.Mask(text)); err != nil {
		return "", err
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", err
	}
	asker, _ := r.Person(q.Person)
	if q.Group {
		said = "@" + asker.Name + " " + said
	}
	err = outbox.Enqueue(t.tx, bot.Outgoing{Key: fmt.Sprintf("inbox/%d", number), Account: q.Account, Chat: q.Chat, Text: said})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("已答复问题%d，并告诉了%s。", number, r.Label(asker)), t.audit("inbox.answer", fmt.Sprint(number))
}

// uncertain is the kind of what was not understood.
const uncertain = "uncertain"

// decide says what the asker is told. What was not understood can be decided by
// reporting in the asker's name: 答 3 第3条完成80%.
func (t *turn) decide(q progress.Question, text string) (said, complaint string, err error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return "", "", err
	}
	t.read = masked(reading.Read(reading.Input{Text: text, Bots: t.router.o.Names}))
	asker, known := r.Person(q.Person)
	if q.Kind != uncertain || !known || t.read.Kind != reading.Progress || len(t.read.Measures()) == 0 {
		return fmt.Sprintf("%s老师答复：%s\n（您问的是：%s）", t.person.Name, text, oneLine(q.Text, 60)), "", nil
	}
	p, err := progress.Current(t.snap)
	if err != nil {
		return "", "", err
	}
	for _, number := range t.read.Measures() {
		switch n := len(numbered(p, number)); n {
		case 1:
		case 0:
			return "", fmt.Sprintf("要点里没有第%d条（%s），没有记录。请看一下编号再答。", number, extent(p)), nil
		default:
			return "", fmt.Sprintf("没有记录：第%d条在要点里有%d处，不能直接记。请用文字答复，让对方选。", number, n), nil
		}
	}
	t.read.Behalf, t.whose = "", asker.ID
	reports, _, complaint, err := t.reports()
	if err != nil || complaint != "" {
		return "", complaint, err
	}
	for i := range reports {
		reports[i].person = asker
	}
	echo, err := t.book(reports, nil)
	return fmt.Sprintf("%s老师看了您说的“%s”，%s", t.person.Name, oneLine(q.Text, 60), echo), "", err
}
