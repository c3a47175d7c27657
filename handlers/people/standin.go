package people

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/bot"
	"duban/handlers/chat"
	"duban/outbox"
	"duban/roster"
	"duban/zh"
)

// standIn finds who stands in for p: a person of the roster, named in full or as
// 刘老师. The zero Person is nobody; what is not clear is asked.
func standIn(t *chat.Request, p roster.Person) (stand roster.Person, err error) {
	if t.Stand != "" {
		stand, _ = t.Roster.Person(t.Stand)
		return stand, nil
	}
	name := cmp.Or(t.Read.Leave.Delegate, withCollege(t, p))
	if name == "" {
		return stand, nil
	}
	found := deputies(t.Roster, p, name)
	switch {
	case len(found) == 0:
		return stand, chat.Complain("还没有记录：名单上没有找到代办的“%s”，请写全名再发一次。", zh.Quote(name, 12))
	case len(found) == 1:
		return found[0], nil
	case len(found) > 9:
		return stand, chat.Complain("还没有记录：名单上有%d位%s，请写代办老师的全名再发一次。", len(found), zh.Quote(name, 12))
	}
	which := chat.Choice{Text: fmt.Sprintf("还没有记录：%s是哪一位？请回序号。", zh.Quote(name, 12))}
	for _, f := range found {
		which.Offer("person/"+f.ID, "%s（%s）", f.Name, f.College)
	}
	return stand, t.AskWhich(which)
}

// withCollege is who stands in for p if the college stands before the name: 文学院张伟代.
func withCollege(t *chat.Request, p roster.Person) string {
	for _, q := range t.Roster.People {
		before, after, ok := strings.Cut(t.Read.Body, q.College+q.Name)
		if !ok || q.College == "" || q.ID == p.ID {
			continue
		}
		if strings.HasPrefix(strings.TrimPrefix(after, "老师"), "代") || strings.ContainsAny(before[max(len(before)-len("由"), 0):], "由请给找") {
			return q.College + q.Name
		}
	}
	return ""
}

// deputies are the people whom name can mean as those who stand in for p, the
// likeliest only: a full name before a surname, the own college before the own
// groups and both before others.
func deputies(r *roster.Roster, p roster.Person, name string) []roster.Person {
	name = strings.TrimSpace(zh.Fold(name))
	if called := slices.DeleteFunc(r.Called(name), func(q roster.Person) bool { return q.ID == p.ID }); len(called) == 1 {
		return called
	}
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
			func(q roster.Person) bool { return chat.CollegeIn(name, q.College) },
			func(q roster.Person) bool { return q.College == p.College && p.College != "" },
			func(q roster.Person) bool { return chat.ShareGroup(q, p) },
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
func tellStandIn(t *chat.Request, p, stand roster.Person, l roster.Leave) string {
	if l.Was != nil && l.Was.Delegate == l.Delegate && l.Was.From.Equal(l.From) && l.Was.To.Equal(l.To) {
		return ""
	}
	account, where := chat.Reach(t, stand.ID)
	if where == "" {
		return "（" + t.Roster.Label(stand) + "还没有绑定，请您自己告诉一声）"
	}
	text := fmt.Sprintf("%s %s请假，请您代办：发给%s的通知可由您回“代%s 收到”，进度回“代%s 第3条80%%”。",
		t.Roster.Label(p), Span(t, l), p.Name, p.Name, p.Name)
	outbox.Enqueue(t.Tx, bot.Outgoing{Key: "leave/" + t.Message() + "/stand", Account: account, Chat: where, Person: stand.ID, Text: text})
	return ""
}

// withoutStandIn tells the admins when a leave leaves somebody without a person who
// stands in: its own delegate is away too, or its person is a delegate.
func withoutStandIn(t *chat.Request, p roster.Person, l roster.Leave) {
	var gaps []string
	ahead := l // what is over of it leaves nobody alone
	if now := t.Now(); ahead.From.Before(now) {
		ahead.From = now
	}
	if stand, ok := t.Roster.Person(l.Delegate); ok {
		away := roster.Leaves(t.Snap, stand.ID, ahead.From)
		if slices.ContainsFunc(away, ahead.Meets) {
			gaps = append(gaps, fmt.Sprintf("%s %s请假，代办的%s其间也请假。", t.Roster.Label(p), Span(t, l), t.Roster.Label(stand)))
		}
	}
	for _, e := range roster.Entrusted(t.Snap, p.ID, ahead.From) {
		if absent, ok := t.Roster.Person(e.Person); ok && ahead.Meets(e) {
			gaps = append(gaps, fmt.Sprintf("%s %s请假，代办的%s其间也请假。", t.Roster.Label(absent), Span(t, e), t.Roster.Label(p)))
		}
	}
	if len(gaps) == 0 {
		return
	}
	roster.TellAdmins(t.Tx, strings.Join(gaps, "\n")+"\n代办不再往下传，请另外安排，例如：登记请假 张三 到周五 李四代。")
}
