package handlers

import (
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/reading"
	"duban/notice"
	"duban/outbox"
	"duban/roster"
	"duban/zh"
)

// standIn finds who stands in for p: a person of the roster, named in full or as
// 刘老师. The zero Person is nobody; what is not clear is asked.
func (t *turn) standIn(p roster.Person) (stand roster.Person, said string, err error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return stand, "", err
	}
	if t.stand != "" {
		stand, _ = r.Person(t.stand)
		return stand, "", nil
	}
	name := t.read.Leave.Delegate
	if name == "" {
		return stand, "", nil
	}
	found := deputies(r, p, name)
	switch {
	case len(found) == 0:
		return stand, fmt.Sprintf("还没有记录：名单上没有找到代办的“%s”，请写全名再发一次。", oneLine(name, 12)), nil
	case len(found) == 1:
		return found[0], "", nil
	case len(found) > 9:
		return stand, fmt.Sprintf("还没有记录：名单上有%d位%s，请写代办老师的全名再发一次。", len(found), oneLine(name, 12)), nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "还没有记录：%s是哪一位？请回序号。", oneLine(name, 12))
	options := make([]string, len(found))
	for i, f := range found {
		fmt.Fprintf(&b, "\n%d. %s（%s）", i+1, f.Name, f.College)
		options[i] = "person/" + f.ID
	}
	said, err = t.askWhich(b.String(), 0, options)
	return stand, said, err
}

// deputies are the people whom name can mean as those who stand in for p, the
// likeliest only: a full name before a surname, the own college before the own
// groups and both before others.
func deputies(r *roster.Roster, p roster.Person, name string) []roster.Person {
	name = strings.TrimSpace(zh.Fold(name))
	bare := name
	for _, title := range []string{"老师", "书记", "主任", "处长", "院长", "科长", "导员", "辅导员"} {
		bare = strings.TrimSuffix(bare, title)
	}
	bare = strings.TrimSpace(strings.TrimPrefix(bare, "小"))
	if bare == "" {
		return nil
	}
	full := func(q roster.Person) bool { return strings.Contains(name, q.Name) }
	some := func(q roster.Person) bool { return bare != name && strings.HasPrefix(q.Name, bare) }
	for _, fits := range []func(roster.Person) bool{full, some} {
		found := slices.DeleteFunc(slices.Clone(r.People), func(q roster.Person) bool { return q.ID == p.ID || !fits(q) })
		for _, near := range []func(roster.Person) bool{
			func(q roster.Person) bool { return collegeIn(name, q.College) },
			func(q roster.Person) bool { return q.College == p.College && p.College != "" },
			func(q roster.Person) bool { return shareGroup(q, p) },
		} {
			if closer := slices.DeleteFunc(slices.Clone(found), func(q roster.Person) bool { return !near(q) }); len(closer) > 0 {
				found = closer
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// tellStandIn tells somebody once, in private, for whom they stand in and how. If
// nobody can tell them, the answer says so.
func (t *turn) tellStandIn(r *roster.Roster, p, stand roster.Person, l roster.Leave) (string, error) {
	if l.Was != nil && l.Was.Delegate == l.Delegate && l.Was.From.Equal(l.From) && l.Was.To.Equal(l.To) {
		return "", nil
	}
	chat, err := roster.PrivateChat(t.snap, t.m.Account, stand.ID)
	if err != nil {
		return "", err
	}
	if chat == "" {
		return "（" + stand.Name + "还没有绑定，请您自己告诉一声）", nil
	}
	text := fmt.Sprintf("%s %s请假，请您代办：发给%s的通知可由您回“代%s 收到”，进度回“代%s 第3条80%%”。",
		r.Label(p), t.span(l), p.Name, p.Name, p.Name)
	return "", outbox.Enqueue(t.tx, bot.Outgoing{Key: "leave/" + t.message() + "/stand", Account: t.m.Account, Chat: chat, Text: text})
}

// withoutStandIn tells the admins when a leave leaves somebody without a person who
// stands in: its own delegate is away too, or its person is a delegate.
func (t *turn) withoutStandIn(r *roster.Roster, p roster.Person, l roster.Leave) error {
	var gaps []string
	if stand, ok := r.Person(l.Delegate); ok {
		away, err := roster.Leaves(t.snap, stand.ID, l.From)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(away, l.Meets) {
			gaps = append(gaps, fmt.Sprintf("%s %s请假，代办的%s其间也请假。", r.Label(p), t.span(l), r.Label(stand)))
		}
	}
	entrusted, err := roster.Entrusted(t.snap, p.ID, l.From)
	if err != nil {
		return err
	}
	for _, e := range entrusted {
		if absent, ok := r.Person(e.Person); ok && l.Meets(e) {
			gaps = append(gaps, fmt.Sprintf("%s %s请假，代办的%s其间也请假。", r.Label(absent), t.span(e), r.Label(p)))
		}
	}
	if len(gaps) == 0 {
		return nil
	}
	return roster.TellAdmins(t.tx, strings.Join(gaps, "\n")+"\n代办不再往下传，请另外安排，例如：登记请假 张三 到周五 李四代。")
}

// absentFor tells whether the sender stands in for p, whose answer this is.
func (t *turn) absentFor(p roster.Person) (bool, error) {
	if t.read.Leave != nil || t.read.Is(reading.LeaveEnds) || !t.known {
		return false, nil
	}
	return roster.StandsIn(t.snap, t.person.ID, p.ID, t.said())
}

// absentOf returns, by their ids, those of people for whom the sender stands in.
func (t *turn) absentOf(people []roster.Person) (map[string]bool, error) {
	absent := map[string]bool{}
	for _, p := range people {
		stands, err := t.absentFor(p)
		if err != nil {
			return nil, err
		}
		absent[p.ID] = stands
	}
	return absent, nil
}

// givenLeave is the name of the person for whom leave is asked: 给刘畅请假到周五.
func givenLeave(text string, r *roster.Roster) string {
	for _, p := range r.People {
		for _, verb := range []string{"给", "为", "替"} {
			if strings.Contains(text, verb+p.Name+"请") || strings.Contains(text, verb+p.Name+"老师请") {
				return p.Name
			}
		}
	}
	return ""
}

// orPrincipal says whose a bare 收到 is that found a notice, or found none: the
// sender's, unless it asks the sender for nothing and they stand in for somebody.
func (t *turn) orPrincipal(n notice.Notice, bound bool) (roster.Person, notice.Notice, bool, error) {
	if bound {
		if _, asked, err := notice.FindItem(t.snap, n.Number, t.person.ID); err != nil || asked {
			return t.person, n, bound, err
		}
	}
	p, ok, err := t.principal()
	if err != nil || !ok {
		return t.person, n, bound, err
	}
	n, ok, err = t.boundNotice(p)
	return p, n, ok, err
}

// principal is the one person for whom the sender stands in and whom a notice asks
// who does not ask the sender: their bare 收到 is for that person.
func (t *turn) principal() (p roster.Person, ok bool, err error) {
	entrusted, err := roster.Entrusted(t.snap, t.person.ID, t.said())
	if err != nil || len(entrusted) == 0 {
		return p, false, err
	}
	r, err := roster.Current(t.snap)
	if err != nil {
		return p, false, err
	}
	for _, l := range entrusted {
		absent, known := r.Person(l.Person)
		stands, err := t.absentFor(absent)
		if err != nil {
			return p, false, err
		}
		if !known || !stands {
			continue
		}
		n, bound, err := t.boundNotice(absent)
		if err != nil {
			return p, false, err
		}
		item, asked, err := notice.FindItem(t.snap, n.Number, absent.ID)
		switch {
		case err != nil:
			return p, false, err
		case !bound || !asked || item.State == notice.Done:
		case ok:
			return roster.Person{}, false, nil // for which of them?
		default:
			p, ok = absent, true
		}
	}
	return p, ok, nil
}
