package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/handlers/reading"
	"duban/notice"
	"duban/roster"
	"duban/store"
	"duban/zh"
)

const (
	whichKind = "which" // which notice or measure was meant
	whichLife = 24 * time.Hour
)

// acknowledge books 收到 in all its forms, and leave.
func (t *turn) acknowledge(string) (string, error) {
	if t.read.Leave != nil {
		return t.leave()
	}
	n, ok, err := t.boundNotice()
	if err != nil {
		return "", err
	}
	if !ok {
		return t.unbound()
	}
	if len(t.read.Entries) > 0 {
		return t.acknowledgeList(n)
	}
	return t.acknowledgeFor(n, t.person)
}

// acknowledgeFor closes what the notice asks of p.
func (t *turn) acknowledgeFor(n notice.Notice, p roster.Person) (string, error) {
	item, asked, err := t.snap.Item(n.Number, p.ID)
	if err != nil {
		return "", err
	}
	if !asked {
		return fmt.Sprintf("通知%d不需要您回复，谢谢。", n.Number), nil
	}
	closed := item.Answer(t.said(), n.Due, t.message(), zh.Mask(t.read.Note))
	if err := t.tx.PutItem(item); err != nil {
		return "", err
	}
	if !closed {
		return fmt.Sprintf("通知%d您已经回复过了（%s）。", n.Number, t.router.when(item.Closed)), nil
	}
	late := ""
	if item.Late {
		late = "（迟）"
	}
	effect := store.Effect{Items: []int{n.Number}}
	return fmt.Sprintf("已记：%s 已回复通知%d%s", p.Name, n.Number, late), t.changed(effect, "ack", notice.ID(n.Number))
}

// acknowledgeList books a 接龙: everybody in it who is on the roster and asked.
// Its numbers are the places of people, not measures.
func (t *turn) acknowledgeList(n notice.Notice) (string, error) {
	r, err := t.snap.Roster()
	if err != nil {
		return "", err
	}
	var booked []roster.Person
	var strange []string
	for _, e := range t.read.Entries {
		p, ok := t.listed(r, e.Name)
		if !ok {
			strange = append(strange, e.Name)
			continue
		}
		item, asked, err := t.snap.Item(n.Number, p.ID)
		if err != nil {
			return "", err
		}
		if !asked || !item.Answer(t.said(), n.Due, t.message(), "") {
			continue
		}
		if err := t.tx.PutItem(item); err != nil {
			return "", err
		}
		booked = append(booked, p)
	}
	if len(booked) > 0 {
		// Only the sender's own answer can be taken back by the sender.
		if err := t.changed(store.Effect{Items: []int{n.Number}}, "ack.list", notice.ID(n.Number)); err != nil {
			return "", err
		}
	}
	answer := fmt.Sprintf("已记接龙：通知%d新增%d人回复。", n.Number, len(booked))
	if len(strange) > 0 {
		answer += fmt.Sprintf("名单上没有对上：%s。", clip(strings.Join(strange, "、"), 200))
	}
	return answer, nil
}

// listed finds whom an entry of a 接龙 names. The entry may hold the college and
// a title beside the name; the person must share a group with the sender.
func (t *turn) listed(r *roster.Roster, name string) (roster.Person, bool) {
	var found, near []roster.Person
	for _, p := range r.People {
		if strings.Contains(name, p.Name) && shareGroup(p, t.person) {
			found = append(found, p)
			if p.ID == t.person.ID || collegeIn(name, p.College) {
				near = append(near, p)
			}
		}
	}
	if len(found) != 1 {
		found = near
	}
	if len(found) != 1 {
		return roster.Person{}, false
	}
	return found[0], true
}

func shareGroup(p, q roster.Person) bool {
	return slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(q.Groups, g) })
}

// collegeIn tells whether a text names a college, in full or without its end:
// 计算机 for 计算机学院.
func collegeIn(text, college string) bool {
	short := strings.TrimSuffix(strings.TrimSuffix(college, "学院"), "工程")
	return college != "" && (strings.Contains(text, college) || len([]rune(short)) > 1 && strings.Contains(text, short))
}

// boundNotice finds the notice that an answer is for: the one that it quotes or
// names, the newest of this chat that the sender still owes, or in private the
// newest owed at all.
func (t *turn) boundNotice() (notice.Notice, bool, error) {
	if number, ok := t.namedNotice(); ok {
		n, ok, err := t.snap.Notice(number)
		return n, ok && n.Class.Asks() && n.Closed.IsZero(), err
	}
	numbers, err := t.candidates()
	if err != nil || len(numbers) == 0 {
		return notice.Notice{}, false, err
	}
	return t.snap.Notice(numbers[len(numbers)-1])
}

// candidates returns the notices that an answer here can be for, oldest first.
// The sender's answered ones count only if none is left to answer, so that a
// second 收到 is known for what it is.
func (t *turn) candidates() ([]int, error) {
	shown, err := t.recent()
	if err != nil {
		return nil, err
	}
	var owed, answered []int
	for _, number := range shown {
		item, asked, err := t.snap.Item(number, t.person.ID)
		switch {
		case err != nil:
			return nil, err
		case asked && item.State != notice.Done:
			owed = append(owed, number)
		case asked:
			answered = append(answered, number)
		case len(t.read.Entries) > 0:
			owed = append(owed, number) // a 接龙 passed on by somebody who is not asked
		}
	}
	if len(owed) > 0 {
		return owed, nil
	}
	return answered, nil
}

// recent returns the notices that were posted in this chat lately, or that the
// sender owes since lately.
func (t *turn) recent() ([]int, error) {
	var numbers []int
	since := t.said().Add(-bindWithin)
	if t.m.Group {
		shown, err := t.snap.ShownIn(t.m.Account, t.m.Chat)
		for _, s := range shown {
			if s.At.After(since) {
				numbers = append(numbers, s.Notice)
			}
		}
		return numbers, err
	}
	last, err := t.snap.LastNotice()
	for number := max(last-50, 0) + 1; err == nil && number <= last; number++ {
		var n notice.Notice
		var ok bool
		if n, ok, err = t.snap.Notice(number); ok && n.Closed.IsZero() && n.Class.Asks() && n.Created.After(since) {
			numbers = append(numbers, number)
		}
	}
	return numbers, err
}

// unbound answers an acknowledgement for which there is no recent notice: it
// asks which older one is meant, once.
func (t *turn) unbound() (string, error) {
	owed, err := t.snap.Owed(t.person.ID)
	if err != nil {
		return "", err
	}
	if len(owed) == 0 {
		return "", nil // 好的 to a bot that asked nothing needs no answer
	}
	options := make([]string, len(owed))
	var b strings.Builder
	b.WriteString("您回复的是哪一条通知？请回序号：")
	for i, number := range owed {
		n, _, err := t.snap.Notice(number)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\n%d. 通知%d %s", i+1, number, oneLine(n.Text, 24))
		options[i] = "notice/" + strconv.Itoa(number)
	}
	return b.String(), t.await(store.Pending{
		Kind: whichKind, Until: t.now().Add(whichLife), Options: options, Text: zh.Mask(t.read.Body),
	})
}

// which takes the answer to “which one?”.
func (t *turn) which(rest string) (string, error) {
	wait, _, err := t.pending(whichKind)
	if err != nil {
		return "", err
	}
	number, _ := strconv.Atoi(rest)
	if len(wait.Options) == 0 { // which measure: any number, or 第3条
		if number == 0 {
			number = t.read.Items[0].Measure
		}
		return t.again(fmt.Sprintf("第%d条 %s", number, wait.Text))
	}
	if number < 1 || number > len(wait.Options) {
		return fmt.Sprintf("请回复1到%d之间的序号。", len(wait.Options)), nil
	}
	if err := t.settled(whichKind); err != nil {
		return "", err
	}
	what, id, _ := strings.Cut(wait.Options[number-1], "/")
	if what == "node" {
		t.reread(wait.Text)
		return t.progressOn(id)
	}
	picked, err := strconv.Atoi(id)
	if err != nil {
		return "", err
	}
	n, ok, err := t.snap.Notice(picked)
	if err != nil || !ok {
		return "", err
	}
	t.reread(wait.Text)
	return t.acknowledgeFor(n, t.person)
}

// again reads what was said before once more, now complete, and does it.
func (t *turn) again(text string) (string, error) {
	if err := t.settled(whichKind); err != nil {
		return "", err
	}
	t.reread(text)
	c, ok := kinds()[t.read.Kind]
	if !ok {
		return "还是没看懂，请把条目和进度写在一句里，例如：第3条完成80%。", nil
	}
	return c.run(t, "")
}

// reread replaces what the message was read as by a reading of text.
func (t *turn) reread(text string) {
	t.read = reading.Read(reading.Input{Text: text, Bots: t.router.o.Names})
}

// changed remembers what this message changed, so that it can be taken back, and
// writes it into the audit log.
func (t *turn) changed(e store.Effect, action, object string) error {
	e.Account, e.Message, e.Person, e.At = t.m.Account, t.m.ID, t.person.ID, t.said()
	if err := t.tx.PutEffect(e); err != nil {
		return err
	}
	return t.audit(action, object)
}

// leave books an absence of the sender.
func (t *turn) leave() (string, error) {
	l := t.read.Leave
	who, complaint, err := t.subject()
	if err != nil || complaint != "" {
		return complaint, err
	}
	today := startOfDay(t.now().In(t.router.o.Zone))
	if t.read.Is(reading.LeaveEnds) {
		return "欢迎回来，之后的通知会照常提醒您。", t.tx.EndLeave(who.ID)
	}
	from := today
	if !l.From.IsZero() {
		from = l.From.On(today)
	}
	var to time.Time
	switch {
	case !l.To.IsZero():
		to = l.To.On(from)
	case l.Days > 0:
		to = from.AddDate(0, 0, l.Days-1)
	default:
		return "请写明请假到哪一天，例如：我请假到周三，刘老师代。", nil
	}
	if from.IsZero() || to.IsZero() || to.Before(from) || to.After(from.AddDate(1, 0, 0)) {
		return "请假的日期没看懂，请写成：请假1月8日到1月12日。", nil
	}
	entry := store.Leave{Person: who.ID, From: from, To: to.AddDate(0, 0, 1).Add(-time.Second), Delegate: l.Delegate, Message: t.message()}
	if err := t.tx.PutLeave(entry); err != nil {
		return "", err
	}
	answer := fmt.Sprintf("已记：%s请假 %s至%s", who.Name, from.Format("1月2日"), to.Format("1月2日"))
	if l.Delegate != "" {
		answer += "，" + l.Delegate + "代"
	}
	return answer + "。期间不提醒。", t.audit("leave", who.ID)
}

func startOfDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// subject is the person whom a message reports for: the sender, or somebody
// else if the sender may do that.
func (t *turn) subject() (p roster.Person, complaint string, err error) {
	if t.read.Behalf == "" {
		return t.person, "", nil
	}
	r, err := t.snap.Roster()
	if err != nil {
		return p, "", err
	}
	var found []roster.Person
	for _, p := range r.People {
		// The name may come with a title: 李四老师.
		if strings.HasPrefix(t.read.Behalf, p.Name) && MaySee(t.person, p) {
			found = append(found, p)
		}
	}
	switch {
	case len(found) == 1 && found[0].ID == t.person.ID:
		return t.person, "", nil
	case !May(t.person, t.known, Behalf):
		return p, "替别人填报需要" + whoMay(Behalf) + "来办，没有记录。", nil
	case len(found) == 0:
		return p, fmt.Sprintf("名单上没有您能代报的“%s”，没有记录。", t.read.Behalf), nil
	case len(found) > 1:
		return p, fmt.Sprintf("名单上有%d位“%s”，请写明学院，没有记录。", len(found), t.read.Behalf), nil
	}
	return found[0], "", nil
}
