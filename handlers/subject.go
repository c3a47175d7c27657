package handlers

import (
	"fmt"
	"slices"
	"strings"

	"duban/handlers/reading"
	"duban/roster"
)

// subject is the person whom a message speaks for: the sender, or somebody else
// if the sender may do that. Two people of one name are told apart by a college
// in the text, or not at all.
func (t *turn) subject() (p roster.Person, complaint string, err error) {
	r, err := roster.Current(t.snap)
	if err != nil {
		return p, "", err
	}
	name := t.read.Behalf
	if name == "" {
		name = t.signature(r)
	}
	if name == "" && t.read.Leave != nil {
		name = givenLeave(t.read.Body, r)
	}
	if name == "" {
		return t.person, "", nil
	}
	// The name may come with a title: 李四老师.
	named := slices.DeleteFunc(slices.Clone(r.People), func(p roster.Person) bool { return !strings.HasPrefix(name, p.Name) })
	absent, err := t.absentOf(named)
	if err != nil {
		return p, "", err
	}
	found := slices.DeleteFunc(slices.Clone(named), func(p roster.Person) bool { return !MaySee(t.person, p) && !absent[p.ID] })
	if len(found) > 1 {
		found = slices.DeleteFunc(found, func(p roster.Person) bool { return !collegeIn(t.read.Body, p.College) })
	}
	name = oneLine(name, 12)
	switch {
	case len(found) == 1 && found[0].ID == t.person.ID:
		return t.person, "", nil
	case len(found) == 1 && absent[found[0].ID]:
		return found[0], "", nil
	case !May(t.person, t.known, Behalf):
		return p, "没有记录：替别人填报、回复或请假需要" + whoMay(Behalf) + "来办。", nil
	case len(named) == 0:
		return p, fmt.Sprintf("没有记录：名单上没有找到“%s”，请写全名。", name), nil
	case len(found) != 1 && May(t.person, t.known, Decide):
		return p, fmt.Sprintf("没有记录：名单上有%d位%s，请写上学院，例如：%s%s。", len(named), named[0].Name, named[0].College, named[0].Name), nil
	case len(found) != 1:
		return p, fmt.Sprintf("没有记录：%s不在您的学院，请联系学工处老师。", named[0].Name), nil
	}
	return found[0], "", nil
}

// signature is the name of somebody else with whose name a 收到 is signed, and
// whom it is therefore for: 刘畅 收到. A name behind it is the one it is said to.
// What is changed may be somebody else's too: 撤回刘畅的第3条; and a college may stand
// before the name: 代机械学院张伟.
func (t *turn) signature(r *roster.Roster) string {
	signed := t.read.Note
	for _, p := range r.People {
		if !strings.Contains(t.read.Body, p.Name) {
			continue // quickly past everybody who is not spoken of
		}
		if insteadOf(t.read.Body, p) {
			return p.Name
		}
		if p.Name == t.person.Name || !shareGroup(p, t.person) {
			continue
		}
		switch t.read.Kind {
		case reading.Ack:
			alone := len(t.read.Entries) == 0 && t.read.Leave == nil && !strings.Contains(signed, t.person.Name)
			if alone && strings.HasPrefix(t.read.Body, signed) && strings.HasSuffix(signed, p.Name) {
				return p.Name
			}
		case reading.Retract, reading.Correction:
			if strings.Contains(t.read.Body, p.Name+"的") {
				return p.Name
			}
		case reading.Progress, reading.Question, reading.Query, reading.Chatter:
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

func shareGroup(p, q roster.Person) bool {
	return slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(q.Groups, g) })
}

// collegeIn tells whether a text names a college, in full or without its end:
// 计算机 for 计算机学院.
func collegeIn(text, college string) bool {
	short := shortOf(college)
	return college != "" && (strings.Contains(text, college) || len([]rune(short)) > 1 && strings.Contains(text, short))
}
