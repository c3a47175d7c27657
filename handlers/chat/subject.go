package chat

import (
	"slices"
	"strings"

	"duban/handlers/reading"
	"duban/notice"
	"duban/roster"
	"duban/zh"
)

// standsInFor tells whether the sender stands in for p, whose answer this is.
func standsInFor(t *Request, p roster.Person) bool {
	if t.Read.Leave != nil || t.Read.Is(reading.LeaveEnds) || !t.Known {
		return false
	}
	return roster.StandsIn(t.Snap, t.Person.ID, p.ID, t.Said())
}

// givenLeave is the name of the person for whom leave is asked: 给刘畅请假到周五.
func givenLeave(text string, r *roster.Roster) string {
	for _, p := range r.Spoken(text) {
		for _, verb := range []string{"给", "为", "替"} {
			if strings.Contains(text, verb+p.Name+"请") || strings.Contains(text, verb+p.Name+"老师请") {
				return p.Name
			}
		}
	}
	return ""
}

// CountsFor returns the person a bare 收到 counts for, and the notice: the sender,
// unless the notice that was found asks nothing of them and they stand in for
// somebody.
func (t *Request) CountsFor(n notice.Notice, bound bool) (roster.Person, notice.Notice, bool) {
	if bound {
		if _, asked := notice.FindItem(t.Snap, n.Number, t.Person.ID); asked {
			return t.Person, n, bound
		}
	}
	p, ok := principal(t)
	if !ok {
		return t.Person, n, bound
	}
	n, ok = t.BoundNotice(p)
	return p, n, ok
}

// principal returns the person for whom the sender stands in and whose notice is still
// open: the sender's bare 收到 counts for them.
func principal(t *Request) (p roster.Person, ok bool) {
	for _, l := range roster.Entrusted(t.Snap, t.Person.ID, t.Said()) {
		absent, known := t.Roster.Person(l.Person)
		if !known || !standsInFor(t, absent) {
			continue
		}
		n, bound := t.BoundNotice(absent)
		item, asked := notice.FindItem(t.Snap, n.Number, absent.ID)
		switch {
		case !bound || !asked || item.State == notice.Done:
		case ok:
			return roster.Person{}, false // for which of them?
		default:
			p, ok = absent, true
		}
	}
	return p, ok
}

// Subject is the person whom a message speaks for: the sender, or somebody else
// if the sender may do that. Two people of one name are told apart by a college
// in the text, or not at all: an error may be a [Complaint].
func (t *Request) Subject() (p roster.Person, err error) {
	name := t.Read.Behalf
	if name == "" {
		name = signature(t)
	}
	if name == "" && t.Read.Leave != nil {
		name = givenLeave(t.Read.Body, t.Roster)
	}
	if name == "" {
		return t.Person, nil
	}
	// The name may come with a title: 李四老师.
	named := t.Roster.Called(name)
	if len(named) == 0 {
		named = slices.DeleteFunc(t.Roster.Spoken(name), func(p roster.Person) bool { return !strings.HasPrefix(name, p.Name) })
	}
	absent := map[string]bool{}
	for _, p := range named {
		absent[p.ID] = standsInFor(t, p)
	}
	found := slices.DeleteFunc(slices.Clone(named), func(p roster.Person) bool { return !MaySee(t.Person, p) && !absent[p.ID] })
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(p roster.Person) bool { return !CollegeIn(t.Read.Body, p.College) })
		if full := slices.DeleteFunc(slices.Clone(found), func(p roster.Person) bool { return !strings.Contains(t.Read.Body, p.College) }); len(full) > 0 {
			found = full // 经济管理学院, which 经济 is short for as well
		}
	}
	name = zh.Quote(name, 12)
	switch {
	case len(found) == 1 && found[0].ID == t.Person.ID:
		return t.Person, nil
	case len(found) == 1 && absent[found[0].ID]:
		return found[0], nil
	case !May(t.Person, t.Known, Behalf):
		return p, Complain("没有记录：替别人填报、回复或请假需要%s来办。", WhoMay(Behalf))
	case len(named) == 0:
		return p, Complain("没有记录：名单上没有找到“%s”，请写全名。", name)
	case len(found) != 1 && t.May(Decide):
		return p, Complain("没有记录：名单上有%d位%s，请写上学院，例如：%s%s。", len(named), named[0].Name, named[0].College, named[0].Name)
	case len(found) != 1:
		return p, Complain("没有记录：%s不在您的学院，请联系学工处老师。", named[0].Name)
	}
	return found[0], nil
}

// signature is the name of somebody else with whose name a 收到 is signed, and
// whom it is therefore for: 刘畅 收到. A name behind it is the one it is said to.
// What is changed may be somebody else's too: 撤回刘畅的第3条; and a college may stand
// before the name: 代机械学院张伟.
func signature(t *Request) string {
	signed := t.Read.Note
	for _, p := range t.Roster.Spoken(t.Read.Body) {
		if insteadOf(t.Read.Body, p) {
			return p.Name
		}
		if p.Name == t.Person.Name || !ShareGroup(p, t.Person) {
			continue
		}
		switch t.Read.Kind {
		case reading.Ack:
			alone := len(t.Read.Entries) == 0 && t.Read.Leave == nil && !strings.Contains(signed, t.Person.Name)
			if alone && strings.HasPrefix(t.Read.Body, signed) && strings.HasSuffix(signed, p.Name) {
				return p.Name
			}
		case reading.Retract, reading.Correction:
			if strings.Contains(t.Read.Body, p.Name+"的") {
				return p.Name
			}
		case reading.Progress, reading.Question, reading.Query, reading.Chatter, reading.Ask:
		}
	}
	return ""
}

// insteadOf tells whether a text says that it is for p, with the college: 代机械学院张伟.
func insteadOf(text string, p roster.Person) bool {
	if p.College == "" {
		return false
	}
	short := shortOf(p.College)
	return slices.ContainsFunc([]string{"代", "帮", "替"}, func(verb string) bool {
		for _, college := range []string{p.College, short, short + "学院"} {
			if strings.Contains(text, verb+college+p.Name) || strings.Contains(text, verb+college+"的"+p.Name) {
				return true
			}
		}
		return false
	})
}

// shortOf is a college's name without its end: 计算机 for 计算机学院.
func shortOf(college string) string {
	return strings.TrimSuffix(strings.TrimSuffix(college, "学院"), "工程")
}

// ShareGroup tells whether two people are in one group of the roster.
func ShareGroup(p, q roster.Person) bool {
	return slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(q.Groups, g) })
}

// CollegeIn tells whether a text names a college, in full or without its end:
// 计算机 for 计算机学院.
func CollegeIn(text, college string) bool {
	short := shortOf(college)
	return college != "" && (strings.Contains(text, college) || len([]rune(short)) > 1 && strings.Contains(text, short))
}
