package handlers

import (
	"fmt"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/plan"
	"duban/store"
	"duban/zh"
)

// ask puts what the sender said into the inbox, where the office answers it.
func (t *turn) ask(kind, text string) (int, error) {
	return t.tx.Ask(store.Question{
		Kind: kind, Account: t.m.Account, Chat: t.m.Chat, Group: t.m.Group, Person: t.person.ID, Text: zh.Mask(text),
	})
}

// question answers from the plan what the plan says, and keeps anything else
// for a person. What quotes a notice or asks for more time is for a person.
func (t *turn) question(string) (string, error) {
	_, _, quoted := t.quote()
	if !quoted && len(t.read.Measures()) == 0 && !t.read.Is(reading.Extension) {
		p, err := t.snap.Plan()
		if err != nil {
			return "", err
		}
		if found := p.Index.Find(t.read.Body); len(found.Hits) > 0 {
			return t.lookUp("")
		} else if len(found.Nearest) > 0 {
			return t.forward(p, found)
		}
	}
	number, err := t.ask("question", t.read.Body)
	if err != nil {
		return "", err
	}
	return forwarded(number), nil
}

// forward says that the plan does not answer, what is nearest in it, and that a
// person will.
func (t *turn) forward(p *store.Plan, found plan.Result) (string, error) {
	if !May(t.person, t.known, Reply) {
		return t.notFound(p, found)
	}
	number, err := t.ask("question", t.read.Body)
	if err != nil {
		return "", err
	}
	nearest, err := t.notFound(p, found)
	return nearest + "\n" + forwarded(number), err
}

func forwarded(number int) string {
	return fmt.Sprintf("已转给学工处老师（问题%d），答复后会在这里告诉您。", number)
}

// inbox lists what waits for the office.
func (t *turn) inbox(string) (string, error) {
	waiting, err := t.snap.Unanswered()
	if err != nil {
		return "", err
	}
	if len(waiting) == 0 {
		return "没有待答复的问题。", nil
	}
	r, err := t.snap.Roster()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "待答复%d个，回复“答 编号 内容”：", len(waiting))
	for i, q := range waiting {
		p, _ := r.Person(q.Person)
		line := fmt.Sprintf("\n问题%d %s（%s）：%s", q.Number, r.Label(p), t.router.when(q.Asked), oneLine(q.Text, 120))
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
	q, ok, err := t.snap.Question(number)
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
	if err := t.tx.Answered(number, t.person.ID, zh.Mask(text)); err != nil {
		return "", err
	}
	r, err := t.snap.Roster()
	if err != nil {
		return "", err
	}
	asker, _ := r.Person(q.Person)
	said := fmt.Sprintf("%s老师答复：%s\n（您问的是：%s）", t.person.Name, text, oneLine(q.Text, 60))
	if q.Group {
		said = "@" + asker.Name + " " + said
	}
	err = t.tx.Enqueue(bot.Outgoing{Key: fmt.Sprintf("inbox/%d", number), Account: q.Account, Chat: q.Chat, Text: said})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("已答复问题%d。", number), t.audit("inbox.answer", fmt.Sprint(number))
}

// oneLine folds a text into one line of at most n characters.
func oneLine(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return string(runes)
}
